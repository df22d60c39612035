"""What a test asks of the database. Where it is no transaction, that comes over two connections: one is lent to it.

The beginning and the end of a transaction are no statements here.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import connections

from reviewsite.postgresql.lending import lent


@contextmanager
def through(wrapper: Callable[..., Any]) -> Iterator[None]:
    """Meanwhile this thread's statements go through the wrapper, as `connection.execute_wrapper` has it."""
    with lent("default") as lent_next:
        pass
    with ExitStack() as meanwhile:
        for connection in {connections["default"], lent_next}:
            meanwhile.enter_context(connection.execute_wrapper(wrapper))
        yield


@contextmanager
def statements() -> Iterator[list[str]]:
    """Those that this thread asks meanwhile."""
    asked: list[str] = []

    def note(execute: Any, sql: str, *more: Any) -> Any:
        asked.append(sql)
        return execute(sql, *more)

    with through(note):
        yield asked
