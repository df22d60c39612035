"""Numbers as they are drawn: histograms, percentages, the median, long ones in short."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext_lazy as _

from reviews.members import Record
from reviews.models import RATINGS, Title

# What stands over a bar of 24 pixels: thousands, millions, billions.
UNITS = [(10**9, _("%(number)sB")), (10**6, _("%(number)sM")), (10**3, _("%(number)sk"))]


@dataclass(frozen=True)
class Bar:
    """One rating of a histogram: how many gave it, and its height in hundredths of the tallest.

    `short` is the count in short, "" where that is as it is.
    """

    rating: int
    count: int
    height: float
    percent: str
    short: str


def review_counts(of: Title | Record, *, without_spoilers: bool) -> list[int]:
    """How many published reviews have no rating ([0]), a 1 ([1]) ... a 10 ([10])."""
    if without_spoilers:
        return list(of.open_counts)
    return [sum(pair) for pair in zip(of.open_counts, of.spoiler_counts, strict=True)]


def bars(counts: Sequence[int]) -> list[Bar]:
    """A bar for each rating from 1 to 10; `counts` holds ten numbers."""
    tallest = max(counts) or 1
    percents = whole_percents(counts)
    return [
        Bar(rating, count, round(100 * count / tallest, 2), percent, in_short(count))
        for rating, count, percent in zip(RATINGS, counts, percents, strict=True)
    ]


def whole_percents(counts: Sequence[int]) -> list[str]:
    """Shares in whole per cent that add up to 100 (largest remainders); all "0" where there is nothing to share."""
    total = sum(counts)
    if not total:
        return ["0"] * len(counts)
    exact = [100 * count / total for count in counts]
    whole = [100 * count // total for count in counts]
    by_remainder = sorted(range(len(counts)), key=lambda i: (whole[i] - exact[i], i))
    for place in by_remainder[: 100 - sum(whole)]:
        whole[place] += 1
    return [str(number) for number in whole]


def in_short(count: int) -> str:
    """A count of four digits or more in four letters at most, rounded down: "1.2k", "12k", "123M"; of others ""."""
    for size, words in UNITS:
        if count >= size:
            tenths = 10 * count // size
            return str(words) % {"number": floatformat(tenths / 10 if tenths < 100 else tenths // 10, -1)}
    return ""


def median(counts: Sequence[int]) -> float | None:
    """The median rating of ten counts, None without ratings; between two middle ratings their mean."""
    total = sum(counts)
    if not total:
        return None
    return (_nth(counts, (total - 1) // 2) + _nth(counts, total // 2)) / 2


def _nth(counts: Sequence[int], place: int) -> int:
    for rating, count in zip(RATINGS, counts, strict=True):
        if place < count:
            return rating
        place -= count
    raise ValueError("there are not that many ratings")
