"""What members set for themselves, and what it does to the pages they read."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.factories import a_member, a_rating, a_review, a_title
from tests.html import tree

pytestmark = pytest.mark.django_db

SETTINGS = "/accounts/settings/"
GIVEN = {"name": "Inés H.", "bio": "Films,\nmostly.", "spoilers": "open", "theme": "dark", "hides_figures": "on"}


@pytest.fixture
def ines() -> User:
    return a_member("ines", review_count=7)


@pytest.fixture
def inside(client: Client, ines: User) -> Client:
    client.force_login(ines)
    return client


def save(client: Client, **changed: Any) -> Any:
    return client.post(SETTINGS, GIVEN | changed)


def test_settings_are_a_members_own(client: Client) -> None:
    for answer in (client.get(SETTINGS), client.post(SETTINGS, GIVEN)):
        assert answer.headers["Location"] == f"/accounts/login/?next={SETTINGS}"


def test_what_is_set_is_kept_and_said(inside: Client, ines: User) -> None:
    answer = inside.post(SETTINGS, GIVEN, follow=True)
    ines.refresh_from_db()
    kept = (ines.name, ines.bio, ines.spoilers, ines.theme, ines.hides_figures)
    assert kept == ("Inés H.", "Films,\nmostly.", "open", "dark", True)
    assert tree(answer).one("p", cls="message").text == "Your settings are saved."
    assert tree(inside.get(SETTINGS)).one("textarea").text == "Films, mostly."


def test_saving_touches_nothing_else(inside: Client, ines: User) -> None:
    save(inside, is_staff="on", is_superuser="on", review_count="99", username="other", source_key="x", email="x@y.zz")
    after = User.objects.get(pk=ines.pk)
    assert (after.is_staff, after.is_superuser, after.review_count, after.username) == (False, False, 7, "ines")
    assert (after.source_key, after.email) == (None, "ines@example.org")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "a\x00b"),
        ("name", "bell\x07"),
        ("name", "\u200b\u3164"[:1]),
        ("name", "x" * 151),
        ("name", "Ad\u043cin"),
        ("bio", "\x00"),
        ("bio", "x" * 501),
        ("spoilers", "sometimes"),
        ("spoilers", ""),
        ("theme", ["dark", "sepia"]),
    ],
)
def test_what_cannot_be_is_refused_and_kept_in_sight(inside: Client, ines: User, field: str, value: Any) -> None:
    answer = save(inside, **{field: value})
    assert answer.status_code == 200
    page = tree(answer)
    summary = page.one("div", cls="summary")
    assert summary.one("a").attrs["href"] == f"#id_{field}"
    assert page.all(id=f"id_{field}")
    ines.refresh_from_db()
    assert ines.name == ""


def test_a_name_cannot_turn_the_words_around_it(inside: Client, ines: User) -> None:
    save(inside, name="Ole\u202eelO")
    ines.refresh_from_db()
    assert ines.name == "OleelO"


def test_staff_may_call_themselves_what_they_are(client: Client) -> None:
    chief = a_member("chief", is_staff=True)
    client.force_login(chief)
    assert save(client, name="Moderator").status_code == 302


@pytest.mark.parametrize(("theme", "shown"), [("system", None), ("light", "light"), ("dark", "dark")])
def test_light_and_dark_are_told_to_the_page(client: Client, theme: str, shown: str | None) -> None:
    client.force_login(a_member(theme=theme))
    assert tree(client.get("/about/")).one("html").attrs.get("data-theme") == shown


@pytest.mark.parametrize(("spoilers", "own", "opened"), [
    ("folded", True, False), ("reviewed", False, False), ("reviewed", True, True), ("open", False, True),
])  # fmt: skip
def test_spoilers_are_open_to_who_wants_them_open(client: Client, spoilers: str, own: bool, opened: bool) -> None:
    title, reader = a_title(), a_member(spoilers=spoilers)
    spoiler = a_review(title, spoiler=True, body="He did it. >!The butler.!< Yes.")
    if own:
        a_review(title, reader)
    client.force_login(reader)
    folds = tree(client.get(f"/title/{title.slug}/reviews/")).one("article", id=f"review-{spoiler.pk}").all("details")
    assert folds
    assert {"open" in fold.attrs for fold in folds} == {opened}


def test_averages_wait_for_ones_own_rating(client: Client) -> None:
    title, reader = a_title(), a_member(hides_figures=True)
    a_rating(title, value=4)
    client.force_login(reader)
    address = f"/title/{title.slug}/reviews/"
    before = tree(client.get(address)).one("aside", cls="figures")
    assert "Shown when you have rated" in before.text
    assert "4.0" not in before.text
    assert before.one("a").attrs["href"] == f"{title.get_absolute_url()}#own-rating"
    assert not before.all("ol", cls="histogram")
    a_rating(title, reader, 8)
    assert "6.0" in tree(client.get(address)).one("aside", cls="figures").text


def test_averages_are_shown_to_all_others(client: Client) -> None:
    title = a_title()
    a_rating(title, value=4)
    assert "4.0" in tree(client.get(f"/title/{title.slug}/reviews/")).one("aside", cls="figures").text
