"""The queue: what waits in which order, what each case says of itself, who sees it."""

from urllib.parse import unquote

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from reviews.models import Act, Appeal, Case, Review
from reviews.moderation import bursts, holding
from reviews.moderation.appealing import appeal
from reviews.moderation.cases import open_case_about
from reviews.moderation.deciding import Decision, decide
from tests.factories import a_case, a_member, a_moderator, a_review, a_title, a_trusted_member, a_vote
from tests.html import Node, tree

pytestmark = pytest.mark.django_db
Kind = Act.Kind


@pytest.fixture
def desk(client: Client, moderator: User) -> Client:
    """The moderator's browser."""
    client.force_login(moderator)
    return client


def rows(desk: Client, query: str = "") -> list[Node]:
    response = desk.get(f"/moderation/{query}")
    assert response.status_code == 200
    return tree(response).all("li", cls="case-row")


def headings(desk: Client, query: str = "") -> list[str]:
    return [row.one("h2").text for row in rows(desk, query)]


def held_votes(review: Review, number: int = 9) -> None:
    for _ in range(number):
        a_vote(review, helpful=False)
    assert bursts.hold(review.pk, helpful=False)


def an_appeal(review: Review, moderator: User, kind: Act.Kind = Kind.HIDE) -> Appeal:
    case = a_case(review)
    length = "week" if kind == Kind.SUSPEND else ""
    act = decide(case.pk, moderator, case.version, Decision(kind, reason="So.", suspension=length))
    return appeal(act, review.author, Appeal.Kind.OBJECTION, "No.")


def test_nothing_waits(desk: Client) -> None:
    page = tree(desk.get("/moderation/"))
    assert page.one(cls="sentence").text == "Nothing waits."
    assert not page.all(cls="facts")
    assert not page.all(cls="kinds")


def test_the_heaviest_comes_first_and_says_what_it_is_about(desk: Client, review: Review) -> None:
    light = a_case(a_review(), reason="advertising")
    for who, reason in ((a_trusted_member(), "spoiler"), (a_member(), "insult"), (a_member(), "insult")):
        heavy = a_case(review, who, reason=reason)
    first, second = rows(desk)
    heavy.refresh_from_db()
    # The reason that weighs most, not the one said most often.
    assert first.one("h2").text == "Unmarked spoiler, 3 reports"
    assert first.one("a").attrs["href"] == f"/moderation/case/{heavy.pk}/"
    assert first.one(cls="rating").text == f"Weight {heavy.weight:.1f}"
    assert review.headline in first.text
    assert f"{review.title.name} (1974)" in first.text
    assert "author" in first.one(cls="byline").text
    assert second.one("h2").text == "Advertising or spam, 1 report"
    assert light.weight < heavy.weight
    assert tree(desk.get("/moderation/")).one(cls="facts").text == "2 cases wait, the heaviest first."


def test_what_else_waits_in_a_case_is_said_too(desk: Client, review: Review) -> None:
    a_case(review, reason="copied")
    held_votes(review)
    (row,) = rows(desk)
    assert row.one("h2").text == "Copied, 1 report"
    assert row.one(cls="also").text == "9 held votes"
    assert not row.all(cls="state")


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (Act.By.LINKS, "Held by rule: links in a first review"),
        (Act.By.ALIKE, "Held by rule: very like another member’s review"),
        (Act.By.REWRITTEN, "Held by rule: written anew after a hidden one"),
    ],
)
def test_a_review_that_a_rule_held(desk: Client, review: Review, by: Act.By, words: str) -> None:
    holding.hold(review, by)
    (row,) = rows(desk)
    assert (row.one("h2").text, row.one(cls="state").text) == (words, "Held")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.FOLD, "Appeal against a fold"),
        (Kind.HIDE, "Appeal against a hide"),
        (Kind.HOLD, "Appeal against a hold"),
        (Kind.SUSPEND, "Appeal against a suspension"),
    ],
)
def test_an_appeal(desk: Client, second: User, review: Review, kind: Act.Kind, words: str) -> None:
    an_appeal(review, second, kind)
    (row,) = rows(desk)
    assert row.one("h2").text == words
    if kind == Kind.SUSPEND:
        assert row.one(cls="state").text == "Suspended"
        assert "An account" in row.text


def test_what_is_decided_waits_no_longer(desk: Client, moderator: User, review: Review) -> None:
    case = a_case(review)
    decide(case.pk, moderator, case.version, Decision(Kind.NO_ACTION))
    assert rows(desk) == []


