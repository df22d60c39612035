"""Killed in the middle of votes: a web worker, then the database. The site goes on, and every number is right.

Votes go by HTTP to the site as `manage.py serve` starts it. An answered vote is there afterwards, whatever was killed.
"""

import http.client
import json
import os
import random
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from reviewsite.embedded.cluster import Cluster
from tests.project.processes import ROOT, Site, eventually, free_port, in_shell, is_at_rest, parents, postmaster

# Nobody of those at work may stop unnoticed.
pytestmark = pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")

VOTERS = 50
PATIENCE = 60
TOKEN = "t" * 32

PREPARE = """
import json
from django.test import Client
from tests import factories

def session(member):
    client = Client()
    client.force_login(member)
    return client.cookies["sessionid"].value

author, title = factories.a_member("author"), factories.a_title()
calm = factories.a_review(title, factories.a_member("poet"), rating=9, helpful=3, votes=5)
stirred = factories.a_review(title, author, rating=6, helpful=2, votes=2)
for review in (calm, stirred):
    factories.a_record_of_votes(review)
voters = {member.pk: session(member) for member in factories.members(%d)}
print(json.dumps({
    "author": author.pk, "author_session": session(author), "title": title.slug, "calm": calm.pk,
    "stirred": stirred.pk, "voters": voters,
}))
"""
COMPARE = """
import json
from reviews.models import Vote
from tests.reviews.test_counters import recounted, stored

print(json.dumps({
    "right": stored() == recounted(),
    "votes": list(Vote.objects.values_list("review_id", "member_id", "helpful")),
}))
"""


def post(client: http.client.HTTPConnection, session: str, path: str, **fields: str) -> int:
    """The status of the answer, 0 where none came."""
    cookie = f"sessionid={session}; csrftoken={TOKEN}"
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    try:
        client.request("POST", path, urlencode({**fields, "csrfmiddlewaretoken": TOKEN}), headers)
        answer = client.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        client.close()
        return 0
    return answer.status


@dataclass
class Bustle:
    """Fifty voters, an author and a moderator, all at once, until `end`."""

    site: Site
    port: int
    cast: dict[str, Any]
    over: threading.Event = field(default_factory=threading.Event)
    answered: int = 0
    """Votes that the site said it has; two threads may lose one in counting, and all that matters is that it grows."""
    known: dict[int, bool | None] = field(default_factory=dict)
    """Of the voters whose last vote on the calm review was answered: that vote, None when taken back."""

    def begin(self) -> None:
        acts: list[Callable[[], None]] = [self.rate_delete_and_restore, self.hide_and_show]
        acts += [partial(self.vote, int(member), session) for member, session in self.cast["voters"].items()]
        self.threads = [threading.Thread(target=act, daemon=True) for act in acts]
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in self.threads)

    def goes_on(self, votes: int = 150) -> bool:
        """Whether so many more votes are answered, with some in the hands of every process meanwhile."""
        so_far = self.answered
        return eventually(lambda: self.answered >= so_far + votes, PATIENCE)

    def vote(self, member: int, session: str) -> None:
        chance, client = random.Random(member), self.connection()  # noqa: S311
        while not self.over.is_set():
            choice, review = chance.choice(["yes", "yes", "no", "none"]), chance.choice(["calm", "stirred"])
            if review == "calm":
                self.known.pop(member, None)
            status = post(client, session, f"/review/{self.cast[review]}/vote/", vote=choice)
            if status == 302:
                self.answered += 1
                if review == "calm":
                    self.known[member] = {"yes": True, "no": False, "none": None}[choice]

    def rate_delete_and_restore(self) -> None:
        chance, client, session = random.Random(0), self.connection(), self.cast["author_session"]  # noqa: S311
        while not self.over.is_set():
            post(client, session, f"/title/{self.cast['title']}/rate/", rating=str(chance.randint(1, 10)))
            post(client, session, f"/review/{self.cast['stirred']}/{chance.choice(['delete', 'restore'])}/")

    def hide_and_show(self) -> None:
        """As a moderator does: the author's row is locked first, then the state is changed."""
        change = "UPDATE reviews_review SET state = %s WHERE id = %s AND state = %s"
        while not self.over.is_set():
            try:
                address = Cluster(self.site.home).address()
                with psycopg.connect(make_conninfo(**address, dbname="reviewsite")) as moderator:
                    for states in (("hidden", "published"), ("published", "hidden")):
                        with moderator.transaction():
                            lock = "SELECT FROM accounts_user WHERE id = %s FOR NO KEY UPDATE"
                            moderator.execute(lock, [self.cast["author"]])
                            moderator.execute(change, [states[0], self.cast["stirred"], states[1]])
            except (psycopg.Error, OSError):
                self.over.wait(0.05)  # the database is not there at the moment

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="reviewsite-test-") as folder:
        yield Path(folder)
        assert eventually(lambda: is_at_rest(Path(folder, "postgres"))), "the test left its database running"


@pytest.fixture
def bustle(data: Path) -> Iterator[Bustle]:
    port = free_port()
    site = Site(ROOT, port, sys.executable, "manage.py", "serve", f"--port={port}", DATA_DIR=str(data))
    assert f"The site is at {site.url}" in site.said, site.said
    people = data / "people.json"
    if not people.exists():
        people.write_text(json.dumps(in_shell(data, PREPARE % VOTERS)))
    began = Bustle(site, port, json.loads(people.read_text()))
    began.begin()
    yield began
    began.over.set()
    site.signal(signal.SIGTERM)


def workers(site: Site) -> set[int]:
    """The processes that answer: grandchildren of `serve`, whose child shares the work out."""
    known = parents()
    return {process for process, parent in known.items() if known.get(parent) == site.process.pid}


def all_is_right(bustle: Bustle, data: Path) -> None:
    bustle.end()
    found = in_shell(data, COMPARE)
    assert found["right"], "a counter differs from what it counts"
    votes = {(review, member): helpful for review, member, helpful in found["votes"]}
    assert len(votes) == len(found["votes"]), "one vote a member and review"
    assert len(bustle.known) > VOTERS / 2
    there = {member: votes.get((bustle.cast["calm"], member)) for member in bustle.known}
    assert there == bustle.known, "a vote that was answered is not what is stored"


def test_a_killed_worker_loses_no_vote_and_another_takes_its_place(bustle: Bustle, data: Path) -> None:
    assert bustle.goes_on()
    before = workers(bustle.site)
    assert len(before) == 2
    os.kill(victim := min(before), signal.SIGKILL)
    assert bustle.goes_on(), "the other worker goes on answering"
    assert eventually(lambda: len(workers(bustle.site) - {victim}) == 2, PATIENCE)
    assert bustle.goes_on()
    all_is_right(bustle, data)


def test_a_killed_database_comes_back_with_every_vote_that_was_answered(bustle: Bustle, data: Path) -> None:
    assert bustle.goes_on()
    os.kill(killed := postmaster(bustle.site.home), signal.SIGKILL)
    assert bustle.goes_on()
    assert postmaster(bustle.site.home) != killed
    all_is_right(bustle, data)
