"""Processes that tests start, talk to and kill."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from reviewsite.embedded import locks

ROOT = Path(__file__).resolve().parents[2]

HOLD = """
import sys
from pathlib import Path
from reviewsite.embedded.server import Server
Server(Path(sys.argv[1])).hold()
print("holding", flush=True)
sys.stdin.read()
"""


class Holder:
    """A process of its own that holds the embedded server in `home` until it is told to end."""

    def __init__(self, home: Path, script: str = HOLD) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", script, str(home)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def wait_until_it_holds(self) -> Self:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "holding\n"
        return self

    def end(self) -> None:
        """Ends as any command does, in order; returns when it has."""
        self.process.communicate(timeout=30)

    def kill(self) -> None:
        """Kills it and what it runs in the foreground, without a chance to do anything."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate(timeout=30)


def is_running(home: Path) -> bool:
    """Whether any process of PostgreSQL lives in `home`."""
    return home.is_dir() and locks.is_taken(home / "running.lock")


def is_at_rest(home: Path) -> bool:
    """Whether nothing of the embedded server is left in `home`: no user, no keeper, no PostgreSQL."""
    names = ("keeper.lock", "users.lock", "running.lock")
    return not any(locks.is_taken(home / name) for name in names if home.is_dir())


def postmaster(home: Path) -> int:
    return int((home / "cluster/data/postmaster.pid").read_text().split("\n", 1)[0])


def eventually(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether `condition` comes true within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
