"""Votes of one moment are cast in one transaction, and nobody has less of it than from a transaction of their own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from time import sleep

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from reviews import voting
from reviews.models import Review, Vote
from reviews.standing import asked_for
from reviews.voting import Outcome
from reviewsite import server
from tests.factories import a_member, a_review, members
from tests.reviews.test_counters import recounted, stored

pytestmark = pytest.mark.django_db(transaction=True)

Told = dict[User, object]


@contextmanager
def locked(review: Review) -> Iterator[None]:
    """Somebody holds the review meanwhile, on another connection."""
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT FROM reviews_review WHERE id = %s FOR UPDATE", [review.pk])
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
            other.close()


def waiting_for_locks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return int(cursor.fetchone()[0])


def gathered() -> int:
    """How many votes wait for the ones before them to be cast."""
    return sum(len(found.items) for found in voting.gathered.rounds._gathering.values())


def until(holds: Callable[[], bool]) -> None:
    for _ in range(4000):
        if holds():
            return
        sleep(0.005)
    raise AssertionError("it did not come to that")


def begin(told: Told, member: User, review: int, *, helpful: bool = True) -> Thread:
    def vote() -> None:
        try:
            told[member] = voting.cast(member, review, helpful=helpful)
        except IntegrityError as problem:
            told[member] = problem
        finally:
            connection.close()

    thread = Thread(target=vote)
    thread.start()
    return thread


def cast_together(*votes: tuple[User, Review]) -> Told:
    """Cast these at once, while one before them waits for a review; what each was told."""
    told: Told = {}
    first, in_the_way = a_member(), a_review()
    with locked(in_the_way):
        threads = [begin(told, first, in_the_way.pk)]
        until(lambda: waiting_for_locks() == 1)
        threads += [begin(told, member, review.pk) for member, review in votes]
        until(lambda: gathered() == len(votes))
    for thread in threads:
        thread.join(20)
    assert told.pop(first) == Outcome.CAST
    return told


def transactions() -> set[int]:
    """Which transactions the votes were written in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text::bigint FROM reviews_vote")
        return {number for (number,) in cursor.fetchall()}


def test_what_comes_meanwhile_is_one_transaction() -> None:
    reviews = [a_review() for _ in range(3)]
    voters = members(6)
    told = cast_together(*((voter, reviews[n % 3]) for n, voter in enumerate(voters)))
    assert told == dict.fromkeys(voters, Outcome.CAST)
    assert len(transactions()) == 2  # one for the vote that the others waited for
    assert stored() == recounted()
    assert {review.votes for review in Review.objects.filter(pk__in=[review.pk for review in reviews])} == {2}


def test_each_is_told_what_became_of_their_own(settings: Settings) -> None:
    settings.VOTES_A_DAY = 1
    author, tired, twice, plain = members(4)
    own, open_to_all, hidden = a_review(author=author), a_review(), a_review(state="hidden")
    voting.cast(tired, a_review().pk, helpful=True)
    voting.cast(twice, open_to_all.pk, helpful=True)
    strange = a_member()
    told = cast_together(
        (author, own), (tired, open_to_all), (twice, open_to_all), (plain, open_to_all), (strange, hidden)
    )
    assert told == {
        author: Outcome.REFUSED,
        tired: Outcome.LIMIT,
        twice: Outcome.UNCHANGED,
        plain: Outcome.CAST,
        strange: Outcome.REFUSED,
    }
    assert stored() == recounted()


def test_two_votes_of_one_member_keep_to_the_limit(settings: Settings) -> None:
    settings.VOTES_A_DAY = 1
    member, told = a_member(), list[Outcome]()
    reviews, in_the_way = [a_review() for _ in range(4)], a_review()
    with locked(in_the_way):
        before = begin({}, a_member(), in_the_way.pk)
        until(lambda: waiting_for_locks() == 1)

        def vote(review: Review) -> None:
            told.append(voting.cast(member, review.pk, helpful=True))
            connection.close()

        threads = [Thread(target=vote, args=[review]) for review in reviews]
        for thread in threads:
            thread.start()
        until(lambda: gathered() == 4)
    for thread in [before, *threads]:
        thread.join(20)
    assert sorted(told) == [Outcome.CAST, *[Outcome.LIMIT] * 3]
    assert Vote.objects.filter(member=member).count() == 1


def test_one_that_cannot_be_cast_fails_alone() -> None:
    review = a_review()
    gone, *voters = members(4)
    User.objects.filter(pk=gone.pk).delete()
    told = cast_together(*((voter, review) for voter in (voters[0], gone, *voters[1:])))
    assert isinstance(told.pop(gone), IntegrityError)
    assert told == dict.fromkeys(voters, Outcome.CAST)
    assert stored() == recounted()


def test_a_review_that_somebody_holds_does_not_hold_up_votes_on_others() -> None:
    held, free = a_review(), a_review()
    told: Told = {}
    waiting, quick = members(2)
    with locked(held):
        threads = [begin(told, waiting, held.pk)]
        until(lambda: waiting_for_locks() == 1)
        begin(told, quick, free.pk).join(20)
        assert told == {quick: Outcome.CAST}
    threads[0].join(20)
    assert told[waiting] == Outcome.CAST
    assert stored() == recounted()


def test_within_a_transaction_a_vote_is_part_of_it_alone() -> None:
    review, (one, other) = a_review(), members(2)
    told: Told = {}
    with transaction.atomic():
        assert voting.cast(one, review.pk, helpful=True) == Outcome.CAST
        thread = begin(told, other, review.pk)
        until(lambda: waiting_for_locks() == 1)
        assert not told
        transaction.set_rollback(True)
    thread.join(20)
    assert told == {other: Outcome.CAST}
    assert Vote.objects.count() == 1
    assert stored() == recounted()


def test_two_processes_that_cast_the_same_crosswise_never_wait_for_each_other() -> None:
    """Each member on each review, from both ends, by transactions like those of two processes."""
    voters, reviews = members(6), [a_review() for _ in range(6)]
    votes = [voting.Cast(voter.pk, review.pk, True) for voter in voters for review in reviews]
    failed: list[object] = []

    def process(order: int) -> None:
        for at in range(0, len(votes), 6):
            try:
                voting._cast_together(votes[::order][at : at + 6], "default")
            except DatabaseError as problem:
                failed.append(problem)
        connection.close()

    for _ in range(5):
        Vote.objects.all().delete()
        threads = [Thread(target=process, args=[order]) for order in (1, -1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert not failed
        assert Vote.objects.count() == len(votes)
    assert stored() == recounted()


def test_votes_lie_apart_while_pages_are_asked_for_and_threads_are_left_for_these(client: Client) -> None:
    review = a_review()
    sleep(asked_for.seconds)
    assert voting._apart(1, 0.01) == 0.0
    for _ in range(2):  # what is made for the first time takes longer
        client.get(f"/title/{review.title.slug}/reviews/")
    assert voting._apart(1, 0.01) == voting.REST * 0.01
    assert (voting._apart(1, 0.0), voting._apart(1, 9.0)) == (voting.SHORTEST, voting.LONGEST)
    assert voting._apart(voting.WAITING, 0.01) == 0.0
    assert voting.WAITING < server.THREADS
    assert voting.gathered.rounds._apart == voting._apart
