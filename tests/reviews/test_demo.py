"""The demo goes in, a second time changes nothing, and it can be taken away again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.db.models import Model
from django.test import override_settings
from pytest_django import DjangoDbBlocker, Settings

from accounts.models import User
from reviews.demo import DEMO_PASSWORD, DEMO_SIGN_INS, loading, reports
from reviews.models import (
    Act,
    Award,
    Case,
    CriticReview,
    ExternalReview,
    FaqEntry,
    Genre,
    Notice,
    Poster,
    Rating,
    Report,
    Review,
    Title,
    Vote,
)
from reviews.moderation.deciding import Decision, decide
from tests.factories import a_member, a_review, a_vote
from tests.reviews.import_rows import a_row, imported, run
from tests.reviews.test_counters import recounted, stored

pytestmark = pytest.mark.django_db

MODELS: tuple[type[Model], ...] = (
    User,
    Title,
    Review,
    Rating,
    Vote,
    Poster,
    Genre,
    Award,
    FaqEntry,
    ExternalReview,
    CriticReview,
    EmailAddress,
    Case,
    Report,
    Notice,
)


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo, loaded once for this file: each test undoes what it did to it."""
    problems: list[str] = []
    cheap = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
    with django_db_blocker.unblock(), cheap:
        films, reviews = loading.load(problems.append)
        assert (problems, films.added, reviews.added) == ([], len(loading.films()), Review.objects.count())
        yield
        loading.remove()
        assert {name: rows for name, rows in everything().items() if rows} == {}


def everything() -> dict[str, list[dict[str, Any]]]:
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in MODELS}


def test_the_demo_is_whole() -> None:
    assert not Title.objects.filter(poster=None).exists()
    assert Title.objects.get(name="Pusher II", year=2004, kind="film").review_count == 44
    assert all(film.slug == film.titles().get().slug for film in loading.films())
    assert not User.objects.filter(is_demo=False).exists()
    assert stored() == recounted()


def test_cases_wait_for_the_moderator_and_no_act_is_written() -> None:
    lines = reports.FILE.read_text("utf-8").splitlines()
    assert Report.objects.count() == len(lines) > Case.objects.filter(closed=None).count() >= 5
    assert not Review.objects.exclude(state="published").exists()
    assert not Act.objects.exists()
    # One author has two, to be decided in one act.
    authors = Case.objects.values_list("review__author", flat=True)
    assert len(set(authors)) < len(authors)


def test_what_the_moderator_decided_stays_decided() -> None:
    case = Case.objects.order_by("-weight")[0]
    decide(case.pk, User.objects.get(username="demo-moderator"), case.version, Decision(Act.Kind.HIDE, reason="So."))
    before = everything()
    run(command="load_demo")
    assert everything() == before
    assert not Case.objects.filter(review=case.review, closed=None).exists()


def test_a_second_load_changes_nothing() -> None:
    before = everything()
    run(command="load_demo")
    assert everything() == before


def test_the_sign_ins_work_where_a_demo_runs_and_nowhere_else(settings: Settings) -> None:
    settings.DEMO = True
    said = run(command="load_demo")
    for username, password, what in DEMO_SIGN_INS:
        assert f"Sign in as {username} ({what}) with the password {password}" in said
        assert authenticate(username=username, password=password) is not None
    settings.DEMO = False
    assert authenticate(username="demo-admin", password=DEMO_PASSWORD) is None
    assert User.objects.get(username="demo-moderator").groups.get().name == "Moderators"
    assert [user.username for user in User.objects.filter(is_staff=True, is_superuser=True)] == ["demo-admin"]


def test_an_account_of_somebody_else_is_not_taken_over() -> None:
    User.objects.filter(username="demo-admin").delete()
    mine = a_member("demo-admin", password="of my own making")
    said = run(command="load_demo")
    mine.refresh_from_db()
    assert "The member demo-admin is not of the demo and stays as it is." in said
    assert mine.check_password("of my own making")
    assert not mine.is_staff


def test_it_goes_away_with_all_that_its_members_did() -> None:
    reader = User.objects.get(username="demo-reader")
    a_vote(Review.objects.exclude(author=reader)[0], reader)
    said = run("--remove", command="load_demo")
    assert f"and {len(loading.films())} films" in said
    assert not any(everything().values())
    assert stored() == recounted()


def test_what_others_wrote_stays_when_it_goes() -> None:
    film = Title.objects.order_by("pk")[3]
    mine = a_review(film, a_member("author"), rating=6)
    a_vote(mine, User.objects.get(username="demo-reader"))
    run("--remove", command="load_demo")
    assert (Title.objects.get(), Review.objects.get()) == (film, mine)
    mine.refresh_from_db()
    assert mine.votes == 0
    assert stored() == recounted()


def test_reviews_that_made_way_do_not_come_back(tmp_path: Path) -> None:
    said = imported(tmp_path, a_row(title="Pusher II", year=2004))
    assert "44 reviews of the demo made way." in said
    loading.load(str)
    assert Title.objects.get(name="Pusher II").review_count == 1
    assert stored() == recounted()
