"""What is written on a page of reviews, and of which title they are: the words of both, and the title's figures."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import NamedTuple

from django.db.models import TextField
from django.db.models.functions import Cast, JSONObject

from reviews.models import Title
from reviewsite.postgresql.prepared import array_of, rows_of, statement_of

# The columns of `Written` besides id and look, as Django names them.
OF_REVIEW = (
    *("headline", "body", "spoiler", "language", "rating", "created", "edited"),
    *("author__username", "author__name", "author__former"),
)
# What the page says about its title.
WORDS = ("name", "year", "creators", "countries", "poster_id")
FIGURES = ("review_count", "rating_count", "award_count", "faq_count", "external_count", "critic_count")
OF_TITLE = ("look", "kind", "slug", "minutes", "mean", "open_counts", "spoiler_counts", *WORDS, *FIGURES)
# All of it as one text.
ABOUT = Cast(JSONObject(**{name: name for name in OF_TITLE}), TextField())
COLUMNS = ", ".join(name.replace("__", ".") if "__" in name else f"review.{name}" for name in OF_REVIEW)
WRITTEN = f"""
    SELECT review.id, review.look, {COLUMNS}
    FROM reviews_review AS review JOIN accounts_user AS author ON author.id = author_id
    WHERE review.id = ANY (%(reviews)s::bigint[]) AND state = 'published'
"""  # noqa: S608 - all ours
# Stands in the statement for the title's id.
ID = -30_001


class Written(NamedTuple):
    """A public review as its card shows it."""

    pk: int
    look: int
    headline: str
    body: str
    spoiler: bool
    language: str
    rating: int | None
    created: datetime
    edited: datetime | None
    username: str
    name: str
    former: bool


class Contents(NamedTuple):
    """The reviews of a page by their ids, and their title."""

    reviews: Mapping[int, Written]
    title: Title


def written(reviews: Collection[int]) -> dict[int, Written]:
    """The public ones among the reviews with those ids."""
    rows = rows_of(WRITTEN, {"reviews": array_of(reviews)}) if reviews else []
    return {row[0]: Written(*row) for row in rows}


def about(title: int) -> Title | None:
    """The title with that id, if there is one, and of it what the page says."""
    rows = rows_of(_about(), {"title": title})
    return title_of(rows[0][0]) if rows else None


@cache
def _about() -> str:
    titles = Title.objects.with_see_also_counts().filter(pk=ID)
    return statement_of(titles.values_list(ABOUT), {ID: "title"})


def title_of(value: str) -> Title:
    """The title that `ABOUT` is about."""
    title = Title()
    title.__dict__.update(json.loads(value))
    return title
