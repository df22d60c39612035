"""Whatever stands in a file: it goes in and reads the same again, or is refused with a reason; nothing crashes."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.models import Review
from tests.reviews.import_rows import GOOD, Said, a_file, a_row, as_csv, run, undone
from tests.reviews.test_counters import recounted, stored

pytestmark = pytest.mark.django_db

ANY_TEXT = st.text(st.characters(), max_size=60) | st.text(
    st.sampled_from("\0\t\n\r\x85\xa0\u200b\u2028\u202e\ufeff\ud800\U0001f3ac<>&;#x0123456789ampltg\"',éا"), max_size=40
)
ANY_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=5,
)
NEARLY_JSON = st.text(st.sampled_from('{}[]":,\n\r\0 \\utrefals1é'), max_size=80).map(str.encode)
FIELDS = [*GOOD, "kind", "author_id", "id", "spoiler", "language"]


def run_on(content: str | bytes, name: str) -> Said:
    with tempfile.TemporaryDirectory() as folder:
        return run(a_file(Path(folder), content, name))


def is_whole(said: Said) -> bool:
    """Every row read is in one of the other figures, and the bad ones were reported."""
    read, *others = said.figures.values()
    return read == sum(others) and bool(said.status) == bool(said.err)


@given(texts=st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, ANY_TEXT)))
@settings(max_examples=150)
def test_any_text_goes_in_and_stays_the_same_or_is_refused(texts: dict[str, str]) -> None:
    row = a_row(**texts)
    with undone():
        said = run_on(json.dumps(row), "reviews.jsonl")
        assert is_whole(said)
        assert stored() == recounted()
        if said.status == 0:
            review = Review.objects.select_related("author", "title").get()
            kept = {"title": review.title.name, "author": review.author.name, "headline": review.headline}
            assert all(text and text == " ".join(text.split()) for text in kept.values())
            assert run_on(json.dumps(row), "reviews.jsonl").figures["unchanged"] == 1
            # What was kept means itself, so long as it looks like no entity.
            again = row | kept | {"body": review.body}
            assert "&" in str(again) or run_on(json.dumps(again), "reviews.jsonl").figures["unchanged"] == 1


@given(texts=st.dictionaries(st.sampled_from(FIELDS), ANY_TEXT))
@settings(max_examples=100)
def test_csv_and_json_mean_the_same(texts: dict[str, str]) -> None:
    row = a_row(**{field: text.encode("utf-8", "replace").decode() for field, text in texts.items()})
    with undone():
        from_json, from_csv = run_on(json.dumps(row), "reviews.jsonl"), run_on(as_csv([row]), "reviews.csv")
    assert (from_json.status, from_json.figures["rejected"]) == (from_csv.status, from_csv.figures["rejected"])
    assert from_csv.figures["unchanged"] == 1 - from_json.status


@given(field=st.sampled_from(FIELDS), value=ANY_VALUE)
@settings(max_examples=150)
def test_any_json_value_goes_in_or_is_refused(field: str, value: Any) -> None:
    with undone():
        said = run_on(json.dumps(a_row(**{field: value})), "reviews.jsonl")
    assert is_whole(said)
    assert said.figures["read"] == 1


@given(
    content=st.binary(max_size=200) | NEARLY_JSON,
    name=st.sampled_from(["reviews.jsonl", "reviews.csv", "reviews.txt"]),
    whole_header=st.booleans(),
)
@settings(max_examples=200)
def test_any_bytes_are_read_to_their_end(content: bytes, name: str, whole_header: bool) -> None:
    header = b"title,author,date,headline,body\n" if whole_header and name != "reviews.jsonl" else b""
    with undone():
        assert is_whole(run_on(header + content, name))
