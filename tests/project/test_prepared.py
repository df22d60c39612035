"""Statements that go to libpq in one piece: they mean what they would mean through a cursor, and fail as they would."""

import os
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DataError, IntegrityError, OperationalError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from reviewsite.postgresql import lending, prepared
from reviewsite.postgresql.lost import is_lost
from reviewsite.postgresql.prepared import execute, rows_of
from tests.factories import a_review, a_title

MOMENT = datetime(2004, 12, 25, 23, 59, 59, 123456, tzinfo=UTC)
VALUES: list[tuple[str, Any]] = [
    ("int", 7),
    ("bigint", -(2**63)),
    ("float", 0.1),
    ("boolean", False),
    ("text", "5 % of “it”\n\\ and 'all'"),
    ("timestamptz", MOMENT),
    ("text", None),
    ("bigint[]", [1, 2, None]),
]
PLANNED = "SELECT statement FROM pg_prepared_statements ORDER BY prepare_time"


@pytest.fixture(autouse=True)
def alone(transactional_db: None) -> Iterator[None]:
    """Nothing is planned yet, and what is planned here is there for nobody else."""
    lending.close_all()
    yield
    lending.close_all()


def planned(about: str) -> list[str]:
    return [text for (text,) in rows_of(PLANNED, ()) if about in text]


@pytest.mark.parametrize(("kind", "value"), VALUES)
def test_a_value_is_what_it_is_through_a_cursor(kind: str, value: Any) -> None:
    sql = f"SELECT %s::{kind}"
    assert rows_of(sql, [value]) == [(value,)]
    with transaction.atomic():
        assert rows_of(sql, [value]) == [(value,)]


def test_values_are_found_by_name_or_by_turn_and_a_percent_sign_is_one() -> None:
    assert rows_of("SELECT %(b)s::int, %(a)s::int, %(b)s::int, 7 %% 4", {"a": 1, "b": 2, "c": 3}) == [(2, 1, 2, 3)]
    assert rows_of("SELECT %s::int, %s::int", [1, 2]) == [(1, 2)]


@pytest.mark.parametrize("number", [1, 2**15, 2**31, 2**62, -(2**62)])
def test_a_number_may_be_larger_than_what_it_is_compared_with(number: int) -> None:
    sql = "SELECT %(number)s > votes FROM reviews_review"
    a_review(a_title(), votes=0)
    with transaction.atomic():
        assert rows_of(sql, {"number": number}) == [(number > 0,)]
    assert rows_of(sql, {"number": number}) == [(number > 0,)]


def test_a_statement_is_planned_once() -> None:
    for n in range(3):
        assert rows_of("SELECT 'planned once', %s::int", [n]) == [("planned once", n)]
    assert planned("planned once") == ["SELECT 'planned once', $1::int"]


def test_what_was_planned_longest_ago_is_forgotten_and_planned_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "MOST_PLANNED", 3)
    for n in (1, 2, 1, 3, 1, 2):
        assert rows_of(f"SELECT 'plan {n}'", ()) == [(f"plan {n}",)]
        assert len(planned("")) <= prepared.MOST_PLANNED
    assert planned("'plan") == ["SELECT 'plan 1'", "SELECT 'plan 2'"]


def test_behind_a_pooler_nothing_is_planned() -> None:
    one = connection.copy()
    one.settings_dict = {**one.settings_dict, "OPTIONS": {"prepare_threshold": None}}
    one.ensure_connection()
    try:
        for n in range(3):
            assert prepared._rows(one, "SELECT %s::int", [n]) == [(n,)]
        assert prepared._rows(one, PLANNED, ()) == []
    finally:
        one.close()


def test_what_answers_nothing_answers_nothing() -> None:
    for _ in range(2):
        assert rows_of("SELECT 1 WHERE false", ()) == []
        execute("DELETE FROM reviews_vote WHERE id = %(vote)s", {"vote": 1})
    with transaction.atomic():
        execute("DELETE FROM reviews_vote WHERE id = %(vote)s", {"vote": 1})


@pytest.mark.parametrize(
    ("sql", "given", "problem"),
    [
        ("SELECT 1 / %s::int", [0], DataError),
        ("SELECT %s::text", ["\0"], DataError),
        ("SELECT nothing", [], ProgrammingError),
        ("INSERT INTO reviews_vote (review_id) VALUES (%s::bigint)", [1], IntegrityError),
    ],
)
def test_it_fails_as_it_would_through_a_cursor(sql: str, given: list[Any], problem: type[Exception]) -> None:
    with pytest.raises(problem) as directly:
        rows_of(sql, given)
    with pytest.raises(problem) as by_cursor, transaction.atomic():
        rows_of(sql, given)
    causes = directly.value.__cause__, by_cursor.value.__cause__
    assert type(causes[0]) is type(causes[1])
    assert [getattr(cause, "sqlstate", None) for cause in causes].count(None) in {0, 2}
    assert not is_lost(directly.value)
    assert rows_of("SELECT 1", ()) == [(1,)]


def test_a_connection_that_ends_meanwhile_is_lost_and_the_next_statement_has_another() -> None:
    with pytest.raises(OperationalError) as problem:
        rows_of("SELECT pg_terminate_backend(pg_backend_pid())", ())
    assert is_lost(problem.value)
    assert rows_of("SELECT 1", ()) == [(1,)]


def test_a_line_that_is_cut_in_the_middle_of_a_statement_is_lost_too() -> None:
    with lending.lent("default") as one:
        one.ensure_connection()
        line = socket.socket(fileno=os.dup(one.connection.fileno()))
    cut = threading.Timer(0.3, lambda: line.shutdown(socket.SHUT_RDWR))
    cut.start()
    with pytest.raises(OperationalError) as problem:
        rows_of("SELECT pg_sleep(20)", ())
    cut.join()
    line.close()
    assert is_lost(problem.value)
    assert rows_of("SELECT 1", ()) == [(1,)]


def test_who_listens_hears_what_is_asked() -> None:
    with lending.lent("default") as one:
        pass
    with CaptureQueriesContext(one) as asked:
        rows_of("SELECT 1", ())
    assert len(asked) == 1
