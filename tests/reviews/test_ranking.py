"""The scores as PostgreSQL keeps them in its generated columns, and the orders of reviews."""

import math
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F, FloatField, Value
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.models import User
from reviews import ranking
from reviews.models import Review, Title
from tests.factories import BEGINNING, a_member, a_review, a_title, an_unsaved_review, members

pytestmark = pytest.mark.django_db

# helpful, votes, length, Featured, Most helpful: worked out apart from the code (ranking.md).
EXPECTED_SCORES = [
    (0, 0, 50, 0.227673, 0.000000),
    (0, 0, 600, 0.491715, 0.000000),
    (0, 0, 800, 0.532760, 0.000000),
    (0, 0, 2000, 0.650696, 0.000000),
    (0, 0, 9000, 0.650696, 0.000000),
    (1, 1, 1299, 0.671126, 0.206549),
    (0, 1, 1220, 0.422879, 0.000000),
    (5, 5, 429, 0.732635, 0.565518),
    (2, 2, 2396, 0.758934, 0.342380),
    (3, 14, 635, 0.215833, 0.075714),
    (14, 15, 2114, 0.845821, 0.701835),
    (54, 62, 3314, 0.826635, 0.765507),
    (25, 41, 575, 0.545394, 0.457269),
    (450, 750, 1200, 0.583104, 0.564515),
    (1952, 2020, 1500, 0.961973, 0.957544),
]
# Ratings that many, with that mean: the weighted mean.
EXPECTED_MEANS = [
    (0, 0.0, 7.000000),
    (1, 10, 7.115385),
    (5, 10, 7.500000),
    (25, 8.5, 7.750000),
    (100, 8.5, 8.200000),
    (311, 8.974, 8.827125),
    (2500, 9.3, 9.277228),
    (40, 3.0, 4.538462),
    (1000, 6.1, 6.121951),
]
Numbers = tuple[int, int, int]


def scored(title: Title, author: User, rows: Sequence[Numbers]) -> list[Review]:
    """A stored review for each (helpful, votes, length), read back. Deleted ones, of which an author may have many."""
    made = Review.objects.bulk_create(
        an_unsaved_review(title, author, state="deleted", helpful=helpful, votes=votes, length=length)
        for helpful, votes, length in rows
    )
    stored = Review.objects.in_bulk([review.pk for review in made])
    return [stored[review.pk] for review in made]


def test_review_scores_are_those_of_the_published_table(author: User) -> None:
    stored = scored(a_title(), author, [row[:3] for row in EXPECTED_SCORES])
    found = [(r.helpful, r.votes, r.length, round(r.featured, 6), round(r.wilson, 6)) for r in stored]
    assert found == EXPECTED_SCORES


def test_featured_is_the_estimated_share_less_one_deviation_of_doubt(author: User) -> None:
    scored(a_title(), author, [row[:3] for row in EXPECTED_SCORES])
    numbers = F("helpful"), F("votes"), F("length")
    explained = ranking.estimated_share(*numbers) - ranking.doubt(*numbers)
    for kept, computed in Review.objects.values_list("featured", explained):
        assert computed == pytest.approx(kept, abs=1e-12)


@pytest.mark.parametrize(("number", "mean", "weighted"), EXPECTED_MEANS)
def test_weighted_means_are_those_of_the_published_table(number: int, mean: float, weighted: float) -> None:
    title = a_title()
    computed = ranking.weighted_mean(Value(number * mean, FloatField()), Value(number))
    assert Title.objects.values_list(computed).get() == (pytest.approx(weighted, abs=5e-7),)
    Title.objects.filter(pk=title.pk).update(rating_count=number, rating_sum=int(number * mean))
    title.refresh_from_db()
    assert title.weighted == pytest.approx((int(number * mean) + 175) / (number + 25))
    assert title.mean == (pytest.approx(int(number * mean) / number) if number else None)


def test_length_is_that_of_the_trimmed_body_in_characters(author: User) -> None:
    review = a_review(a_title(), author, body=" \r\n\t vé 日本 v \n\f\v ")
    assert review.length == len("vé 日本 v")


votes_and_lengths = st.integers(0, 20_000).flatmap(
    lambda votes: st.tuples(st.integers(0, votes), st.just(votes), st.integers(1, 2500))
)


@pytest.fixture
def shelf() -> tuple[Title, User]:
    return a_title(), a_member()


