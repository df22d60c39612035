"""A connection that the database closed is noticed before a request uses it, without asking over it each time."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from reviewsite.postgresql.prepared import rows_of


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


@pytest.mark.django_db
def test_a_statement_of_every_request_is_planned_once() -> None:
    for n in range(3):
        assert rows_of("SELECT 'planned once', %s::int", [n]) == [("planned once", n)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%planned once%'")
        assert cursor.fetchone() == (1,)


def test_the_site_looks_at_its_connections_and_keeps_them() -> None:
    assert connections.settings["default"]["CONN_HEALTH_CHECKS"]
    assert connections.settings["default"]["CONN_MAX_AGE"]
