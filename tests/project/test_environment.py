"""Settings from the environment: what is taken, and what stops the start."""

import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from reviewsite import environment

NAME = "A_SETTING_OF_THE_TESTS"


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)


@pytest.mark.parametrize("value", ["1", "yes", "TRUE", " on "])
def test_a_flag_may_be_on(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    assert environment.flag(NAME, default=False) is True


@pytest.mark.parametrize("value", ["", "0", "No", "false", "off "])
def test_a_flag_may_be_off(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    assert environment.flag(NAME, default=True) is False


@pytest.mark.parametrize("default", [True, False])
def test_a_flag_that_is_not_set_is_what_it_was(default: bool) -> None:
    assert environment.flag(NAME, default=default) is default


def test_text_that_is_empty_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.text(NAME, "as before") == "as before"
    monkeypatch.setenv(NAME, "   ")
    assert environment.text(NAME, "as before") == "as before"
    monkeypatch.setenv(NAME, " other ")
    assert environment.text(NAME, "as before") == "other"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("", ["localhost"]), (" , ", ["localhost"]), ("a.example", ["a.example"]), ("a, b ,,c", ["a", "b", "c"])],
)
def test_names_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch, value: str, expected: list[str]) -> None:
    monkeypatch.setenv(NAME, value)
    assert environment.names(NAME, ("localhost",)) == expected


def test_a_folder_is_made_when_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(NAME, str(tmp_path / "a" / "b"))
    assert environment.folder(NAME, Path("/nowhere")) == tmp_path / "a" / "b"
    assert (tmp_path / "a" / "b").is_dir()


def test_a_key_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    kept_in = tmp_path / "secret-key"
    made = environment.secret_key(NAME, kept_in=kept_in)
    assert len(made) >= 50
    assert environment.secret_key(NAME, kept_in=kept_in) == made
    assert stat.S_IMODE(kept_in.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["secret-key"]


def test_of_many_that_start_at_once_all_have_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        starts = [pool.submit(environment.secret_key, NAME, kept_in=tmp_path / "secret-key") for _ in range(64)]
    assert len({start.result() for start in starts}) == 1


def test_a_key_that_is_given_is_taken_and_nothing_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(NAME, "k" * 32)
    assert environment.secret_key(NAME, kept_in=tmp_path / "secret-key") == "k" * 32
    assert os.listdir(tmp_path) == []


def test_the_database_is_the_one_at_the_address_or_our_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = databases(tmp_path)["default"]
    assert (own["ENGINE"], own["DATA_DIR"]) == ("reviewsite.embedded", tmp_path)
    monkeypatch.setenv(NAME, "postgres://me:p%40ss@db.example:5433/site?sslmode=require")
    given = databases(tmp_path)["default"]
    assert given["ENGINE"] == "reviewsite.postgresql"
    assert (given["HOST"], given["PORT"], given["NAME"]) == ("db.example", 5433, "site")
    assert (given["USER"], given["PASSWORD"]) == ("me", "p@ss")
    assert given["OPTIONS"] == {"sslmode": "require", "prepare_threshold": 0, **environment.HEARD_OF}
    assert given["CONN_HEALTH_CHECKS"]
    assert not given["DISABLE_SERVER_SIDE_CURSORS"]


def test_replicas_are_named_beside_the_database_and_nobody_waits_long_for_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(NAME, "postgres://me@one.example/site")
    monkeypatch.setenv(
        "REPLICAS", "postgres://me@two.example/site , postgres://me@three.example/site?connect_timeout=9"
    )
    found = databases(tmp_path)
    assert list(found) == ["default", "replica1", "replica2"]
    assert [one["HOST"] for one in found.values()] == ["one.example", "two.example", "three.example"]
    assert [one["OPTIONS"]["connect_timeout"] for one in found.values()] == [2, 2, 9]


def test_behind_a_pooler_nothing_outlives_a_transaction(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(NAME, "postgres://me@pooler.example/site")
    [given] = databases(tmp_path, pooled=True).values()
    assert given["OPTIONS"]["prepare_threshold"] is None
    assert given["DISABLE_SERVER_SIDE_CURSORS"]


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("redis://cache:6379/1", "redis://cache:6379/1"),
        ("valkey://valkey:6379/0", "redis://valkey:6379/0"),
        ("valkeys://cache", "rediss://cache"),
        ("unix:///run/valkey.sock", "unix:///run/valkey.sock"),
    ],
)
def test_the_cache_is_redis_or_valkey_where_named(monkeypatch: pytest.MonkeyPatch, url: str, location: str) -> None:
    assert environment.cache(NAME)["BACKEND"] == "reviewsite.cache.SharedCache"
    monkeypatch.setenv(NAME, url)
    assert environment.cache(NAME) == {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": location}


@pytest.mark.parametrize(
    ("url", "port", "ssl", "tls"),
    [
        ("smtp://mail.example", 25, False, False),
        ("smtps://mail.example", 465, True, False),
        ("smtp+tls://mail.example", 587, False, True),
        ("smtp+tls://mail.example:2525", 2525, False, True),
    ],
)
def test_mail_goes_to_the_server_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str, port: int, ssl: bool, tls: bool
) -> None:
    monkeypatch.setenv(NAME, url.replace("://", "://site%40example:s%2Fcret@"))
    options = environment.mailer(NAME, kept_in=tmp_path)["OPTIONS"]
    assert (options["host"], options["port"], options["use_ssl"], options["use_tls"]) == (
        "mail.example",
        port,
        ssl,
        tls,
    )
    assert (options["username"], options["password"]) == ("site@example", "s/cret")


