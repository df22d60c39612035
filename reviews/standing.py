"""What stands on the first page of a title's reviews at this moment, and whether it has changed since.

The statements are the ones that Django would make of the querysets here, made once for each way of choosing: making
them anew costs more than running them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models.expressions import RawSQL

from accounts.models import User
from reviews import ranking
from reviews.models import Review, Title
from reviews.reading import CurrentSnapshot
from reviewsite.keyset import Cursor, Keyset
from reviewsite.postgresql.prepared import rows_of, statement_of

# Stand in a queryset for what differs between requests; all other values become part of the statement's text, so that
# PostgreSQL recognises the indexes that are made for them.
SLUG, RATING = "{slug}", -30_001

UNCHANGED = """
    SELECT id, look, EXISTS (
        SELECT FROM reviews_formerplace WHERE title_id = title.id AND changed >= %s
            AND NOT pg_visible_in_snapshot(changed::text::xid8, %s::pg_snapshot)
    ) FROM reviews_title AS title WHERE slug = %s
"""
OWN = """
    SELECT
        EXISTS (SELECT FROM reviews_review
            WHERE title_id = %(title)s AND author_id = %(reader)s AND state <> 'deleted'),
        EXISTS (SELECT FROM reviews_rating WHERE title_id = %(title)s AND member_id = %(reader)s),
        EXISTS (SELECT FROM reviews_draft WHERE title_id = %(title)s AND member_id = %(reader)s),
        (SELECT json_object_agg(review_id, helpful) FROM reviews_vote
            WHERE member_id = %(reader)s AND review_id = ANY (%(reviews)s)),
        ARRAY (SELECT blocked_id FROM reviews_block WHERE member_id = %(reader)s AND blocked_id = ANY (%(authors)s)),
        ARRAY (SELECT json_build_array(id, name, year, slug, poster_id) FROM reviews_title WHERE id = ANY (%(viewed)s)
            ORDER BY array_position(%(viewed)s, id))
"""


class Choice(NamedTuple):
    """Which reviews, in which order, and how many: what `ReviewFilter` understood of an address."""

    sort: str
    descending: bool
    rating: int | None
    without_spoilers: bool
    size: int

    @property
    def order(self) -> Keyset:
        return ranking.review_order(self.sort, descending=self.descending, of_one_rating=self.rating is not None)


class Entry(NamedTuple):
    """A review as it stands: which one, what its card is made of (`look`), and its votes."""

    pk: int
    look: int
    author: int
    helpful: int
    votes: int
    votes_before_edit: int


@dataclass(frozen=True, eq=False)
class Standing:
    """The first reviews of a title, in order, and since which snapshot; `after` is the cursor to the others, if any."""

    title: int
    look: int
    snapshot: str
    entries: Sequence[Entry]
    after: str


@dataclass(frozen=True)
class Own:
    """What a reader has to do with it: on the title (yes or no), among the reviews that stand there, and before.

    `voted` says by review whether it was found helpful, `blocked` names authors, `viewed` is titles.
    """

    review: bool = False
    rating: bool = False
    draft: bool = False
    voted: Mapping[int, bool] = field(default_factory=dict)
    blocked: Collection[int] = ()
    viewed: Sequence[Title] = ()


def unchanged(slug: str, known: Standing) -> bool:
    """Does the same still stand there: the title as it looked then, and none of its reviews moved since?"""
    found = rows_of(UNCHANGED, [int(known.snapshot.split(":")[0]), known.snapshot, slug])
    return found == [(known.title, known.look, False)]


def standing(slug: str, choice: Choice) -> Standing | None:
    """What stands there, in one statement; None where there is no such title."""
    sql, params = _statement(choice._replace(rating=RATING if choice.rating else None))
    rows = rows_of(sql, [slug if param == SLUG else choice.rating for param in params])
    if not rows:
        return None
    (pk, look, snapshot), after_title = rows[0][:3], [row[3:] for row in rows if row[3] is not None]
    entries = [Entry(*row[: len(Entry._fields)]) for row in after_title][: choice.size]
    after = ""
    if len(after_title) > len(entries):
        place = after_title[len(entries) - 1][len(Entry._fields) :]
        after = Cursor(place, len(entries), snapshot).encode(choice.order)
    return Standing(pk, look, snapshot, entries, after)


def own_of(reader: User | AnonymousUser, here: Standing, viewed: Sequence[int]) -> Own:
    """What the reader has among what stands there, and the titles with those ids, in one statement."""
    if not reader.is_authenticated and not viewed:
        return Own()
    reviews, authors = [entry.pk for entry in here.entries], [entry.author for entry in here.entries]
    given = {"title": here.title, "reader": reader.pk or 0, "reviews": reviews, "authors": authors}
    [(review, rating, draft, voted, blocked, titles)] = rows_of(OWN, {**given, "viewed": list(viewed)})
    votes = {int(pk): helpful for pk, helpful in (voted or {}).items()}
    recent = [Title(**dict(zip(VIEWED, title, strict=True))) for title in titles]
    return Own(review, rating, draft, votes, blocked, recent)


VIEWED = ("id", "name", "year", "slug", "poster_id")


@cache
def _statement(choice: Choice) -> tuple[str, list[Any]]:
    """The title, and beside it its first reviews in order, one more than a page shows."""
    title = Title.objects.filter(slug=SLUG).annotate(snapshot=CurrentSnapshot()).values_list("pk", "look", "snapshot")
    reviews = Review.objects.public().filter(title_id=RawSQL("title.id", []))
    if choice.rating is not None:
        reviews = reviews.filter(rating=choice.rating)
    if choice.without_spoilers:
        reviews = reviews.filter(spoiler=False)
    columns = ("pk", "look", "author_id", "helpful", "votes", "votes_before_edit")
    places = [f"place_{name}" for name in choice.order.expressions]
    first = choice.order.arrange(reviews).values_list(*columns, *places)[: choice.size + 1]
    (title_sql, title_params), (first_sql, first_params) = statement_of(title, SLUG), statement_of(first, RATING)
    sql = (  # of our own making
        f"WITH title (id, look, snapshot) AS MATERIALIZED ({title_sql})"  # noqa: S608
        f" SELECT * FROM title LEFT JOIN LATERAL ({first_sql}) AS review ON true"
    )
    return sql, [*title_params, *first_params]
