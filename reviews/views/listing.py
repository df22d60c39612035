"""What the pages that list a title's reviews tell their template."""

from functools import lru_cache
from typing import Any

from django.http import QueryDict

from reviews import figures
from reviews.filters import ReviewFilter
from reviews.models import Review, Title
from reviewsite.keyset import Page

# Longer addresses than the site writes for a first page are understood anew each time.
LONGEST_KEPT = 100


def choices_of(query: str) -> ReviewFilter:
    """What the query of an address chooses."""
    return _known_choices(query) if len(query) <= LONGEST_KEPT else _choices(query)


def _choices(query: str) -> ReviewFilter:
    return ReviewFilter(QueryDict(query), queryset=Review.objects.public()).settled()


_known_choices = lru_cache(maxsize=500)(_choices)


def context_of(title: Title, found: ReviewFilter, page: Page) -> dict[str, Any]:
    counts = figures.review_counts(title, without_spoilers=found.hides_spoilers)
    bars = figures.bars(counts[1:])
    return {
        "filter": found,
        "page": page,
        "all_reviews": title.review_count,
        "bars": bars,
        "falling_bars": bars[::-1],
        "count": sum(counts) if found.rating_chosen is None else counts[found.rating_chosen],
    }
