"""Statements that no queryset can say."""

from typing import Any

from django.db import connection


def execute(sql: str, *values: Any, **named: Any) -> int:
    """Run the statement, with `values` for its `%s` or `named` for its `%(name)s`; how many rows it concerned."""
    with connection.cursor() as cursor:
        cursor.execute(sql, named or values)
        count: int = cursor.rowcount
        return count


def fetch(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
