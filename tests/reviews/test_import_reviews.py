"""What rows do: add, change, repeat, move, contradict; and what an import never undoes."""

from pathlib import Path

import pytest

from reviews.models import Rating, Review, Title
from tests.factories import a_review, a_title, a_vote, in_state
from tests.reviews.import_rows import a_file, a_row, figures, imported, jsonl, run, the_review
from tests.reviews.test_counters import recounted, stored

pytestmark = pytest.mark.django_db


def test_a_row_makes_title_member_review_and_rating(tmp_path: Path) -> None:
    said = imported(tmp_path, a_row())
    assert said.figures == figures(added=1)
    review = the_review()
    assert (review.headline, review.rating, review.helpful, review.votes) == ("Better by candlelight", 8, 3, 4)
    assert (review.imported_helpful, review.imported_votes, review.author_reviews) == (3, 4, 1)
    assert (review.title.slug, review.title.search_text) == ("the-lamplighter-1974", "the lamplighter")
    assert (review.author.name, review.author.username) == ("Ada Winterbourne", "ada-winterbourne")
    assert Rating.objects.get().rated == review.created == review.author.date_joined
    assert stored() == recounted()


def test_importing_again_changes_nothing(tmp_path: Path) -> None:
    rows = [a_row(author=f"Author {n % 5}", title=f"Film {n}", id=f"r{n}" if n % 2 else "") for n in range(20)]
    assert imported(tmp_path, *rows).figures == figures(added=20)
    before = list(Review.objects.order_by("pk").values())
    assert imported(tmp_path, *rows).figures == figures(unchanged=20)
    assert list(Review.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    "change",
    [
        {"headline": "Better in daylight"},
        {"body": "Only this."},
        {"date": "2007-01-01"},
        {"rating": 3},
        {"rating": ""},
        {"spoiler": True},
        {"helpful": 4},
        {"votes": 40},
        {"helpful": 0, "votes": 0},
        {"language": "da"},
        {"id": "r1"},
    ],
)
def test_importing_again_changes_what_changed(change: dict[str, object], tmp_path: Path) -> None:
    imported(tmp_path, a_row(), a_row(author="Berta"))
    pk = the_review(author__name="Ada Winterbourne").pk
    assert imported(tmp_path, a_row(**change), a_row(author="Berta")).figures == figures(changed=1, unchanged=1)
    assert imported(tmp_path, a_row(**change)).figures == figures(unchanged=1)
    assert the_review(author__name="Ada Winterbourne").pk == pk
    assert stored() == recounted()


def test_a_rating_taken_back_is_gone(tmp_path: Path) -> None:
    imported(tmp_path, a_row())
    imported(tmp_path, a_row(rating=None))
    assert not Rating.objects.exists()
    assert the_review().rating is None
    assert stored() == recounted()


def test_a_new_review_without_a_rating_takes_back_that_of_a_deleted_one(tmp_path: Path) -> None:
    imported(tmp_path, a_row(id="r1"))
    Review.objects.update(**in_state("deleted"))
    imported(tmp_path, a_row(id="r2", rating=None))
    assert the_review(source_id="r2").rating is None
    assert stored() == recounted()


def test_votes_cast_here_stay_when_imported_ones_change(tmp_path: Path) -> None:
    imported(tmp_path, a_row(helpful=3, votes=4))
    a_vote(the_review(), helpful=True)
    a_vote(the_review(), helpful=False)
    imported(tmp_path, a_row(helpful=10, votes=20))
    assert (the_review().helpful, the_review().votes) == (11, 22)
    assert imported(tmp_path, a_row(helpful=10, votes=20)).figures == figures(unchanged=1)
    imported(tmp_path, a_row(helpful=0, votes=0))
    assert (the_review().helpful, the_review().votes) == (1, 2)


def test_of_the_same_review_twice_in_a_run_the_later_row_wins(tmp_path: Path) -> None:
    rows = [
        a_row(),
        a_row(),
        a_row(headline="On second thought", rating=5),
        a_row(headline="On second thought", rating=5),
    ]
    assert imported(tmp_path, *rows).figures == figures(added=1, unchanged=2, changed=1)
    assert (the_review().headline, the_review().rating) == ("On second thought", 5)
    assert stored() == recounted()


@pytest.mark.parametrize("again", [False, True], ids=["in one run", "in two"])
def test_two_ids_for_one_author_and_title_contradict_each_other(again: bool, tmp_path: Path) -> None:
    first, second = a_row(id="r1"), a_row(id="r2", headline="Another")
    if again:
        imported(tmp_path, first)
        file = a_file(tmp_path, jsonl([second]))
        said = run(file)
        assert said.err == (
            f"{file}:1: id: is 'r2', but this author's review of this title is there under the id 'r1'\n"
        )
        assert said.figures == figures(rejected=1)
    else:
        file = a_file(tmp_path, jsonl([first, second]))
        said = run(file)
        assert said.err == f"{file}:2: id: is 'r2', but this author's review of this title is 'r1' in {file}:1\n"
        assert said.figures == figures(added=1, rejected=1)
    assert said.status == 1
    assert (the_review().source_id, the_review().headline) == ("r1", "Better by candlelight")


