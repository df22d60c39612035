# `make` alone lists what there is.

# Both `make run PORT=8001` and `PORT=8001 make run` work.
PORT ?= 8000
DEMO ?= yes
# The lock files hold for this Python and all later ones.
OLDEST_PYTHON = 3.12

python = .venv/bin/python
environment = sh requirements/environment.sh

export PYTHON CHROMIUM DEMO

.PHONY: help run test bench lint format lock

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

run: ## serve the site at http://127.0.0.1:8000/ (PORT=8001 for another port, DEMO=no for an empty site)
	@$(environment) base
	@exec $(python) manage.py serve --port "$(PORT)"

# A file at a time: what its tests share (a copy of the site, a browser) is made once.
test: ## run all tests (ARGS="tests/reviews -k vote" for some of them)
	@$(environment) test
	@sh requirements/test_servers.sh
	@CHROMIUM="$$(sh requirements/browser.sh)" && export CHROMIUM && exec $(python) -m pytest -n 2 --dist loadfile $(ARGS)

# It has a database of its own under var/bench, which stays for the next run.
bench: ## measure how fast the site is (ARGS="--quick" for a first impression, ARGS="--help" for the rest)
	@$(environment) test
	@$(if $(findstring --steps,$(ARGS)),sh requirements/test_servers.sh)
	@CHROMIUM="$$(sh requirements/browser.sh)" && WRK="$$(sh requirements/load_tool.sh)" && export CHROMIUM WRK && \
	exec $(python) -m tests.benchmarks $(ARGS)

lint: ## check formatting, code, types, templates and migrations
	@$(environment) lint
	$(python) -m ruff format --check .
	$(python) -m ruff check .
	$(python) -m mypy .
	find templates -name '*.html' -exec .venv/bin/djade --target-version 6.1 --check {} +
	$(python) -m djlint --quiet --lint templates
	$(python) manage.py makemigrations --check --dry-run

format: ## put code and templates into their form
	@$(environment) lint
	$(python) -m ruff check --fix-only --quiet .
	$(python) -m ruff format .
	find templates -name '*.html' -exec .venv/bin/djade --target-version 6.1 {} + || true  # it exits with 1 when it changed something

# uv comes into a throw-away environment of its own; it reads no configuration, so the lock names ordinary releases only.
# Each file keeps to the versions of the one before it.
lock: ## choose new versions: requirements/*.in -> *.txt
	@$(environment) base
	@uv=$$(mktemp -d) && trap 'rm -rf "$$uv"' EXIT && \
	$(python) -m venv "$$uv" && "$$uv/bin/python" -m pip install --quiet uv && \
	lock() { \
		"$$uv/bin/python" -m uv --no-config pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url \
			--python-version $(OLDEST_PYTHON) --custom-compile-command "make lock" "$$@"; \
	} && cd requirements && \
	lock base.in --output-file base.txt && \
	lock test.in --constraint base.txt --output-file test.txt && \
	lock lint.in --constraint test.txt --output-file lint.txt