def test_mail_without_a_server_is_kept_in_files(tmp_path: Path) -> None:
    assert environment.mailer(NAME, kept_in=tmp_path) == {
        "BACKEND": "reviewsite.letters.KeepingBackend",
        "OPTIONS": {"file_path": str(tmp_path)},
    }


def databases(home: Path, *, pooled: bool = False) -> dict[str, dict[str, Any]]:
    return environment.databases(NAME, "REPLICAS", embedded_in=home, pooled=pooled)


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a flag that is neither": (lambda _: environment.flag(NAME, default=False), "maybe"),
    "a short key": (lambda home: environment.secret_key(NAME, kept_in=home / "key"), "k" * 31),
    "a folder below a file": (lambda home: environment.folder(NAME, home), "/dev/null/data"),
    "another database": (databases, "mysql://me@db/site"),
    "a database without a scheme": (databases, "db.example/site"),
    "a database at half an address": (databases, "postgres://[::1/x"),
    "a database at no port": (databases, "postgres://db:port/x"),
    "another cache": (lambda _: environment.cache(NAME), "memcached://cache"),
    "a cache at half an address": (lambda _: environment.cache(NAME), "redis://[::1"),
    "mail without a scheme": (lambda home: environment.mailer(NAME, kept_in=home), "mail.example"),
    "mail without a server": (lambda home: environment.mailer(NAME, kept_in=home), "smtp://"),
    "mail by other means": (lambda home: environment.mailer(NAME, kept_in=home), "imap://mail.example"),
    "mail at no port": (lambda home: environment.mailer(NAME, kept_in=home), "smtp://mail.example:post"),
    "mail at port 70000": (lambda home: environment.mailer(NAME, kept_in=home), "smtp://mail.example:70000"),
    "mail at half an address": (lambda home: environment.mailer(NAME, kept_in=home), "smtp://[::1"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_meant_stops_the_start_and_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, what: str
) -> None:
    read, value = REFUSED[what]
    monkeypatch.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured, match=NAME):
        read(tmp_path)


def test_replicas_of_nothing_stop_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(NAME, raising=False)
    monkeypatch.setenv("REPLICAS", "postgres://me@two.example/site")
    with pytest.raises(ImproperlyConfigured, match="REPLICAS"):
        databases(tmp_path)


def test_a_key_that_cannot_be_kept_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match=NAME):
        environment.secret_key(NAME, kept_in=tmp_path / "missing" / "key")


@pytest.mark.parametrize(
    ("value", "hosts", "public", "found"),
    [
        ("", ["localhost", "127.0.0.1"], False, "http://localhost"),
        ("", ["reviews.example", "localhost"], True, "https://reviews.example"),
        ("", [".reviews.example"], True, "https://reviews.example"),
        ("http://127.0.0.1:8001/", ["localhost"], False, "http://127.0.0.1:8001"),
        ("https://reviews.example", ["*"], True, "https://reviews.example"),
    ],
)
def test_the_address_of_the_site(
    monkeypatch: pytest.MonkeyPatch, value: str, hosts: list[str], public: bool, found: str
) -> None:
    monkeypatch.setenv(NAME, value)
    assert environment.address(NAME, hosts, public=public) == found


@pytest.mark.parametrize(
    "value",
    ["reviews.example", "ftp://reviews.example", "https://", "https://a.example/b", "https://a.example?b", "//a:x"],
)
def test_an_address_of_the_site_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured, match=NAME):
        environment.address(NAME, ["a.example"], public=True)


def test_an_address_of_the_site_is_needed_where_any_host_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match=NAME):
        environment.address(NAME, ["*"], public=True)
