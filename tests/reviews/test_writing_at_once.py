"""Several tabs, voters and a moderator at once: one review, no text lost, every vote on the right side of the edit."""

import random
from collections.abc import Callable
from functools import partial

import pytest
from django.db import transaction
from pytest_django import Settings

from accounts.models import User
from reviews import drafting, voting, writing
from reviews.drafting import Conflict, Seen, Text
from reviews.locks import lock_author
from reviews.models import Draft, Rating, Review, Title, Version, Vote
from tests.factories import a_member, a_record_of_votes, a_review, a_title, a_vote, members
from tests.reviews.test_counters import recounted, stored, together
from tests.reviews.writers import BODY, HEADLINE

FIRST = Text(8, HEADLINE, BODY)


def text(words: str, rating: int | None = 8) -> Text:
    return Text(rating, HEADLINE, f"{BODY} {words}")


def seen(member: User, title: Title) -> Seen:
    return Seen.now(drafting.own_review(member, title), drafting.own_draft(member, title))


def before_edit(review: Review) -> int:
    """What `votes_before_edit` has to be: those it came with, and those cast on an earlier version."""
    review.refresh_from_db()
    return review.imported_votes * (review.version > 1) + review.cast_votes.filter(version__lt=review.version).count()


# One after the other


@pytest.mark.django_db
def test_votes_are_counted_on_their_side_of_the_edit(author: User) -> None:
    review = a_review(author=author, helpful=30, votes=38, body=BODY)
    early = members(3)
    for member in early:
        voting.cast(member, review.pk, helpful=True)
    writing.publish(author, review.title, text("Edited."), seen(author, review.title))
    review.refresh_from_db()
    assert (review.votes, review.votes_before_edit) == (41, 41)
    version = review.versions.get()
    assert (version.helpful, version.votes) == (33, 41)

    voting.cast(a_member(), review.pk, helpful=False)
    voting.withdraw(early[0], review.pk)
    voting.cast(early[1], review.pk, helpful=False)
    voting.cast(early[2], review.pk, helpful=True)
    review.refresh_from_db()
    assert (review.votes, review.votes_before_edit) == (41, 39)
    assert before_edit(review) == 39
    voting.cast(early[0], review.pk, helpful=True)
    voting.withdraw(early[1], review.pk)
    review.refresh_from_db()
    assert (review.votes, review.votes_before_edit) == (41, 39)

    writing.publish(author, review.title, text("Once more."), seen(author, review.title))
    review.refresh_from_db()
    assert (review.votes, review.votes_before_edit, before_edit(review)) == (41, 41, 41)


@pytest.mark.django_db
def test_a_vote_knows_its_version_whoever_writes_it(author: User) -> None:
    review = a_review(author=author, body=BODY)
    first = a_vote(review)
    writing.publish(author, review.title, text("Edited."), seen(author, review.title))
    second = a_vote(review)
    assert [Vote.objects.get(pk=vote.pk).version for vote in (first, second)] == [1, 2]
    first.helpful = False
    first.save(update_fields=["helpful"])
    assert Vote.objects.get(pk=first.pk).version == 2
    assert before_edit(review) == review.votes_before_edit == 0


@pytest.mark.django_db
def test_an_import_with_fewer_votes_leaves_no_more_before_the_edit_than_there_are(author: User) -> None:
    review = a_review(author=author, helpful=8, votes=10, body=BODY)
    writing.publish(author, review.title, text("Edited."), seen(author, review.title))
    Review.objects.filter(pk=review.pk).update(helpful=3, votes=4, imported_helpful=3, imported_votes=4)
    review.refresh_from_db()
    assert review.votes_before_edit == 4


# At the same time, each committing what it does


def at_once(*acts: Callable[[], object]) -> int:
    """Do all of them at once; how many met a conflict."""
    conflicts = list[Conflict]()

    def of(act: Callable[[], object]) -> Callable[[], None]:
        def do() -> None:
            try:
                act()
            except Conflict as conflict:
                conflicts.append(conflict)

        return do

    together(*map(of, acts))
    return len(conflicts)


@pytest.mark.django_db(transaction=True)
def test_publishing_twice_at_once_publishes_once(author: User) -> None:
    title = a_title()
    shown = seen(author, title)
    for _ in range(5):
        assert at_once(*[partial(writing.publish, author, title, FIRST, shown)] * 4) == 0
        assert Review.objects.count() == 1
        assert not Version.objects.exists()
        Review.objects.all().delete()
        Rating.objects.all().delete()
    assert stored() == recounted()


