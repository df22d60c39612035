"""Made-up reviews in bulk: believable, counted exactly, and the same again from the same seed."""

import statistics
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F

from accounts.models import User
from reviews.generating import HELPFUL, Amount, _ids, generate
from reviews.models import Rating, Review, Title, Vote
from reviews.models.titles import RATINGS
from tests.factories import a_review, a_vote
from tests.reviews.test_counters import recounted, stored

pytestmark = pytest.mark.django_db


def made(reviews: int = 300, votes: int = 1_500, seed: int = 1) -> Title:
    heard: list[int] = []
    title = generate(Amount(reviews, votes, seed), heard.append)
    assert sum(heard) == 2 * reviews + votes + title.ratings.count()
    title.refresh_from_db()
    return title


def written(title: Title) -> list[tuple[Any, ...]]:
    """All there is of a title's reviews and votes, whatever ids they were given."""
    first = Review.objects.filter(title=title).order_by("pk")[0]
    columns = ("headline", "body", "spoiler", "created", "rating", "helpful", "votes")
    votes = Vote.objects.filter(review__title=title).order_by("review", "member")
    relative = {"review": F("review") - first.pk, "voter": F("member") - first.author_id}
    return [
        *Review.objects.filter(title=title).order_by("pk").values_list(*columns),
        *votes.values_list(relative["review"], relative["voter"], "helpful"),
    ]


def test_every_counter_is_what_a_recount_finds() -> None:
    a_vote(a_review(rating=3))
    title = made()
    assert stored() == recounted()
    assert (title.review_count, Vote.objects.filter(review__title=title).count()) == (300, 1_500)
    assert title.rating_count == Rating.objects.filter(title=title).count() > 200


def test_the_same_seed_makes_the_same_and_another_something_else() -> None:
    with transaction.atomic():
        before = written(made())
        transaction.set_rollback(True)
    a_review()
    assert written(made()) == before
    assert written(made(seed=2)) != before


def test_amounts_lengths_and_ratings_are_believable() -> None:
    title = made(reviews=2_000, votes=10_400)
    reviews = Review.objects.filter(title=title)
    votes, lengths = (list(reviews.values_list(name, flat=True)) for name in ("votes", "length"))
    # Variance of a negative binomial of mean 5.2 and r 0.54: 5.2 + 5.2 ** 2 / 0.54, about 55.
    assert statistics.mean(votes) == 5.2
    assert 35 < statistics.variance(votes) < 85
    assert 0.2 < votes.count(0) / len(votes) < 0.4
    share = sum(reviews.values_list("helpful", flat=True)) / sum(votes)
    assert abs(share - HELPFUL[0] / sum(HELPFUL)) < 0.04
    assert 200 <= min(lengths) + 5 < 400 < statistics.median(lengths) < 1_300 < max(lengths) <= 10_000
    assert len(set(reviews.values_list("body", flat=True))) > 1_900
    assert all(title.rating_counts[rating - 1] for rating in RATINGS)
    assert 0 < reviews.filter(rating=None).count() < 400
    assert 100 < reviews.filter(spoiler=True).count() < 400


def test_nobody_votes_on_their_own_review_and_nobody_made_up_signs_in() -> None:
    title = made()
    assert not Vote.objects.filter(review__title=title, member=F("review__author")).exists()
    assert not [user for user in User.objects.filter(reviews__title=title)[:20] if user.has_usable_password()]


def test_votes_are_counted_one_by_one_again_afterwards() -> None:
    title = made()
    review = Review.objects.filter(title=title)[0]
    a_vote(review)
    assert Review.objects.get(pk=review.pk).votes == review.votes + 1
    a_review(title)
    assert stored() == recounted()
    with connection.cursor() as cursor:
        # Those of the record are always on, or off for the tests.
        others = "NOT tgisinternal AND tgrelid <> 'reviews_act'::regclass"
        cursor.execute(f"SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O' AND {others}")  # noqa: S608
        assert cursor.fetchone() == (0,)


def test_who_signs_up_meanwhile_is_given_none_of_its_ids() -> None:
    signed_up: list[int] = []
    other = connection.copy()

    def somebody_signs_up(execute: Any, *statement: Any) -> Any:
        done = execute(*statement)
        with other.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence('accounts_user', 'id'))")
            signed_up.append(cursor.fetchone()[0])
        return done

    with connection.execute_wrapper(somebody_signs_up):
        ids = _ids("accounts_user", 50)
    other.close()
    assert len(set(ids)) == 50
    assert signed_up
    assert not set(ids) & set(signed_up)


@pytest.mark.parametrize(("reviews", "votes"), [(2, 0), (2, 2), (3, 6), (7, 42)])
def test_small_amounts_are_met_to_the_last_vote(reviews: int, votes: int) -> None:
    title = made(reviews, votes)
    assert Vote.objects.filter(review__title=title).count() == votes
    assert stored() == recounted()


@pytest.mark.django_db(transaction=True)
def test_the_command_says_what_it_made_and_refuses_to_make_it_twice(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("generate_reviews", title_reviews=50, seed=3)
    assert "50 reviews, 260 votes: /title/the-long-queue-part-3-50-reviews-2001/reviews/" in capsys.readouterr().out
    with pytest.raises(CommandError, match="already"):
        call_command("generate_reviews", title_reviews=50, seed=3)
    with pytest.raises(CommandError, match="cannot cast"):
        call_command("generate_reviews", title_reviews=3, votes=7)
    with pytest.raises(CommandError, match="two reviews"):
        call_command("generate_reviews", title_reviews=1)
    assert Review.objects.count() == 50
