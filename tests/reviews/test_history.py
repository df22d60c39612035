"""The history of a review: every version, differences marked, and nothing that may not be seen."""

import time
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from reviews import drafting, versions, writing
from reviews.drafting import Seen, Text
from reviews.models import Review, Version
from reviews.versions import Piece, differences
from tests.factories import a_member, a_review, a_vote, in_state
from tests.html import Node, tree
from tests.reviews.writers import signed_in


def edit(review: Review, body: str = "", *, headline: str = "", spoiler: bool = False) -> None:
    review.refresh_from_db()
    text = Text(review.rating, headline or review.headline, body or review.body, spoiler)
    writing.publish(review.author, review.title, text, Seen(drafting.published_text(review)))


@pytest.fixture
def review(author: User) -> Review:
    return a_review(
        author=author,
        headline="Grey and hard to shake off",
        body="A small dog barks.\n\nNobody listens to it.",
        created=datetime(2005, 1, 6, tzinfo=UTC),
    )


def history(client: Client, review: Review, query: str = "") -> Node:
    answer = client.get(f"/review/{review.pk}/history/{query}")
    assert answer.status_code == 200
    return tree(answer)


def marked(page: Node) -> list[str]:
    return [f"{node.tag} {node.text}" for node in page.walk() if node.tag in {"ins", "del"}]


# Differences


def joined(pieces: list[Piece], *changes: str) -> str:
    return "".join(piece.text for piece in pieces if piece.change in {"kept", *changes})


@given(*[st.lists(st.sampled_from(["a", "b", "dog", " ", "  ", "\n", "\n\n", "é."]), max_size=14).map("".join)] * 2)
def test_with_the_marks_both_texts_can_be_had_back(before: str, after: str) -> None:
    pieces = differences(before, after)
    assert joined(pieces, "gone") == before
    assert joined(pieces, "added") == after
    assert all(piece.text for piece in pieces)
    if before == after:
        assert all(piece.change == "kept" for piece in pieces)


def test_words_are_marked_whole_and_together() -> None:
    pieces = differences("He saw a small dog bark.", "He heard a very large dog bark.")
    assert [(piece.change, piece.text) for piece in pieces] == [
        ("kept", "He "),
        ("gone", "saw"),
        ("added", "heard"),
        ("kept", " a "),
        ("gone", "small"),
        ("added", "very large"),
        ("kept", " dog bark."),
    ]


def test_no_two_texts_take_long_to_compare() -> None:
    words = [f"w{number}" for number in range(100)]
    began = time.thread_time()
    for before, after in [
        ("a " * 5000, "b " * 5000),
        (" ".join(words * 30), " ".join(words[::-1] * 30)),
        (" ".join(map(str, range(2000))), " ".join(map(str, range(2000, 0, -1)))),
    ]:
        differences(before, after)
    # Of the processor, not of the clock; without the bound they take minutes.
    assert time.thread_time() - began < 20


# The page

pytestmark = pytest.mark.django_db


def test_each_version_stands_there_with_what_it_changed_and_its_votes(review: Review, client: Client) -> None:
    a_vote(review)
    edit(review, "A large dog barks.\n\nNobody listens to it.\n\nIt stops.", headline="Grey and easy to shake off")
    a_vote(review, helpful=False)
    page = history(client, review)
    newest, first = page.all("article")
    assert marked(newest) == ["del hard", "ins easy", "del small", "ins large", "ins It stops."]
    assert marked(first) == []
    assert "Version 2" in newest.text
    assert "what readers see now" in newest.text
    assert "1 out of 2 found this helpful." in newest.text
    assert "Version 1 6 January 2005 as it was first published" in first.text
    assert "1 out of 1 had found the review helpful when this was replaced on" in first.text
    assert [paragraph.text for paragraph in first.all("p", cls="p")] == ["A small dog barks.", "Nobody listens to it."]


