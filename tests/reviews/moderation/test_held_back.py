"""What an author sees of a review that was taken out of sight, and a suspended member wherever they try to act."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from reviews.models import Act, Draft, Rating, Reason, Review, Vote
from reviews.moderation.reporting import report
from tests.factories import a_decision_on, a_review, a_title, a_trusted_member
from tests.html import Node, tree
from tests.reviews.writers import BODY, address, filled_in, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def suspended(author: User, moderator: User) -> Client:
    """The author, suspended for a week."""
    a_decision_on(a_review(author=author), moderator, kind="suspend", suspension="week")
    return signed_in(author)


@pytest.mark.parametrize("kind", ["hide", "hold"])
def test_its_author_reads_it_with_why_and_what_can_be_done(
    client: Client, author: User, stranger: User, moderator: User, kind: str
) -> None:
    review = a_review(author=author, body="WORDSOFMINE")
    act = a_decision_on(review, moderator, kind=kind)
    page = tree(signed_in(author).get(review.get_absolute_url()))
    notice = page.one(cls="out-of-sight")
    assert notice.text.startswith("Only you see this review")
    assert "By rule 1. About the work." in notice.text
    assert "It is about a shop." in notice.text
    assert notice.one("a").attrs["href"] == f"/decision/{act.pk}/"
    assert "WORDSOFMINE" in page.text
    for who in (client, signed_in(stranger)):
        response = who.get(review.get_absolute_url())
        assert response.status_code == 404
        assert b"WORDSOFMINE" not in response.content


def test_one_that_reports_took_out_of_sight_says_that_it_waits(review: Review, author: User) -> None:
    for _ in range(3):
        report(review.pk, a_trusted_member(), Reason.INSULT)
    notice = tree(signed_in(author).get(review.get_absolute_url())).one(cls="out-of-sight")
    assert notice.text.startswith("Only you see this review: it is held until a moderator decides.")
    assert notice.one("a").attrs["href"] == f"/decision/{Act.objects.get().pk}/"


def test_an_edit_leads_back_to_the_decision(author: User, moderator: User) -> None:
    review = a_review(author=author)
    act = a_decision_on(review, moderator)
    form = {name: node.attrs["value"] for node in hidden_fields(author, review) if (name := node.attrs["name"])}
    response = signed_in(author).post(address(review.title), filled_in(**form), follow=True)
    page = tree(response)
    assert "Your changes are saved. At the decision you can ask for another look at them." in page.text
    assert page.all("a", href=f"/decision/{act.pk}/")
    assert Review.objects.get(pk=review.pk).state == "hidden"


def hidden_fields(author: User, review: Review) -> list[Node]:
    form = tree(signed_in(author).get(address(review.title))).one("form", id="write")
    return [node for node in form.all("input", type="hidden") if node.attrs["name"] != "csrfmiddlewaretoken"]


def test_one_in_sight_says_nothing(review: Review, author: User) -> None:
    assert not tree(signed_in(author).get(review.get_absolute_url())).all(cls="out-of-sight")


def test_it_stands_with_what_one_has_in_hand(author: User, moderator: User) -> None:
    review = a_review(author=author)
    a_decision_on(review, moderator)
    page = tree(signed_in(author).get("/drafts/"))
    assert page.one("section").one("h2").text == "Out of readers' sight"
    assert [link.attrs["href"] for link in page.one("section").one("h3").all("a")] == [review.get_absolute_url()]


# Suspended


def test_writing_says_so_and_keeps_the_text(suspended: Client, author: User) -> None:
    title = a_title()
    page = tree(suspended.get(address(title)))
    assert "You are suspended until" in page.text
    assert page.all("a", href="/suspension/")
    response = suspended.post(address(title), filled_in(member=str(author.pk)))
    assert response.status_code == 422
    assert "You are suspended until" in tree(response).one(cls="summary").text
    assert "What you wrote is kept as a draft." in tree(response).one(cls="summary").text
    assert Draft.objects.get(member=author, title=title).body == BODY
    assert not Review.objects.filter(title=title).exists()


def test_rating_says_so(suspended: Client) -> None:
    title = a_title()
    page = tree(suspended.get(title.get_absolute_url()))
    assert "You are suspended until" in page.text
    assert not page.all("form", id="own-rating")
    assert suspended.post(f"/title/{title.slug}/rate/", {"rating": "8"})["Location"] == "/suspension/"
    response = suspended.post(f"/title/{title.slug}/rate/", {"rating": "8"}, headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == "/suspension/"
    assert not Rating.objects.filter(title=title).exists()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["form", "script"])
def test_voting_says_so(suspended: Client, headers: dict[str, str]) -> None:
    review = a_review()
    response = suspended.post(f"/review/{review.pk}/vote/", {"vote": "yes"}, headers=headers, follow=True)
    line = tree(response).one("footer", cls="vote-line")
    assert "You cannot vote while suspended. Until" in line.text
    assert line.all("a", href="/suspension/")
    assert not line.all("button")
    assert not Vote.objects.filter(review=review).exists()


def test_for_good_is_said_so(suspended: Client, author: User) -> None:
    User.objects.filter(pk=author.pk).update(suspended_until=None)
    title = a_review().title
    assert "You are suspended for good." in tree(suspended.get(title.get_absolute_url())).text
    assert "You cannot vote while suspended. For good" in tree(suspended.get(f"/title/{title.slug}/reviews/")).text


def test_when_it_is_over_all_is_as_before(suspended: Client, author: User) -> None:
    User.objects.filter(pk=author.pk).update(suspended_until=timezone.now() - timedelta(seconds=1))
    title = a_title()
    assert "suspended" not in suspended.get(address(title)).content.decode()
    assert suspended.post(address(title), filled_in(member=str(author.pk))).status_code == 302


def test_reading_exporting_and_notices_stay_open(suspended: Client) -> None:
    for path in ("/", "/titles/", "/notices/", "/accounts/settings/", "/accounts/settings/export/", "/drafts/"):
        assert suspended.get(path).status_code == 200, path


def test_being_suspended_costs_no_query(suspended: Client, stranger: User) -> None:
    path, costs = f"/title/{a_review().title.slug}/reviews/", []
    for client in (signed_in(stranger), suspended):
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_who_has_not_confirmed_an_address_is_asked_to(author: User, settings: Settings) -> None:
    settings.ASK_TO_CONFIRM = True
    response = signed_in(author).post(address(a_title()), filled_in(member=str(author.pk)))
    assert (
        "Confirm your e-mail address first. What you wrote is kept as a draft."
        in tree(response).one(cls="summary").text
    )
