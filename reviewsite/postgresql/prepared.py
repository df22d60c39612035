"""Statements that are written once and planned once a connection: for those that every request needs.

Django makes a statement of a queryset anew each time, and PostgreSQL plans it anew; for a short one that costs more
than running it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import psycopg
from django.db import connections
from django.db.models import QuerySet
from psycopg.sql import Literal

from reviewsite.postgresql.lending import lent
from reviewsite.replicas.choice import reading, will_write


class PreparedCursor(psycopg.Cursor[Any]):
    """Sends values apart from the statement, which is prepared the first time it runs."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> "PreparedCursor":
        super().execute(query, params, prepare=True, **options)
        return self


def rows_of(sql: str, params: Sequence[Any] | Mapping[str, Any], *, using: str = "") -> list[tuple[Any, ...]]:
    """What the statement answers. It is one of few: its text is the same each time, `params` hold what differs.

    It runs where the request reads. What writes, or must not lag, says where (`reviewsite.replicas.choice`).
    """
    with lent(using or reading()) as connection, _cursor(connection) as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def execute(sql: str, params: Sequence[Any] | Mapping[str, Any]) -> None:
    """The same for a statement that writes and has no answer."""
    with lent(will_write()) as connection, _cursor(connection) as cursor:
        cursor.execute(sql, params)


def _cursor(connection: Any) -> Any:
    connection.ensure_connection()
    return connection._prepare_cursor(PreparedCursor(connection.connection))


def array_of(values: Iterable[int]) -> str:
    """Whole numbers, or truths, as PostgreSQL writes an array, for a value with `::bigint[]` or the like behind it.

    psycopg makes something for each list that costs more than the rest of a short statement.
    """
    return f"{{{','.join(map(str, values))}}}"


def statement_of(queryset: QuerySet[Any, Any], stand_ins: Mapping[Any, str]) -> str:
    """The queryset's statement, with a named place for each value that stands in for another.

    All other values become part of the text, so that PostgreSQL recognises the indexes that are made for them.
    """
    sql, params = queryset.query.get_compiler(connection=connections[reading()]).as_sql()
    return str(sql) % tuple(f"%({stand_ins[param]})s" if param in stand_ins else literal(param) for param in params)


def literal(value: Any) -> str:
    connection = connections[reading()]
    connection.ensure_connection()
    return Literal(value).as_string(connection.connection).replace("%", "%%")
