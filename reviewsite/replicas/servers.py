"""What this process knows of the primary and its replicas: which answer, and how far they are behind.

A thread for each server asks every second, so that no request waits to find out. Positions are places in the primary's
log (LSN), in bytes. A replica is behind by the log, not by the clock: it may be read when it has replayed what the
primary had written LONGEST_LAG ago. So a quiet primary makes no replica look old, and one that is lost neither.
"""

import logging
import os
import socket
import time
from collections import defaultdict, deque
from collections.abc import Collection
from contextlib import suppress
from itertools import count
from threading import Lock, Thread
from typing import Any
from weakref import WeakSet

import psycopg
from django.db import InterfaceError, OperationalError, connections
from django.db.backends.signals import connection_created
from django.dispatch import receiver

from reviewsite.postgresql.prepared import rows_of
from reviewsite.replicas.choice import PRIMARY

EVERY = 1.0
# A server that has said nothing for so long hangs, or cannot be reached.
PATIENCE = 5.0
LONGEST_LAG = 10.0
# Requests in a row that a process has the same replica answer: those of one moment ask together.
IN_A_ROW = 50

FAILURES = (OperationalError, InterfaceError)
SILENCE = (TimeoutError, psycopg.errors.ConnectionTimeout)
STANDS_AT = """
    SELECT pg_is_in_recovery(), (CASE WHEN pg_is_in_recovery() THEN coalesce(pg_last_wal_replay_lsn(), '0/0')
        ELSE pg_current_wal_flush_lsn() END - '0/0')::bigint
"""
HAS_REACHED = "SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() - '0/0' >= %s"

log = logging.getLogger(__name__)


_open: dict[str, WeakSet[Any]] = defaultdict(WeakSet)
_opening = Lock()


@receiver(connection_created)
def note(connection: Any, **_: Any) -> None:
    """Remember the connection, should its server fall silent."""
    if connection.alias != PRIMARY:
        with _opening:
            _open[connection.alias].add(connection.connection)


def hang_up(alias: str) -> None:
    """End this process's connections to the server, also under the hands of threads that wait for its answer."""
    with _opening:
        for connection in _open[alias]:
            with suppress(psycopg.Error, OSError), socket.socket(fileno=os.dup(connection.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)


class Server:
    """One server, as far as this process knows."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.standby: bool | None = None
        self.position = 0
        self.lost = False
        self.samples: deque[tuple[float, int]] = deque()
        """Where it stood when, back to the last one older than LONGEST_LAG."""

    def look(self) -> None:
        """Ask how far it is."""
        try:
            [(standby, position)] = rows_of(STANDS_AT, [], using=self.alias)
        except FAILURES as problem:
            self.lose(problem)
        else:
            self.learn(position, standby=standby, now=time.monotonic())

    def learn(self, position: int, *, standby: bool, now: float) -> None:
        if self.lost:
            log.warning("The database %s is back.", self.alias)
        self.samples.append((now, position))
        while len(self.samples) > 1 and self.samples[1][0] <= now - LONGEST_LAG:
            self.samples.popleft()
        self.position, self.standby, self.lost = position, standby, False

    def lose(self, problem: Exception) -> None:
        """Where it says nothing, of a replica nobody waits for an answer any more."""
        if not self.lost:
            log.warning("The database %s is lost: %s", self.alias, problem)
        self.lost = True
        if self.standby and isinstance(problem.__cause__ or problem, SILENCE):
            hang_up(self.alias)

    def is_silent(self) -> bool:
        """Lost, or it began to answer and does so no more."""
        if not self.lost and self.samples and time.monotonic() - self.samples[-1][0] > PATIENCE:
            self.lose(TimeoutError(f"silent for {PATIENCE} seconds"))
        return self.lost

    def has_reached(self, position: int) -> bool:
        """Asked of the server itself: one that was ended and started again may stand further back than it did."""
        try:
            return bool(rows_of(HAS_REACHED, [position], using=self.alias)[0][0])
        except FAILURES as problem:
            self.lose(problem)
            return False

    def is_gone(self) -> bool:
        """After a failure: was it the server's, so that nothing can be asked of it now?"""
        try:
            connections[self.alias].close_if_unusable_or_obsolete()
            rows_of("SELECT 1", [], using=self.alias)
        except FAILURES as problem:
            self.lose(problem)
        return self.lost


class Servers:
    """The primary and its replicas."""

    def __init__(self, replicas: Collection[str]) -> None:
        self.primary = Server(PRIMARY)
        self.replicas = [Server(alias) for alias in replicas]
        self.all = [self.primary, *self.replicas]
        self._turn = count()
        self._starting = Lock()
        self._watched = False

    def __getitem__(self, alias: str) -> Server:
        return next(server for server in self.all if server.alias == alias)

    def watch(self) -> None:
        """See to the threads. They begin with the first request: a server that forks has done so by then."""
        if self._watched:
            return
        with self._starting:
            if not self._watched:
                for server in self.all:
                    Thread(target=self._watch, args=[server], name=f"watching {server.alias}", daemon=True).start()
                self._watched = True

    def _watch(self, server: Server) -> None:
        while True:
            server.look()
            for other in self.all:  # whose own thread may be waiting for it
                other.is_silent()
            time.sleep(EVERY)

    def choose(self, after: int | None, but: Collection[str]) -> str:
        """A replica that may be read, each in its turn, that has come as far as `after`; else the primary."""
        first = next(self._turn) // IN_A_ROW
        for place in range(len(self.replicas)):
            replica = self.replicas[(first + place) % len(self.replicas)]
            if replica.alias in but or not self.may_be_read(replica):
                continue
            if after is None or replica.has_reached(after):
                return replica.alias
        return PRIMARY

    def may_be_read(self, replica: Server) -> bool:
        if replica.is_silent() or replica.standby is False:
            return False
        if self.primary.samples and replica.samples:
            return replica.position >= self.primary.samples[0][1]
        # Nothing is known yet, as the process has just begun. Only where there is no primary it has to do.
        return self.primary.is_silent()
