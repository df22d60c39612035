"""What web processes share is in Redis or Valkey where CACHE_URL names one: limits hold over all of them together."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import redis

from tests.many.conftest import People
from tests.many.machines import Browser, Database, served

TOO_MANY = "Too many attempts. Wait five minutes, then try again."
PASSWORD = "a lantern in the attic"


@pytest.fixture(scope="module")
def ports(folder: Path, primary: Database, people: People, cache: str, collected: Path) -> Iterator[list[int]]:
    with ExitStack() as stack:
        variables = {"DATABASE_URL": primary.url, "CACHE_URL": cache.replace("redis://", "valkey://")}
        yield [stack.enter_context(served(folder / f"web{n}", collected, **variables)) for n in (1, 2)]


def attempt(ports: list[int], login: str, password: str) -> str:
    return Browser(ports).post("/accounts/login/", {"login": login, "password": password}).text


def test_attempts_at_a_name_are_counted_over_all_processes(ports: list[int], cache: str, primary: Database) -> None:
    for n in range(5):
        assert TOO_MANY not in attempt([ports[n % 2]], "voter0", "wrong")
    for port in ports:
        assert TOO_MANY in attempt([port], "voter0", PASSWORD)
        assert TOO_MANY not in attempt([port], "voter1", PASSWORD)
    assert [key for key in redis.Redis.from_url(cache).scan_iter() if b"login_failed" in key]
    assert primary.ask("SELECT count(*) FROM shared_cache") == 0


def test_what_is_added_up_once_an_hour_is_added_up_by_one_process(ports: list[int], cache: str, people: People) -> None:
    page = f"/user/{people.author}/"
    assert Browser([ports[0]]).get(page).status == 200
    keys = [key for key in redis.Redis.from_url(cache).scan_iter() if b"login" not in key]
    assert keys
    assert Browser([ports[1]]).get(page).status == 200
    assert [key for key in redis.Redis.from_url(cache).scan_iter() if b"login" not in key] == keys
