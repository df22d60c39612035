"""Waits until nobody holds the server any more, then stops it: python -m reviewsite.embedded.keeper HOME

An orderly process stops the server itself when it was the last to hold it. The keeper is for all others: killed ones,
crashed ones, forked ones that end without a farewell.
"""

import os
import sys
from pathlib import Path

from reviewsite.embedded import locks
from reviewsite.embedded.server import Server


def keep(home: Path) -> None:
    """Returns at once; the keeper goes on in the background, unless there is one already."""
    keeper = locks.try_to_take(home / "keeper.lock", locks.EXCLUSIVE)
    if keeper is None or os.fork() != 0:
        return
    alone = locks.take(home / "users.lock", locks.EXCLUSIVE)
    # Before anybody else can hold the server: whoever does next must find no keeper, and start one.
    os.close(keeper)
    try:
        Server(home).stop()
    finally:
        os.close(alone)


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