def test_what_is_not_ones_own_to_decide_is_marked(desk: Client, moderator: User, review: Review) -> None:
    a_case(a_review(author=moderator))
    open_case_about(moderator, more=2)
    an_appeal(review, moderator)
    a_case(a_review())
    assert sum(bool(row.all(cls="not-yours")) for row in rows(desk)) == 3
    other = Client()
    other.force_login(a_moderator())
    assert not tree(other.get("/moderation/")).all(cls="not-yours")


def test_it_can_be_narrowed(desk: Client, second: User, review: Review) -> None:
    a_case(review)
    held_votes(a_review())
    an_appeal(a_review(), second)
    holding.hold(a_review(), Act.By.LINKS)
    page = tree(desk.get("/moderation/"))
    kinds = [link.text for link in page.one(cls="kinds").all("a")]
    assert kinds == ["All 4", "Reports 1", "Appeals 1", "Held votes 1", "Held reviews 1"]
    assert headings(desk, "?about=reports") == ["Insult or hate, 1 report"]
    assert headings(desk, "?about=appeals") == ["Appeal against a hide"]
    assert headings(desk, "?about=votes") == ["9 held votes"]
    assert headings(desk, "?about=held") == ["Held by rule: links in a first review"]
    assert len(headings(desk, "?about=nonsense")) == 4
    Case.objects.filter(review=review).delete()
    empty = tree(desk.get("/moderation/?about=reports"))
    assert empty.one(cls="sentence").text == "No case like that waits."
    assert empty.one(cls="kinds").one(aria_current="true").text == "Reports 0"


def test_paging_goes_through_all_of_them_once(desk: Client, settings: Settings) -> None:
    settings.CASES_PER_PAGE = 3
    title = a_title()
    # Many of one weight, opened one after the other.
    for number in range(8):
        a_case(a_review(title), a_trusted_member() if number % 3 == 0 else None)
    seen: list[str] = []
    path = "/moderation/?about=reports"
    for turn in range(3):
        page = tree(desk.get(path))
        seen += [row.one("a").attrs["href"] for row in page.all("li", cls="case-row")]
        links = {link.text: link.attrs["href"] for link in page.one(cls="pages").all("a")}
        assert set(links) == ({"Lighter"} if turn == 0 else {"Heaviest", "Lighter"} if turn == 1 else {"Heaviest"})
        path = links.get("Lighter", path)
    assert links["Heaviest"] == "/moderation/?about=reports"
    assert seen == [case.get_absolute_url() for case in Case.objects.waiting()]
    assert len(set(seen)) == 8


@pytest.mark.parametrize("after", ["", "x", "W10", "%00", "9" * 500])
def test_a_place_that_nobody_had_is_the_beginning(desk: Client, review: Review, after: str) -> None:
    a_case(review)
    assert len(rows(desk, f"?after={after}")) == 1


@pytest.mark.parametrize("number", [2, 12])
def test_the_queue_costs_the_same_however_long(
    desk: Client, second: User, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(number):
        a_case(a_review())
        an_appeal(a_review(), second)
    desk.get("/moderation/")
    # Session, member, two for the rights, numbers, cases.
    with django_assert_num_queries(6):
        desk.get("/moderation/")


def test_who_sees_it(client: Client, review: Review, moderator: User, reader: User) -> None:
    case = a_case(review)
    for path in ("/moderation/", f"/moderation/case/{case.pk}/"):
        answer = client.get(path)
        assert (answer.status_code, unquote(answer["Location"])) == (302, f"/accounts/login/?next={path}")
    admin = a_member("chief", is_staff=True, is_superuser=True)
    suspended = a_moderator("late", suspended=True)
    staff = a_member("staff", is_staff=True)
    for member, status in ((reader, 403), (staff, 403), (suspended, 403), (moderator, 200), (admin, 200)):
        client.force_login(member)
        for path in ("/moderation/", f"/moderation/case/{case.pk}/"):
            assert client.get(path).status_code == status, (member.username, path)
        assert client.get("/moderation/case/999999/").status_code == (404 if status == 200 else 403)


@pytest.mark.parametrize(("role", "shown"), [("reader", False), ("moderator", True), ("chief", True)])
def test_the_way_there_is_in_the_menu_of_those_who_may(client: Client, moderator: User, role: str, shown: bool) -> None:
    a_member("chief", is_superuser=True)
    member = User.objects.filter(username=role).first() or a_member(role)
    client.force_login(member)
    menu = tree(client.get("/about/")).one("details", cls="menu")
    assert ("Moderation" in menu.text) is shown


def test_the_menu_costs_members_without_rights_no_query(
    client: Client, reader: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(reader)
    # Session and member, as on every page of theirs.
    with django_assert_num_queries(2):
        client.get("/about/")
