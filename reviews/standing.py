"""What stands on a page of a title's reviews at this moment, and whether it has changed since.

The statements are the ones that Django would make of the querysets here, made once for each way of choosing: making
them anew costs more than running them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, OuterRef
from django.db.models.expressions import RawSQL

from accounts.models import User
from reviews import ranking
from reviews.contents import ABOUT, OF_REVIEW, Contents, Written, title_of
from reviews.models import Review, Title
from reviews.models.reviews import ReviewQuerySet
from reviews.reading import moved_since, read_on
from reviews.snapshots import CurrentSnapshot, exact
from reviewsite.keyset import Cursor, Keyset
from reviewsite.postgresql.prepared import array_of, rows_of, statement_of
from reviewsite.replicas.choice import ask_elsewhere
from reviewsite.together import Lately

# Stand in a queryset for what differs between requests, by the name that it has in the statement; all other values
# become part of the statement's text, so that PostgreSQL recognises the indexes that are made for them.
SLUG, RATING = "{slug}", -30_001
LONGEST_PLACE = 4
PLACES: dict[type, list[Any]] = {
    int: [-30_010 - n for n in range(LONGEST_PLACE)],
    float: [-30_010.5 - n for n in range(LONGEST_PLACE)],
    datetime: [datetime(1, 1, 1 + n, tzinfo=UTC) for n in range(LONGEST_PLACE)],
}
STAND_INS = {
    SLUG: "slug",
    RATING: "rating",
    **{value: f"place_{n}" for values in PLACES.values() for n, value in enumerate(values)},
}

# What the snapshot did not see: transactions that had not begun, and those that ran. Asked for so that the statement,
# planned for whatever snapshot there is, can do nothing but look into the index.
MOVED = """(
    (SELECT changed FROM reviews_formerplace WHERE title_id = title.id AND changed >= %(next)s
        ORDER BY changed LIMIT 1) IS NOT NULL
    OR (SELECT changed FROM reviews_formerplace WHERE title_id = title.id AND changed = ANY (%(running)s::bigint[])
        ORDER BY changed LIMIT 1) IS NOT NULL
)"""
# A replica that may not have seen yet all that the cursor's snapshot saw.
BEHIND = "pg_is_in_recovery() AND pg_snapshot_xmin(pg_current_snapshot())::text::bigint < %(next)s"
UNCHANGED = f"SELECT id, look, {MOVED} FROM reviews_title AS title WHERE slug = %(slug)s"  # noqa: S608 - all ours
OWN = f"""
    SELECT
        EXISTS (SELECT FROM reviews_title AS title
            WHERE slug = %(slug)s AND id = %(title)s AND look = %(look)s AND NOT {MOVED}),
        EXISTS (SELECT FROM reviews_review
            WHERE title_id = %(title)s AND author_id = %(reader)s AND state <> 'deleted'),
        EXISTS (SELECT FROM reviews_rating WHERE title_id = %(title)s AND member_id = %(reader)s),
        EXISTS (SELECT FROM reviews_draft WHERE title_id = %(title)s AND member_id = %(reader)s),
        (SELECT json_object_agg(review_id, helpful) FROM reviews_vote
            WHERE member_id = %(reader)s AND review_id = ANY (%(reviews)s::bigint[])),
        ARRAY (SELECT blocked_id FROM reviews_block
            WHERE member_id = %(reader)s AND blocked_id = ANY (%(authors)s::bigint[])),
        ARRAY (SELECT json_build_array(id, name, year, slug, poster_id) FROM reviews_title
            WHERE id = ANY (%(viewed)s::bigint[]) ORDER BY array_position(%(viewed)s::bigint[], id))