@hypothesis_settings(max_examples=20)
@given(rows=st.lists(votes_and_lengths, min_size=1, max_size=20))
def test_each_vote_moves_the_scores_its_way_and_keeps_them_within_0_and_1(
    shelf: tuple[Title, User], rows: list[Numbers]
) -> None:
    with transaction.atomic():
        before = scored(*shelf, rows)
        one_helpful = scored(*shelf, [(helpful + 1, votes + 1, length) for helpful, votes, length in rows])
        one_unhelpful = scored(*shelf, [(helpful, votes + 1, length) for helpful, votes, length in rows])
        transaction.set_rollback(True)
    for now, praised, blamed in zip(before, one_helpful, one_unhelpful, strict=True):
        assert praised.featured > now.featured > blamed.featured
        assert praised.wilson > now.wilson
        assert blamed.wilson <= now.wilson
        for score in (now.featured, praised.featured, blamed.featured, now.wilson, praised.wilson, blamed.wilson):
            assert 0 <= score <= 1


def test_featured_rises_with_length_from_100_to_2000_characters_and_nowhere_else(author: User) -> None:
    lengths = [1, 50, 100, 101, 400, 800, 1999, 2000, 2001, 40_000]
    rows = scored(a_title(), author, [(2, 3, length) for length in lengths])
    score = dict(zip(lengths, map(attrgetter("featured"), rows), strict=True))
    assert score[1] == score[50] == score[100] < score[101] < score[400] < score[800] < score[1999] < score[2000]
    assert score[2000] == score[2001] == score[40_000]


def test_a_long_record_beats_a_handful_of_votes(author: User) -> None:
    long_record, handful = scored(a_title(), author, [(90, 100, 800), (3, 3, 800)])
    assert long_record.featured > handful.featured
    assert long_record.wilson > handful.wilson


# The orders, written once more as a person would: what stands first under each, before the tie is broken.
DESCENDING: dict[str, Any] = {
    "featured": lambda r: (-r.featured, -r.votes, -r.created.timestamp(), r.pk),
    "helpful": lambda r: (-r.wilson, -r.votes, -r.created.timestamp(), r.pk),
    "date": lambda r: (-r.created.timestamp(), r.pk),
    "votes": lambda r: (-r.votes, -r.created.timestamp(), r.pk),
    "prolific": lambda r: (-r.author_reviews, -r.created.timestamp(), r.pk),
    "rating": lambda r: (-(r.rating or -math.inf), -r.created.timestamp(), r.pk),
}


@pytest.fixture
def many_ties(db: None) -> Title:
    """A title whose reviews agree in score, votes, date, rating and author's reviews, alone and together."""
    title, other = a_title(), a_title()
    writers = members(24)
    reviews = [
        an_unsaved_review(
            title,
            writer,
            length=100 if number % 3 else 900,
            helpful=number % 2,
            votes=number % 2 * 2,
            created=BEGINNING.replace(day=1 + number % 3),
        )
        for number, writer in enumerate(writers)
    ]
    Review.objects.bulk_create(reviews)
    Review.objects.bulk_create(an_unsaved_review(other, writer) for writer in writers[::2])
    title.ratings.model.objects.bulk_create(
        title.ratings.model(title=title, member=writer, value=(3, 8)[number % 2])
        for number, writer in enumerate(writers[:18])
    )
    return title


@pytest.mark.parametrize("name", ranking.review_orders())
def test_reviews_stand_as_the_order_says(many_ties: Title, name: str) -> None:
    reviews = many_ties.reviews.all()
    found = list(ranking.review_order(name, descending=True).arrange(reviews))
    assert len(found) == 24
    assert found == sorted(found, key=DESCENDING[name])


@pytest.mark.parametrize("name", sorted(set(ranking.review_orders()) - {"rating"}))
def test_ascending_is_descending_turned_round(many_ties: Title, name: str) -> None:
    down, up = (ranking.review_order(name, descending=way).arrange(many_ties.reviews.all()) for way in (True, False))
    assert len(down) == 24
    assert list(up) == list(down)[::-1]


def test_by_rating_the_unrated_come_last_whichever_way(many_ties: Title) -> None:
    def pairs(*, descending: bool) -> list[tuple[int, int | None]]:
        order = ranking.review_order("rating", descending=descending)
        return [(review.pk, review.rating) for review in order.arrange(many_ties.reviews.all())]

    down, up = pairs(descending=True), pairs(descending=False)
    assert [rating for _, rating in down] == [8] * 9 + [3] * 9 + [None] * 6
    assert [rating for _, rating in up] == [3] * 9 + [8] * 9 + [None] * 6
    assert up[:18] == down[:18][::-1]
    assert up[18:] == down[18:][::-1]


@pytest.mark.parametrize("descending", [True, False])
def test_among_reviews_of_one_rating_the_order_by_rating_is_by_date(many_ties: Title, descending: bool) -> None:
    of_one_rating = many_ties.reviews.filter(rating=8)
    by_rating = ranking.review_order("rating", descending=descending, of_one_rating=True)
    by_date = ranking.review_order("date", descending=descending)
    assert list(by_rating.arrange(of_one_rating)) == list(by_date.arrange(of_one_rating))
    assert of_one_rating.count() == 9
