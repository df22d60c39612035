"""Who may sign in, what a refusal tells, and where signing in leads."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from django.db import connections
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.factories import PASSWORD, a_member, a_review, a_title, members

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db

LOGIN, SIGNUP = "/accounts/login/", "/accounts/signup/"
ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "https://evil.example/title/x/",
    "https:///evil.example",
    "https:evil.example",
    "http:\\\\evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "/\\/evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "\x01//evil.example",
    "javascript:alert(1)",
    "JavaScript:alert(1)//",
    "data:text/html,x",
    "//evil.example@testserver/",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
]
OWN_WORDS = {"login": "accounts.forms.LoginForm", "signup": "accounts.forms.SignupForm"}


@pytest.fixture(autouse=True)
def no_limits(settings: Settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


@pytest.fixture
def own_words(settings: Settings) -> None:
    settings.ACCOUNT_FORMS = OWN_WORDS
    settings.ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"


def sign_in(client: Client, login: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"login": login, "password": password, **more})


def confirmed(member: "User") -> "User":
    EmailAddress.objects.create(user=member, email=member.email, primary=True, verified=True)
    return member


def signed_in(client: Client) -> bool:
    return client.get("/accounts/email/").status_code == 200


def join(client: Client, username: str, **more: str) -> Any:
    fields = {"username": username, "email": f"{username}@example.org", "password1": PASSWORD}
    return client.post(SIGNUP, fields | more)


@pytest.mark.parametrize("login", ["ines", "INES", "ines@example.org", "Ines@Example.org", " ines "])
def test_a_member_signs_in_by_name_or_address_whatever_their_case(client: Client, login: str) -> None:
    confirmed(a_member("ines"))
    assert sign_in(client, login).headers["Location"] == "/"
    assert signed_in(client)


def test_the_session_ends_with_the_browser_unless_one_asks_to_stay(client: Client, settings: Settings) -> None:
    a_member("ines")
    assert not sign_in(client, "ines").cookies["sessionid"]["max-age"]
    client.logout()
    assert sign_in(client, "ines", remember="on").cookies["sessionid"]["max-age"] == settings.SESSION_COOKIE_AGE


@pytest.mark.usefixtures("own_words")
def test_a_refusal_does_not_tell_which_of_both_was_wrong(client: Client) -> None:
    a_member("ines")
    said = []
    for login, password in (
        ("ines", "wrong"),
        ("nobody", PASSWORD),
        ("ines@example.org", "wrong"),
        ("no@example.org", "x"),
    ):
        answer = sign_in(client, login, password)
        said.append(answer.content.decode().replace(login, "").split("csrfmiddlewaretoken")[0].split('role="alert"')[1])
    assert len(set(said)) == 1
    assert "Name and password do not go together." in said[0]


def test_a_refusal_is_a_summary_of_its_own_and_keeps_the_name(client: Client) -> None:
    page = sign_in(client, "ines", "wrong").content.decode()
    assert page.index('role="alert"') < page.index("<h1>")
    assert "aria-invalid" not in page
    assert 'value="ines"' in page
    assert "wrong" not in page


def test_signing_in_is_limited(client: Client, settings: Settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "limited"}}
    a_member("ines")
    answers = [sign_in(client, "ines", "wrong") for _ in range(12)]
    assert sign_in(client, "ines").status_code != 302
    assert not signed_in(client)
    assert any("attempts" in answer.content.decode().lower() for answer in answers)
    # To the database these are the same name.
    for name in ("INES", "ınes", "ıneſ"):
        assert sign_in(client, name).status_code != 302
    assert not signed_in(client)


@pytest.mark.parametrize("password", ["", "!", "x", PASSWORD])
def test_imported_members_cannot_sign_in(client: Client, password: str) -> None:
    (imported,) = members(1)
    sign_in(client, imported.username, password)
    assert not signed_in(client)


@pytest.mark.parametrize("demo", [True, False])
def test_members_of_the_demo_sign_in_only_where_a_demo_runs(client: Client, settings: Settings, demo: bool) -> None:
    settings.DEMO = demo
    a_member("demonstrator", is_demo=True)
    sign_in(client, "demonstrator")
    assert signed_in(client) is demo


@pytest.mark.usefixtures("own_words")
def test_a_member_of_the_demo_is_refused_like_anybody_unknown(client: Client, settings: Settings) -> None:
    settings.DEMO = False
    member = a_member("demonstrator", is_demo=True)
    assert "do not go together" in sign_in(client, "demonstrator").content.decode()
    member.refresh_from_db()
    assert member.last_login is None


def test_a_session_of_the_demo_ends_when_the_demo_does(client: Client, settings: Settings) -> None:
    settings.DEMO = True
    a_member("demonstrator", is_demo=True)
    sign_in(client, "demonstrator")
    settings.DEMO = False
    assert "demonstrator" not in client.get("/").content.decode()


def test_a_closed_account_is_told_so_and_stays_out(client: Client) -> None:
    a_member("gone", is_active=False)
    assert sign_in(client, "gone").headers["Location"] == reverse("account_inactive")
    assert not signed_in(client)


@pytest.mark.parametrize("where", ELSEWHERE)
@pytest.mark.parametrize("encoded", [False, True])
def test_next_never_leads_elsewhere(client: Client, where: str, encoded: bool) -> None:
    a_member("ines")
    where = quote(where, safe="") if encoded else where
    answer = sign_in(client, "ines", next=where)
    assert answer.status_code == 302
    target = answer.headers["Location"]
    # What is left encoded is a path below the page itself, at worst one that does not exist.
    assert target == "/" or (
        encoded and target == where and "/" not in target and ":" not in target and "\\" not in target
    )


@pytest.mark.parametrize("where", ELSEWHERE)
def test_next_that_leads_elsewhere_is_not_handed_on(client: Client, where: str) -> None:
    page = client.get(LOGIN, {"next": where}).content.decode()
    assert "bound-for" not in page
    join_link = page.split("New here?")[1].split("</a>")[0]
    assert "next=" not in join_link


def test_signing_in_leads_back(client: Client) -> None:
    a_member("ines")
    back = f"{reverse('title_reviews', args=[a_title().slug])}?sort=date#review-3"
    assert sign_in(client, "ines", next=back).headers["Location"] == back


def test_joining_leads_back_and_signs_in(client: Client) -> None:
    back = a_title().get_absolute_url()
    assert join(client, "newcomer", next=back).headers["Location"] == back
    assert signed_in(client)


def test_sign_in_shows_where_the_visitor_was_going(client: Client) -> None:
    review = a_review(a_title("The Lamplighter <b>", year=1974))
    slug = review.title.slug
    for path, sentence in {
        review.title.get_absolute_url(): "You were looking at",
        f"/title/{slug}/reviews/": "You were reading the reviews of",
        f"/title/{slug}/reviews/?sort=date#review-{review.pk}": "You were about to vote on a review of",
        f"/review/{review.pk}/": "You were reading a review of",
    }.items():
        for page in (LOGIN, SIGNUP):
            shown = client.get(page, {"next": path}).content.decode()
            assert sentence in shown, path
            assert "The Lamplighter &lt;b&gt;" in shown
            assert "(1974)" in shown


@pytest.mark.parametrize(
    "path", ["/", "/about/", "/nowhere/", "/user/ines/", "/title/none/", "/review/9999999999999999999/"]
)
def test_sign_in_says_nothing_where_no_title_is_meant(client: Client, path: str) -> None:
    answer = client.get(LOGIN, {"next": path})
    assert answer.status_code == 200
    assert "bound-for" not in answer.content.decode()


@pytest.mark.parametrize("state", ["held", "hidden", "deleted"])
def test_sign_in_does_not_tell_of_what_a_hidden_review_is(client: Client, state: str) -> None:
    review = a_review(a_title("Nobody Saw This"), state=state)
    page = client.get(LOGIN, {"next": f"/review/{review.pk}/"}).content.decode()
    assert "Nobody Saw This" not in page


def test_names_are_unique_whatever_their_case(client: Client, django_user_model: "type[User]") -> None:
    a_member("Ines")
    answer = join(client, "iNES")
    assert answer.status_code == 200
    assert 'aria-invalid="true"' in answer.content.decode()
    assert django_user_model.objects.filter(username__iexact="ines").count() == 1


@pytest.mark.parametrize("name", ["a/b", "a b", "a?b", "a#b", "\u202eanna", "anna\u0000"])
def test_names_are_addresses(client: Client, name: str) -> None:
    assert join(client, name, email="a@example.org").status_code == 200
    assert not signed_in(client)


def test_joining_gives_no_rights(client: Client, django_user_model: "type[User]") -> None:
    join(client, "climber", is_staff="on", is_superuser="on", is_demo="on", source_key="x", review_count="9", name="X")
    member = django_user_model.objects.get(username="climber")
    assert (member.is_staff, member.is_superuser, member.is_demo) == (False, False, False)
    assert (member.source_key, member.review_count, member.name) == (None, 0, "")


@pytest.mark.usefixtures("own_words")
@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_for_one_name_at_once_one_gets_it(
    django_user_model: "type[User]", monkeypatch: pytest.MonkeyPatch
) -> None:
    together = Barrier(2, timeout=20)
    save = django_user_model.save

    def save_together(member: "User", *args: object, **kwargs: object) -> None:
        if member.pk is None:
            together.wait()
        save(member, *args, **kwargs)  # type: ignore[arg-type]

    def ask(name: str) -> int:
        try:
            return int(join(Client(), name).status_code)
        finally:
            connections.close_all()

    monkeypatch.setattr(django_user_model, "save", save_together)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(ask, ["twin", "TWIN"]))
    assert sorted(answers) == [200, 302]
    assert django_user_model.objects.filter(username__iexact="twin").count() == 1


def test_signing_out_is_a_form(client: Client) -> None:
    client.force_login(a_member("ines"))
    assert client.get("/accounts/logout/").status_code == 200
    assert signed_in(client)
    assert client.post("/accounts/logout/").headers["Location"] == "/"
    assert not signed_in(client)