"""  # noqa: S608 - all ours
VIEWED = ("id", "name", "year", "slug", "poster_id")
SEEN = ("pk", "look", "author_id", "helpful", "votes", "votes_before_edit")

# Whether pages of reviews are being asked for.
asked_for = Lately(0.05)


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
    """Some reviews of a title, in order, and since which snapshot.

    `shown` counts them and those on the pages before; `after` is the cursor to the others, if any.
    """

    title: int
    look: int
    snapshot: str
    entries: Sequence[Entry]
    shown: int
    after: str

    @property
    def since(self) -> dict[str, Any]:
        return _since(self.snapshot)

    def shows_what(self, other: "Standing") -> bool:
        """Is a page of the one a page of the other? Who reads on from it goes on in the order of its own snapshot."""
        mine = (self.title, self.look, self.shown, bool(self.after), self.entries)
        return mine == (other.title, other.look, other.shown, bool(other.after), other.entries)


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
    return rows_of(UNCHANGED, {"slug": slug, **known.since}) == [(known.title, known.look, False)]


def standing(slug: str, choice: Choice, cursor: Cursor | None = None) -> Standing | None:
    """What stands there, first or after the cursor, in one statement; None where there is no such title."""
    given = {"slug": slug, "rating": choice.rating}
    if cursor:
        given |= {f"place_{n}": value for n, value in enumerate(cursor.place)} | _since(cursor.snapshot)
    rows = rows_of(_statement(_any_rating(choice), after=cursor is not None), given)
    return _standing(rows, choice, cursor) if rows else None


def standing_with_contents(slug: str, choice: Choice) -> tuple[Standing, Contents] | None:
    """What stands there first, and what it says, in one statement too."""
    rows = rows_of(_statement(_any_rating(choice), contents=True), {"slug": slug, "rating": choice.rating})
    end = -1 - len(OF_REVIEW)
    here = _standing([row[:end] for row in rows], choice) if rows else None
    if here is None:
        return None
    beside = zip(here.entries, rows, strict=False)  # there may be a row more
    reviews = {entry.pk: Written(entry.pk, entry.look, *row[end:-1]) for entry, row in beside}
    return here, Contents(reviews, title_of(rows[0][-1]))


def _any_rating(choice: Choice) -> Choice:
    return choice._replace(rating=choice.rating and RATING)


def _standing(rows: Sequence[tuple[Any, ...]], choice: Choice, cursor: Cursor | None = None) -> Standing | None:
    (title, look, snapshot, behind, moved), found = rows[0][:5], [row[5:] for row in rows if row[5] is not None]
    if behind:
        ask_elsewhere()
    if cursor and moved:
        return _standing_then(title, choice, cursor)
    snapshot = cursor.snapshot if cursor else exact(snapshot)
    entries = [Entry(*row[: len(SEEN)]) for row in found][: choice.size]
    shown = (cursor.shown if cursor else 0) + len(entries)
    after = ""
    if len(found) > len(entries):
        after = Cursor(found[len(entries) - 1][len(SEEN) :], shown, snapshot).encode(choice.order)
    return Standing(title, look, snapshot, entries, shown, after)


def own_of(slug: str, reader: User | AnonymousUser, here: Standing, viewed: Sequence[int]) -> tuple[bool, Own]:
    """What the reader has among what stands there, and the titles with those ids; and before, whether it is unchanged.

    One statement.
    """
    given = {
        "slug": slug,
        "title": here.title,
        "look": here.look,
        "reader": reader.pk or 0,
        "reviews": array_of(entry.pk for entry in here.entries),
        "authors": array_of(entry.author for entry in here.entries),
        "viewed": array_of(viewed),
        **here.since,
    }
    [(still, review, rating, draft, voted, blocked, titles)] = rows_of(OWN, given)
    votes = {int(pk): helpful for pk, helpful in (voted or {}).items()}
    recent = [Title(**dict(zip(VIEWED, title, strict=True))) for title in titles]
    return still, Own(review, rating, draft, votes, blocked, recent)


def _since(snapshot: str) -> dict[str, Any]:
    _, next_, running = snapshot.split(":")
    return {"next": int(next_), "running": f"{{{running}}}"}


@cache
def _statement(choice: Choice, *, after: bool = False, contents: bool = False) -> str:
    """The title, and beside it the reviews in order, one more than a page shows; and what each says, where that is
    asked for too."""
    titles = Title.objects.filter(slug=SLUG).annotate(snapshot=CurrentSnapshot(title_id=F("pk")))
    title = titles.values_list("pk", "look", "snapshot")
    order = choice.order
    reviews = order.arrange(_chosen(choice, Review.objects.public().filter(title_id=RawSQL("title.id", []))))
    if after:
        reviews = order.after(reviews, tuple(PLACES[kind][n] for n, kind in enumerate(order.kinds)))
    places = [f"place_{name}" for name in order.expressions]
    columns = [*SEEN, *places]
    if contents:
        title = titles.with_see_also_counts().values_list("pk", "look", "snapshot", ABOUT)
        columns += OF_REVIEW
    page = reviews.values_list(*columns)[: choice.size + 1]
    since = f"{BEHIND}, {MOVED}" if after else "false, false"
    # What is said about the title is the same beside each review: with the first it is enough.
    about, once = (", about", ", CASE WHEN row_number() OVER () = 1 THEN about END") if contents else ("", "")
    return (  # of our own making
        f"WITH title (id, look, snapshot{about}) AS MATERIALIZED ({statement_of(title, STAND_INS)})"  # noqa: S608
        f" SELECT title.id, title.look, snapshot, {since}, review.*{once}"
        f" FROM title LEFT JOIN LATERAL ({statement_of(page, STAND_INS)}) AS review ON true"
    )


def _chosen(choice: Choice, reviews: ReviewQuerySet) -> ReviewQuerySet:
    if choice.rating is not None:
        reviews = reviews.filter(rating=choice.rating)
    return reviews.filter(spoiler=False) if choice.without_spoilers else reviews


def _standing_then(title: int, choice: Choice, cursor: Cursor) -> Standing | None:
    """What stands after the cursor for a reader who began before some of the reviews moved."""
    moved = moved_since(cursor, choice.order, title_id=OuterRef("pk"))
    found = Title.objects.filter(pk=title).annotate(moved=moved).values_list("look", "moved").first()
    if found is None:
        return None
    reviews = _chosen(choice, Review.objects.public().filter(title=title)).only(*SEEN)
    page = read_on(reviews, choice.order, cursor, found[1])
    entries = [Entry(*(getattr(row, name) for name in SEEN)) for row in page.rows]
    return Standing(title, found[0], cursor.snapshot, entries, page.shown, page.after)