@pytest.mark.django_db(transaction=True)
def test_of_four_tabs_with_different_texts_one_wins_and_three_are_told(author: User) -> None:
    title = a_title()
    writing.publish(author, title, FIRST, seen(author, title))
    shown = seen(author, title)
    acts = [partial(writing.publish, author, title, text(str(number)), shown) for number in range(4)]
    assert at_once(*acts) == 3
    assert Version.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_first_drafts_of_two_tabs_do_not_overwrite_each_other(author: User) -> None:
    for number in range(5):
        title = a_title()
        tabs = [Seen.now(None, None), Seen.now(None, None)]
        acts = [partial(drafting.save_draft, author, title, text(str(tab.saving)), tab) for tab in tabs]
        assert at_once(*acts) == 1
        assert Draft.objects.count() == number + 1


@pytest.mark.django_db(transaction=True)
def test_hiding_wins_over_an_edit(author: User) -> None:
    review = a_review(author=author, rating=8, body=BODY)
    title = review.title

    def hide() -> None:
        with transaction.atomic():
            lock_author(author.pk)
            Review.objects.filter(pk=review.pk).update(state="hidden")

    for number in range(12):
        Review.objects.filter(pk=review.pk).update(state="published")
        shown = seen(author, title)
        at_once(hide, partial(writing.publish, author, title, text(f"{number}", 1 + number % 10), shown))
        review.refresh_from_db()
        assert review.state == "hidden"
        assert review.body == text(f"{number}").body
        assert stored() == recounted()


@pytest.mark.django_db(transaction=True)
def test_deleting_restoring_rating_and_writing_at_once_leave_every_number_right(
    author: User, settings: Settings
) -> None:
    settings.REVIEWS_ON_FIRST_DAY = 1000
    titles = [a_title() for _ in range(3)]
    for title in titles:
        writing.publish(author, title, FIRST, seen(author, title))

    def restless(seed: int) -> Callable[[], None]:
        chance = random.Random(seed)  # noqa: S311

        def act() -> None:
            for number in range(12):
                title = chance.choice(titles)
                review = Review.objects.filter(title=title).order_by("-pk").first()
                assert review
                match chance.randrange(4):
                    case 0:
                        writing.delete(review)
                    case 1:
                        writing.restore(review)
                    case 2:
                        writing.rate(author, title, chance.choice([None, 1, 5, 10]))
                    case _:
                        at = text(f"{seed}.{number}", chance.choice([None, 3, 9]))
                        try:
                            writing.publish(author, title, at, seen(author, title))
                        except Conflict:
                            continue

        return act

    together(*(restless(seed) for seed in range(6)))
    assert stored() == recounted()
    for title in titles:
        assert Review.objects.filter(title=title).exclude(state="deleted").count() <= 1


def voter(member: User, review: Review, seed: int, *, times: int) -> Callable[[], None]:
    """Votes, changes the vote and takes it back, so many times in all."""
    chance = random.Random(seed)  # noqa: S311

    def act() -> None:
        for _ in range(times):
            if chance.random() < 0.3:
                voting.withdraw(member, review.pk)
            else:
                voting.cast(member, review.pk, helpful=chance.random() < 0.6)

    return act


@pytest.mark.django_db(transaction=True)
def test_votes_stay_on_their_side_while_fifteen_vote_and_the_author_edits(author: User) -> None:
    review = a_review(author=author, helpful=3, votes=5, body=BODY)
    a_record_of_votes(review)
    title = review.title

    def edit() -> None:
        for number in range(20):
            writing.publish(author, title, text(str(number)), seen(author, title))

    voters = members(15)
    # The first three have two tabs open.
    acts = [voter(member, review, seed, times=15) for seed, member in enumerate([*voters, *voters[:3]])]
    together(*acts, edit)
    review.refresh_from_db()
    assert review.version == 21
    assert review.votes == 5 + review.cast_votes.count()
    assert review.votes_before_edit == before_edit(review)
    assert stored() == recounted()
    kept = list(Version.objects.order_by("number").values_list("number", flat=True))
    assert kept == list(range(1, 21))


@pytest.mark.django_db(transaction=True)
def test_fifty_vote_change_and_withdraw_while_it_is_edited_hidden_and_deleted(author: User) -> None:
    review = a_review(author=author, rating=8, helpful=3, votes=5, body=BODY)
    a_record_of_votes(review)
    title = review.title

    def edit() -> None:
        for number in range(12):
            if drafting.own_review(author, title) == review:
                writing.publish(author, title, text(str(number), 1 + number % 10), seen(author, title))

    def hide() -> None:
        for state, before in [("hidden", "published"), ("published", "hidden")] * 6:
            with transaction.atomic():
                lock_author(author.pk)
                Review.objects.filter(pk=review.pk, state=before).update(state=state)

    def delete_and_restore() -> None:
        for _ in range(6):
            writing.delete(review)
            writing.restore(review)

    voters = members(50)
    acts = [voter(member, review, seed, times=8) for seed, member in enumerate(voters)]
    at_once(*acts, edit, hide, delete_and_restore)
    assert stored() == recounted()
    review.refresh_from_db()
    cast = review.cast_votes.values_list("member", flat=True)
    assert len(cast) == len(set(cast)) == review.votes - 5 > 0
    assert review.votes_before_edit == before_edit(review)
