"""Which server this thread reads from at the moment: the primary, unless a request that only reads chose a replica."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from typing import Any

from django.db import connections

PRIMARY = "default"

# Sessions, rights and limits are read where they are written: what was taken away counts at once. So do the tables of
# sign-in, whose pages ask for what another tab did a moment ago.
ON_PRIMARY = {"sessions", "auth", "account", "mfa", "usersessions", "admin", "django_cache"}


class Elsewhere(Exception):  # noqa: N818 - not an error: another server knows
    """The replica cannot answer this exactly. The middleware has another server answer the whole request."""


class _Here(local):
    alias = PRIMARY
    """Where pages are read from."""
    strict = PRIMARY
    """Where that is read which may not lag: a replica only when the primary is lost."""
    again = False
    """Whether the request can be tried with another server."""
    wrote = False


here = _Here()


@contextmanager
def reading_from(alias: str, *, strict: str = PRIMARY, again: bool = False) -> Iterator[None]:
    """Meanwhile this thread reads from the server `alias`, and what may not lag from `strict`."""
    here.alias, here.strict, here.again, here.wrote = alias, strict, again, False
    try:
        yield
    finally:
        here.alias = here.strict = PRIMARY
        here.again = False


def reading() -> str:
    """Where to read from. In a transaction that is the primary, where the transaction is."""
    alias = here.alias
    return PRIMARY if alias != PRIMARY and connections[PRIMARY].in_atomic_block else alias


def reading_strictly() -> str:
    """Where to read sessions, members who ask, limits: from the primary, for as long as it is there."""
    return here.strict


def primary_is_lost() -> bool:
    return here.strict != PRIMARY


def ask_elsewhere() -> None:
    """For a replica that cannot answer exactly: leaves it to another. When the primary is lost, what it has must do."""
    if here.alias != PRIMARY and not primary_is_lost():
        raise Elsewhere


def will_write() -> str:
    """Where to write. What the request reads after that may depend on it, and is read there too."""
    here.alias = here.strict = PRIMARY
    here.wrote = True
    return PRIMARY


class Router:
    def db_for_read(self, model: Any, **hints: Any) -> str:
        return reading_strictly() if model._meta.app_label in ON_PRIMARY else reading()

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return PRIMARY if model._meta.app_label in ON_PRIMARY else will_write()

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return None if db == PRIMARY else False
