"""Locks on files between processes (`flock`).

A lock belongs to the open file: it ends when the last descriptor of that file is closed, so also when its process is
killed, and a forked child that still has the descriptor keeps it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHARED = fcntl.LOCK_SH
EXCLUSIVE = fcntl.LOCK_EX


def take(path: Path, kind: int) -> int:
    """Waits for a lock on the file `path`, created when missing, and returns the descriptor that has it."""
    descriptor = _open(path)
    fcntl.flock(descriptor, kind)
    return descriptor


def try_to_take(path: Path, kind: int) -> int | None:
    """As `take`, but None when another process has a lock that stands against it."""
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Has the exclusive lock on `path` meanwhile."""
    descriptor = take(path, EXCLUSIVE)
    try:
        yield
    finally:
        os.close(descriptor)


def is_taken(path: Path) -> bool:
    """Whether any process has a lock on `path` at this moment."""
    descriptor = try_to_take(path, EXCLUSIVE)
    if descriptor is not None:
        os.close(descriptor)
    return descriptor is None


def _open(path: Path) -> int:
    # Root may have run the server of an ordinary user: the file goes to whoever has the folder.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.fchown(descriptor, folder.st_uid, folder.st_gid)
    return descriptor
