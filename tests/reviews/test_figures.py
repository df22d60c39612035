"""Percentages, medians and the bars of histograms."""

import statistics

import pytest
from django.utils.translation import override
from hypothesis import example, given
from hypothesis import strategies as st

from reviews import figures
from reviews.models import Title

counts_of_ratings = st.lists(st.integers(0, 40) | st.integers(0, 10**9), min_size=10, max_size=10)
few_ratings = st.lists(st.integers(0, 30), min_size=10, max_size=10)


@given(counts_of_ratings)
@example([1] * 10)
@example([1, 1, 1, 0, 0, 0, 0, 0, 0, 0])
@example([0] * 10)
@example([10**9, 1, 1, 1, 1, 1, 1, 1, 1, 1])
def test_percentages_add_up_to_100_and_each_is_right_within_one(counts: list[int]) -> None:
    percents = [int(percent) for percent in figures.whole_percents(counts)]
    total = sum(counts)
    assert sum(percents) == (100 if total else 0)
    for count, percent in zip(counts, percents, strict=True):
        assert abs(percent * total - 100 * count) < max(total, 1)
        assert count or not percent


@given(few_ratings)
@example([0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
@example([1, 0, 0, 0, 0, 0, 0, 0, 0, 1])
def test_the_median_is_that_of_the_ratings_written_out(counts: list[int]) -> None:
    ratings = [rating for rating, count in enumerate(counts, start=1) for _ in range(count)]
    assert figures.median(counts) == (statistics.median(ratings) if ratings else None)


@given(counts_of_ratings)
def test_bars_are_in_proportion_and_the_tallest_fills_the_height(counts: list[int]) -> None:
    bars = figures.bars(counts)
    assert [bar.rating for bar in bars] == list(range(1, 11))
    assert [bar.count for bar in bars] == counts
    assert max(bar.height for bar in bars) == (100 if any(counts) else 0)
    for bar in bars:
        assert bar.height == pytest.approx(100 * bar.count / (max(counts) or 1), abs=0.0051)


def test_reviews_are_counted_by_rating_with_and_without_spoilers() -> None:
    title = Title(open_counts=[3, *[1] * 10], spoiler_counts=[2, *[0] * 9, 4])
    assert figures.review_counts(title, without_spoilers=True) == [3, *[1] * 10]
    assert figures.review_counts(title, without_spoilers=False) == [5, *[1] * 9, 5]
    assert title.open_counts == [3, *[1] * 10]


@pytest.mark.parametrize(
    ("count", "short"),
    [
        (0, ""),
        (999, ""),
        (1000, "1k"),
        (1234, "1.2k"),
        (9999, "9.9k"),
        (10_000, "10k"),
        (999_999, "999k"),
        (1_960_000, "1.9M"),
        (12_345_678, "12M"),
        (2**31 - 1, "2.1B"),
    ],
)
def test_a_long_count_is_told_in_four_letters_at_most(count: int, short: str) -> None:
    assert figures.in_short(count) == short
    with override("de"):
        assert figures.in_short(count) == short.replace(".", ",")
