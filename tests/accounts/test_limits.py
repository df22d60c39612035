"""Attempts are limited: in all processes together, whatever one succeeds in meanwhile, and whatever a header says."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection, connections
from django.test import Client
from pytest_django import Settings

from reviewsite.cache import CLEARING, SharedCache
from tests.factories import PASSWORD, a_member

pytestmark = pytest.mark.django_db

TOO_MANY = "Too many attempts. Wait five minutes, then try again."


def attempt(login: str = "ines", password: str = "wrong", **headers: Any) -> Any:  # noqa: S107
    return Client().post("/accounts/login/", {"login": login, "password": password}, **headers)


def test_limits_are_kept_where_all_processes_see_them(settings: Settings) -> None:
    assert settings.CACHES["default"]["BACKEND"] == "reviewsite.cache.SharedCache"
    a_member("ines")
    for _ in range(5):
        attempt()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM shared_cache WHERE cache_key LIKE '%%login_failed%%'")
        assert cursor.fetchone()[0] == 2
    assert TOO_MANY in attempt(password=PASSWORD).content.decode()


def test_a_host_of_another_name_begins_no_new_count(settings: Settings) -> None:
    a_member("ines")
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    for _ in range(5):
        attempt(headers={"host": "one.example"})
    assert TOO_MANY in attempt(password=PASSWORD, headers={"host": "two.example"}).content.decode()


@pytest.mark.parametrize("login", ["INES", " ines ", "ｉｎｅｓ"])
def test_the_same_name_written_otherwise_begins_no_new_count(login: str) -> None:
    a_member("ines")
    for _ in range(5):
        attempt()
    assert TOO_MANY in attempt(login, PASSWORD).content.decode()


def test_signing_in_oneself_gives_no_new_attempts_at_others() -> None:
    a_member("ines")
    a_member("mallory")
    for _ in range(5):
        attempt()
        assert attempt("mallory", PASSWORD).status_code == 302
    assert TOO_MANY in attempt(password=PASSWORD).content.decode()


@pytest.mark.parametrize("proxies", [0, 1])
def test_a_forged_address_begins_no_new_count(settings: Settings, proxies: int) -> None:
    """With one proxy, the last address is the one that it wrote."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    for number in range(10):
        attempt(f"nobody{number}", headers={"x-forwarded-for": f"10.0.0.{number}, 192.0.2.7"})
    assert TOO_MANY in attempt("nobody", headers={"x-forwarded-for": "10.9.9.9, 192.0.2.7"}).content.decode()


def test_behind_a_proxy_visitors_are_counted_apart(settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(10):
        attempt(f"nobody{number}", headers={"x-forwarded-for": "192.0.2.7"})
    assert TOO_MANY not in attempt("nobody", headers={"x-forwarded-for": "192.0.2.8"}).content.decode()


def test_who_asks_too_often_is_told_how_long_to_wait() -> None:
    answers = [Client().post("/accounts/password/reset/", {"email": "a@example.org"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert answers[-1].headers["Retry-After"] == "60"
    assert "Wait a minute, then try again." in answers[-1].content.decode()


def test_attempts_at_once_are_counted_one_by_one(transactional_db: None) -> None:
    a_member("ines")

    def try_once(_: int) -> None:
        try:
            attempt()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(try_once, range(16)))
    assert TOO_MANY in attempt(password=PASSWORD).content.decode()


@pytest.fixture
def shared() -> SharedCache:
    found = caches["default"]
    assert isinstance(found, SharedCache)
    return found


def test_of_those_who_add_one_key_at_once_one_is_first(transactional_db: None, shared: SharedCache) -> None:
    shared.set("code", "old", timeout=-5)

    def add(_: int) -> bool:
        try:
            return caches["default"].add("code", "new", timeout=30)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(add, range(16))) == 1


def test_nothing_is_forgotten_before_its_time(shared: SharedCache) -> None:
    for number in range(5 * CLEARING):
        shared.set(f"kept-{number}", number, timeout=60)
        shared.set(f"over-{number}", number, timeout=-5)
    assert all(shared.get(f"kept-{number}") == number for number in range(5 * CLEARING))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM shared_cache WHERE cache_key LIKE '%%over%%'")
        assert cursor.fetchone()[0] < 5 * CLEARING


def test_what_is_kept_can_be_read_changed_and_taken_away(shared: SharedCache) -> None:
    assert shared.add("a", {"b": [1]}, timeout=60)
    assert not shared.add("a", 2, timeout=60)
    assert shared.get("a") == {"b": [1]}
    shared.set("a", 3, timeout=None)
    assert shared.touch("a", 60)
    assert shared.incr("a") == 4
    assert shared.delete("a")
    assert shared.get("a") is None
    shared.set("a", 1, timeout=1)
    time.sleep(2.1)
    assert shared.get("a") is None
    assert shared.add("a", 2)
