#!/bin/sh
# Makes .venv and installs one lock file into it: sh requirements/environment.sh [base|test|lint]
#
# Takes $PYTHON when it is set, otherwise the first Python 3.12 or later among those on the PATH, pyenv's and uv's.
# When nothing changed since the last time it does nothing, and needs no network. Exit 1 with a line on what is missing.
set -eu

cd "$(dirname "$0")/.."
here=$(pwd -P)
lock=requirements/${1:-base}.txt
venv=.venv
python=$venv/bin/python

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

recent() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null
}

identify() {
    "$1" -c 'import sys; print(sys.base_prefix, *sys.version_info[:3])' 2>/dev/null
}

# Released versions only, the newest first: pyenv also keeps names like 3.14.0rc1, 3.13t and pypy3.11.
pyenv_pythons() {
    versions=${PYENV_ROOT:-$HOME/.pyenv}/versions
    [ -d "$versions" ] || return 0
    ls "$versions" | grep -E '^3\.[0-9]+\.[0-9]+$' | sort -t . -k 2,2nr -k 3,3nr | sed "s|.*|$versions/&/bin/python3|"
}

candidates() {
    printf '%s\n' python3 python3.14 python3.13 python3.12
    pyenv_pythons
    if command -v uv >/dev/null; then uv python find '>=3.12' 2>/dev/null || true; fi
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        recent "$PYTHON" || fail "PYTHON=$PYTHON is not a Python 3.12 or later that runs."
        echo "$PYTHON"
        return
    fi
    candidates | while IFS= read -r candidate; do
        if recent "$candidate"; then
            echo "$candidate"
            break
        fi
    done
}

# What .venv was made for: it holds absolute paths, so a moved one is as useless as a half-made one.
wanted() {
    if [ -n "${PYTHON:-}" ]; then identify "$PYTHON"; else identify $python; fi
    echo "$here"
}

make_venv() {
    base=$(find_python)
    [ -n "$base" ] || fail \
        "Python 3.12 or later is needed; found: $(python3 --version 2>/dev/null || echo none)." \
        "Install one (apt-get install python3 on Debian 13 or Ubuntu 24.04; pyenv install 3.13; uv python install 3.13)" \
        "or name one: make PYTHON=/path/to/python3 ..."
    echo "Making $venv with $("$base" --version) ..."
    rm -rf $venv
    # Debian's Python leaves ensurepip to a package of its own; any other pip, or uv, can fill the environment instead.
    if ! "$base" -m venv $venv >/dev/null 2>&1; then
        rm -rf $venv
        "$base" -m venv --without-pip $venv || fail "$base cannot make a virtual environment: its module venv is missing."
        if ! command -v uv >/dev/null && ! outside_pip >/dev/null; then
            series=$($python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
            rm -rf $venv
            fail "This Python has neither ensurepip nor pip. As root: apt-get install python$series-venv" \
                "(or install uv), then run this again."
        fi
    fi
    { identify $python; echo "$here"; } >$venv/made
}

# Prints a Python whose pip can install into .venv. It runs there, so an old pip may break: listing shows that.
outside_pip() {
    for other in "$($python -c 'import sys; print(sys._base_executable)')" python3; do
        if "$other" -m pip --python $python list >/dev/null 2>&1; then
            echo "$other"
            return
        fi
    done
    return 1
}

install() {
    quietly="-qq --disable-pip-version-check --no-input --root-user-action=ignore"
    if $python -m pip --version >/dev/null 2>&1; then
        $python -m pip install $quietly "$@"
    elif command -v uv >/dev/null; then
        uv pip install --quiet --python $python "$@"
    else
        "$(outside_pip)" -m pip --python $python install $quietly "$@"
    fi
}

[ -f "$lock" ] || fail "There is no $lock: choose base, test or lint."
[ -f $venv/made ] && [ "$(cat $venv/made)" = "$(wanted)" ] || make_venv

stamp=$venv/installed-${1:-base}
sum=$(cksum <"$lock")
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$sum" ]; then
    echo "Installing the packages of $lock ..."
    install --require-hashes --requirement "$lock" || fail "The packages of $lock could not be installed (see above)." \
        "The first time, and after a change of that file, this needs the package index."
    echo "$sum" >"$stamp"
fi
