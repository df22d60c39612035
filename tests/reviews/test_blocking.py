"""Blocking: the reviews of whom one blocked are folded away, for oneself alone, and nobody is told."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from reviews import blocking
from reviews.models import Block, Review
from tests.factories import a_member, a_review
from tests.html import tree

pytestmark = pytest.mark.django_db

BLOCKED = "/accounts/settings/blocked/"


@pytest.fixture
def review(author: User) -> Review:
    return a_review(author=author, headline="Lamps all the way", body="WORDSOFTHEBLOCKED and no more.")


def places(review: Review) -> list[str]:
    """Every page that the review stands on."""
    title = f"/title/{review.title.slug}/"
    return ["/", "/reviews/", title, f"{title}reviews/", f"/user/{review.author.username}/", f"/review/{review.pk}/"]


def test_blocked_reviews_are_folded_on_every_page_with_a_way_to_open_them(
    client: Client, reader: User, review: Review
) -> None:
    client.force_login(reader)
    client.post("/user/author/block/", {"block": "yes"})
    for path in places(review):
        page = tree(client.get(path))
        fold = page.one("details", cls="blocked")
        assert "open" not in fold.attrs, path
        assert "by a member you blocked." in fold.one("summary").text
        assert fold.one("article", id=f"review-{review.pk}")
        outside = page.text.replace(fold.text, "")
        assert "WORDSOFTHEBLOCKED" not in outside, path


def test_taking_it_back_opens_them_again(client: Client, reader: User, review: Review) -> None:
    client.force_login(reader)
    client.post("/user/author/block/", {"block": "yes"})
    assert "You blocked this member." in tree(client.get("/user/author/")).text
    answer = client.post("/user/author/block/", {"block": "no"})
    assert answer.headers["Location"] == "/user/author/"
    assert not tree(client.get("/reviews/")).all("details", cls="blocked")


def test_nobody_else_sees_it_and_the_blocked_least(
    client: Client, reader: User, stranger: User, author: User, review: Review
) -> None:
    before = {}
    for round_ in range(2):
        for name, member in (("stranger", stranger), ("author", author), ("visitor", None)):
            seen = Client()
            if member:
                seen.force_login(member)
            for path in [*places(review), f"/user/{reader.username}/"]:
                # Their own page has a form with a token that changes.
                html = tree(seen.get(path)).text
                if round_ == 0:
                    before[name, path] = html
                else:
                    assert html == before[name, path], (name, path)
        client.force_login(reader)
        client.post("/user/author/block/", {"block": "yes"})
    assert Block.objects.count() == 1
    assert len(before) == 21


@pytest.mark.parametrize("path", ["/title/{}/reviews/", "/title/{}/"])
def test_it_costs_the_reviews_of_a_title_no_query(client: Client, reader: User, review: Review, path: str) -> None:
    client.force_login(reader)
    path = path.format(review.title.slug)
    client.get(path)
    with CaptureQueriesContext(connection) as without:
        client.get(path)
    blocking.block(reader, review.author)
    client.get(path)
    with CaptureQueriesContext(connection) as with_it:
        client.get(path)
    assert len(with_it) == len(without)


def test_blocking_twice_is_blocking_once(reader: User, author: User) -> None:
    blocking.block(reader, author)
    blocking.block(reader, author)
    assert Block.objects.get().blocked == author
    blocking.unblock(reader, author)
    blocking.unblock(reader, author)
    assert not Block.objects.exists()


def test_nobody_blocks_themselves(client: Client, reader: User) -> None:
    client.force_login(reader)
    client.post("/user/reader/block/", {"block": "yes"})
    assert not Block.objects.exists()
    assert not tree(client.get("/user/reader/")).all("form", cls="blocking")
    with pytest.raises(IntegrityError), transaction.atomic():
        Block.objects.create(member=reader, blocked=reader)


def test_a_visitor_is_asked_to_sign_in_and_comes_back(client: Client, author: User) -> None:
    answer = client.post("/user/author/block/", {"block": "yes"})
    assert answer.headers["Location"] == "/accounts/login/?next=%2Fuser%2Fauthor%2F"
    assert not tree(client.get("/user/author/")).all("form", cls="blocking")


@pytest.mark.parametrize(
    "form", [{}, {"block": ""}, {"block": "\0"}, {"block": "x" * 9000}, {"block": ["yes", "maybe"]}, {"vote": "yes"}]
)
def test_anything_else_is_refused_and_changes_nothing(
    client: Client, reader: User, author: User, form: dict[str, str]
) -> None:
    client.force_login(reader)
    assert client.post("/user/author/block/", form).status_code == 400
    assert not Block.objects.exists()


def test_nothing_is_blocked_by_looking_or_without_the_token(reader: User, author: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(reader)
    assert client.get("/user/author/block/", {"block": "yes"}).status_code == 405
    assert client.post("/user/author/block/", {"block": "yes"}).status_code == 403
    assert not Block.objects.exists()


@pytest.mark.parametrize("username", ["nobody", "closed"])
def test_who_is_not_there_cannot_be_blocked(client: Client, reader: User, username: str) -> None:
    a_member("closed", is_active=False)
    client.force_login(reader)
    assert client.post(f"/user/{username}/block/", {"block": "yes"}).status_code == 404


# The list in the settings


def test_the_settings_lead_to_whom_one_has_blocked_with_a_way_to_take_it_back(
    client: Client, reader: User, stranger: User, author: User
) -> None:
    client.force_login(reader)
    assert tree(client.get("/accounts/settings/")).all("a", href=BLOCKED)
    assert "You have blocked nobody." in tree(client.get(BLOCKED)).text
    for other in (author, stranger):
        blocking.block(reader, other)
    Block.objects.filter(blocked=author).update(since=datetime(2011, 3, 1, 20, tzinfo=UTC))
    entries = tree(client.get(BLOCKED)).one("ul", cls="listed").all("li")
    assert [entry.one("a").text for entry in entries] == ["stranger", "author"]
    assert "Since 1 March 2011" in entries[1].text
    answer = client.post(entries[1].one("form").attrs["action"], follow=True)
    assert answer.redirect_chain == [(BLOCKED, 302)]
    page = tree(answer)
    assert "author is not blocked any more." in page.one("p", role="status", cls="message").text
    assert [entry.one("a").text for entry in page.one("ul", cls="listed").all("li")] == ["stranger"]


def test_who_was_shut_out_since_can_be_unblocked_too(client: Client, reader: User, author: User) -> None:
    blocking.block(reader, author)
    User.objects.filter(pk=author.pk).update(is_active=False)
    client.force_login(reader)
    entry = tree(client.get(BLOCKED)).one("ul", cls="listed").one("li")
    assert not entry.all("a")
    client.post(entry.one("form").attrs["action"])
    assert not Block.objects.exists()


def test_one_ends_ones_own_blocks_alone(client: Client, reader: User, stranger: User, author: User) -> None:
    blocking.block(stranger, author)
    theirs = Block.objects.get()
    client.force_login(reader)
    assert "author" not in tree(client.get(BLOCKED)).one("main").text
    for pk in (theirs.pk, 2**70):
        assert client.post(f"{BLOCKED}{pk}/unblock/").status_code == 404
    assert Block.objects.exists()


def test_the_list_costs_the_same_for_two_and_for_twelve(client: Client, reader: User) -> None:
    client.force_login(reader)
    costs = []
    for rows in (2, 12):
        while Block.objects.count() < rows:
            blocking.block(reader, a_member())
        with CaptureQueriesContext(connection) as queries:
            client.get(BLOCKED)
        costs.append(len(queries))
    assert costs[0] == costs[1]
