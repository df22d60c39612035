"""Two web processes on a primary with two replicas: who reads what, and what happens when a server is killed.

The tests follow one another: the last two leave fewer servers than they found.
"""

import re
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import pytest

from tests.many.conftest import Machines
from tests.many.machines import PATIENCE, Browser, Database, served
from tests.project.processes import eventually

# Each page asks for its title, and nothing else does.
ASKED = "SELECT coalesce(seq_scan, 0) + coalesce(idx_scan, 0) FROM pg_stat_user_tables WHERE relname = 'reviews_title'"
NUMBER = re.compile(r'<article class="review" id="review-(\d+)"')
FOLLOWING = re.compile(r'href="([^"]*after=[^"]*)"')


@contextmanager
def replay_paused(machines: Machines, replicas: Sequence[Database] = ()) -> Iterator[None]:
    """Meanwhile the replicas, or those of them, stay where they are."""
    replicas = replicas or machines.replicas
    assert eventually(machines.caught_up, PATIENCE)
    for replica in replicas:
        replica.ask("SELECT pg_wal_replay_pause()")
        assert eventually(lambda: replica.ask("SELECT pg_get_wal_replay_pause_state()") == "paused")  # noqa: B023
    try:
        yield
    finally:
        for replica in replicas:
            replica.ask("SELECT pg_wal_replay_resume()")
        assert eventually(machines.caught_up, PATIENCE)


def vote(browser: Browser, review: int, choice: str = "yes") -> None:
    assert browser.post(f"/review/{review}/vote/", {"vote": choice}).status == 302


@pytest.fixture(scope="module", autouse=True)
def known(machines: Machines) -> None:
    """A new process reads from the primary until it knows how far the replicas are."""
    for port in machines.ports:
        assert Browser([port]).get(machines.people.page).status == 200
    time.sleep(2.5)


def test_replicas_carry_the_reads(machines: Machines) -> None:
    databases = (machines.primary, *machines.replicas)
    before = [database.ask(ASKED) for database in databases]
    visitor = machines.browser()
    for _ in range(1000):
        assert visitor.get(machines.people.page).status == 200

    def asked() -> list[int]:
        return [database.ask(ASKED) - then for database, then in zip(databases, before, strict=True)]

    # A connection that is at rest tells its numbers after ten seconds.
    assert eventually(lambda: sum(asked()) >= 1000, PATIENCE)
    on_primary, *on_replicas = asked()
    assert on_primary == 0
    assert min(on_replicas) > 300


def test_who_writes_reads_it_at_once_and_others_when_the_replicas_have_it(machines: Machines) -> None:
    review, page = machines.people.reviews[35], machines.people.page
    voter, visitor = machines.browser(0), machines.browser()
    alone = f"/review/{review}/"  # of which nothing is kept
    assert visitor.get(alone).votes_of(review) == "0 out of 9"
    with replay_paused(machines):
        vote(voter, review)
        for _ in range(4):
            assert visitor.get(alone).votes_of(review) == "0 out of 9"
            assert visitor.get(page).status == 200
            assert voter.get(page).votes_of(review) == voter.get(alone).votes_of(review) == "1 out of 10"
    for _ in range(4):
        assert visitor.get(alone).votes_of(review) == visitor.get(page).votes_of(review) == "1 out of 10"


@pytest.mark.parametrize("replicas", [nullcontext, replay_paused], ids=["follow", "stand still"])
def test_every_vote_is_seen_by_its_voter_in_the_next_page(
    machines: Machines, replicas: Callable[[Machines], AbstractContextManager[None]]
) -> None:
    """While visitors ask both processes for the same page, which is kept from whichever server it came."""
    over = threading.Event()

    def look() -> None:
        visitor = machines.browser()
        while not over.is_set():
            assert visitor.get(machines.people.page).status == 200

    def vote_and_look(member: int) -> None:
        voter, review = machines.browser(member), machines.people.reviews[30 + member]
        for choice, line in [("yes", "out of 10"), ("none", "out of 9")] * 8:
            vote(voter, review, choice)
            assert line in voter.get(machines.people.page).votes_of(review)

    with replicas(machines), ThreadPoolExecutor(6) as people:
        visitors = [people.submit(look) for _ in range(2)]
        try:
            list(people.map(vote_and_look, range(4)))
        finally:
            over.set()
        for visitor in visitors:
            visitor.result()


