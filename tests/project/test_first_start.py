"""From a fresh copy to a served site and back, with nothing prepared. Tests of one copy go in the order they stand."""

import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.project.processes import ROOT, Site, environment, eventually, free_port, in_shell, is_at_rest

NOT_IN_A_CLONE = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache", ".hypothesis")
TOOLS = ("sh", "dirname", "ls", "cat", "grep", "sort", "sed", "cksum", "rm")

DELETE_A_REVIEW = """
from datetime import timedelta
from django.utils import timezone
from reviews.models import Review

first = Review.objects.order_by("pk").values("pk")[:1]
Review.objects.filter(pk__in=first).update(state="deleted", deleted=timezone.now() - timedelta(days=31))
"""
COUNT_DELETED = """
import json
from reviews.models import Review

print(json.dumps({"deleted": Review.objects.filter(state="deleted").count()}))
"""

# Asks the process to end while Python tidies up within an import, where nothing that is raised goes anywhere.
ASK_WHILE_IMPORTING = """
import os, signal, sys, weakref

class Asking:
    def find_spec(self, name, path=None, target=None):
        if name == "reviews.management.commands.erase_outdated":
            tidied = type("Tidied", (), {})()
            asking = weakref.ref(tidied, lambda _: os.kill(os.getpid(), signal.SIGTERM))
            del tidied

sys.meta_path.insert(0, Asking())
"""


def run(folder: Path, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(words, cwd=folder, env=environment(**more), capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def copy() -> Iterator[Path]:
    """What a clone would be, in a path with a space."""
    with tempfile.TemporaryDirectory(prefix="reviewsite test ") as folder:
        yield Path(shutil.copytree(ROOT, Path(folder, "the site"), ignore=NOT_IN_A_CLONE))
        assert eventually(lambda: is_at_rest(Path(folder, "the site/var/postgres")))


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def serve(copy: Path, port: int) -> Iterator[Callable[..., Site]]:
    """Serves the copy at the port by that command. What a test that fails leaves behind ends with it."""
    sites: list[Site] = []

    def start(*command: str) -> Site:
        sites.append(Site(copy, port, *(command or (".venv/bin/python", "manage.py", "serve", f"--port={port}"))))
        return sites[-1]

    yield start
    for site in sites:
        if site.process.poll() is None:
            site.signal(signal.SIGKILL)


def test_make_run_needs_nothing_but_python_and_make(copy: Path, port: int) -> None:
    site = Site(copy, port, "make", "run", PORT=str(port))
    assert f"The site is at {site.url}" in site.said, site.said
    assert f"With passkeys, which need a name: http://localhost:{port}/\n" in site.said
    assert "Demo sign-ins:" in site.said
    assert site.answers()
    site.signal(signal.SIGINT)
    assert site.said.rstrip().split("\n")[-1] == "Stopped." or "Stopped.\nmake:" in site.said
    assert "Traceback" not in site.said
    assert not site.answers()
    assert is_at_rest(site.home)


def test_a_second_start_has_nothing_left_to_do(port: int, serve: Callable[..., Site]) -> None:
    site = serve("make", "run", f"PORT={port}")
    assert site.said.strip().startswith(f"The site is at {site.url}")
    site.signal(signal.SIGTERM)


def test_no_worker_and_no_database_outlives_a_kill(serve: Callable[..., Site]) -> None:
    site = serve()
    site.signal(signal.SIGKILL)
    assert eventually(lambda: not site.answers() and is_at_rest(site.home))


def test_it_erases_by_itself_what_was_deleted_too_long_ago(copy: Path, serve: Callable[..., Site]) -> None:
    counts = in_shell(copy / "var", DELETE_A_REVIEW + COUNT_DELETED)
    assert counts == {"deleted": 1}
    site = serve()
    assert eventually(lambda: in_shell(copy / "var", COUNT_DELETED) == {"deleted": 0}, 60)
    site.signal(signal.SIGTERM)


def test_asked_to_end_it_ends_well(serve: Callable[..., Site]) -> None:
    site = serve()
    site.signal(signal.SIGTERM)
    assert site.process.returncode == 0
    assert site.said.endswith("Stopped.\n")
    assert is_at_rest(site.home)


def test_asked_to_end_in_the_middle_of_an_import_it_ends(tmp_path: Path, serve: Callable[..., Site], port: int) -> None:
    (tmp_path / "sitecustomize.py").write_text(ASK_WHILE_IMPORTING)
    command = (".venv/bin/python", "manage.py", "serve", f"--port={port}")
    site = serve("env", f"PYTHONPATH={tmp_path}", *command)
    site.process.wait(60)
    assert eventually(lambda: site.said.endswith("Stopped.\n"))
    assert site.process.returncode == 0
    assert is_at_rest(site.home)


def test_a_copy_that_was_moved_gets_a_new_environment_and_keeps_its_data(copy: Path) -> None:
    assert run(copy, "sh", "requirements/environment.sh").stdout == ""
    moved = copy.rename(copy.with_name("moved"))
    try:
        assert "Making .venv" in run(moved, "sh", "requirements/environment.sh").stdout
        done = run(moved, ".venv/bin/python", "manage.py", "migrate", "--check")
        assert done.returncode == 0, done.stderr
    finally:
        assert eventually(lambda: is_at_rest(moved / "var/postgres"))
        moved.rename(copy)


def test_a_port_in_use_is_said_with_the_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = run(ROOT, sys.executable, "manage.py", "serve", f"--port={port}")
    assert done.returncode == 1
    assert done.stderr == (
        f"CommandError: Port {port} cannot be used: Address already in use. Choose another: make run PORT={port + 1}\n"
    )


def test_without_a_python_that_will_do_it_says_where_to_get_one(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool) or tool)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    tools = {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path), "PYENV_ROOT": "", "PYTHON": ""}
    done = run(tmp_path, "sh", "requirements/environment.sh", **tools)
    assert done.returncode == 1
    assert "Python 3.12 or later is needed" in done.stderr

    done = run(tmp_path, "sh", "requirements/environment.sh", **{**tools, "PYTHON": "/no/such/python"})
    assert done.returncode == 1
    assert done.stderr == "PYTHON=/no/such/python is not a Python 3.12 or later that runs.\n"
    assert not (tmp_path / ".venv").exists()


def test_the_locks_name_no_host_and_hash_every_package() -> None:
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    assert [lock.stem for lock in locks] == ["base", "lint", "test"]
    for lock in locks:
        text = lock.read_text()
        assert "://" not in text
        assert "index" not in text
        pinned = [entry for entry in text.replace("\\\n", "").split("\n") if "==" in entry]
        assert pinned
        assert all("--hash=sha256:" in entry for entry in pinned)
