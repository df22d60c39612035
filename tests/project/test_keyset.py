"""Places, cursors and pages."""

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from reviewsite.keyset import Cursor, Keyset, page_of, stretch_of
from reviewsite.texts import LARGEST
from tests.factories import members

NUMBERS = Keyset(
    "numbers",
    {"score": (F("score"), float), "count": (F("count"), int), "when": (F("when"), datetime), "name": (F("name"), str)},
)
WHEN = datetime(2020, 2, 29, 12, 30, 15, 123456, tzinfo=UTC)
PLACE = (0.25, 3, WHEN, "naïve", -7)

finite = st.floats(allow_nan=False, allow_infinity=False)
whole = st.integers(-LARGEST, LARGEST)
dates = st.datetimes(timezones=st.just(UTC))
names = st.text(st.characters(exclude_categories=["Cs", "Cc"]))


@given(st.tuples(finite, whole, dates, names, whole), st.integers(0, LARGEST), st.text("0123456789:,"))
def test_what_is_written_into_an_address_is_read_back(place: tuple[Any, ...], shown: int, snapshot: str) -> None:
    cursor = Cursor(place, shown, snapshot)
    text = cursor.encode(NUMBERS)
    assert re.fullmatch(r"[-\w]+", text, re.ASCII)
    assert Cursor.decode(text, NUMBERS) == cursor


def test_a_cursor_of_one_order_is_no_place_in_another() -> None:
    text = Cursor(PLACE, 1).encode(NUMBERS)
    assert Cursor.decode(text, Keyset("others", NUMBERS.keys)) is None
    assert Cursor.decode(text, Keyset("numbers", {"score": (F("score"), float)})) is None


@given(st.integers(0, 60))
def test_a_cursor_cut_short_is_none(length: int) -> None:
    text = Cursor(PLACE, 1).encode(NUMBERS)
    assert Cursor.decode(text[:length], NUMBERS) is None


@given(st.text())
def test_any_other_text_is_none(text: str) -> None:
    assert Cursor.decode(text, NUMBERS) is None


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (0, math.nan),
        (0, math.inf),
        (0, 1),
        (0, True),
        (0, None),
        (1, True),
        (1, 1.0),
        (1, LARGEST + 1),
        (1, "1"),
        (2, "2020-02-29"),
        (2, WHEN.replace(tzinfo=None)),
        (2, WHEN.astimezone(timezone(timedelta(hours=23)))),
        (3, 3),
        (3, "\0"),
        (3, "\ud800"),
        (4, False),
        (4, None),
    ],
)
def test_a_value_that_postgresql_would_not_compare_fits_nowhere(at: int, value: object) -> None:
    assert NUMBERS.fits(PLACE)
    assert not NUMBERS.fits([*PLACE[:at], value, *PLACE[at + 1 :]])


@pytest.mark.parametrize("place", [PLACE[:-1], (*PLACE, 1), ()])
def test_a_place_has_as_many_values_as_the_order(place: Sequence[Any]) -> None:
    assert not NUMBERS.fits(place)


@pytest.fixture
def readers(db: None) -> list[User]:
    """Members among whom many agree."""
    made = members(23)
    for number, member in enumerate(made):
        member.review_count, member.name = number % 3, f"n{number % 2}"
    User.objects.bulk_update(made, ["review_count", "name"])
    return made


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("size", [1, 4, 23, 24, 100])
def test_pages_are_the_order_cut_in_pieces_each_in_one_query(readers: list[User], descending: bool, size: int) -> None:
    keys: dict[str, Any] = {"review_count": (F("review_count"), int), "name": (F("name"), str)}
    order = Keyset("members", keys, descending=descending)
    expected = sorted(readers, key=lambda m: (m.review_count, m.name, -m.pk), reverse=descending)
    seen: list[User] = []
    after, first = "", True
    while first or after:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = page_of(User.objects.all(), order, Cursor.decode(after, order), size)
        assert len(queries) == 1
        assert page.first is first
        seen += page.rows
        assert page.shown == len(seen)
        assert len(page.rows) == size or not page.after
        after, first = page.after, False
    assert seen == expected


def test_an_empty_page_has_nothing_after_it(db: None) -> None:
    order = Keyset("members", {"review_count": (F("review_count"), int)})
    page = page_of(User.objects.none(), order, None, 5)
    assert (list(page.rows), page.shown, page.after, page.first) == ([], 0, "", True)


@pytest.mark.parametrize("descending", [True, False])
def test_python_and_postgresql_agree_on_what_comes_after(readers: list[User], descending: bool) -> None:
    order = Keyset("members", {"review_count": (F("review_count"), int)}, descending=descending)
    rows = list(order.arrange(User.objects.all()))
    for row in rows[::5]:
        place = order.place(row)
        after = {other.pk for other in rows if order.comes_after(order.place(other), place)}
        assert after == set(order.after(User.objects.all(), place).values_list("pk", flat=True))


BY_NAME = Keyset("by name", {"name": (F("username"), str)}, descending=False)


@pytest.mark.django_db
def test_leafing_forth_and_back_shows_each_row_once_each_way() -> None:
    User.objects.all().delete()
    everyone = sorted(member.username for member in members(8))
    page = stretch_of(User.objects.all(), BY_NAME, size=3)
    assert page.before == ""
    forth = [page]
    while page.after:
        page = stretch_of(User.objects.all(), BY_NAME, after=page.after, size=3)
        forth.append(page)
    assert [row.username for page in forth for row in page.rows] == everyone
    assert [len(page.rows) for page in forth] == [3, 3, 2]
    back = [page]
    while page.before:
        page = stretch_of(User.objects.all(), BY_NAME, before=page.before, size=3)
        back.append(page)
    assert [row.username for row in back[1].rows] == everyone[3:6]
    # Less than a page before: the first page, as it always begins.
    assert [row.username for row in back[-1].rows] == everyone[:3]
    assert back[-1].after == forth[0].after


@pytest.mark.django_db
def test_what_is_no_place_or_beyond_the_last_leads_to_the_beginning() -> None:
    User.objects.all().delete()
    everyone = sorted(member.username for member in members(4))
    beyond = Cursor(("zzzz", -(10**6)), 0).encode(BY_NAME)
    for place in ("", "nonsense", beyond):
        page = stretch_of(User.objects.all(), BY_NAME, after=place, size=3)
        assert [row.username for row in page.rows] == everyone[:3]
        assert (page.before, bool(page.after)) == ("", True)
    empty = stretch_of(User.objects.none(), BY_NAME, after=beyond, before=beyond, size=3)
    assert (list(empty.rows), empty.before, empty.after) == ([], "", "")
