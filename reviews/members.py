"""What a member's page tells of them: what they wrote, how it was received, how they rate beside everybody."""

from dataclasses import dataclass
from typing import Any, Self, cast

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.db.models.functions import JSONObject

from accounts.models import User
from reviews.models import RATINGS, Block, Rating, Review, Title

SITE_RATINGS = "ratings-of-the-site"
AN_HOUR = 60 * 60


def with_block_by(members: QuerySet[User], viewer: User | AnonymousUser) -> QuerySet[Any]:
    """Each with whether the viewer blocked them (`blocked`), in the same query."""
    if not viewer.is_authenticated:
        return members
    return members.annotate(blocked=Exists(Block.objects.filter(member=viewer, blocked=OuterRef("pk"))))


def with_record(members: QuerySet[User]) -> QuerySet[Any]:
    """Each with their public reviews (`written`) and the ratings that count (`rated`), counted by rating.

    Counted on reading, in the query for the member: a sum of helpful votes kept at the member would have every vote
    on any of their reviews wait for the same row.
    """
    written = Review.objects.public().filter(author=OuterRef("pk")).order_by().values("rating", "spoiler")
    rated = Rating.objects.filter(member=OuterRef("pk"), counted=True).order_by().values("value")
    cell = JSONObject(rating="rating", spoiler="spoiler", number=Count("pk"), helpful=Sum("helpful"))
    return members.annotate(
        written=ArraySubquery(written.values_list(cell)),
        rated=ArraySubquery(rated.values_list(JSONObject(rating="value", number=Count("pk")))),
    )


@dataclass(frozen=True)
class Record:
    """A member's reviews and ratings in numbers.

    `open_counts` and `spoiler_counts` are as a title's: [0] reviews without a rating, [r] those that give an r.
    `rating_counts` is of ratings with and without a review; [0] is how many gave a 1.
    """

    open_counts: list[int]
    spoiler_counts: list[int]
    rating_counts: list[int]
    helpful: int

    @classmethod
    def of(cls, member: Any) -> Self:
        """The record of a member who was read `with_record`."""
        counts = {False: [0] * (len(RATINGS) + 1), True: [0] * (len(RATINGS) + 1)}
        for cell in member.written:
            counts[cell["spoiler"]][cell["rating"] or 0] += cell["number"]
        ratings = [0] * len(RATINGS)
        for cell in member.rated:
            ratings[cell["rating"] - 1] = cell["number"]
        return cls(counts[False], counts[True], ratings, sum(cell["helpful"] for cell in member.written))

    @property
    def rating_count(self) -> int:
        return sum(self.rating_counts)

    @property
    def mean(self) -> float | None:
        total = sum(rating * number for rating, number in zip(RATINGS, self.rating_counts, strict=True))
        return total / self.rating_count if self.rating_count else None


def site_rating_counts() -> list[int]:
    """How often each rating was given on the whole site, at most an hour ago.

    Added up over the titles, who count theirs. A sum kept at the site would make all who rate wait for one another.
    """
    return cast("list[int]", cache.get_or_set(SITE_RATINGS, _add_up_ratings, AN_HOUR))


def _add_up_ratings() -> list[int]:
    sums = Title.objects.aggregate(
        **{str(rating): Sum(f"rating_counts__{rating - 1}", default=0) for rating in RATINGS}
    )
    return [sums[str(rating)] for rating in RATINGS]
