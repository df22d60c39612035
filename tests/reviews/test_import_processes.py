"""The command as a process: standard input, Ctrl-C, and a kill in the middle of it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import User
from reviews.models import Rating, Review, Title
from tests.project.processes import eventually
from tests.reviews.import_rows import a_file, a_row, jsonl
from tests.reviews.test_counters import recounted, stored

pytestmark = pytest.mark.django_db(transaction=True)


def start(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    """The command in a process of its own, on the tests' database."""
    database = connection.settings_dict
    user, password, host = (quote(str(database[part]), safe="") for part in ("USER", "PASSWORD", "HOST"))
    url = f"postgres://{user}:{password}@{host}:{database['PORT'] or 5432}/{database['NAME']}"
    return subprocess.Popen(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "import_reviews", *arguments],
        env={**os.environ, "DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Where the tests run in the background, Ctrl-C is ignored by what they start, too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        **options,
    )


@contextmanager
def held_up(sql: str) -> Iterator[None]:
    """While somebody else's transaction has run the statement and does not end."""
    other = connection.copy()
    try:
        other.set_autocommit(False)
        other.cursor().execute(sql)
        yield
    finally:
        other.close()


def someone_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        return bool(cursor.rowcount)


def nothing_is_there() -> bool:
    return not any(model.objects.exists() for model in (Title, Review, Rating, User))


def test_standard_input_is_read_as_json_lines() -> None:
    process = start("-", stdin=subprocess.PIPE)
    out, err = process.communicate(jsonl([a_row(), a_row(author="")]))
    assert err == "-:2: author: is missing\n"
    assert out == "read 2, added 1, changed 0, unchanged 0, rejected 1\n"
    assert process.returncode == 1


def rows(number: int) -> str:
    return jsonl(a_row(title=f"Film {n % 7}", author=f"Author {n % 50}", id=f"r{n}") for n in range(number))


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT])
def test_an_import_that_is_stopped_while_it_writes_has_written_nothing(sign: signal.Signals, tmp_path: Path) -> None:
    # It has added members and reviews, and waits for the row of the site's figures when the signal comes.
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO reviews_sitefigures (id) VALUES (1) ON CONFLICT DO NOTHING")
    with held_up("SELECT FROM reviews_sitefigures FOR UPDATE"):
        process = start(a_file(tmp_path, rows(300)))
        assert eventually(someone_waits)
        process.send_signal(sign)
        _, err = process.communicate(timeout=120)
    assert eventually(lambda: not someone_waits())
    assert nothing_is_there()
    if sign == signal.SIGINT:
        assert (process.returncode, err) == (130, "Interrupted. Nothing was written.\n")
    done = start(a_file(tmp_path, rows(300)))
    assert "added 300" in done.communicate()[0]
    assert stored() == recounted()
