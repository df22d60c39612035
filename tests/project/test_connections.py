"""A connection that the database closed is noticed before a request uses it, without asking over it each time."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import DataError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from reviewsite.postgresql import lending
from reviewsite.postgresql.prepared import rows_of
from tests.factories import a_member


@pytest.fixture
def kept(db: None) -> Iterator[Any]:
    """A connection as a thread of the server keeps it between requests."""
    one = connection.copy()
    one.settings_dict["CONN_HEALTH_CHECKS"] = True
    one.ensure_connection()
    yield one
    one.close()


def backend(one: Any) -> int:
    with one.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_a_request_after_its_connection_was_ended_gets_a_new_one(kept: Any) -> None:
    before = backend(kept)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [before])
    assert not kept.is_usable()
    kept.close_if_unusable_or_obsolete()  # as at the beginning of a request
    assert backend(kept) != before


def test_a_living_connection_is_seen_to_be_usable_without_a_statement(kept: Any) -> None:
    with CaptureQueriesContext(kept) as asked:
        assert kept.is_usable()
    assert not asked.captured_queries


@pytest.fixture
def none_open(transactional_db: None) -> None:
    """Nothing is lent yet, so nothing is too old."""
    lending.close_all()


def backends(number: int = 1) -> list[int]:
    """The processes of PostgreSQL whose connections are lent to that many threads at the same moment."""
    met = Barrier(number)

    def borrow() -> int:
        with lending.lent("default") as connection:
            met.wait(30)
            pid = backend(connection)
            met.wait(30)
            return pid

    with ThreadPoolExecutor(number) as threads:
        return [asked.result() for asked in [threads.submit(borrow) for _ in range(number)]]


@pytest.mark.usefixtures("none_open")
def test_threads_lend_each_other_the_connection_that_was_used_last() -> None:
    three = backends(3)
    assert len(set(three)) == 3
    [last] = backends()
    assert last in three
    assert [backends() for _ in range(3)] == [[last]] * 3
    assert len({*backends(2), *three}) == 3


@pytest.mark.usefixtures("none_open")
def test_lent_connections_that_became_too_old_are_closed_also_those_that_nobody_needed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    three = backends(3)
    later = time.monotonic() + connections.settings["default"]["CONN_MAX_AGE"] + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    [new] = backends()
    assert new not in three
    assert len([one for one in lending._idle["default"] if one.connection]) == 1


@pytest.mark.django_db(transaction=True)
def test_what_was_written_in_a_transaction_is_read_there_and_nowhere_else() -> None:
    with transaction.atomic():
        author = a_member("author")
        assert rows_of("SELECT username FROM accounts_user", []) == [("author",)]
        with ThreadPoolExecutor(1) as other:
            assert other.submit(rows_of, "SELECT username FROM accounts_user", []).result() == []
        assert backend(connection) == rows_of("SELECT pg_backend_pid()", [])[0][0]
    assert rows_of("SELECT id FROM accounts_user", []) == [(author.pk,)]
    assert backend(connection) != rows_of("SELECT pg_backend_pid()", [])[0][0]


@pytest.mark.usefixtures("none_open")
def test_a_lent_connection_that_was_ended_is_replaced_before_it_is_used() -> None:
    [before] = backends()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [before])
    [after] = backends()
    assert after != before


@pytest.mark.usefixtures("none_open")
def test_a_statement_that_fails_leaves_the_connection_to_the_next() -> None:
    [before] = backends()
    with pytest.raises(DataError):
        rows_of("SELECT 1 / %s::int", [0])
    assert backends() == [before]


def test_the_site_looks_at_its_connections_and_keeps_them() -> None:
    assert connections.settings["default"]["CONN_HEALTH_CHECKS"]
    assert connections.settings["default"]["CONN_MAX_AGE"]
