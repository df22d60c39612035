"""Notices: what members are told, that looking marks nothing as read, and that they are nobody else's."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import User
from reviews.models import Act, Notice, Reason, Review
from reviews.moderation.deciding import Decision, decide
from reviews.moderation.reporting import report
from tests.factories import a_decision_on, a_review
from tests.html import Node, tree

pytestmark = pytest.mark.django_db

NOTICES, READ = "/notices/", "/notices/read/"


def signed_in(member: User) -> Client:
    client = Client()
    client.force_login(member)
    return client


def told(client: Client, path: str = NOTICES) -> list[str]:
    return [node.one("h2").text for node in tree(client.get(path)).all("article", cls="notice")]


def menu(client: Client) -> Node:
    return tree(client.get("/")).one("details", cls="menu")


def test_who_was_told_nothing_reads_that(reader: User) -> None:
    assert "Nothing has been decided about you." in tree(signed_in(reader).get(NOTICES)).text


@pytest.mark.parametrize(
    ("kind", "more", "words"),
    [
        ("fold", {}, "Your review of The Wick is folded as a spoiler."),
        ("hide", {}, "Your review of The Wick is hidden."),
        ("hold", {}, "Your review of The Wick is held until a moderator decides."),
        ("suspend", {"suspension": "good"}, "Your account is suspended for good."),
    ],
)
def test_an_author_reads_what_was_decided(
    author: User, moderator: User, kind: str, more: dict[str, Any], words: str
) -> None:
    review = a_review(author=author)
    review.title.name = "The Wick"
    review.title.save()
    act = a_decision_on(review, moderator, kind=kind, **more)
    notice = tree(signed_in(author).get(NOTICES)).one("article", cls="notice")
    assert notice.one("h2").text == words
    assert notice.one("h2").one("a").attrs["href"] == f"/decision/{act.pk}/"
    assert "Rule 1. About the work" in notice.text
    assert "by a moderator" in notice.text
    assert notice.one("blockquote").text == "It is about a shop."


def test_a_suspension_names_its_end(author: User, moderator: User) -> None:
    act = a_decision_on(a_review(author=author), moderator, kind="suspend", suspension="week")
    assert act.until
    (words,) = told(signed_in(author))
    assert words == f"Your account is suspended until {act.until:%-d %B %Y, %H:%M} UTC."


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("no_action", "that you reported stays as it is."),
        ("fold", "that you reported is folded as a spoiler now."),
        ("hide", "that you reported is hidden now."),
        ("suspend", "that you reported broke the rules, and a moderator has acted."),
    ],
)
def test_who_reported_gets_a_receipt_and_the_outcome(
    review: Review, reader: User, moderator: User, kind: str, outcome: str
) -> None:
    client = signed_in(reader)
    case = report(review.pk, reader, Reason.OFF_TOPIC, "A shop.").case
    assert [words.endswith("has arrived.") for words in told(client)] == [True]
    length = "week" if kind == "suspend" else ""
    decide(case.pk, moderator, case.version, Decision(Act.Kind(kind), reason="We looked.", suspension=length))
    first, second = told(client)
    assert first.endswith(outcome)
    assert second.endswith("has arrived.")
    page = client.get(NOTICES).content.decode()
    assert "You reported it as: Not about this title." in page
    assert "We looked." in page
    # The decision itself is its author's.
    assert "/decision/" not in page
    assert client.get(f"/decision/{Act.objects.get().pk}/").status_code == 404


def test_nobody_is_named(review: Review, reader: User, author: User, moderator: User) -> None:
    User.objects.filter(pk=moderator.pk).update(name="Ulla Watch")
    User.objects.filter(pk=reader.pk).update(name="Rolf Reads")
    case = report(review.pk, reader, Reason.OFF_TOPIC, "WORDSOFTHEREPORT").case
    act = decide(case.pk, moderator, case.version, Decision(Act.Kind.HIDE, reason="Why."))
    for path in (NOTICES, f"/decision/{act.pk}/"):
        page = signed_in(author).get(path).content.decode()
        for secret in ("Ulla Watch", "moderator/", "Rolf Reads", "/user/reader/", "WORDSOFTHEREPORT"):
            assert secret not in page, (path, secret)
    assert "Ulla Watch" not in signed_in(reader).get(NOTICES).content.decode()


def test_they_are_ones_own(author: User, stranger: User, moderator: User) -> None:
    a_decision_on(a_review(author=author), moderator)
    assert told(signed_in(stranger)) == []
    assert Client().get(NOTICES)["Location"] == f"/accounts/login/?next={NOTICES}"


def test_the_menu_says_how_many_are_unread(
    author: User,
    moderator: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = signed_in(author)
    assert menu(client).one("a", href=NOTICES).text == "Notices"
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            a_decision_on(a_review(author=author), moderator)
    assert menu(client).one("a", href=NOTICES).text == "Notices 2 unread"
    assert menu(client).one("summary").attrs["aria-label"].endswith("your menu, 2 unread notices")


def test_looking_marks_nothing_as_read(
    author: User, moderator: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        act = a_decision_on(a_review(author=author), moderator)
    client = signed_in(author)
    for _ in range(2):
        client.get(NOTICES)
        client.get(f"/decision/{act.pk}/")
    assert not Notice.objects.get(member=author).read
    page = tree(client.get(NOTICES))
    assert len(page.all("article", cls="unread")) == 1
    form = page.one("form", cls="mark-read")
    client.post(READ, {"up_to": form.one("input", name="up_to").attrs["value"]})
    assert Notice.objects.get(member=author).read
    page = tree(client.get(NOTICES))
    assert not page.all("article", cls="unread")
    assert not page.all("form", cls="mark-read")
    assert menu(client).one("a", href=NOTICES).text == "Notices"


def test_what_came_after_the_page_stays_unread(
    author: User, stranger: User, moderator: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client = signed_in(author)
    a_decision_on(a_review(author=author), moderator)
    up_to = Notice.objects.get(member=author).pk
    with django_capture_on_commit_callbacks(execute=True):
        a_decision_on(a_review(author=author), moderator)
        a_decision_on(a_review(author=stranger), moderator)
    client.post(READ, {"up_to": str(up_to)})
    assert [notice.read for notice in Notice.objects.filter(member=author).order_by("pk")] == [True, False]
    assert User.objects.get(pk=author.pk).unread_notices == 1
    client.post(READ, {"up_to": "9" * 30})
    assert Notice.objects.filter(member=stranger, read=False).count() == 1


@pytest.mark.parametrize("up_to", ["", "-1", "one", "٣", "\x00", "9" * 5000, "1.5"])
def test_a_form_that_nobody_made_does_no_harm(author: User, up_to: str) -> None:
    assert signed_in(author).post(READ, {"up_to": up_to}).status_code == 302


def test_pages_go_on_where_the_last_one_ended(author: User, moderator: User, settings: Settings) -> None:
    settings.NOTICES_PER_PAGE = 2
    for _ in range(5):
        a_decision_on(a_review(author=author), moderator)
    client, path, pages = signed_in(author), NOTICES, list[list[str]]()
    while path:
        page = tree(client.get(path))
        pages.append([node.one("h2").one("a").attrs["href"] for node in page.all("article", cls="notice")])
        path = next((NOTICES + link.attrs["href"] for link in page.all("a") if link.text == "Older"), "")
    assert [len(page) for page in pages] == [2, 2, 1]
    decided = [f"/decision/{act.pk}/" for act in Act.objects.order_by("-pk")]
    assert [link for page in pages for link in page] == decided
    assert client.get(NOTICES, {"after": "nothing"}).status_code == 200


def test_the_page_costs_the_same_with_many(
    author: User, moderator: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(author)
    for number in (2, 10):
        for _ in range(number):
            a_decision_on(a_review(author=author), moderator)
            report(a_review().pk, author, Reason.INSULT)
        with django_assert_num_queries(3):
            assert len(told(client)) == min(25, number * 2 + (4 if number == 10 else 0))


def test_an_erased_review_leaves_a_notice_that_can_be_read(author: User, moderator: User) -> None:
    review = a_review(author=author)
    act = a_decision_on(review, moderator)
    Review.objects.filter(pk=review.pk).delete()
    client = signed_in(author)
    assert len(told(client)) == 1
    assert client.get(f"/decision/{act.pk}/").status_code == 200
