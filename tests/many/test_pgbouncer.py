"""The site behind PgBouncer in transaction mode, where each transaction may be on another connection.

There are two connections for all that goes on, so they do change hands.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.many.conftest import People
from tests.many.machines import PATIENCE, Browser, Database, in_shell, manage, pooled, served
from tests.project.processes import eventually
from tests.reviews.import_rows import a_row, jsonl


@pytest.fixture(scope="module")
def pooler(folder: Path, primary: Database) -> Iterator[str]:
    """The address of the database by way of a PgBouncer."""
    with pooled(folder, primary, connections=2) as url:
        yield url


@pytest.fixture(scope="module")
def port(folder: Path, people: People, pooler: str, collected: Path) -> Iterator[int]:
    with served(folder / "web", collected, DATABASE_URL=pooler, DATABASE_POOLER="yes") as port:
        yield port


def test_pages_and_votes_of_many_at_once(port: int, people: People, primary: Database) -> None:
    def vote_and_read(member: int) -> None:
        browser = Browser([port], people.sessions[member])
        for review in people.reviews[20:36]:
            assert browser.post(f"/review/{review}/vote/", {"vote": "yes"}).status == 302
            page = browser.get(people.page)
            assert (page.status, f"Voter {member}" in page.text) == (200, True)

    with ThreadPoolExecutor(4) as members:
        list(members.map(vote_and_read, range(4)))
    assert primary.ask("SELECT count(*) FROM reviews_vote WHERE helpful") == 4 * 16
    # Statements that were left behind on a connection would be met by whoever has it next.
    assert primary.ask("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'") <= 3


def test_signing_in_writing_and_taking_along(port: int, people: People) -> None:
    browser = Browser([port])
    signed_in = browser.post("/accounts/login/", {"login": "voter3", "password": "a lantern in the attic"})
    assert signed_in.status == 302
    assert "Voter 3" in browser.get("/").text
    assert browser.post(f"/title/{people.title}/rate/", {"rating": "8"}).status in {200, 302}
    assert browser.post("/accounts/settings/export/", {}).status == 302
    assert eventually(lambda: browser.get("/accounts/settings/export/download/").status == 200, PATIENCE)


@contextmanager
def read_by_many(port: int, people: People) -> Iterator[None]:
    """Meanwhile pages are asked for, so that no connection stays with who had it last."""
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            assert Browser([port]).get(people.page).status == 200

    with ThreadPoolExecutor(3) as readers:
        reading = [readers.submit(read) for _ in range(3)]
        try:
            yield
        finally:
            over.set()
    for one in reading:
        one.result()


def test_importing_twice_and_erasing(folder: Path, port: int, pooler: str, people: People, primary: Database) -> None:
    rows = folder / "rows.jsonl"
    rows.write_text(jsonl(a_row(author=f"Critic {n}") for n in range(30)))
    variables = {"DATABASE_URL": pooler, "DATABASE_POOLER": "yes"}
    with read_by_many(port, people):
        for _ in range(2):
            said = manage(folder / "shell", "import_reviews", str(rows), **variables)
    assert "30" in said
    assert primary.ask("SELECT count(*) FROM accounts_user WHERE name LIKE 'Critic %%' AND review_count = 1") == 30
    manage(folder / "shell", "erase_outdated", **variables)
    assert in_shell(folder / "shell", RECOUNT, **variables)
    assert primary.ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0


RECOUNT = """
from tests.reviews.test_counters import recounted, stored
print("true" if stored() == recounted() else "false")
"""
