"""The page on which a review is reported: by members, and without an account."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from reviews.models import Notice, Reason, Report, Review
from reviews.moderation.reporting import Outsider, report
from tests.factories import a_member, a_review, a_trusted_member, in_state
from tests.html import tree

pytestmark = pytest.mark.django_db

VISITOR = {"reason": "insult", "words": "", "name": "Ida Holm", "email": "ida@example.org", "good_faith": "on"}


def page_of(review: Review) -> str:
    return f"/review/{review.pk}/report/"


def signed_in(member: User) -> Client:
    client = Client()
    client.force_login(member)
    return client


def errors_of(response: Any) -> list[str]:
    return [node.text.lstrip("!").strip() for node in tree(response).all(cls="field-error")]


def test_every_card_leads_to_it_but_ones_own(client: Client, review: Review, author: User) -> None:
    for path in (review.get_absolute_url(), f"/title/{review.title.slug}/reviews/", "/reviews/", "/user/author/"):
        links = [node.attrs["href"] for node in tree(client.get(path)).all("a") if node.text == "Report"]
        assert links == [page_of(review)], path
        assert page_of(review) not in signed_in(author).get(path).content.decode(), path


def test_a_member_reports_and_is_told_what_happens_next(review: Review, reader: User) -> None:
    client = signed_in(reader)
    form = tree(client.get(page_of(review))).one("form", cls="form")
    assert [node.attrs["value"] for node in form.all("input", type="radio")] == Reason.values
    assert not form.all("input", name="email")
    response = client.post(page_of(review), {"reason": "spoiler", "words": " It tells\r\nthe end. "}, follow=True)
    assert "Thank you: your report has arrived." in tree(response).text
    made = Report.objects.get()
    assert (made.reporter, made.reason, made.words, made.name) == (reader, "spoiler", "It tells\nthe end.", "")
    assert Notice.objects.get().member == reader


def test_a_visitor_reports_by_name_and_address(client: Client, review: Review) -> None:
    page = tree(client.get(page_of(review)))
    assert page.all("a", href=f"/accounts/login/?next={page_of(review)}")
    response = client.post(page_of(review), VISITOR, follow=True)
    assert "a receipt is on its way there" in tree(response).text
    made = Report.objects.get()
    assert (made.reporter, made.name, made.email) == (None, "Ida Holm", "ida@example.org")


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"name": "", "email": "", "good_faith": ""}, 3),
        ({"name": " \u202e ", "email": "ida"}, 2),
        ({"reason": ""}, 1),
        ({"reason": "unlikely"}, 1),
        ({"reason": "other"}, 1),
        ({"reason": "other", "words": " \u200b\n"}, 1),
        ({"reason": "law", "words": ""}, 1),
        ({"words": "x" * 501}, 1),
        ({"words": "a\x00b"}, 1),
        ({"name": "a\x00b"}, 1),
        ({"email": "a\x00b@example.org"}, 1),
        ({"email": "\u202eida@example.org"}, 1),
        ({"email": "x" * 300 + "@example.org"}, 1),
        ({"name": "x" * 151}, 1),
        ({"words": "x" * 2_000_000}, 1),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    client: Client, review: Review, given: dict[str, str], errors: int
) -> None:
    response = client.post(page_of(review), VISITOR | given)
    assert response.status_code == 422
    assert len(errors_of(response)) == errors
    summary = tree(response).one(cls="summary")
    assert len(summary.all("a")) == errors
    for link in summary.all("a"):
        assert tree(response).all(id=link.attrs["href"].lstrip("#"))
    assert not Report.objects.exists()


def test_what_was_typed_is_kept(client: Client, review: Review) -> None:
    words = "Line one\n<b>& two</b> \u202e שלום"
    response = client.post(page_of(review), VISITOR | {"words": words, "email": "no address"})
    page = tree(response)
    typed = page.one("textarea").children
    assert "".join(str(part) for part in typed).strip() == words
    assert page.one("input", name="name").attrs["value"] == "Ida Holm"
    assert page.one("input", name="email").attrs["value"] == "no address"
    assert "checked" in page.one("input", name="good_faith").attrs
    assert [node.attrs["value"] for node in page.all("input", type="radio") if "checked" in node.attrs] == ["insult"]


def test_the_title_of_a_refused_form_says_so(client: Client, review: Review) -> None:
    response = client.post(page_of(review), VISITOR | {"name": "", "email": ""})
    assert "<title>Two things need another look · Report a review of" in " ".join(response.content.decode().split())


@pytest.mark.parametrize("reason", Reason.values)
def test_words_are_needed_where_the_reason_says_too_little(reader: User, review: Review, reason: str) -> None:
    response = signed_in(reader).post(page_of(review), {"reason": reason})
    assert response.status_code == (422 if reason in {"law", "other"} else 302)


def test_nobody_needs_a_name_to_report_what_is_against_the_law(client: Client, review: Review) -> None:
    given = {"reason": "law", "words": "It leads to pictures of a child.", "good_faith": "on"}
    for number in (1, 2):
        assert client.post(page_of(review), given).status_code == 302
        assert Report.objects.filter(name="", email="", reporter=None).count() == number


def test_the_second_time_is_said_in_words(review: Review, reader: User) -> None:
    client = signed_in(reader)
    for _ in range(2):
        assert client.post(page_of(review), {"reason": "insult"}).status_code == 302
    assert Report.objects.count() == 1
    page = tree(client.get(page_of(review)))
    assert "You reported this review on" in page.text
    assert not page.all("textarea")


def test_nobody_learns_whether_an_address_has_reported(client: Client, review: Review) -> None:
    report(review.pk, Outsider("Ida", "ida@example.org"), Reason.INSULT)
    answers = [
        client.post(page_of(review), VISITOR | {"email": email}) for email in ("IDA@example.org", "b@example.org")
    ]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (302, f"/title/{review.title.slug}/reviews/reported/")
    ] * 2
    assert Report.objects.count() == 2


def test_the_limit_of_a_day_is_said_in_words_and_the_text_stays(
    review: Review, reader: User, settings: Settings
) -> None:
    settings.REPORTS_A_DAY = 1
    report(a_review().pk, reader, Reason.INSULT)
    response = signed_in(reader).post(page_of(review), {"reason": "other", "words": "Typed with care."})
    assert response.status_code == 429
    assert "You have made 1 report today, which is the most." in tree(response).one(cls="summary").text
    assert "Typed with care." in tree(response).one("textarea").text


def test_visitors_send_five_an_hour(client: Client) -> None:
    reviews = [a_review() for _ in range(6)]
    answers = [client.post(page_of(review), VISITOR | {"words": "Kept."}) for review in reviews]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert "Five reports an hour are the most without an account." in tree(answers[-1]).text
    assert "Kept." in tree(answers[-1]).one("textarea").text
    assert signed_in(a_member()).post(page_of(reviews[5]), {"reason": "insult"}).status_code == 302


def test_a_refused_form_is_no_attempt(client: Client) -> None:
    reviews = [a_review() for _ in range(5)]
    for _ in range(9):
        client.post(page_of(reviews[0]), VISITOR | {"email": ""})
    assert [client.post(page_of(review), VISITOR).status_code for review in reviews] == [302] * 5


@pytest.mark.parametrize("state", ["held", "hidden", "deleted"])
def test_what_is_not_public_is_not_found(
    client: Client, review: Review, reader: User, author: User, state: str
) -> None:
    Review.objects.filter(pk=review.pk).update(**in_state(state))
    for who in (client, signed_in(reader), signed_in(author)):
        assert who.get(page_of(review)).status_code == 404
        assert who.post(page_of(review), VISITOR).status_code == 404
    assert client.get(f"/review/{10**30}/report/").status_code == 404


def test_ones_own_review_is_not_reported(review: Review, author: User) -> None:
    client = signed_in(author)
    page = tree(client.get(page_of(review)))
    assert "This is your own review." in page.text
    assert not page.all("textarea")
    assert client.post(page_of(review), {"reason": "insult"}).status_code == 403
    assert not Report.objects.exists()


def test_who_is_suspended_is_told_so_and_loses_no_word(review: Review, reader: User) -> None:
    User.objects.filter(pk=reader.pk).update(suspended=True, suspended_until=timezone.now() + timedelta(days=1))
    client = signed_in(reader)
    page = tree(client.get(page_of(review)))
    assert "You are suspended until" in page.text
    assert not page.all("textarea")
    response = client.post(page_of(review), {"reason": "insult", "words": "Typed with care."})
    assert response.status_code == 403
    assert "Typed with care." in tree(response).one("textarea").text
    assert not Report.objects.exists()


def test_the_report_that_takes_a_review_out_of_sight_has_its_receipt(review: Review) -> None:
    for _ in range(3):
        response = signed_in(a_trusted_member()).post(page_of(review), {"reason": "insult"}, follow=True)
        assert "Thank you: your report has arrived." in tree(response).text
    review.refresh_from_db()
    assert review.state == "held"


@pytest.mark.parametrize(
    "data",
    [
        {"reason": ["insult", "spoiler"], "words": ["a", "b"], "name": ["x", "y"], "email": ["a@b.cd", "e@f.gh"]},
        {"reason": "[]", "good_faith": "\u0662"},
        {"act": "1", "upheld": "true", "weight": "9", "reporter": "1"},
        {},
    ],
)
def test_forms_that_nobody_made_do_no_harm(client: Client, review: Review, data: dict[str, Any]) -> None:
    assert client.post(page_of(review), data).status_code in {302, 422}
    assert client.post(page_of(review), "{", content_type="application/json").status_code == 422
    assert not Report.objects.exclude(weight=1, upheld=None, reporter=None).exists()


def test_the_page_costs_the_same_whatever_was_reported(
    review: Review, reader: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(reader)
    for _ in range(4):
        report(review.pk, a_member(), Reason.INSULT)
    with django_assert_max_num_queries(4):
        client.get(page_of(review))
