from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.many.machines import Browser, Database, a_cache, a_folder, in_shell, served

PREPARE = """
import json
from django.core.management import call_command
from django.test import Client
from tests import factories

call_command("migrate", verbosity=0)

def session(member):
    client = Client()
    client.force_login(member)
    return client.cookies["sessionid"].value

title = factories.a_title("The Lamplighter")
authors = enumerate(factories.members(40))
reviews = [factories.a_review(title, author, helpful=n % 7, votes=9) for n, author in authors]
members = [factories.a_member(f"voter{n}", name=f"Voter {n}") for n in range(4)]
print(json.dumps({
    "title": title.slug, "reviews": [review.pk for review in reviews], "author": reviews[0].author.username,
    "sessions": [session(member) for member in members],
}))
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with a_folder() as folder:
        yield folder


@dataclass
class People:
    """A title with forty reviews, and members who are signed in."""

    title: str
    reviews: list[int]
    author: str
    sessions: list[str]

    @property
    def page(self) -> str:
        return f"/title/{self.title}/reviews/?sort=votes"


@pytest.fixture(scope="session")
def original() -> Iterator[tuple[Database, People]]:
    """A database with all that the tests need, made once; each file of tests works on a copy of its own."""
    with a_folder() as folder:
        database = Database.new(folder / "original")
        people: dict[str, Any] = in_shell(folder / "shell", PREPARE, DATABASE_URL=database.url)
        yield database, People(**people)
        database.server.leave()


@pytest.fixture(scope="module")
def people(original: tuple[Database, People]) -> People:
    return original[1]


@pytest.fixture(scope="module")
def primary(folder: Path, original: tuple[Database, People]) -> Iterator[Database]:
    database = original[0].copy(folder / "primary")
    yield database
    database.server.leave()


@pytest.fixture(scope="module")
def cache(folder: Path) -> Iterator[str]:
    with a_cache(folder) as url:
        yield url


@dataclass
class Machines:
    """A primary and two replicas of it, and two web processes on them, with a cache that they share."""

    primary: Database
    replicas: list[Database]
    ports: list[int]
    people: People
    variables: dict[str, str]
    """What the web processes were told."""

    def browser(self, member: int | None = None) -> Browser:
        return Browser(self.ports, "" if member is None else self.people.sessions[member])

    def caught_up(self) -> bool:
        return all(replica.has_seen(self.primary) for replica in self.replicas)


@pytest.fixture(scope="module")
def machines(folder: Path, primary: Database, people: People, cache: str, collected: Path) -> Iterator[Machines]:
    replicas = [primary.replicate(folder / f"replica{n}") for n in (1, 2)]
    variables = {
        "DATABASE_URL": primary.url,
        "DATABASE_REPLICA_URLS": ",".join(replica.url for replica in replicas),
        "CACHE_URL": cache,
    }
    with ExitStack() as stack:
        ports = [stack.enter_context(served(folder / f"web{n}", collected, **variables)) for n in (1, 2)]
        yield Machines(primary, replicas, ports, people, variables)
    for replica in replicas:
        replica.server.leave()
