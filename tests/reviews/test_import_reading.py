"""What people really have: byte order marks, line breaks of every system, other encodings, files that are none."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from reviews.models import Review
from tests.reviews.import_rows import a_file, a_row, as_csv, figures, jsonl, run, the_review

pytestmark = pytest.mark.django_db

HEADER = "title,author,date,headline,body\n"


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\r\n", "\n"),
        lambda text: text.replace("\r\n", "\n").replace("\n", "\r\n"),
        lambda text: text.replace("\r\n", "\n").replace("\n", "\r"),
        lambda text: "\n\n" + text.rstrip("\r\n"),
    ],
    ids=["as written", "byte order mark", "LF", "CRLF", "CR", "blank lines before, none at the end"],
)
def test_marks_and_line_breaks_of_every_system(change: Callable[[str], str], suffix: str, tmp_path: Path) -> None:
    rows = [a_row(author=name, body="One.\n\nTwo.") for name in ("Ada", "Berta")]
    file = a_file(tmp_path, change(jsonl(rows) if suffix == "jsonl" else as_csv(rows)), f"reviews.{suffix}")
    assert run(file).figures == figures(added=2)
    assert set(Review.objects.values_list("title__name", "body")) == {("The Lamplighter", "One.\n\nTwo.")}


def test_lines_are_counted_where_a_row_begins_also_after_quoted_line_breaks(tmp_path: Path) -> None:
    rows = [
        HEADER.strip(),
        'The Lamplighter,Ada,2006-03-11,"Two\nlines","one\n\ntwo"',
        "",
        ",Berta,2006-03-11,h,b",
        " , , , , ",
        'The Lamplighter,Cato,2006-03-11,h,"b\x01\nb"',
    ]
    file = a_file(tmp_path, "\n".join(rows), "reviews.csv")
    said = run(file)
    assert said.err.splitlines() == [
        f"{file}:7: title: is missing",
        f"{file}:9: body: has the control character U+0001",
    ]
    assert said.figures == figures(added=1, rejected=2)


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_bytes_that_are_not_utf8_are_reported_with_their_field(suffix: str, tmp_path: Path) -> None:
    rows = [a_row(author="Before"), a_row(author="Zoë"), a_row(author="After")]
    text = (jsonl(rows) if suffix == "jsonl" else as_csv(rows)).replace("Before", "Bëfore")
    content = text.encode().replace("Zoë".encode(), "Zoë".encode("latin-1"))
    said = run(a_file(tmp_path, content, f"reviews.{suffix}"))
    assert ": author: is not UTF-8" in said
    assert said.figures == figures(added=2, rejected=1)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (jsonl([a_row(note="é")]).encode("latin-1"), "reviews.jsonl"),
        (as_csv([a_row(note="é")]).encode("latin-1"), "reviews.csv"),
        (b'{"title": "The Lamplighter\xe9', "reviews.jsonl"),
    ],
)
def test_bytes_that_are_not_utf8_outside_the_known_fields_refuse_the_row(
    content: bytes, name: str, tmp_path: Path
) -> None:
    said = run(a_file(tmp_path, content, name))
    assert ": row: is not UTF-8" in said
    assert said.figures == figures(rejected=1)


def test_a_file_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    good = a_file(tmp_path, jsonl([a_row()]))
    wide = a_file(tmp_path, jsonl([a_row()]).encode("utf-16"), "wide.jsonl")
    listed = a_file(tmp_path, b'\xef\xbb\xbf [{"title": "The Lamplighter"}]', "reviews.json")
    said = run(str(tmp_path / "nowhere.jsonl"), str(tmp_path), wide, listed, good)
    assert said.err.splitlines() == [
        f"{tmp_path}/nowhere.jsonl: cannot be read: No such file or directory",
        f"{tmp_path}: cannot be read: Is a directory",
        f"{wide}: is in UTF-16; save it as UTF-8",
        f"{listed}: is one JSON list; JSON Lines has one object a line",
    ]
    assert (said.figures, said.status) == (figures(added=1), 1)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("The Lamplighter,Ada,2006-03-11,h,b\n", "has no header row: it must name title, author, date, headline, body"),
        ("title;author;date;headline;body\n", "has no header row"),
        ("title,author,headline\n", "has no column date, body in its header row"),
        ("title,author,Title,date,headline,body\n", "has the column title twice in its header row"),
    ],
)
def test_a_csv_file_without_a_good_header_row_is_refused(content: str, reason: str, tmp_path: Path) -> None:
    file = a_file(tmp_path, content + "The Lamplighter,Ada,2006-03-11,h,b\n", "reviews.csv")
    said = run(file)
    assert said.err.startswith(f"{file}: {reason}")
    assert (said.figures, said.status) == (figures(), 1)


def test_header_names_may_have_capitals_and_spaces(tmp_path: Path) -> None:
    content = "Title, AUTHOR ,Date,Headline,Body,\nThe Lamplighter,Ada,2006-03-11,h,b,\n"
    assert run(a_file(tmp_path, content, "reviews.csv")).figures == figures(added=1)


@pytest.mark.parametrize("name", ["reviews.jsonl", "reviews.csv", "reviews.txt"])
def test_an_empty_file_has_nothing_to_read(name: str, tmp_path: Path) -> None:
    said = run(a_file(tmp_path, "", name))
    assert (said.figures, said.status, said.err) == (figures(), 0, "")


@pytest.mark.parametrize(("content", "name"), [(jsonl([a_row()]), "dump.txt"), (as_csv([a_row()]), "dump")])
def test_other_suffixes_are_told_by_how_the_file_begins(content: str, name: str, tmp_path: Path) -> None:
    assert run(a_file(tmp_path, content, name)).figures == figures(added=1)


def test_unknown_fields_are_named_once_a_file(tmp_path: Path) -> None:
    file = a_file(tmp_path, jsonl([a_row(author=name, colour="red", **{"sho\ne": 1}) for name in "abc"]))
    said = run(file)
    assert said.err == f"{file}: note: fields that an import does not know were left aside: 'colour', 'sho\\ne'\n"
    assert (said.figures, said.status) == (figures(added=3), 0)


def test_a_huge_line_is_skipped_and_the_next_row_read(tmp_path: Path) -> None:
    content = jsonl([a_row(author="Ada"), "x" * 50_000_000, a_row(author="Berta"), ""]).encode()
    file = a_file(tmp_path, content)
    said = run(file)
    assert said.err == f"{file}:2: row: is longer than 2,000,000 characters\n"
    assert said.figures == figures(added=2, rejected=1)


def test_the_longest_body_goes_in_however_it_is_escaped(tmp_path: Path) -> None:
    body = "\U0001f3ac" * 100_000
    file = tmp_path / "reviews.jsonl"
    file.write_text(json.dumps(a_row(body=body), ensure_ascii=True))
    assert run(str(file)).figures == figures(added=1)
    assert the_review().body == body
