"""What becomes of good values: text as it is shown, dates, numbers, yes and no."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reviews.importing import fields
from reviews.importing.fields import RefusedError
from reviews.models import Review
from tests.reviews.import_rows import a_row, figures, imported, the_review

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  The \n Lamplighter\t", "The Lamplighter"),
        ("Tom &amp; Berta", "Tom & Berta"),
        ("&lt;b&gt;", "<b>"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("Caf&#233; &#x1F3AC;", "Café 🎬"),
        ("?a=1&copy=2 &c", "?a=1&copy=2 &c"),
        ("AT&T &unknown;", "AT&T &unknown;"),
        ("Cafe\u0301", "Café"),
        ("مصباح الليل", "مصباح الليل"),
        ("abc\u202egnp.exe\u2066", "abcgnp.exe"),
        ("👩\u200d🚒", "👩\u200d🚒"),
        (1984, "1984"),
    ],
)
def test_a_title_is_kept_as_it_reads(given: Any, kept: str, tmp_path: Path) -> None:
    imported(tmp_path, a_row(title=given))
    assert the_review().title.name == kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("\r\n One.\r\n\r\nTwo.\rThree. \n", "One.\n\nTwo.\nThree."),
        ("One.\n\n \n\t\n\nTwo.", "One.\n\nTwo."),
        ("One.\n  Two.", "One.\n  Two."),
        ("&quot;Quiet&quot; &lt;3", '"Quiet" <3'),
        ("Cafe\u0301", "Cafe\u0301"),
    ],
)
def test_a_body_keeps_its_paragraphs(given: str, kept: str, tmp_path: Path) -> None:
    imported(tmp_path, a_row(body=given))
    assert the_review().body == kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2006-03-11", datetime(2006, 3, 11, tzinfo=UTC)),
        (" 2006-03-11 ", datetime(2006, 3, 11, tzinfo=UTC)),
        ("2006-03-11T20:15", datetime(2006, 3, 11, 20, 15, tzinfo=UTC)),
        ("2006-03-11 20:15:30.25", datetime(2006, 3, 11, 20, 15, 30, 250_000, tzinfo=UTC)),
        ("2006-03-11T20:15:00Z", datetime(2006, 3, 11, 20, 15, tzinfo=UTC)),
        ("2006-03-11T20:15:00+02:00", datetime(2006, 3, 11, 18, 15, tzinfo=UTC)),
        ("0001-01-01", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_dates_are_kept_in_utc(given: str, kept: datetime, tmp_path: Path) -> None:
    imported(tmp_path, a_row(date=given))
    assert the_review().created == kept


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        ("rating", "8", 8),
        ("rating", 8.0, 8),
        ("rating", " 8.0 ", 8),
        ("rating", "", None),
        ("rating", None, None),
        ("rating", ..., None),
        ("helpful", "", 0),
        ("helpful", 2e0, 2),
        ("votes", 1_000_000_000, 1_000_000_000),
        *(("spoiler", value, True) for value in (True, 1, "1", "TRUE", "Yes", " yes ")),
        *(("spoiler", value, False) for value in (False, 0, "0", "False", "NO", "", " ", None, ...)),
        ("language", "pt-BR", "pt-BR"),
        ("language", " sr-Latn-RS ", "sr-Latn-RS"),
        ("language", None, ""),
    ],
)
def test_numbers_flags_and_languages(field: str, given: Any, kept: Any, tmp_path: Path) -> None:
    imported(tmp_path, a_row(**{field: given}))
    assert getattr(the_review(), field) == kept


@pytest.mark.parametrize(("given", "kept"), [("", "film"), (..., "film"), ("Book", "book"), (" GAME ", "game")])
def test_a_kind_may_be_left_out(given: Any, kept: str, tmp_path: Path) -> None:
    imported(tmp_path, a_row(kind=given))
    assert the_review().title.kind == kept


def test_a_title_may_have_no_year(tmp_path: Path) -> None:
    imported(tmp_path, a_row(year=""), a_row(year=None, author="Berta"))
    assert {(review.title.year, review.title.slug) for review in Review.objects.all()} == {(None, "the-lamplighter")}
    assert imported(tmp_path, a_row(year=...)).figures == figures(unchanged=1)


@pytest.mark.parametrize("digits", ["9" * 18, "9" * 19, "9" * 5000, "-" + "9" * 5000])
def test_no_number_is_too_long_to_be_refused(digits: str) -> None:
    with pytest.raises(RefusedError, match="it must be a whole number from 1 to 10"):
        fields.whole(digits, 1, 10)
