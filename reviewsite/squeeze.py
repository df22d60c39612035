"""Compresses what comes in as well as can be: a program of its own, which gives way to all others.

    python reviewsite/squeeze.py br|gzip < page.html > page.html.br

In the process that answers, it would take turns with those who do.
"""

import gzip
import os
import sys

import brotli  # type: ignore[import-untyped]

LAST_IN_LINE = 19


def main() -> None:
    os.nice(LAST_IN_LINE)
    text = sys.stdin.buffer.read()
    if sys.argv[1] == "br":
        small = brotli.compress(text, quality=11, mode=brotli.MODE_TEXT)
    else:
        small = gzip.compress(text, 9, mtime=0)
    sys.stdout.buffer.write(small)


if __name__ == "__main__":
    main()
