"""A rating without a review, from the title's overview: given, changed, taken back, counted at once."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from reviews.models import Rating, Review, Title
from tests.factories import a_rating, a_review, a_title
from tests.html import tree
from tests.reviews.writers import signed_in

pytestmark = pytest.mark.django_db

SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def title() -> Title:
    return a_title("The Lamplighter", year=2004)


def rate(client: Client, title: Title, rating: str, **headers: str) -> None:
    answer = client.post(f"/title/{title.slug}/rate/", {"rating": rating}, headers=headers)
    assert answer.status_code == 200 if headers else answer["Location"] == f"/title/{title.slug}/#own-rating"
    title.refresh_from_db()


def test_members_rate_from_the_overview_change_it_and_take_it_back(reader: User, title: Title) -> None:
    a_rating(title, value=4)
    client = signed_in(reader)
    for rating, counts in [("8", (2, 12)), ("3", (2, 7)), ("3", (2, 7)), ("none", (1, 4))]:
        rate(client, title, rating)
        assert (title.rating_count, title.rating_sum) == counts
        scale = tree(client.get(title.get_absolute_url())).one(id="own-rating")
        chosen = [radio.attrs["value"] for radio in scale.all("input", type="radio") if "checked" in radio.attrs]
        assert chosen == [rating]
    assert not Review.objects.exists()


def test_the_scale_is_eleven_radios_that_also_clear(reader: User, title: Title) -> None:
    scale = tree(signed_in(reader).get(title.get_absolute_url())).one(id="own-rating").one("fieldset")
    radios = scale.all("input", type="radio", name="rating")
    assert [radio.attrs["value"] for radio in radios] == [*map(str, range(1, 11)), "none"]
    assert scale.one("legend").text == "Your rating"


def test_visitors_have_no_scale_and_are_sent_to_sign_in(client: Client, title: Title) -> None:
    assert not tree(client.get(title.get_absolute_url())).all(id="own-rating")
    answer = client.post(f"/title/{title.slug}/rate/", {"rating": "8"})
    assert answer["Location"] == f"/accounts/login/?next=%2Ftitle%2F{title.slug}%2F"
    answer = client.post(f"/title/{title.slug}/rate/", {"rating": "8"}, headers=SCRIPT)
    assert answer["HX-Redirect"].startswith("/accounts/login/")
    assert not Rating.objects.exists()


def test_in_place_the_figures_and_what_is_said_come_along(reader: User, title: Title) -> None:
    answer = signed_in(reader).post(f"/title/{title.slug}/rate/", {"rating": "8"}, headers=SCRIPT)
    part = tree(answer)
    assert not part.all(id="own-rating"), "the form stays as the member left it"
    assert "8.0/10" in part.one(id="figures").text
    assert part.one(id="announced").text == "You rated it 8."


def test_one_rating_is_shown_wherever_it_is_shown(reader: User, title: Title) -> None:
    review = a_review(title, reader, rating=5)
    client = signed_in(reader)
    rate(client, title, "9")
    review.refresh_from_db()
    assert (review.rating, review.edited, review.version) == (9, None, 1)
    assert title.open_counts[9] == 1
    assert "checked" in tree(client.get(f"/title/{title.slug}/reviews/write/")).one(id="rating-9").attrs


@pytest.mark.parametrize("state", ["hidden", "held"])
def test_a_rating_beside_a_hidden_review_does_not_count(reader: User, title: Title, state: str) -> None:
    a_review(title, reader, rating=5, state=state)
    rate(signed_in(reader), title, "9")
    assert title.rating_count == 0


@pytest.mark.parametrize("rating", ["0", "11", "-1", "8.0", "", "None", " 8", "８", "\0", "9" * 5000, "<b>"])
def test_what_is_no_rating_is_refused_and_changes_nothing(reader: User, title: Title, rating: str) -> None:
    a_rating(title, reader, 6)
    for headers in ({}, SCRIPT):
        answer = signed_in(reader).post(f"/title/{title.slug}/rate/", {"rating": rating}, headers=headers)
        assert answer.status_code == 400
    assert signed_in(reader).post(f"/title/{title.slug}/rate/").status_code == 400
    assert Rating.objects.get().value == 6


def test_looking_rates_nothing(reader: User, title: Title) -> None:
    assert signed_in(reader).get(f"/title/{title.slug}/rate/", {"rating": "8"}).status_code == 405
    assert signed_in(reader).post("/title/no-such-title/rate/", {"rating": "8"}).status_code == 404
    assert not Rating.objects.exists()


def test_an_address_is_confirmed_before_the_first_rating(reader: User, title: Title, settings: Settings) -> None:
    settings.ASK_TO_CONFIRM = True
    answer = signed_in(reader).post(f"/title/{title.slug}/rate/", {"rating": "8"})
    assert answer["Location"] == "/accounts/email/"
    assert not Rating.objects.exists()
