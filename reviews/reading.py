"""Reading on: pages of reviews in the order the reader began with.

Votes change the order while somebody reads. A cursor therefore carries the snapshot of the page it began with, in
PostgreSQL's own terms: which transactions had ended. Reviews that moved since (`FormerPlace`) are put where they stood
then, so through all pages each review comes once, and what it shows is still today's.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, JSONField, OuterRef, QuerySet, Subquery, Value
from django.db.models.expressions import Expression
from django.db.models.functions import Cast, JSONObject

from reviews.models import FormerPlace, Review
from reviews.snapshots import CurrentSnapshot, IsBehind, SeenBy, exact, valid_snapshot
from reviewsite.keyset import Cursor, Keyset, Page
from reviewsite.replicas.choice import ask_elsewhere


def read_cursor(text: str, order: Keyset) -> Cursor | None:
    """The cursor of an address (`after=`), or None where there is none or it is not one of ours."""
    cursor = Cursor.decode(text, order)
    return cursor if cursor and valid_snapshot(cursor.snapshot) else None


def moved_since(cursor: Cursor | None, order: Keyset, **of: F) -> Expression:
    """An annotation: the reviews of something that moved since the reader began, each with its place back then.

    `of` says whose: `title_id=OuterRef("pk")` or `author_id=...`. It comes along with the query for that something, so
    reading on costs no query more. It also tells up to when it looked (`seen`), for what moves before the next query.
    """
    if cursor is None:
        return Value(None, JSONField())
    _, next_, _ = cursor.snapshot.split(":")
    whose = {column: F(reference.name) for column, reference in of.items()}  # type: ignore[attr-defined]
    first_changes = _moves_after(cursor.snapshot, **of).order_by("review_id", "id").distinct("review_id")
    return JSONObject(
        places=ArraySubquery(first_changes.values_list(_former_place(order))),
        seen=CurrentSnapshot(**whose),
        behind=IsBehind(Value(int(next_))),
        of=JSONObject(**whose),
    )


def _moves_after(snapshot: str, **of: Any) -> QuerySet[FormerPlace]:
    moves = FormerPlace.objects.filter(**of, changed__gte=int(snapshot.split(":")[0]))
    return moves.filter(~SeenBy(F("changed"), Value(snapshot)))


def _former_place(order: Keyset) -> JSONObject:
    return JSONObject(review_id="review_id", **{**order.expressions, "id_down": F("review_id") * -1})


def read_on(
    reviews: QuerySet[Review],
    order: Keyset,
    cursor: Cursor | None,
    moved: dict[str, Any] | None = None,
    *,
    of: str = "title_id",
    indexed: bool = True,
) -> Page:
    """The next page of the reviews after the cursor, in one query. `moved` is what `moved_since` found.

    `of` says whose reviews they are: a title's, or those of an author (`author_id`).
    `indexed` says whether an index holds them in this order. Where none does they are sorted, without their texts.
    """
    size = settings.REVIEWS_PER_PAGE
    arranged = order.arrange(reviews)
    if cursor is None:
        rows = list(_head(arranged.annotate(snapshot=CurrentSnapshot(**{of: F(of)})), size + 1, indexed=indexed))
        return _page(rows, [order.place(row) for row in rows], order, cursor)
    if moved is None:
        rows = list(_head(order.after(arranged, cursor.place), size + 1, indexed=indexed))
        return _page(rows, [order.place(row) for row in rows], order, cursor)
    if moved["behind"]:
        ask_elsewhere()
    former = {entry["review_id"]: _place(entry, order) for entry in moved["places"]}
    # What moved between that query and this one: hardly ever anything, and then this query itself finds it.
    just_now = _moves_after(exact(moved["seen"]), **moved["of"])
    first = just_now.filter(review_id=OuterRef("pk")).order_by("id").values_list(_former_place(order))[:1]
    others = arranged.exclude(pk__in=former)
    leaving = others.filter(pk__in=just_now.values("review_id")).annotate(just_left=Subquery(first))
    staying = others.exclude(pk__in=just_now.values("review_id"))
    rest = _head(order.after(staying, cursor.place), size + 1, indexed=indexed)
    nowhere = Cast(Value(None), JSONField())
    # Filters may leave some of those that moved out, so all that could stand on this page are asked for.
    waiting = [pk for pk, place in former.items() if order.comes_after(place, cursor.place)]
    found = rest.annotate(just_left=nowhere).union(
        arranged.filter(pk__in=waiting).annotate(just_left=nowhere), leaving, all=True
    )
    placed = [(_stood(row, former, order), row) for row in found]
    standing = sorted(
        (pair for pair in placed if order.comes_after(pair[0], cursor.place)),
        key=lambda pair: pair[0],
        reverse=order.descending,
    )[: size + 1]
    return _page([row for _, row in standing], [place for place, _ in standing], order, cursor)


def _head(rows: QuerySet[Review], number: int, *, indexed: bool) -> QuerySet[Review]:
    """The first rows. With their texts, thousands to be sorted would not fit into the database's memory."""
    return rows[:number] if indexed else rows.filter(pk__in=rows.values("pk")[:number])


def _stood(row: Any, former: dict[int, tuple[Any, ...]], order: Keyset) -> tuple[Any, ...]:
    """Where the review stood when the reader began."""
    if row.pk in former:
        return former[row.pk]
    return _place(row.just_left, order) if row.just_left else order.place(row)


def _place(entry: dict[str, Any], order: Keyset) -> tuple[Any, ...]:
    values = [entry[name] for name in order.expressions]
    return tuple(
        datetime.fromisoformat(value) if kind is datetime else kind(value)
        for value, kind in zip(values, order.kinds, strict=True)
    )


def _page(rows: Sequence[Review], places: Sequence[tuple[Any, ...]], order: Keyset, cursor: Cursor | None) -> Page:
    size = settings.REVIEWS_PER_PAGE
    here = rows[:size]
    shown = (cursor.shown if cursor else 0) + len(here)
    after = ""
    if len(rows) > size:
        snapshot = cursor.snapshot if cursor else exact(here[0].snapshot)  # type: ignore[attr-defined]
        after = Cursor(places[size - 1], shown, snapshot).encode(order)
    return Page(here, shown, after, first=cursor is None)
