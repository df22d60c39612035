"""Connections that the threads of a process lend each other, for one statement at a time.

The one that came back last goes out first. So few of them do nearly all the work, and the processes of PostgreSQL
behind these have at hand what it needs: with a connection of each thread's own a vote took them a third longer.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import connections

_idle: defaultdict[str, list[Any]] = defaultdict(list)


@contextmanager
def lent(alias: str) -> Iterator[Any]:
    """A connection to the database that answers, for one statement.

    Within a transaction it is the thread's own, which alone sees what was written there.
    """
    own = connections[alias]
    if own.in_atomic_block:
        yield own
        return
    idle = _idle[alias]
    try:
        connection = idle.pop()
    except IndexError:
        connection = own.copy()
        connection.inc_thread_sharing()
    # As Django does at the beginning of a request: one that lay here for long, or failed, may not be there any more.
    connection.close_if_unusable_or_obsolete()
    if connection.connection is None:
        _close_old(idle)
    connection.close_if_health_check_failed()
    try:
        yield connection
    finally:
        idle.append(connection)


def _close_old(idle: list[Any]) -> None:
    """Those that nobody needs any more would stay open for ever: looked at when one in use has become too old."""
    for _ in range(len(idle)):
        with suppress(IndexError):  # lent meanwhile
            connection = idle.pop(0)
            connection.close_if_unusable_or_obsolete()
            if connection.connection is not None:
                idle.append(connection)


def close_all() -> None:
    """Close those that are lent to nobody: before a fork, as a connection belongs to the process that opened it."""
    for idle in _idle.values():
        while idle:
            idle.pop().close()
