"""The one transaction of an import, and its patience with what members of the site do at the same time."""

import random
import time
from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps

from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction

from reviews.sql import execute

# Any number, so long as nothing else of the site's takes the same advisory lock.
ONE_IMPORT_AT_A_TIME = 2_006_03_11
ATTEMPTS = 6
# Serialization failure, deadlock; and a username, title or member that came or went between the look and the write.
PASSING = {"40001", "40P01", "23505", "23503"}


def on_one_connection[**P, T](act: Callable[P, T]) -> Callable[P, T]:
    """Keeps the temporary tables of `act` in reach.

    They live with their connection. A pooler hands another to each transaction, so behind one all is one transaction,
    reading included; elsewhere none is held open while files are read.
    """

    @wraps(act)
    def act_on_one(*args: P.args, **kwargs: P.kwargs) -> T:
        with transaction.atomic() if connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS") else nullcontext():
            return act(*args, **kwargs)

    return act_on_one


def in_one_transaction[T](act: Callable[[], T]) -> T:
    """What `act` returns, once its writes are committed. Imports wait for one another.

    It is tried again from its beginning when somebody else's write came in between.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                execute("SELECT pg_advisory_xact_lock(%s)", ONE_IMPORT_AT_A_TIME)
                return act()
        except (OperationalError, IntegrityError) as problem:
            if attempt == ATTEMPTS or _state(problem) not in PASSING:
                raise
            time.sleep(random.uniform(0.1, 0.3) * attempt)  # noqa: S311
    raise AssertionError("the last attempt returns or raises")


def _state(problem: DatabaseError) -> str | None:
    return getattr(problem.__cause__, "sqlstate", None)
