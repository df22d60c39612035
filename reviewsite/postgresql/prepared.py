"""Statements that are written once and planned once a connection: for those that every request needs.

Django makes a statement of a queryset anew each time, and PostgreSQL plans it anew; for a short one that costs more
than running it. So do the layers between: such a statement goes to libpq in one piece, and the thread lets go of Python
once, where a cursor would have it come back for each step of the sending and the waiting.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple

import psycopg
from django.db import connections
from django.db.models import QuerySet
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.sql import Literal

from reviewsite.postgresql.lending import lent
from reviewsite.replicas.choice import reading, will_write

# A value's place in a statement, by its turn or by its name; or a percent sign.
PLACE = re.compile(r"%(?:%|s|\((\w+)\)s)")
# So many are planned at most, as with psycopg: a plan takes some tens of kilobytes of the server's memory.
MOST_PLANNED = 100
DONE = {ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK}
_numbers = count()


class PreparedCursor(psycopg.Cursor[Any]):
    """Sends values apart from the statement, which is prepared the first time it runs."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> "PreparedCursor":
        super().execute(query, params, prepare=True, **options)
        return self


class Numbered(NamedTuple):
    """A statement as PostgreSQL takes it, with `$1` and so on for its values, and by which keys these are found."""

    text: bytes
    keys: Sequence[Any]
    formats: Sequence[PyFormat]


def rows_of(sql: str, params: Sequence[Any] | Mapping[str, Any], *, using: str = "") -> list[tuple[Any, ...]]:
    """What the statement answers, if it answers anything. It is one of few: its text is the same each time, `params`
    hold what differs.

    It runs where the request reads. What writes, or must not lag, says where (`reviewsite.replicas.choice`).
    """
    with lent(using or reading()) as connection:
        connection.ensure_connection()
        # psycopg begins a transaction with the first cursor that needs one, and whoever listens to what is asked
        # (`CaptureQueriesContext`, the log of a debugger) listens to cursors.
        if connection.in_atomic_block or connection.queries_logged or connection.execute_wrappers:
            return _rows_by_cursor(connection, sql, params)
        with connection.wrap_database_errors:
            return _rows(connection, sql, params)


def execute(sql: str, params: Sequence[Any] | Mapping[str, Any]) -> None:
    """The same for a statement that writes and has no answer."""
    rows_of(sql, params, using=will_write())


def _rows_by_cursor(connection: Any, sql: str, params: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection._prepare_cursor(PreparedCursor(connection.connection)) as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall()) if cursor.description else []


def _rows(connection: Any, sql: str, params: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    text, keys, formats = _numbered(sql)
    transformer = Transformer.from_context(connection.connection)
    values = transformer.dump_sequence([params[key] for key in keys], formats)
    server = connection.connection.pgconn
    if connection.may_plan:
        result = _checked(server.exec_prepared(_planned(connection, text, transformer.types), values))
    else:
        result = _checked(server.exec_params(text, values, transformer.types))
    transformer.set_pgresult(result)
    return transformer.load_rows(0, result.ntuples, tuple)


@lru_cache(maxsize=1000)
def _numbered(sql: str) -> Numbered:
    keys: list[Any] = []

    def number(place: re.Match[str]) -> str:
        if place[0] == "%%":
            return "%"
        key = place[1] or len(keys)
        if key not in keys:
            keys.append(key)
        return f"${keys.index(key) + 1}"

    return Numbered(PLACE.sub(number, sql).encode(), keys, [PyFormat.TEXT] * len(keys))


def _planned(connection: Any, text: bytes, types: Sequence[int] | None) -> bytes:
    """The name by which the connection's server knows the statement for values of those types, which for whole numbers
    follow from their size, as with psycopg. That used longest ago is forgotten."""
    planned, server, statement = connection.planned, connection.connection.pgconn, (text, types)
    if statement in planned:
        planned.move_to_end(statement)
    else:
        if len(planned) >= MOST_PLANNED:
            _checked(server.exec_(b"DEALLOCATE " + planned.popitem(last=False)[1]))
        name = b"planned_%d" % next(_numbers)
        _checked(server.prepare(name, text, types))
        planned[statement] = name
    return bytes(planned[statement])


def _checked(result: Any) -> Any:
    if result.status in DONE:
        return result
    if not result.error_field(DiagnosticField.SQLSTATE):  # libpq says so itself: the server ended in the middle
        raise psycopg.OperationalError(result.get_error_message())
    raise error_from_result(result)


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
    return Literal(value).as_string().replace("%", "%%")