def test_who_was_signed_out_or_suspended_is_so_at_once(machines: Machines) -> None:
    member, other, page = machines.browser(2), machines.browser(3), machines.people.page
    with replay_paused(machines):
        assert "Voter 2" in member.get(page).text
        suspend = "UPDATE accounts_user SET suspended = true, suspended_until = now() + '1 day' WHERE username = %s"
        machines.primary.ask(suspend, "voter2")
        assert "You cannot vote while suspended." in member.get(page).text
        lift = "UPDATE accounts_user SET suspended = false, suspended_until = NULL WHERE username = %s"
        machines.primary.ask(lift, "voter2")
        assert "Voter 3" in other.get(page).text
        machines.primary.ask("DELETE FROM django_session WHERE session_key = %s", machines.people.sessions[3])
        assert "Voter 3" not in other.get(page).text


def test_the_cookie_of_a_writer_goes_soon_and_a_forged_one_harms_nobody(machines: Machines) -> None:
    voter, page = machines.browser(1), machines.people.page
    assert "Set-Cookie" not in machines.browser().get("/about/").headers
    answer = voter.post(f"/review/{machines.people.reviews[1]}/vote/", {"vote": "yes"})
    [cookie] = [line for line in answer.headers.get_all("Set-Cookie") or [] if line.startswith("written=")]
    assert "HttpOnly" in cookie
    assert "Max-Age=60" in cookie
    assert eventually(machines.caught_up, PATIENCE)
    for forged in ("f" * 15, "0", "f" * 400, "-1", "'; --", "١"):
        voter.cookies["written"] = forged.encode().decode("latin-1")
        assert voter.get(page).votes_of(machines.people.reviews[1]) == "2 out of 10"


def test_what_was_in_progress_on_the_primary_is_not_missed_by_what_was_kept_from_a_replica(machines: Machines) -> None:
    """Of two votes the later one is committed first. The page that is kept then must know of the one to come."""
    moved, other = machines.people.reviews[20], machines.people.reviews[21]
    visitor, page = machines.browser(), machines.people.page
    change = "UPDATE reviews_review SET votes = votes + 1 WHERE id = %s"
    with machines.primary.connection() as slow, machines.primary.connection() as quick:
        with slow.transaction():
            slow.execute(change, [moved])
            quick.execute(change, [other])
            assert eventually(machines.caught_up, PATIENCE)
            for _ in range(4):
                assert visitor.get(page).votes_of(moved) == "6 out of 9"
                assert visitor.get(page).votes_of(other) == "0 out of 10"
        assert eventually(machines.caught_up, PATIENCE)
    for _ in range(4):
        assert visitor.get(page).votes_of(moved) == "6 out of 10"


def test_reading_on_shows_each_review_once_whichever_server_began(machines: Machines) -> None:
    """A review moves to the front while one replica stands still, which has it at its old place: on the second page."""
    people, visitor = machines.people, machines.browser()
    with replay_paused(machines, machines.replicas[:1]):
        machines.primary.ask("UPDATE reviews_review SET votes = 90 WHERE id = %s", people.reviews[5])
        assert eventually(lambda: machines.replicas[1].has_seen(machines.primary), PATIENCE)
        # In another order each time: of none is anything kept yet.
        for path in (f"{people.page}&dir=desc{more}" for more in ("", "&rating=", "&spoilers=", "&rating=&spoilers=")):
            first = visitor.get(path)
            shown, following = NUMBER.findall(first.text), FOLLOWING.findall(first.text)[0].replace("&amp;", "&")
            for _ in range(4):
                second = NUMBER.findall(visitor.get(following).text)
                assert sorted(map(int, shown + second)) == people.reviews
    slow_change = "UPDATE reviews_review SET votes = 70 WHERE id = %s"
    with machines.primary.connection() as slow, slow.transaction():
        slow.execute(slow_change, [people.reviews[6]])
        machines.primary.ask(slow_change, people.reviews[7])
        assert eventually(machines.caught_up, PATIENCE)
        first = visitor.get(people.page)
        slow.execute(slow_change, [people.reviews[8]])
    assert eventually(machines.caught_up, PATIENCE)
    shown, following = NUMBER.findall(first.text), FOLLOWING.findall(first.text)[0].replace("&amp;", "&")
    for _ in range(4):
        assert sorted(map(int, shown + NUMBER.findall(visitor.get(following).text))) == people.reviews


