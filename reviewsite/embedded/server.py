"""One embedded PostgreSQL server, shared by the processes that use it: it runs as long as one of them holds it.

HOME/start.lock     taken by the process that makes or starts the server
HOME/users.lock     shared by the processes that hold the server; who gets it alone may stop it
HOME/running.lock   taken by PostgreSQL's own processes, all of which inherit it
HOME/keeper.lock    taken by the keeper (keeper.py)
"""

import atexit
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from reviewsite.embedded import locks
from reviewsite.embedded.cluster import START_SECONDS, Cluster
from reviewsite.embedded.programs import ServerError

RETRY_AFTER = (0.2, 1.0)
SOURCE = Path(__file__).resolve().parents[2]


class Server:
    """The server whose files are in `home`. Threads may share one object; each process has its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.cluster = Cluster(home)
        self._held: int | None = None
        self._threads = threading.RLock()

    def hold(self) -> None:
        """Sees that the server runs, and keeps it running until this process ends or calls `leave`."""
        with self._threads:
            if self._held is not None:
                return
            self._make_home()
            # Waits here while the last process before us is stopping the server.
            held = locks.take(self.home / "users.lock", locks.SHARED)
            try:
                self.start()
            except ServerError:
                os.close(held)
                raise
            self._held = held
            atexit.register(self.leave)

    def leave(self) -> None:
        """Lets go of the server. If no other process holds it, it is stopped when this returns."""
        with self._threads:
            if self._held is None:
                return
            atexit.unregister(self.leave)
            os.close(self._held)
            self._held = None
            alone = locks.try_to_take(self.home / "users.lock", locks.EXCLUSIVE)
            if alone is None:
                # Others hold it, and this is had at once; or the keeper is just stopping it, and this waits for that.
                alone = locks.take(self.home / "users.lock", locks.SHARED)
            else:
                self.stop()
            os.close(alone)

    def start(self) -> None:
        """Returns when the server accepts connections, whoever started it; for a process that holds it.

        After a crash it waits for what is left of the old server to end.
        """
        with self._threads, locks.locked(self.home / "start.lock"):
            self.cluster.make()
            self._see_to_keeper()
            deadline = time.monotonic() + START_SECONDS
            while (running := locks.try_to_take(self.home / "running.lock", locks.EXCLUSIVE)) is None:
                if self.cluster.accepts_connections():
                    break
                if time.monotonic() > deadline:
                    raise ServerError(f"The database in {self.home} does not answer.\n{self.cluster.end_of_log()}")
                time.sleep(0.05)
            else:
                try:
                    self._launch(running)
                finally:
                    os.close(running)

    def stop(self) -> None:
        """Stops the server if it runs; for a process that has users.lock to itself."""
        if locks.is_taken(self.home / "running.lock"):
            try:
                self.cluster.shut_down()
            except ServerError:
                if locks.is_taken(self.home / "running.lock"):  # otherwise it died meanwhile, and the end is the same
                    raise

    def create_database(self, name: str) -> None:
        """Creates the database `name` if there is none."""
        with psycopg.connect(make_conninfo(**self.cluster.address(), dbname="postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return
            # Another process may be first.
            with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))

    def _make_home(self) -> None:
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.home.stat().st_mode & 0o777 != 0o700:
                self.home.chmod(0o700)
            # Deciding on the identity may give the folder to another user; the locks go with it.
            with locks.locked(self.home / "start.lock"):
                self.cluster.identity.give(self.home / "start.lock")
        except OSError as problem:
            raise ServerError(f"The database cannot be kept in {self.home}: {problem.strerror}.") from problem

    def _launch(self, running: int) -> None:
        """Tries more than once: what ended the server before may end it again while it starts."""
        for seconds in RETRY_AFTER:
            try:
                self.cluster.launch(running)
            except ServerError:
                time.sleep(seconds)
            else:
                return
        self.cluster.launch(running)

    def _see_to_keeper(self) -> None:
        """Starts a keeper if there is none. It outlives us, in a session of its own that Ctrl-C does not reach."""
        if locks.is_taken(self.home / "keeper.lock"):
            return
        # Returns at once: the keeper goes into the background by itself.
        subprocess.run(
            [sys.executable, "-m", "reviewsite.embedded.keeper", str(self.home)],
            cwd="/",
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