def test_the_card_leads_to_it_and_says_what_came_before(review: Review, client: Client) -> None:
    lists = [f"/title/{review.title.slug}/reviews/", "/reviews/", "/user/author/", f"/review/{review.pk}/"]
    for _ in range(3):
        a_vote(review)
    for path in lists:
        assert "edited" not in tree(client.get(path)).one("article").text
    edit(review, "A large dog barks.")
    a_vote(review)
    Review.objects.filter(pk=review.pk).update(edited=datetime(2019, 5, 2, 12, tzinfo=UTC))
    for path in lists:
        card = tree(client.get(path)).one("article")
        assert card.one("a", href=f"/review/{review.pk}/history/").text == "edited 2 May 2019"
        assert "3 of 4 votes were cast before the last edit." in card.text


def test_a_review_that_was_never_edited_has_one_version(review: Review, client: Client) -> None:
    page = history(client, review)
    assert len(page.all("article")) == 1
    assert marked(page) == []


def test_many_versions_come_a_page_at_a_time(review: Review, client: Client) -> None:
    for number in range(versions.STEPS_A_PAGE + 2):
        edit(review, f"Take {number}.")
    page = history(client, review)
    numbers = [article.attrs["id"] for article in page.all("article")]
    assert numbers == [f"version-{number}" for number in range(13, 3, -1)]
    older = page.one("a", href="?before=4")
    page = history(client, review, older.attrs["href"])
    assert [article.attrs["id"] for article in page.all("article")] == ["version-3", "version-2", "version-1"]
    assert marked(page.one("article", id="version-3")) == ["del 0.", "ins 1."]
    for strange in ("0", "-1", "x", "9" * 99, "٣", "\0"):
        assert client.get(f"/review/{review.pk}/history/", {"before": strange}).status_code == 200


@pytest.mark.parametrize(
    ("body", "spoiler"), [("The butler did it.", True), ("It is >!the butler!< after all.", False)]
)
def test_where_one_version_gives_something_away_all_are_folded(
    review: Review, client: Client, body: str, spoiler: bool
) -> None:
    edit(review, "The butler did it, and everybody knows.")
    edit(review, body, spoiler=spoiler)
    edit(review, "Nothing to see.")
    page = history(client, review)
    assert len(page.all("details", cls="spoiler")) == 4
    for fold in page.all("details"):
        assert "open" not in fold.attrs
    folded = " ".join(fold.text for fold in page.all("details", cls="spoiler"))
    assert page.text.count("butler") == folded.count("butler") > 2


@pytest.mark.parametrize("state", ["hidden", "held", "deleted"])
def test_what_is_not_public_has_no_public_history(review: Review, client: Client, reader: User, state: str) -> None:
    edit(review, "A large dog barks.")
    Review.objects.filter(pk=review.pk).update(**in_state(state))
    for who in (client, signed_in(reader)):
        assert who.get(f"/review/{review.pk}/history/").status_code == 404
    own = signed_in(review.author).get(f"/review/{review.pk}/history/").status_code
    assert own == (404 if state == "deleted" else 200)


def test_what_a_moderator_hid_stays_out_of_the_history_when_the_review_comes_back(
    review: Review, client: Client, author: User
) -> None:
    edit(review, "LIBEL, the first.")
    edit(review, "LIBEL, the second.")
    Review.objects.filter(pk=review.pk).update(state="hidden")
    edit(review, "Clean now.")
    Review.objects.filter(pk=review.pk).update(state="published")
    edit(review, "Clean, and better.")
    for who, count in ((client, 2), (signed_in(a_member()), 2), (signed_in(author), 5)):
        page = history(who, review)
        assert len(page.all("article")) == count
        assert ("LIBEL" in page.text) == (count == 5)
    assert Version.objects.filter(withheld=True).count() == 3


def test_the_history_asks_no_more_the_longer_it_is(review: Review, client: Client) -> None:
    for number in range(8):
        edit(review, f"Take {number}.")
    with CaptureQueriesContext(connection) as queries:
        history(client, review)
    assert len(queries) == 2
