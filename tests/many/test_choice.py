"""Which server is read from, given what is known of all of them; and whether a failure was the server's."""

import time

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, InterfaceError, InternalError, OperationalError, transaction
from django.test import RequestFactory

from reviews.models import Review, Title
from reviewsite.postgresql.lost import is_lost
from reviewsite.replicas import choice
from reviewsite.replicas.middleware import COOKIE, written
from reviewsite.replicas.servers import IN_A_ROW, LONGEST_LAG, PATIENCE, Servers

LOST = OperationalError("the server closed the connection unexpectedly")


@pytest.fixture
def servers() -> Servers:
    """A primary, and two replicas that stand where it stood when LONGEST_LAG began."""
    found, now = Servers(["replica1", "replica2"]), time.monotonic()
    found.primary.learn(100, standby=False, now=now - 3 * LONGEST_LAG)
    found.primary.learn(200, standby=False, now=now - 1.1 * LONGEST_LAG)
    found.primary.learn(300, standby=False, now=now)
    for replica in found.replicas:
        replica.learn(200, standby=True, now=now)
    return found


def chosen(servers: Servers, *but: str) -> set[str]:
    return {servers.choose(None, but) for _ in range(2 * IN_A_ROW)}


def test_replicas_take_turns(servers: Servers) -> None:
    one, other = ["replica1"] * IN_A_ROW, ["replica2"] * IN_A_ROW
    assert [servers.choose(None, ()) for _ in range(4 * IN_A_ROW)] == (one + other) * 2
    assert chosen(servers, "replica1") == {"replica2"}
    assert chosen(servers, "replica1", "replica2") == {"default"}


def test_one_that_is_behind_is_left_out_until_it_has_come_as_far(servers: Servers) -> None:
    servers.replicas[0].learn(199, standby=True, now=time.monotonic())
    assert chosen(servers) == {"replica2"}
    servers.replicas[0].learn(200, standby=True, now=time.monotonic())
    assert chosen(servers) == {"replica1", "replica2"}


def test_a_primary_that_writes_nothing_makes_no_replica_old(servers: Servers) -> None:
    now = time.monotonic()
    for server in (servers.primary, *servers.replicas):
        server.learn(300, standby=server is not servers.primary, now=now - 2 * LONGEST_LAG)
        server.learn(300, standby=server is not servers.primary, now=now)
    assert chosen(servers) == {"replica1", "replica2"}


def test_one_that_is_lost_hangs_or_takes_writes_is_left_out(servers: Servers) -> None:
    one, other = servers.replicas
    one.lose(LOST)
    assert chosen(servers) == {"replica2"}
    one.learn(300, standby=True, now=time.monotonic() - PATIENCE - 1)
    other.learn(300, standby=False, now=time.monotonic())
    assert chosen(servers) == {"default"}
    one.learn(300, standby=True, now=time.monotonic())
    assert chosen(servers) == {"replica1"}


def test_a_process_that_has_just_begun_asks_the_primary_unless_it_is_lost() -> None:
    servers = Servers(["replica1"])
    assert chosen(servers) == {"default"}
    servers.primary.lose(LOST)
    assert chosen(servers) == {"replica1"}


def test_pages_come_from_the_replica_and_what_may_not_lag_from_the_primary() -> None:
    router = choice.Router()
    assert router.db_for_read(Title) == "default"
    with choice.reading_from("replica1"):
        assert router.db_for_read(Title) == choice.reading() == "replica1"
        assert router.db_for_read(Session) == choice.reading_strictly() == "default"
        assert router.db_for_write(Session) == "default"
        assert router.db_for_read(Title) == "replica1"
        assert router.db_for_write(Review) == "default"
        assert router.db_for_read(Title) == choice.reading() == "default", "what was written is read"
    with choice.reading_from("replica1", strict="replica1"):
        assert router.db_for_read(Session) == choice.reading_strictly() == "replica1"
        assert choice.primary_is_lost()
    assert router.db_for_read(Title) == "default"
    assert not router.allow_migrate("replica1", "reviews")


@pytest.mark.django_db
def test_in_a_transaction_is_read_what_is_in_it() -> None:
    with choice.reading_from("replica1"), transaction.atomic():
        assert choice.Router().db_for_read(Title) == choice.reading() == "default"


@pytest.mark.parametrize(("value", "position"), [("3a", 58), ("f" * 15, 16**15 - 1)])
def test_a_position_that_was_written(value: str, position: int) -> None:
    assert written(RequestFactory(headers={"cookie": f"{COOKIE}={value}"}).get("/")) == position


@pytest.mark.parametrize("value", ["", "f" * 16, "-1", "0x3a", "3A", "3a ;", "٣", "1_0"])
def test_what_is_no_position_is_none(value: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES[COOKIE] = value
    assert written(request) is None


def caused(problem: DatabaseError | InterfaceError, cause: type[psycopg.Error]) -> Exception:
    problem.__cause__ = cause("said by PostgreSQL")
    return problem


@pytest.mark.parametrize(
    ("problem", "lost"),
    [
        (LOST, True),
        (InterfaceError("connection already closed"), True),
        (caused(OperationalError(), psycopg.errors.AdminShutdown), True),
        (caused(OperationalError(), psycopg.errors.CannotConnectNow), True),
        (caused(OperationalError(), psycopg.errors.ConnectionException), True),
        (caused(InternalError(), psycopg.errors.ReadOnlySqlTransaction), True),
        (caused(OperationalError(), psycopg.errors.DeadlockDetected), False),
        (caused(OperationalError(), psycopg.errors.QueryCanceled), False),
        (caused(InternalError(), psycopg.errors.InFailedSqlTransaction), False),
        (InternalError(), False),
        (DatabaseError(), False),
        (None, False),
    ],
)
def test_whose_fault_it_was(problem: Exception | None, *, lost: bool) -> None:
    assert is_lost(problem) is lost
