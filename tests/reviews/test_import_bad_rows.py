"""Every bad row is reported with file, line, field and reason, in JSON Lines and in CSV; the others go in."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from reviews.models import Review
from tests.reviews.import_rows import a_file, a_row, as_csv, figures, jsonl, run

pytestmark = pytest.mark.django_db

FAR = (timezone.now() + timedelta(days=3)).date().isoformat()

# (field, value, what is said about it): values that JSON and CSV can both hold.
BAD_TEXTS = [
    ("title", "", "is missing"),
    ("title", "   ", "is missing"),
    ("title", "\u200b", "has no visible character"),
    ("title", "t" * 301, "has 301 characters; it must have at most 300"),
    ("title", "Tidal\x00Wave", "has the control character U+0000"),
    ("title", "Tidal &#0; Wave", "has &#0;, which stands for no character"),
    ("title", "Tidal &#xD800; Wave", "has &#xD800;, which stands for no character"),
    ("year", "0", "is 0; it must be a whole number from 1 to 2200 or empty"),
    ("year", "2201", "is 2201; it must be a whole number from 1 to 2200 or empty"),
    ("year", "MCMLXXIV", "is 'MCMLXXIV'; it must be a whole number"),
    ("kind", "opera", "is 'opera'; it must be film, series, music, book, game or empty"),
    ("author", "", "is missing"),
    ("author", "a" * 151, "has 151 characters; it must have at most 150"),
    ("author", "Ada\x07", "has the control character U+0007"),
    ("author_id", "7" * 201, "has 201 characters; it must have at most 200"),
    ("id", "r" * 201, "has 201 characters"),
    ("date", "", "is missing"),
    ("date", "2006-02-30", "is '2006-02-30'; there is no such date or time"),
    ("date", "2006-03-11T25:00", "there is no such date or time"),
    ("date", "0000-01-01", "there is no such date or time"),
    ("date", "0001-01-01T00:00:00+05:00", "there is no such date or time"),
    ("date", "11 March 2006", "it must be as in 2006-03-11, or with a time as in 2006-03-11T20:15:00Z"),
    ("date", "٢٠٠٦-٠٣-١١", "it must be as in 2006-03-11"),
    ("date", "2006-W10-6", "it must be as in 2006-03-11"),
    ("date", FAR, "which lies in the future"),
    ("rating", "11", "is 11; it must be a whole number from 1 to 10 or empty"),
    ("rating", "0", "is 0; it must be a whole number from 1 to 10 or empty"),
    ("rating", "-1", "is -1; it must be a whole number"),
    ("rating", "7.5", "is '7.5'; it must be a whole number"),
    ("rating", "8/10", "is '8/10'; it must be a whole number"),
    ("rating", "٨", "is '٨'; it must be a whole number"),
    ("headline", "", "is missing"),
    ("headline", "h" * 301, "has 301 characters; it must have at most 300"),
    ("body", "\n \n", "is missing"),
    ("body", "b" * 100_001, "has 100,001 characters; it must have at most 100,000"),
    ("body", "one\x1btwo", "has the control character U+001B"),
    ("body", "one\x85two", "has the control character U+0085"),
    ("spoiler", "perhaps", "is 'perhaps'; it must be true or false"),
    ("helpful", "5", "is 5, more than all votes (4)"),
    ("helpful", "-1", "is -1; it must be a whole number from 0 to 1000000000"),
    ("votes", "2000000001", "it must be a whole number from 0 to 1000000000"),
    ("votes", "9" * 5000, "is '999999999999999999999999999999... (5,000 characters)'; it must be a whole number"),
    ("language", "English", "is 'English'; it must be a language tag"),
    ("language", "en_US", "is 'en_US'; it must be a language tag"),
]  # fmt: skip

# Only JSON has types of its own.
BAD_VALUES = [
    ("title", ["The Lamplighter"], "is a list; it must be text"),
    ("title", {"en": "The Lamplighter"}, "is an object; it must be text"),
    ("title", True, "is true; it must be text"),
    ("title", "lone \ud800 surrogate", "has the control character U+D800"),
    ("author", 19.74, "is 19.74; it must be text"),
    ("author", None, "is missing"),
    ("author", ..., "is missing"),
    ("body", None, "is missing"),
    ("date", 1142035200, "is 1142035200; it must be as in 2006-03-11"),
    ("date", ..., "is missing"),
    ("rating", True, "is true; it must be a whole number from 1 to 10 or empty"),
    ("rating", 7.5, "is 7.5; it must be a whole number"),
    ("rating", [8], "is a list; it must be a whole number"),
    ("rating", float("nan"), "is 'NaN'; it must be a whole number"),
    ("votes", float("inf"), "is 'Infinity'; it must be a whole number"),
    ("votes", 10**30, "it must be a whole number"),
    ("spoiler", 2, "is 2; it must be true or false"),
    ("spoiler", 1.0, "is 1.0; it must be true or false"),
    ("spoiler", ["true"], "is a list; it must be true or false"),
]


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
@pytest.mark.parametrize(("field", "value", "reason"), BAD_TEXTS)
def test_bad_text_is_reported_and_the_other_rows_go_in(
    field: str, value: str, reason: str, suffix: str, tmp_path: Path
) -> None:
    rows = [a_row(author="Before", language=""), a_row(**{"language": "", field: value}), a_row(author="After")]
    content = jsonl(rows) if suffix == "jsonl" else as_csv(rows)
    file = a_file(tmp_path, content, f"reviews.{suffix}")
    # In CSV a header row comes first, and the body of the first review takes three lines.
    line = 2 if suffix == "jsonl" else 5
    said = run(file)
    assert said.status == 1
    assert said.figures == figures(added=2, rejected=1)
    assert said.err.startswith(f"{file}:{line}: {field}: ")
    assert reason in said.err
    assert set(Review.objects.values_list("author__name", flat=True)) == {"Before", "After"}


@pytest.mark.parametrize(("field", "value", "reason"), BAD_VALUES)
def test_a_json_value_of_a_wrong_type_is_reported(field: str, value: Any, reason: str, tmp_path: Path) -> None:
    file = a_file(tmp_path, json.dumps(a_row(**{field: value})) + "\n")
    said = run(file)
    assert said.err.startswith(f"{file}:1: {field}: ")
    assert reason in said.err
    assert said.figures == figures(rejected=1)


def test_all_problems_of_a_row_are_named(tmp_path: Path) -> None:
    file = a_file(tmp_path, jsonl([a_row(author="", rating=11, date="soon")]))
    said = run(file)
    assert [part.split(": ")[1] for part in said.err.splitlines()] == ["author", "date", "rating"]
    assert said.figures == figures(rejected=1)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"title": "The Lamp', "is broken JSON: Unterminated string in column 11"),
        ("[1, 2]", "is not a JSON object"),
        ('"The Lamplighter"', "is not a JSON object"),
        ("null", "is not a JSON object"),
        ("{} {}", "is broken JSON: Extra data"),
        ('{"title": "a\tb"}', "is broken JSON: Invalid control character"),
        ("[" * 200_000, "is broken JSON: nested too deeply"),
        ("x" * 2_000_001, "is longer than 2,000,000 characters"),
    ],
)
def test_a_line_that_is_no_json_object_is_reported(line: str, reason: str, tmp_path: Path) -> None:
    file = a_file(tmp_path, jsonl([a_row(author="Before"), line, a_row(author="After")]))
    said = run(file)
    assert f"{file}:2: row: {reason}" in said
    assert said.figures == figures(added=2, rejected=1)


@pytest.mark.parametrize(
    ("broken", "line", "reason"),
    [
        ("too,few", 2, "row: has 2 cells; the header row has 5"),
        ("The Lamplighter,Ada,2006-03-11,h,b,more", 2, "row: has 6 cells; the header row has 5"),
        ('The Lamplighter,Ada,2006-03-11,"So" quiet,b', 2, "row: is broken CSV: "),
        ('The Lamplighter,Ada,2006-03-11,"never closed,b', 2, "row: "),
        (f"The Lamplighter,Ada,2006-03-11,h,{'b' * 131_073}", 2, "row: has a cell of more than 131,072 characters"),
        (f"The Lamplighter,Ada,2006-03-11,h,{'b' * 2_000_001}", 2, "row: is longer than 2,000,000 characters"),
    ],
)
def test_a_broken_csv_row_takes_no_other_with_it(broken: str, line: int, reason: str, tmp_path: Path) -> None:
    after = 'The Lamplighter,Berta,2006-03-12,"Two\nlines","And a ""quote"""'
    content = f"title,author,date,headline,body\n{broken}\n{after}\nThe Lamplighter,Cato,2006-03-13,h,b\n"
    file = a_file(tmp_path, content, "reviews.csv")
    said = run(file)
    assert f"{file}:{line}: {reason}" in said
    assert said.figures == figures(added=2, rejected=1)
    assert set(Review.objects.values_list("author__name", "headline")) == {("Berta", "Two lines"), ("Cato", "h")}
