"""The way into the back office: staff alone, through the site's own sign-in, and with a second factor."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client
from django.urls import URLPattern

from accounts.models import User
from accounts.permissions import needs_second_factor
from tests.accounts.test_factors import code_of
from tests.factories import PASSWORD, a_keeper, a_member, a_title, with_app
from tests.html import tree
from tests.surfaces import ADMIN, patterns

pytestmark = pytest.mark.django_db
ASKS = "The back office asks for a second factor. Set up an app or a passkey first."


@pytest.fixture
def chief() -> User:
    """Staff with a password alone."""
    return a_member("chief", is_staff=True, is_superuser=True)


@pytest.fixture
def inside(client: Client, chief: User) -> Client:
    client.force_login(chief)
    return client


def with_passkey(member: User) -> None:
    Authenticator.objects.create(user=member, type="webauthn", data={"name": "Key", "credential": {}})


def admin_paths() -> list[str]:
    def path(route: str, pattern: URLPattern) -> str:
        return "/" + route.replace("<path:object_id>", "1").replace("<path:content_type_id>", "1").replace(
            "<int:pk>", "1"
        ).replace("<id>", "1")

    skipped = {"login", "logout"}
    return [
        path(route, pattern)
        for route, pattern in patterns()
        if route.startswith(ADMIN) and pattern.name not in skipped and "(" not in route
    ]


def test_staff_without_a_second_factor_open_no_page_of_it_by_any_address(inside: Client) -> None:
    tried = 0
    for path in admin_paths():
        for method in ("get", "post"):
            answer = getattr(inside, method)(path, follow=True)
            assert answer.redirect_chain, f"{method} {path}"
            assert answer.redirect_chain[-1][0] == "/accounts/2fa/", f"{method} {path}"
            tried += 1
    assert tried > 80


def test_nothing_is_changed_by_a_form_sent_there_directly(inside: Client) -> None:
    title = a_title("The Lamplighter")
    own = f"/admin/reviews/title/{title.pk}"
    inside.post(f"{own}/delete/", {"post": "yes"})
    inside.post(f"{own}/change/", {"name": "X"})
    action = {"action": "delete_selected", "_selected_action": [title.pk], "post": "yes"}
    inside.post("/admin/reviews/title/", action)
    title.refresh_from_db()
    assert title.name == "The Lamplighter"


def test_they_are_led_to_where_one_is_set_up_and_told_why(inside: Client) -> None:
    page = tree(inside.get("/admin/", follow=True))
    assert page.one("h1").text == "Authenticator app and passkeys"
    assert ASKS in page.one(cls="message").text


def test_the_admins_own_form_does_not_open_either(inside: Client, chief: User) -> None:
    for answer in (
        inside.get("/admin/login/?next=/admin/"),
        inside.post("/admin/login/", {"username": "chief", "password": PASSWORD}),
    ):
        assert answer.headers["Location"] == "/accounts/2fa/"


@pytest.mark.parametrize("give", [with_app, with_passkey], ids=["app", "passkey"])
def test_it_opens_once_one_is_set_up_and_shuts_when_it_is_gone(inside: Client, chief: User, give: object) -> None:
    give(chief)  # type: ignore[operator]
    assert inside.get("/admin/").status_code == 200
    Authenticator.objects.filter(user=chief).delete()
    assert inside.get("/admin/").status_code == 302


def test_recovery_codes_alone_are_no_second_factor(inside: Client, chief: User) -> None:
    RecoveryCodes.activate(chief)
    assert needs_second_factor(chief)
    assert inside.get("/admin/").status_code == 302


def test_who_has_one_is_asked_for_it_on_signing_in(client: Client) -> None:
    keeper = a_keeper("keeper")
    answer = client.post("/accounts/login/", {"login": "keeper", "password": PASSWORD, "next": "/admin/"})
    assert answer.headers["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/accounts/2fa/authenticate/"
    assert client.post("/accounts/2fa/authenticate/", {"code": code_of(keeper)}).headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_factor_opens_nothing_for_who_is_not_staff(client: Client) -> None:
    client.force_login(with_app(a_member()))
    assert client.get("/admin/", follow=True).status_code == 403


@pytest.mark.parametrize(
    ("demo", "is_demo", "opens"), [(True, True, True), (True, False, False), (False, False, False)]
)
def test_only_accounts_of_the_demo_and_only_with_the_demo_on_do_without(
    client: Client, settings: object, demo: bool, is_demo: bool, opens: bool
) -> None:
    settings.DEMO = demo  # type: ignore[attr-defined]
    client.force_login(a_member("chief", is_staff=True, is_superuser=True, is_demo=is_demo))
    assert (client.get("/admin/").status_code == 200) == opens


def test_with_the_demo_off_its_accounts_are_nobody(client: Client, settings: object) -> None:
    member = a_member("chief", is_staff=True, is_superuser=True, is_demo=True)
    settings.DEMO = True  # type: ignore[attr-defined]
    client.force_login(member)
    settings.DEMO = False  # type: ignore[attr-defined]
    assert needs_second_factor(member)
    assert client.get("/admin/").status_code == 302


def test_other_pages_ask_staff_for_nothing(inside: Client) -> None:
    for path in ("/", "/accounts/settings/", "/moderation/log/"):
        assert inside.get(path).status_code == 200
