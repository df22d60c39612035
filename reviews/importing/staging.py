"""Temporary tables: good rows wait there until all are read, and nobody else sees or locks anything meanwhile."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection

from reviews.sql import execute, fetch

ROWS_AT_A_TIME = 2000


def copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Stream the rows into the table, however many there are."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as target:
        for row in rows:
            target.write_row(row)


def drop(*tables: str) -> None:
    """Forget temporary tables. They live as long as the connection, which may serve one import after another."""
    for table in tables:
        execute(f"DROP TABLE IF EXISTS pg_temp.{table}")


def batches(sql: str) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of the query, some at a time. It takes the number after which to begin, gives each row's first, and
    is ordered by it: `SELECT n ... WHERE n > %s ORDER BY n`.
    """
    last = 0
    while rows := fetch(f"{sql} LIMIT {ROWS_AT_A_TIME}", last):
        yield rows
        last = rows[-1][0]
