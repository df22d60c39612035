"""Every counter equals a recount of the rows after any imports, whatever they contradict and what happens between."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from reviews.models import Rating, Review
from tests.factories import a_vote, in_state, members
from tests.reviews.import_rows import a_file, a_row, jsonl, run, undone
from tests.reviews.test_counters import recounted, stored

pytestmark = pytest.mark.django_db

# A world so small that rows repeat, move and contradict each other all the time.
ROWS = st.lists(
    st.builds(
        a_row,
        title=st.sampled_from(["One", "Two", "Three"]),
        author=st.sampled_from(["Ada", "Berta"]),
        author_id=st.sampled_from(["", "", "7"]),
        id=st.sampled_from(["", "a", "b", "c", "d"]),
        rating=st.sampled_from([None, 3, 8]),
        spoiler=st.booleans(),
        headline=st.sampled_from(["h", "i"]),
        helpful=st.integers(0, 2),
        votes=st.integers(2, 3),
        date=st.sampled_from(["2006-03-11", "2016-03-11"]),
    ),
    max_size=8,
)
BETWEEN = st.lists(st.sampled_from(["hide", "publish", "delete", "vote", "unrate", "nothing"]), max_size=3)


def happen(act: str, voter: User) -> None:
    """Something that members and moderators do to the first review."""
    review = Review.objects.order_by("pk").first()
    if review is None:
        return
    match act:
        case "vote" if not review.cast_votes.exists():
            a_vote(review, voter)
        case "unrate":
            Rating.objects.filter(title=review.title, member=review.author).delete()
        case "hide" | "publish" | "delete" if review.state != "deleted":
            states = {"hide": "hidden", "publish": "published", "delete": "deleted"}
            Review.objects.filter(pk=review.pk).update(**in_state(states[act]))


@given(runs=st.lists(st.tuples(ROWS, BETWEEN), min_size=1, max_size=4))
@settings(max_examples=80)
def test_counters_equal_a_recount_after_any_imports(runs: list[tuple[list[dict[str, Any]], list[str]]]) -> None:
    with tempfile.TemporaryDirectory() as folder, undone():
        (voter,) = members(1)
        for rows, between in runs:
            file = a_file(Path(folder), jsonl(rows))
            dry, wet = run("--dry-run", file), run(file)
            read, *others = wet.figures.values()
            assert read == sum(others) == len(rows)
            assert (dry.figures, dry.err) == (wet.figures, wet.err)
            assert stored() == recounted()
            for act in between:
                happen(act, voter)
            assert stored() == recounted()


@given(rows=ROWS)
@settings(max_examples=80)
def test_rows_that_contradict_nothing_change_nothing_the_second_time(rows: list[dict[str, Any]]) -> None:
    last = {(row["title"], row["author_id"] or row["author"]): row for row in rows}
    kept = {row["id"] or place: row | {"author": row["author_id"] or row["author"]} for place, row in last.items()}
    with tempfile.TemporaryDirectory() as folder, undone():
        file = a_file(Path(folder), jsonl(kept.values()))
        first, again = run(file), run(file)
    assert first.figures["added"] == again.figures["unchanged"] == len(kept)
    assert not first.err
