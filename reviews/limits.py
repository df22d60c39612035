"""How often a member may do something in a day, the same over all processes: rows are counted.

Asked in the transaction that does it, with the member's row locked: two at once are not both the last. Votes are
counted where they are cast, by `reviews_cast_vote` in the database.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

DAY = timedelta(days=1)


class LimitReached(Exception):  # noqa: N818 - a state of affairs, not an error
    """The member has done this `most` times within a day, and may again tomorrow."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


def a_day_ago() -> datetime:
    return timezone.now() - DAY


def refuse_too_many(of_a_day: QuerySet[Any], most: int) -> None:
    """Raises `LimitReached` where there are `most` already."""
    if of_a_day.count() >= most:
        raise LimitReached(most)
