"""--strict, --dry-run, several files, and the demo that makes way."""

from pathlib import Path

import pytest

from accounts.models import User
from reviews.importing.reviews import import_reviews
from reviews.models import Rating, Review, Title
from tests.factories import a_vote
from tests.reviews.import_rows import a_file, a_row, figures, imported, jsonl, run, the_review
from tests.reviews.test_counters import recounted, stored

pytestmark = pytest.mark.django_db


def nothing_is_there() -> bool:
    return not any(model.objects.exists() for model in (Title, Review, Rating, User))


@pytest.mark.parametrize("bad", [a_row(rating=11), a_row(author="Ada Winterbourne", id="r2")])
def test_strict_writes_nothing_unless_all_rows_are_good(bad: dict[str, object], tmp_path: Path) -> None:
    file = a_file(tmp_path, jsonl([a_row(id="r1"), a_row(author="Berta"), bad]))
    said = run("--strict", file)
    assert nothing_is_there()
    assert said.status == 1
    assert said.figures == {**figures(rejected=1), "read": 3}
    assert "Nothing was written: with --strict every row must be good; 2 of 3 are." in said
    assert f"{file}:3: " in said


def test_strict_writes_nothing_when_a_file_cannot_be_read(tmp_path: Path) -> None:
    said = run("--strict", a_file(tmp_path, jsonl([a_row()])), str(tmp_path / "nowhere.jsonl"))
    assert nothing_is_there()
    assert (said.status, "Nothing was written" in said) == (1, True)


def test_strict_writes_when_all_rows_are_good(tmp_path: Path) -> None:
    said = run("--strict", a_file(tmp_path, jsonl([a_row(), a_row(author="Berta")])))
    assert (said.figures, said.status, Review.objects.count()) == (figures(added=2), 0, 2)


def test_a_dry_run_reports_the_same_and_writes_nothing(tmp_path: Path) -> None:
    imported(tmp_path, a_row(id="r1"), a_row(author="Berta"))
    before = (list(Review.objects.values()), list(User.objects.values()), list(Title.objects.values()))
    rows = [a_row(id="r1", rating=1), a_row(author="Berta"), a_row(author="Cato", title="New"), a_row(id="r2")]
    file = a_file(tmp_path, jsonl([*rows, "{"]))
    dry = run("--dry-run", file)
    assert (list(Review.objects.values()), list(User.objects.values()), list(Title.objects.values())) == before
    wet = run(file)
    assert dry.figures == wet.figures == figures(added=1, changed=1, unchanged=1, rejected=2)
    assert (dry.err, dry.status) == (wet.err, wet.status)
    assert "Nothing was written: this was a dry run." in dry
    assert "Nothing" not in wet


def test_several_files_are_one_run(tmp_path: Path) -> None:
    one = a_file(tmp_path, jsonl([a_row(id="r1")]), "one.jsonl")
    two = a_file(tmp_path, jsonl([a_row(id="r1", headline="Later"), a_row(id="r2")]), "two.jsonl")
    said = run(one, two)
    assert f"{two}:2: id: is 'r2', but this author's review of this title is 'r1' in {one}:1" in said
    assert said.figures == figures(added=1, changed=1, rejected=1)
    assert the_review().headline == "Later"


def demo(folder: Path, *rows: dict[str, object]) -> None:
    import_reviews([a_file(folder, jsonl(rows), "demo.jsonl")], demo=True)


def test_reviews_of_the_demo_make_way_where_others_are_added(tmp_path: Path) -> None:
    demo(tmp_path, a_row(author_id="d1", id="d1"), a_row(author_id="d2", id="d2"), a_row(title="Other", author_id="d1"))
    assert set(User.objects.values_list("is_demo", flat=True)) == {True}
    a_vote(the_review(source_id="d1"))
    dry = run("--dry-run", a_file(tmp_path, jsonl([a_row(author="Berta")])))
    said = imported(tmp_path, a_row(author="Berta"))
    assert "2 reviews of the demo made way." in dry
    assert "2 reviews of the demo made way." in said
    assert set(Review.objects.values_list("title__name", "author__is_demo")) == {
        ("The Lamplighter", False),
        ("Other", True),
    }
    assert Rating.objects.count() == 2
    assert stored() == recounted()


def test_the_demo_stays_where_nothing_is_added(tmp_path: Path) -> None:
    imported(tmp_path, a_row(author="Berta"))
    demo(tmp_path, a_row(author_id="d1"))
    said = imported(tmp_path, a_row(author="Berta", rating=1))
    assert "demo" not in said
    assert Review.objects.count() == 2
