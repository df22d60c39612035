"""Pages by keyset: each page continues after the last row of the one before, wherever in a million rows that is.

A `Keyset` is an order in which every row has a place of its own. PostgreSQL compares the whole place at once
(`(featured, votes, ...) < (...)`), so an index over the same expressions leads straight to the next row: no OFFSET, no
COUNT, and nothing to sort.
"""

import base64
import binascii
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BooleanField, F, Func, Model, QuerySet, Value
from django.db.models.expressions import Expression, OrderBy

from reviewsite.texts import LARGEST, control_character

Place = tuple[Any, ...]
Key = Expression | F

# Rows with equal keys stand in the order of their ids: the oldest first going down, last going up.
TIE = ("id_down", F("id") * -1)


class RowBefore(Func):
    """`(a, b) < (x, y)`, both sides compared as rows."""

    output_field = BooleanField()
    conditional = True
    operator = "<"

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        sides = [compiler.compile(expression) for expression in self.source_expressions]
        half = len(sides) // 2
        left, right = (", ".join(sql for sql, _ in part) for part in (sides[:half], sides[half:]))
        return f"({left}) {self.operator} ({right})", [value for _, values in sides for value in values]


class RowAfter(RowBefore):
    operator = ">"


@dataclass(frozen=True)
class Keyset:
    """An order: named expressions with the Python type of their values, compared one after the other, then by id.

    `name` goes into cursors, so that a cursor of one order is not taken for a place in another.
    """

    name: str
    keys: Mapping[str, tuple[Key, type]]
    descending: bool = True

    @property
    def expressions(self) -> dict[str, Key]:
        return {**{name: expression for name, (expression, _) in self.keys.items()}, TIE[0]: TIE[1]}

    @property
    def kinds(self) -> list[type]:
        """The types of the values of a place."""
        return [*(kind for _, kind in self.keys.values()), int]

    @property
    def ordering(self) -> list[OrderBy]:
        return [OrderBy(expression, descending=self.descending) for expression in self.expressions.values()]

    def arrange[M: Model](self, rows: QuerySet[M]) -> QuerySet[M]:
        """The rows in this order, each with its place in it (`place`)."""
        extra = {f"place_{name}": expression for name, expression in self.expressions.items()}
        arranged: QuerySet[M] = rows.annotate(**extra).order_by(*self.ordering)
        return arranged

    @property
    def turned(self) -> "Keyset":
        """The same order the other way round."""
        return replace(self, descending=not self.descending)

    def place(self, row: Any) -> Place:
        """Where an arranged row stands."""
        return tuple(getattr(row, f"place_{name}") for name in self.expressions)

    def after[M: Model](self, rows: QuerySet[M], place: Place) -> QuerySet[M]:
        """The rows that come after the place."""
        compare = RowBefore if self.descending else RowAfter
        return rows.filter(compare(*self.expressions.values(), *(Value(value) for value in place)))

    def comes_after(self, one: Place, other: Place) -> bool:
        return one < other if self.descending else one > other

    def fits(self, place: Sequence[Any]) -> bool:
        """Could this be a place in this order: as many values, each of its type and within what PostgreSQL holds."""
        kinds = self.kinds
        return len(place) == len(kinds) and all(_holds(value, kind) for value, kind in zip(place, kinds, strict=True))


def _holds(value: Any, kind: type) -> bool:
    if kind is int:
        return type(value) is int and abs(value) <= LARGEST
    if kind is float:
        return type(value) is float and math.isfinite(value)
    if kind is datetime:
        # Django reads them as UTC, so our cursors hold no other zone; PostgreSQL would refuse one that nobody has.
        return isinstance(value, datetime) and value.utcoffset() == timedelta()
    return type(value) is str and control_character(value) is None


@dataclass(frozen=True)
class Cursor:
    """A position while loading more: the place of the last row shown, how many were shown, and since which snapshot."""

    place: Place
    shown: int
    snapshot: str = ""

    def encode(self, order: Keyset) -> str:
        """As it stands in an address (`after=`): letters, digits, `-` and `_`."""
        values = [value.isoformat() if isinstance(value, datetime) else value for value in self.place]
        packed = json.dumps([order.name, self.shown, self.snapshot, *values], separators=(",", ":"), ensure_ascii=False)
        return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, order: Keyset) -> "Cursor | None":
        """The cursor that `encode` wrote for this order, or None for any other text."""
        try:
            packed = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            name, shown, snapshot, *values = packed
            place = tuple(
                datetime.fromisoformat(value) if kind is datetime else value
                for value, kind in zip(values, order.kinds, strict=True)
            )
        except (ValueError, TypeError, binascii.Error, RecursionError):
            return None
        if name != order.name or type(shown) is not int or not 0 <= shown <= LARGEST or type(snapshot) is not str:
            return None
        return cls(place, shown, snapshot) if order.fits(place) else None


@dataclass(frozen=True)
class Page:
    """Some rows, how many were shown with them in all, and the cursor to the next (empty on the last page)."""

    rows: Sequence[Any]
    shown: int
    after: str
    first: bool


def page_of[M: Model](rows: QuerySet[M], order: Keyset, cursor: Cursor | None, size: int) -> Page:
    """The next `size` rows after the cursor, as they stand now, in one query."""
    arranged = order.arrange(rows)
    found = list((order.after(arranged, cursor.place) if cursor else arranged)[: size + 1])
    here = found[:size]
    shown = (cursor.shown if cursor else 0) + len(here)
    after = Cursor(order.place(here[-1]), shown).encode(order) if len(found) > size else ""
    return Page(here, shown, after, first=cursor is None)


@dataclass(frozen=True)
class Stretch:
    """Some rows of a list that is leafed through, with the cursors to what stands before and after them, or empty."""

    rows: Sequence[Any]
    before: str
    after: str


def stretch_of[M: Model](rows: QuerySet[M], order: Keyset, *, after: str = "", before: str = "", size: int) -> Stretch:
    """The `size` rows after or before a cursor of this order, in one query, two near the beginning.

    The first rows without one, and where there is nothing before or after.
    """
    if place := Cursor.decode(before, order):
        found = list(order.turned.after(order.turned.arrange(rows), place.place)[: size + 1])
        if len(found) > size:
            return _stretch(found[:size][::-1], order, before=True, after=True)
    elif place := Cursor.decode(after, order):
        found = list(order.after(order.arrange(rows), place.place)[: size + 1])
        if found:
            return _stretch(found[:size], order, before=True, after=len(found) > size)
    found = list(order.arrange(rows)[: size + 1])
    return _stretch(found[:size], order, before=False, after=len(found) > size)


def _stretch(rows: Sequence[Any], order: Keyset, *, before: bool, after: bool) -> Stretch:
    def cursor(row: Any) -> str:
        return Cursor(order.place(row), 0).encode(order)

    return Stretch(rows, cursor(rows[0]) if before else "", cursor(rows[-1]) if after else "")
