#!/bin/sh
# Prints the path of wrk, the HTTP load tool of `make bench`, and installs Debian's package when there is none.
set -eu

if ! command -v wrk >/dev/null && command -v apt-get >/dev/null; then
    if [ "$(id -u)" -eq 0 ]; then as_root=; else as_root="sudo -n"; fi
    printf 'Installing the package wrk ...\n' >&2
    { $as_root apt-get update -q && $as_root apt-get install -q -y --no-install-recommends wrk; } >&2 || true
fi
command -v wrk || {
    printf 'make bench needs wrk, an HTTP load tool; it is in the packages of most systems under this name.\n' >&2
    exit 1
}
