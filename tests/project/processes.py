"""Processes that tests start, talk to and kill."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from reviewsite.embedded import locks

ROOT = Path(__file__).resolve().parents[2]

OURS = {
    "DATA_DIR", "DATABASE_URL", "DATABASE_REPLICA_URLS", "DATABASE_POOLER", "CACHE_URL", "DEMO", "PORT",
    "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "VIRTUAL_ENV",
}  # fmt: skip

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


def environment(**more: str) -> dict[str, str]:
    """Ours without what this run of the tests was told."""
    return {**{name: value for name, value in os.environ.items() if name not in OURS}, **more}


def in_shell(data: Path, script: str) -> Any:
    """What the script prints as JSON, run in the project's shell on the site whose data is in `data`."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--verbosity=0", "--command", script],
        cwd=ROOT,
        env=environment(DATA_DIR=str(data)),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Site:
    """The site served by `command`, which takes the session's signals as it would in a terminal.

    It is there when it says so, or has said why not (`said`).
    """

    def __init__(self, folder: Path, port: int, *command: str, **more: str) -> None:
        self.home = Path(more.get("DATA_DIR", folder / "var")) / "postgres"
        self.url = f"http://127.0.0.1:{port}/"
        self.said = ""
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._started = threading.Event()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self._started.wait()

    def _listen(self) -> None:
        """Hears all that is said: with nobody to hear it, a site that has much to say would come to a halt."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if line.startswith("Ctrl-C"):
                self._started.set()
        self._started.set()

    def signal(self, number: int) -> None:
        """Sends a signal as the terminal does and waits until all is over."""
        os.killpg(self.process.pid, number)
        self.process.wait(60)
        self._listener.join(60)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url, timeout=30) as answer:  # noqa: S310 - always http
                return bool(answer.status == 200)
        except OSError:
            return False


def is_running(home: Path) -> bool:
    """Whether any process of PostgreSQL lives in `home`."""
    return home.is_dir() and locks.is_taken(home / "running.lock")


def is_at_rest(home: Path) -> bool:
    """Whether nothing of the embedded server is left in `home`: no user, no keeper, no PostgreSQL."""
    names = ("keeper.lock", "users.lock", "running.lock")
    return not any(locks.is_taken(home / name) for name in names if home.is_dir())


def parents() -> dict[int, int]:
    """The parent of every process: from /proc, or from `ps` on systems that have none."""
    if not Path("/proc/self").exists():
        said = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        return {int(line.split()[0]): int(line.split()[1]) for line in said.splitlines()}
    found = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended while we were looking
            found[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
    return found


def postmaster(home: Path) -> int:
    return int((home / "cluster/data/postmaster.pid").read_text().split("\n", 1)[0])


def eventually(condition: Callable[[], bool], seconds: float = 60) -> bool:
    """Whether `condition` comes true within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
