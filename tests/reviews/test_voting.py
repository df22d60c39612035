"""Helpful votes through the site: cast, changed, taken back, and refused."""

import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from reviews import voting
from reviews.models import Review, Title, Vote
from tests import factories


@pytest.fixture
def review(author: User) -> Review:
    return factories.a_review(author=author, helpful=3, votes=5)


@pytest.fixture
def voter(client: Client, reader: User) -> Client:
    client.force_login(reader)
    return client


def tally(review: Review) -> tuple[int, int]:
    review.refresh_from_db()
    return review.helpful, review.votes


def send(client: Client, review: Review, choice: str, **extra: str) -> int:
    return client.post(reverse("vote", args=[review.pk]), {"vote": choice, **extra}).status_code


def test_a_vote_is_counted_changed_and_taken_back(voter: Client, review: Review) -> None:
    tallies = []
    for choice in ("yes", "yes", "no", "none", "none"):
        assert send(voter, review, choice) == 302
        tallies.append(tally(review))
    assert tallies == [(4, 6), (4, 6), (3, 6), (3, 5), (3, 5)]


def test_without_a_script_one_is_back_at_the_same_review(voter: Client, review: Review) -> None:
    page = reverse("title_reviews", args=[review.title.slug]) + "?sort=date"
    answer = voter.post(reverse("vote", args=[review.pk]), {"vote": "yes", "next": page})
    assert answer["Location"] == f"{page}#review-{review.pk}"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:", ""])
def test_a_next_that_leads_elsewhere_is_ignored(voter: Client, review: Review, elsewhere: str) -> None:
    answer = voter.post(reverse("vote", args=[review.pk]), {"vote": "yes", "next": elsewhere})
    assert answer["Location"] == review.get_absolute_url()


def test_with_a_script_the_line_alone_comes_back_and_says_the_tally(voter: Client, review: Review) -> None:
    answer = voter.post(reverse("vote", args=[review.pk]), {"vote": "yes"}, headers={"HX-Request": "true"})
    html = answer.content.decode()
    assert "<html" not in html
    assert "4 out of 6" in html
    assert f'id="yes-{review.pk}"' in html
    assert html.count('aria-pressed="true"') == 1


def test_the_own_vote_is_shown_on_the_page(voter: Client, review: Review, reader: User) -> None:
    factories.a_vote(review, reader, helpful=False)
    html = voter.get(reverse("title_reviews", args=[review.title.slug])).content.decode()
    pressed = html.index('aria-pressed="true"')
    assert html.rindex("<button", 0, pressed) == html.index(f'<button class="vote" id="no-{review.pk}"')


def test_nobody_votes_on_their_own_review(client: Client, author: User, review: Review) -> None:
    client.force_login(author)
    assert send(client, review, "yes") == 302
    assert tally(review) == (3, 5)
    page = client.get(review.get_absolute_url()).content.decode()
    assert "You cannot vote on your own review." in page


@pytest.mark.parametrize("state", ["held", "hidden", "deleted"])
def test_what_is_not_public_cannot_be_voted_on(voter: Client, review: Review, reader: User, state: str) -> None:
    Review.objects.filter(pk=review.pk).update(**factories.in_state(state))
    assert send(voter, review, "yes") == 404
    voting.cast(reader, review.pk, helpful=True)
    assert tally(review) == (3, 5)


def test_a_visitor_is_asked_to_sign_in_and_brought_back(client: Client, review: Review) -> None:
    answer = client.post(reverse("vote", args=[review.pk]), {"vote": "yes"})
    assert answer["Location"].startswith(reverse("account_login") + "?next=")
    assert tally(review) == (3, 5)


def test_where_the_session_ended_the_whole_page_leads_to_sign_in(client: Client, review: Review) -> None:
    answer = client.post(reverse("vote", args=[review.pk]), {"vote": "yes"}, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"].startswith(reverse("account_login"))
    assert answer.content == b""


@pytest.mark.parametrize("choice", ["", "maybe", "YES", "1", "yes\0", "x" * 10_000])
def test_any_other_choice_is_answered_with_a_readable_page(voter: Client, review: Review, choice: str) -> None:
    answer = voter.post(reverse("vote", args=[review.pk]), {"vote": choice})
    assert answer.status_code == 400
    assert "This request could not be read." in answer.content.decode()
    assert tally(review) == (3, 5)


def test_fields_nobody_meant_change_nothing(voter: Client, review: Review, reader: User) -> None:
    send(voter, review, "yes", member="1", state="hidden", helpful="900", author="1")
    assert Vote.objects.get().member == reader
    assert (tally(review), review.state) == ((4, 6), "published")


def test_a_vote_is_one_statement(reader: User, review: Review, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        voting.cast(reader, review.pk, helpful=True)


@pytest.mark.django_db(transaction=True)
def test_fifty_members_at_once_are_counted_to_the_last_one() -> None:
    review = factories.a_review(factories.a_title(), factories.a_member())
    factories.a_record_of_votes(review)
    members = factories.members(50)

    def busy(number: int, member: User) -> None:
        for choice in (True, False, True, number % 2 == 0):
            voting.cast(member, review.pk, helpful=choice)
        if number % 5 == 0:
            voting.withdraw(member, review.pk)
        connection.close()

    threads = [threading.Thread(target=busy, args=pair) for pair in enumerate(members)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    votes = Vote.objects.filter(review=review)
    assert tally(review) == (votes.filter(helpful=True).count(), votes.count()) == (1020, 2040)
    assert Title.objects.get().review_count == 1