def test_a_review_without_an_id_takes_the_first_that_is_named_for_it(tmp_path: Path) -> None:
    imported(tmp_path, a_row())
    said = run(a_file(tmp_path, jsonl([a_row(id="r1"), a_row(id="r2"), a_row()])))
    assert said.figures == figures(changed=1, unchanged=1, rejected=1)
    assert the_review().source_id == "r1"


def test_a_row_without_an_id_means_the_review_at_its_place(tmp_path: Path) -> None:
    imported(tmp_path, a_row(id="r1"))
    assert imported(tmp_path, a_row(headline="Again")).figures == figures(changed=1)
    assert (the_review().source_id, the_review().headline) == ("r1", "Again")


def test_a_row_without_an_id_and_one_with_it_are_one_review_in_a_run(tmp_path: Path) -> None:
    assert imported(tmp_path, a_row(), a_row(id="r1")).figures == figures(added=1, unchanged=1)
    assert the_review().source_id == "r1"


def test_a_review_moves_to_the_title_and_author_that_its_id_names_now(tmp_path: Path) -> None:
    imported(tmp_path, a_row(id="r1"), a_row(id="r2", author="Berta"))
    pk = the_review(source_id="r1").pk
    assert imported(tmp_path, a_row(id="r1", title="The Gaslighter", author="Cato")).figures == figures(changed=1)
    moved = the_review(source_id="r1")
    assert (moved.pk, moved.title.name, moved.author.name, moved.rating) == (pk, "The Gaslighter", "Cato", 8)
    assert Rating.objects.count() == 2
    assert stored() == recounted()


def test_a_review_does_not_move_where_another_is(tmp_path: Path) -> None:
    imported(tmp_path, a_row(id="r1"), a_row(author="Berta"))
    said = run(a_file(tmp_path, jsonl([a_row(id="r1", author="Berta")])))
    assert "id: is 'r1', but this author's review of this title is there without an id" in said
    assert said.figures == figures(rejected=1)
    assert the_review(source_id="r1").author.name == "Ada Winterbourne"


def test_what_a_moderator_hid_stays_hidden(tmp_path: Path) -> None:
    imported(tmp_path, a_row())
    Review.objects.update(state="hidden")
    assert imported(tmp_path, a_row()).figures == figures(unchanged=1)
    assert imported(tmp_path, a_row(headline="Let me in", rating=2)).figures == figures(changed=1)
    assert (the_review().state, the_review().headline, Rating.objects.get().counted) == ("hidden", "Let me in", False)
    assert stored() == recounted()


@pytest.mark.parametrize("identity", [{}, {"id": "r1"}])
def test_what_was_deleted_stays_deleted(identity: dict[str, str], tmp_path: Path) -> None:
    imported(tmp_path, a_row(**identity))
    Review.objects.update(**in_state("deleted"))
    said = imported(tmp_path, a_row(headline="Back again", **identity), a_row(author="Berta"))
    assert said.figures == figures(added=1, unchanged=1)
    assert "1 review that had been deleted here stayed deleted." in said
    assert the_review(author__name="Ada Winterbourne").state == "deleted"
    assert stored() == recounted()


def test_another_id_is_another_review_where_one_was_deleted(tmp_path: Path) -> None:
    imported(tmp_path, a_row(id="r1"))
    Review.objects.update(**in_state("deleted"))
    assert imported(tmp_path, a_row(id="r2")).figures == figures(added=1)
    assert imported(tmp_path, a_row(id="r1"), a_row(id="r2")).figures == figures(unchanged=2)
    assert stored() == recounted()


def test_a_title_is_known_by_name_year_and_kind(tmp_path: Path) -> None:
    known = a_title("The Lamplighter", year=1974)
    imported(tmp_path, a_row(), a_row(year=1975), a_row(kind="book"), a_row(title="THE LAMPLIGHTER"))
    assert the_review(title=known)
    assert set(Title.objects.values_list("slug", flat=True)) == {
        "the-lamplighter-1974",
        "the-lamplighter-1975",
        "the-lamplighter-1974-2",
        "the-lamplighter-1974-3",
    }


def test_reviews_written_here_are_not_touched(tmp_path: Path) -> None:
    mine = a_review(a_title("The Lamplighter", year=1974), rating=4)
    imported(tmp_path, a_row(author=mine.author.username))
    mine.refresh_from_db()
    assert (mine.rating, mine.votes, Review.objects.count()) == (4, 0, 2)
    assert stored() == recounted()
