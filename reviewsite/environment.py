"""Settings from the environment, each read once and checked as it is read.

Every reader raises `ImproperlyConfigured` with the variable's name and what is wrong with its value, so a mistyped
setting stops the start instead of showing up later as a strange answer.
"""

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "yes", "true", "on"}
FALSE = {"", "0", "no", "false", "off"}
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in TRUE:
        return True
    if value.strip().lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; it takes yes or no.")


def number(name: str, *, default: int) -> int:
    """A whole number from 0."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"{name} is {value!r}; it takes a number.")
    return int(value)


def names(name: str, default: tuple[str, ...]) -> list[str]:
    """A list separated by commas."""
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()] or list(default)


def folder(name: str, default: Path) -> Path:
    """A folder that exists and is ours to write in; it is created when missing."""
    path = Path(text(name, str(default))).expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise ImproperlyConfigured(f"{name} is {str(path)!r}: {problem.strerror}.") from problem
    return path


def secret_key(name: str, *, kept_in: Path) -> str:
    """The signing key, or on a machine of its own one made at the first start and kept in the file `kept_in`."""
    value = text(name)
    if value and len(value) < 32:
        raise ImproperlyConfigured(f"{name} has {len(value)} characters; 32 are the least.")
    if value:
        return value
    if not kept_in.exists():
        try:
            # Written aside and linked into place: of two processes that start at once one wins, and neither reads half.
            with NamedTemporaryFile("w", dir=kept_in.parent, prefix=".secret-key-") as draft:
                draft.write(secrets.token_urlsafe(50))
                draft.flush()
                os.link(draft.name, kept_in)
        except FileExistsError:
            pass
        except OSError as problem:
            raise ImproperlyConfigured(
                f"{name} is not set; {kept_in} cannot be written: {problem.strerror}."
            ) from problem
    return kept_in.read_text()


def _parts(name: str, url: str) -> SplitResult:
    """The address in its parts, its port a number or none."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as problem:
        raise ImproperlyConfigured(f"{name} is no address: {problem}.") from problem
    return parts


def address(name: str, hosts: list[str], *, public: bool) -> str:
    """Where the site is reached, without a slash at its end: for links in mails that no request is answered by.

    Without the variable it is the first of the hosts.
    """
    url = text(name).rstrip("/")
    if not url:
        host = hosts[0].lstrip(".")
        if host == "*":
            raise ImproperlyConfigured(f"{name} is not set, and ALLOWED_HOSTS names no host for links in mails.")
        return f"{'https' if public else 'http'}://{host}"
    parts = _parts(name, url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query or parts.fragment:
        raise ImproperlyConfigured(f"{name} is {url!r}; it takes an address like https://reviews.example.")
    return url


def databases(name: str, replicas: str, *, embedded_in: Path, pooled: bool) -> dict[str, dict[str, Any]]:
    """`DATABASES`: PostgreSQL at an address, or the project's own under `embedded_in`; and its replicas, if any.

    `pooled` says that PgBouncer in transaction mode stands before them: nothing outlives a transaction then.
    """
    url, others = text(name), names(replicas, ())
    if not url:
        if others:
            raise ImproperlyConfigured(f"{replicas} names replicas, but {name} does not name what they replicate.")
        return {"default": {"ENGINE": "reviewsite.embedded", "NAME": "reviewsite", "DATA_DIR": embedded_in, **KEPT}}
    # Where another server can answer instead, nobody waits for one that is out of reach.
    waits = IMPATIENT if others else HEARD_OF
    found = {"default": _database(name, url, waits, pooled=pooled)}
    for number_, other in enumerate(others, start=1):
        found[f"replica{number_}"] = {**_database(replicas, other, waits, pooled=pooled), "TEST": {"MIRROR": "default"}}
    return found


# To connect and to plan the first statements takes tens of milliseconds where all are busy, and who asks at that moment
# waits for it: seldom enough, and often enough that PostgreSQL's processes do not grow for ever.
KEPT = {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
# A connection that nobody uses says so now and then, or whatever passes it on forgets it, some after four minutes.
HEARD_OF = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
# libpq's names. Seconds to connect in; milliseconds for what was sent and not received; and a machine that has said
# nothing for two seconds is asked three times whether it is there.
IMPATIENT = {
    "connect_timeout": 2,
    "tcp_user_timeout": 5000,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 3,
}


def _database(name: str, url: str, waits: Mapping[str, int], *, pooled: bool) -> dict[str, Any]:
    if _parts(name, url).scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"{name} must begin with postgres://; the site runs on PostgreSQL alone.")
    try:
        parsed = dj_database_url.parse(url, engine="reviewsite.postgresql", disable_server_side_cursors=pooled)
    except ValueError as problem:
        raise ImproperlyConfigured(f"{name} cannot be read: {problem}.") from problem
    options = {"prepare_threshold": None if pooled else 0, **waits, **parsed.get("OPTIONS", {})}
    return {**parsed, "OPTIONS": options, **KEPT}


def cache(name: str) -> dict[str, Any]:
    """`CACHES["default"]`: Redis or Valkey at an address, or a table of the database, so that workers share it."""
    url = text(name)
    if not url:
        return {"BACKEND": "reviewsite.cache.SharedCache", "LOCATION": "shared_cache"}
    scheme = _parts(name, url).scheme
    if scheme not in {"redis", "rediss", "valkey", "valkeys", "unix"}:
        raise ImproperlyConfigured(f"{name} begins with {scheme!r}; it takes redis:// or valkey://.")
    return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": re.sub("^valkey", "redis", url)}


def mailer(name: str, *, kept_in: Path) -> dict[str, Any]:
    """`MAILERS["default"]`: a server at `smtp[s]://user:password@host:port`, or files in `kept_in` and the terminal."""
    url = text(name)
    if not url:
        return {"BACKEND": "reviewsite.letters.KeepingBackend", "OPTIONS": {"file_path": str(kept_in)}}
    parts = _parts(name, url)
    ports = {"smtp": 25, "smtps": 465, "smtp+tls": 587}
    if parts.scheme not in ports or not parts.hostname:
        raise ImproperlyConfigured(f"{name} is not of the form smtp+tls://user:password@host:587.")
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": parts.hostname,
            "port": parts.port or ports[parts.scheme],
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_ssl": parts.scheme == "smtps",
            "use_tls": parts.scheme == "smtp+tls",
            "timeout": 10,
        },
    }
