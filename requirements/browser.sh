#!/bin/sh
# Prints the path of a Chromium for the browser tests and installs one when there is none: sh requirements/browser.sh
#
# In this order: $CHROMIUM, one on the PATH, Debian's package (as root, or where sudo asks nothing), Playwright's own
# download. What it does is said on stderr; exit 1 with a line on how to get a browser when all fail.
set -eu

cd "$(dirname "$0")/.."

say() {
    printf '%s\n' "$@" >&2
}

# Ubuntu has a stub of this name that only asks for a snap: what cannot say its version is no browser.
runs() {
    command -v "$1" >/dev/null && "$1" --version >/dev/null 2>&1
}

on_path() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        if runs "$name"; then
            command -v "$name"
            return
        fi
    done
    return 1
}

from_debian() {
    command -v apt-get >/dev/null || return 1
    if [ "$(id -u)" -eq 0 ]; then as_root=; else as_root="sudo -n"; fi
    $as_root true 2>/dev/null || return 1
    say "Installing Debian's package chromium ..."
    $as_root apt-get update -q >&2 &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends chromium >&2
}

from_playwright() {
    say "Downloading Playwright's Chromium ..."
    .venv/bin/python -m playwright install chromium >&2 && .venv/bin/python -c '
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)'
}

if [ -n "${CHROMIUM:-}" ]; then
    runs "$CHROMIUM" || {
        say "CHROMIUM=$CHROMIUM is not a browser that runs."
        exit 1
    }
    command -v "$CHROMIUM"
    exit
fi
on_path && exit
from_debian && on_path && exit
from_playwright && exit
say "The browser tests need Chromium. Install it (apt-get install chromium), or name one: make test CHROMIUM=/path/to/it"
exit 1