@contextmanager
def read_by_many(machines: Machines) -> Iterator[list[int]]:
    """Visitors and members ask for the page meanwhile; the statuses of the answers, as they come."""
    over, statuses = threading.Event(), list[int]()

    def read(member: int | None) -> None:
        browser = machines.browser(member)
        while not over.is_set():
            statuses.append(browser.get(machines.people.page).status)

    with ThreadPoolExecutor(4) as readers:
        reading = [readers.submit(read, member) for member in (None, None, 0, 1)]
        try:
            assert eventually(lambda: len(statuses) > 100, PATIENCE)
            yield statuses
            at = len(statuses)
            assert eventually(lambda: len(statuses) > at + 300, PATIENCE)
        finally:
            over.set()
        for one in reading:
            one.result()


def test_a_replica_that_hangs_costs_time_and_no_request(machines: Machines) -> None:
    try:
        with read_by_many(machines) as statuses:
            machines.replicas[0].signal_all(signal.SIGSTOP)
    finally:
        machines.replicas[0].signal_all(signal.SIGCONT)
    assert set(statuses) == {200}


def test_a_replica_that_is_killed_costs_no_request(machines: Machines) -> None:
    with read_by_many(machines) as statuses:
        machines.replicas[0].kill()
    assert set(statuses) == {200}


def test_without_the_primary_pages_are_read_and_writing_is_answered_honestly(
    machines: Machines, collected: Path, tmp_path: Path
) -> None:
    people = machines.people
    assert eventually(lambda: machines.replicas[1].has_seen(machines.primary), PATIENCE)
    machines.primary.kill()
    member, visitor = machines.browser(2), machines.browser()
    for path in (people.page, f"/review/{people.reviews[3]}/", "/", f"/user/{people.author}/", "/titles/"):
        assert visitor.get(path).status == 200
        page = member.get(path)
        assert (page.status, "Voter 2" in page.text) == (200, True), path
    assert visitor.get("/health/").status == 200
    refused = member.post(f"/review/{people.reviews[3]}/vote/", {"vote": "yes"}, **{"HX-Request": "true"})
    assert (refused.status, refused.headers["Retry-After"]) == (503, "30")
    words = "The harbour keeps its lamps <lit> all night."
    written = member.post(f"/title/{people.title}/write/", {"headline": "Lamps", "body": words, "rating": "8"})
    assert written.status == 503
    assert "can only be read at the moment" in written.text
    assert "The harbour keeps its lamps &lt;lit&gt; all night." in written.text
    assert 'name="headline" value="Lamps"' in written.text
    signing_in = visitor.post("/accounts/login/", {"login": "voter3", "password": "a lantern in the attic"})
    assert signing_in.status == 503
    assert "lantern" not in signing_in.text
    newcomer = machines.browser()
    newcomer.cookies["sessionid"] = "begun" * 6
    assert newcomer.get("/").status == 200
    assert newcomer.cookies["sessionid"] == "begun" * 6, "who signed in last is not signed out"
    with served(tmp_path / "web", collected, **{**machines.variables, "CACHE_URL": ""}) as port:
        one_that_begins_then = Browser([port], people.sessions[2])
        for path in (people.page, f"/user/{people.author}/"):
            assert "Voter 2" in one_that_begins_then.get(path).text
