"""Deleting the account: what goes, what stays, and that every counter is right the moment after."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from reviews import blocking, leaving, voting, writing
from reviews.drafting import Seen, Text
from reviews.models import Draft, Export, Rating, Review, Title, Version, Vote
from tests.factories import PASSWORD, a_member, a_rating, a_review, a_title, a_vote, members
from tests.html import tree
from tests.reviews.test_counters import recounted, stored, while_uncommitted

pytestmark = pytest.mark.django_db

LEAVE = "/accounts/settings/delete/"
WAYS = pytest.mark.parametrize("keep", [True, False], ids=["reviews stay", "reviews go"])


def a_life(leaver: User, others: list[User]) -> None:
    """Everything a member can have: reviews of every state, ratings, votes given and received, drafts and the rest."""
    titles = [a_title() for _ in range(6)]
    for title, state in zip(titles, ["published", "published", "held", "hidden", "deleted"], strict=False):
        review = a_review(title, leaver, rating=8, state=state, helpful=2, votes=3)
        for other in others:
            a_vote(review, other)
    a_rating(titles[5], leaver, 3)
    for other in others:
        for title in titles[:3]:
            a_vote(a_review(title, other, rating=5), leaver, helpful=title.pk % 2 == 0)
    published = leaver.reviews.filter(state="published").first()
    assert published
    seen = Seen.now(published, None)
    writing.publish(leaver, published.title, Text(8, "Once more", "With other words. " * 30), seen)
    Draft.objects.create(member=leaver, title=a_title(), headline="Never finished")
    EmailAddress.objects.create(user=leaver, email="leaver@private.example", verified=True, primary=True)
    Authenticator.objects.create(user=leaver, type="totp", data={"secret": "x"})
    Export.objects.create(member=leaver)
    blocking.block(leaver, others[0])
    blocking.block(others[0], leaver)


@pytest.fixture
def leaver(author: User, reader: User, stranger: User) -> User:
    member = a_member("leaver", email="leaver@private.example", name="Lea Verra", bio="Soon gone.")
    a_life(member, [author, reader, stranger])
    return member


@WAYS
def test_every_counter_is_right_the_moment_after(leaver: User, keep: bool) -> None:
    leaving.leave(leaver, keep_reviews=keep)
    assert stored() == recounted()


@WAYS
def test_nothing_in_the_database_points_to_who_left(leaver: User, keep: bool) -> None:
    leaving.leave(leaver, keep_reviews=keep)
    looked = 0
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.related_model is User:
                looked += 1
                assert not model._default_manager.filter(**{field.attname: leaver.pk}).exists(), field
    assert looked > 8
    assert not User.objects.filter(pk=leaver.pk).exists()
    for row in User.objects.filter(former=True).values():
        assert "lea" not in str(row).lower()


def test_reviews_that_go_are_gone_with_their_votes_and_versions(leaver: User) -> None:
    own = list(leaver.reviews.values_list("pk", flat=True))
    assert Version.objects.filter(review__in=own).exists()
    leaving.leave(leaver, keep_reviews=False)
    assert not Review.objects.filter(pk__in=own).exists()
    assert not Vote.objects.filter(review__in=own).exists()
    assert not Version.objects.filter(review__in=own).exists()
    assert not User.objects.filter(former=True).exists()


def test_reviews_that_stay_are_by_nobody_and_otherwise_as_they_were(client: Client, leaver: User) -> None:
    fields = ("pk", "title", "headline", "body", "rating", "helpful", "votes", "state", "author_reviews", "created")
    kept = leaver.reviews.exclude(state="deleted").order_by("pk")
    before = list(kept.values(*fields))
    ratings = set(leaver.ratings.filter(title__in=kept.values("title")).values_list("title", "value", "counted"))
    leaving.leave(leaver, keep_reviews=True)
    former = User.objects.get(former=True)
    assert list(former.reviews.order_by("pk").values(*fields)) == before
    assert set(former.ratings.values_list("title", "value", "counted")) == ratings
    assert (former.name, former.email, former.bio, former.is_active, former.has_usable_password()) == (
        "", "", "", False, False,
    )  # fmt: skip
    assert client.get(former.get_absolute_url()).status_code == 404
    assert client.get("/user/leaver/").status_code == 404


def test_the_byline_names_nobody_and_leads_nowhere(client: Client, leaver: User) -> None:
    review = leaver.reviews.filter(state="published").latest("created")
    leaving.leave(leaver, keep_reviews=True)
    for path in (f"/title/{review.title.slug}/reviews/", f"/review/{review.pk}/", "/reviews/"):
        page = tree(client.get(path))
        article = page.one("article", id=f"review-{review.pk}")
        assert article.one("p", cls="byline").all("span")[0].text == "a former member", path
        assert not article.all("a", cls="author")
        html = client.get(path).content.decode()
        assert "leaver" not in html
        assert "former-" not in html


def test_each_who_left_is_somebody_else(author: User, reader: User) -> None:
    title = a_title()
    for member in (author, reader):
        a_review(title, member)
        leaving.leave(member, keep_reviews=True)
    assert User.objects.filter(former=True).count() == 2
    assert stored() == recounted()


def test_who_wrote_nothing_leaves_nobody_behind(reader: User) -> None:
    a_rating(a_title(), reader)
    leaving.leave(reader, keep_reviews=True)
    assert not User.objects.filter(former=True).exists()
    assert stored() == recounted()


def test_the_name_is_free_again(client: Client, leaver: User) -> None:
    leaving.leave(leaver, keep_reviews=True)
    again = a_member("Leaver")
    assert not again.reviews.exists()
    assert tree(client.get("/user/leaver/")).one("h2", id="count").text == "0 Reviews"


# As a member does it


def sure(client: Client) -> Any:
    """Give the password where it is asked for; what follows."""
    return client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": LEAVE}, follow=True)


def test_the_password_is_asked_for_first(client: Client, leaver: User) -> None:
    client.force_login(leaver)
    for answer in (client.get(LEAVE), client.post(LEAVE, {"reviews": "go"}), client.get(f"{LEAVE}?reviews=go")):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    wrong = client.post("/accounts/reauthenticate/", {"password": "wrong", "next": LEAVE}, follow=True)
    assert "not your password" in wrong.content.decode()
    assert User.objects.filter(pk=leaver.pk).exists()


@pytest.mark.parametrize(("choice", "left"), [("stay", 4), ("go", 0)])
def test_it_takes_a_choice_and_a_confirmation(client: Client, leaver: User, choice: str, left: int) -> None:
    client.force_login(leaver)
    own = list(leaver.reviews.values_list("pk", flat=True))
    asked = tree(sure(client))
    assert asked.one("h1").text == "Delete the account"
    assert {radio.attrs["value"] for radio in asked.all("input", name="reviews")} == {"stay", "go"}
    confirm = tree(client.get(LEAVE, {"reviews": choice}))
    assert confirm.one("h1").text == "Delete it for good?"
    assert "9 votes on others' reviews" in confirm.text
    assert User.objects.filter(pk=leaver.pk).exists(), "looking deletes nothing"
    done = client.post(LEAVE, {"reviews": confirm.one("input", name="reviews").attrs["value"]})
    assert done.headers["Location"] == f"{LEAVE}done/"
    assert Review.objects.filter(pk__in=own).count() == left
    assert client.get("/accounts/settings/").status_code == 302
    assert "Your account is deleted" in client.get(f"{LEAVE}done/").content.decode()


def test_without_reviews_there_is_no_choice_to_make(client: Client, reader: User) -> None:
    client.force_login(reader)
    assert tree(sure(client)).one("h1").text == "Delete it for good?"


@pytest.mark.parametrize(
    "form", [{}, {"reviews": ""}, {"reviews": "\0"}, {"reviews": "x" * 9000}, {"reviews": ["go", "?"]}]
)
def test_what_is_no_choice_asks_again_and_deletes_nothing(client: Client, leaver: User, form: dict[str, Any]) -> None:
    client.force_login(leaver)
    sure(client)
    for answer in (client.post(LEAVE, form), client.get(LEAVE, form)):
        assert tree(answer).one("h1").text == "Delete the account"
    assert User.objects.filter(pk=leaver.pk).exists()


def test_one_deletes_oneself_alone(client: Client, leaver: User, author: User) -> None:
    client.force_login(leaver)
    sure(client)
    client.post(LEAVE, {"reviews": "go", "member": author.pk, "username": "author", "pk": author.pk})
    assert User.objects.filter(pk=author.pk).exists()
    assert not User.objects.filter(pk=leaver.pk).exists()


def test_without_the_token_of_the_form_nothing_happens(leaver: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(leaver)
    assert client.post(LEAVE, {"reviews": "go"}).status_code == 403


def test_every_device_is_signed_out(client: Client, reader: User) -> None:
    devices = [Client(), Client(), client]
    for device in devices:
        device.post("/accounts/login/", {"login": "reader", "password": PASSWORD})
        device.get("/")
    keys = [device.session.session_key for device in devices]
    assert UserSession.objects.filter(user=reader).count() == 3
    leaving.leave(reader, keep_reviews=True)
    assert not Session.objects.filter(session_key__in=keys).exists()
    for device in devices:
        assert device.get("/accounts/settings/").status_code == 302


# While others act


def at_once(*acts: Any) -> list[BaseException]:
    """Do all of it at the same time, each on a connection of its own; what went wrong."""
    problems: list[BaseException] = []
    gate = threading.Barrier(len(acts))

    def run(act: Any) -> None:
        try:
            gate.wait(10)
            act()
        except BaseException as problem:  # noqa: BLE001
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return problems


@pytest.mark.django_db(transaction=True)
@WAYS
def test_counters_stay_right_while_others_vote_write_and_leave(keep: bool) -> None:
    titles = [a_title() for _ in range(4)]
    leavers, others = [a_member() for _ in range(3)], members(4)
    for person in leavers + others:
        for title in titles:
            a_review(title, person, rating=6)
    everything = list(Review.objects.values_list("pk", "author"))
    for person in leavers:
        for pk, author in everything:
            if author != person.pk:
                voting.cast(person, pk, helpful=pk % 3 > 0)

    def vote(person: User) -> None:
        for helpful in (True, False, True):
            for pk, _ in everything:
                voting.cast(person, pk, helpful=helpful)
            for pk, _ in everything[::2]:
                voting.withdraw(person, pk)

    def write(person: User) -> None:
        for review in Review.objects.filter(author=person).order_by("-pk"):
            writing.delete(review)
            writing.restore(review)
            writing.rate(person, review.title, 9)

    problems = at_once(
        *(lambda person=person: leaving.leave(person, keep_reviews=keep) for person in leavers),
        *(lambda person=person: vote(person) for person in others),
        *(lambda person=person: write(person) for person in others),
    )
    assert not problems
    assert stored() == recounted()
    assert not User.objects.filter(pk__in=[person.pk for person in leavers]).exists()


@pytest.mark.django_db(transaction=True)
@WAYS
def test_a_vote_on_the_way_goes_with_the_rest_or_fails_alone(keep: bool) -> None:
    leaver, others = a_member(), members(3)
    a_review(author=leaver, rating=4)
    reviews = [a_review(author=other) for other in others for _ in range(5)]

    def vote() -> None:
        for review in reviews * 20:
            voting.cast(leaver, review.pk, helpful=review.pk % 2 == 0)

    def write() -> None:
        for _ in range(20):
            writing.rate(leaver, Title.objects.first(), 3)  # type: ignore[arg-type]

    problems = at_once(lambda: leaving.leave(leaver, keep_reviews=keep), vote, write)
    assert all(isinstance(problem, IntegrityError) for problem in problems), problems
    assert stored() == recounted()
    assert not Vote.objects.filter(member=leaver.pk).exists()
    assert not Rating.objects.filter(member=leaver.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_what_fails_half_way_changes_nothing(leaver: User, monkeypatch: pytest.MonkeyPatch) -> None:
    before = stored()

    def fail(*args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(UserSession, "end", fail)
    session = Session.objects.create(session_key="x" * 32, expire_date=timezone.now() + timedelta(days=1))
    UserSession.objects.create(user=leaver, ip="127.0.0.1", session_key=session.session_key)
    with pytest.raises(RuntimeError):
        leaving.leave(leaver, keep_reviews=False)
    assert stored() == before
    assert leaver.votes.count() == 9


# In one tab the account is deleted, in another something is done at that moment


WORDS = {"rating": "8", "headline": "Too late", "body": "The account was deleted while this was on its way. " * 6}
ACTS: dict[str, tuple[str, dict[str, str]]] = {
    "vote": ("/review/{review}/vote/", {"vote": "yes"}),
    "take a vote back": ("/review/{review}/vote/", {"vote": "none"}),
    "rate": ("/title/{title}/rate/", {"rating": "8"}),
    "save a draft": ("/title/{title}/reviews/write/draft/", WORDS),
    "publish": ("/title/{title}/reviews/write/", WORDS),
    "discard a draft": ("/title/{title}/reviews/write/discard/", {}),
    "delete a review": ("/review/{own}/delete/", {}),
    "restore a review": ("/review/{deleted}/restore/", {}),
    "block": ("/user/{author}/block/", {"block": "yes"}),
    "export": ("/accounts/settings/export/", {}),
    "settings": ("/accounts/settings/", {"name": "Late", "bio": "", "spoilers": "open", "theme": "dark"}),
    "change the password": (
        "/accounts/password/change/",
        {
            "oldpassword": PASSWORD,
            "password1": "one lantern further up",
            "password2": "one lantern further up",
        },
    ),
    "add an address": ("/accounts/email/", {"email": "late@private.example", "action_add": ""}),
    "delete the account": (LEAVE, {"reviews": "go"}),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("script", [True, False], ids=["in place", "by form"])
@pytest.mark.parametrize("act", ACTS)
def test_what_one_does_in_another_tab_meanwhile_ends_in_signing_in(author: User, act: str, script: bool) -> None:
    leaver = a_member("leaver")
    EmailAddress.objects.create(user=leaver, email=leaver.email, verified=True, primary=True)
    review, own, deleted = a_review(author=author), a_review(author=leaver), a_review(author=leaver)
    a_vote(review, leaver)
    Draft.objects.create(member=leaver, title=review.title, headline="Begun")
    writing.delete(deleted)
    other_tab = Client()
    other_tab.force_login(leaver)
    other_tab.post("/accounts/reauthenticate/", {"password": PASSWORD})
    path, form = ACTS[act]
    names = {"review": review.pk, "title": review.title.slug, "own": own.pk, "deleted": deleted.pk, "author": author}
    answers = []

    def do() -> None:
        headers = {"HX-Request": "true"} if script else {}
        answers.append(other_tab.post(path.format(**names), form, headers=headers))

    while_uncommitted(lambda: leaving.leave(leaver, keep_reviews=False), do)
    (answer,) = answers
    # Done before it, or not at all: then without a trace.
    assert answer.status_code in {200, 302, 400, 403, 404, 409}, answer.status_code
    assert not User.objects.filter(username="leaver").exists()
    assert not Vote.objects.exists()
    assert not Draft.objects.exists()
    assert stored() == recounted()
    assert other_tab.get("/accounts/settings/").status_code == 302


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("script", "expected"), [(True, (403, "")), (False, (302, "/accounts/login/"))])
def test_a_rating_that_comes_too_late_signs_out(author: User, script: bool, expected: tuple[int, str]) -> None:
    leaver, title = a_member("leaver"), a_title()
    other_tab = Client()
    other_tab.force_login(leaver)
    answers = []

    def do() -> None:
        headers = {"HX-Request": "true"} if script else {}
        answers.append(other_tab.post(f"/title/{title.slug}/rate/", {"rating": "8"}, headers=headers))

    while_uncommitted(lambda: leaving.leave(leaver, keep_reviews=True), do)
    assert [(answer.status_code, answer.get("Location", "")) for answer in answers] == [expected]
    assert other_tab.get("/accounts/settings/").status_code == 302
