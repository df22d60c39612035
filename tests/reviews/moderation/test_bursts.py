"""Bursts of votes: which are held, and what held votes do not do."""

from datetime import timedelta
from math import exp, factorial

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from reviews import voting
from reviews.models import Act, Case, Review, Vote
from reviews.moderation.bursts import is_burst
from tests.factories import a_member, a_review, a_vote, members
from tests.reviews.moderation.at_once import outcomes
from tests.reviews.test_counters import recounted, stored


@pytest.mark.parametrize(("before", "least"), [(0, 8), (28, 8), (56, 10), (112, 14), (168, 18), (280, 25), (1000, 61)])
def test_the_smallest_number_that_is_a_burst(before: int, least: int) -> None:
    assert is_burst(least, before)
    assert not is_burst(least - 1, before)


@given(now=st.integers(0, 60), before=st.integers(0, 400))
def test_the_rule_as_it_is_written_down(now: int, before: int) -> None:
    mean = (before + 1) / 28
    below = sum(exp(-mean) * mean**k / factorial(k) for k in range(now))
    # Not where rounding in the sum decides.
    if abs(1 - below - 0.0001) > 1e-9:
        assert is_burst(now, before) == (now >= 8 and 1 - below < 0.0001)


@pytest.mark.parametrize("before", [10**5, 10**7])
def test_large_numbers_stay_numbers(before: int) -> None:
    usual = before // 28
    assert not is_burst(usual, before)
    assert is_burst(usual * 2, before)


def tally(review: Review) -> tuple[int, int]:
    review.refresh_from_db()
    return review.helpful, review.votes


@pytest.mark.django_db
def test_the_eighth_of_a_day_holds_all_eight(review: Review) -> None:
    told = [voting.cast(member, review.pk, helpful=True) for member in members(10)]
    assert told == ["cast"] * 7 + ["held"] * 3
    assert tally(review) == (0, 0)
    assert set(Vote.objects.values_list("standing", flat=True)) == {"held"}
    act = Act.objects.get()
    assert (act.kind, act.by, act.votes, act.review) == ("hold_votes", "votes", 8, review)
    assert Case.objects.get().review == review
    assert stored() == recounted()


@pytest.mark.django_db
def test_the_other_direction_counts_on(review: Review) -> None:
    for member in members(9):
        voting.cast(member, review.pk, helpful=True)
    for member in members(3):
        assert voting.cast(member, review.pk, helpful=False) == "cast"
    assert tally(review) == (0, 3)


@pytest.mark.django_db
def test_a_review_that_is_read_by_many_is_left_alone(review: Review) -> None:
    for member in members(280):
        a_vote(review, member)
    Vote.objects.update(cast=timezone.now() - timedelta(days=5))
    told = [voting.cast(member, review.pk, helpful=True) for member in members(25)]
    assert "held" not in told[:24]
    assert told[24] == "held"
    assert tally(review) == (280, 280)


@pytest.mark.django_db
def test_what_is_older_than_a_day_or_than_29_counts_for_itself(review: Review) -> None:
    for days in (2, 40):
        for member in members(7):
            vote = a_vote(review, member)
            Vote.objects.filter(pk=vote.pk).update(cast=timezone.now() - timedelta(days=days))
    told = [voting.cast(member, review.pk, helpful=True) for member in members(8)]
    assert told == ["cast"] * 7 + ["held"]
    assert tally(review) == (14, 14)


@pytest.mark.django_db
def test_a_held_vote_is_changed_and_taken_back_without_counting(review: Review) -> None:
    voters = members(9)
    for member in voters:
        voting.cast(member, review.pk, helpful=True)
    voting.withdraw(voters[0], review.pk)
    assert voting.cast(voters[1], review.pk, helpful=False) == "cast"
    assert tally(review) == (0, 1)
    assert Vote.objects.filter(standing="held").count() == 7
    assert stored() == recounted()


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_are_held_to_the_last() -> None:
    review = a_review()
    outcomes(
        *(lambda member=member: voting.cast(member, review.pk, helpful=True) for member in members(20)),
        told=(),
    )
    voting.cast(a_member(), review.pk, helpful=True)
    assert tally(review) == (0, 0)
    assert Vote.objects.filter(standing="held").count() == 21
    assert Case.objects.count() == 1
    assert stored() == recounted()
