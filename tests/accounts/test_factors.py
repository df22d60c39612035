"""Authenticator app, recovery codes and passkeys: asked for, used once, and never a 500 whatever is sent."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa import urls as mfa_urls
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions import urls as session_urls
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, URLResolver, reverse
from pytest_django import Settings

from accounts.models import User
from tests.factories import PASSWORD, a_member
from tests.html import tree

pytestmark = pytest.mark.django_db

# The pages of factors and devices, with their headings; those with a passkey in their address are tried with one.
PAGES = {
    "mfa_index": "Authenticator app and passkeys",
    "mfa_reauthenticate": "Is it you?",
    "mfa_activate_totp": "Set up an authenticator app",
    "mfa_deactivate_totp": "Do without the app",
    "mfa_view_recovery_codes": "Recovery codes",
    "mfa_generate_recovery_codes": "Make new recovery codes",
    "mfa_list_webauthn": "Passkeys",
    "mfa_add_webauthn": "Add a passkey",
    "mfa_reauthenticate_webauthn": "Is it you?",
    "mfa_remove_webauthn": "Remove a passkey",
    "mfa_edit_webauthn": "Rename a passkey",
    "usersessions_list": "Where you are signed in",
}
NO_PAGE = {"mfa_authenticate", "mfa_download_recovery_codes", "mfa_login_webauthn"}


@pytest.fixture
def ines() -> User:
    member = a_member("ines")
    EmailAddress.objects.create(user=member, email=member.email, primary=True, verified=True)
    return member


def code_of(member: User, *, ahead: int = 0) -> str:
    """As the app shows it; not one that runs out before it is sent."""
    if (left := 30 - time.time() % 30) < 3:
        time.sleep(left + 0.1)
    secret = Authenticator.objects.get(user=member, type="totp").data["secret"]
    return str(totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + ahead)))


@dataclass
class Clock:
    """Which half minute it is; the app has another code in each."""

    now: int

    def code(self, secret: str) -> str:
        return str(totp.format_hotp_value(totp.hotp_value(secret, self.now)))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(int(time.time()) // 30)
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: iter([clock.now]))
    return clock


def with_app(member: User) -> None:
    totp.TOTP.activate(member, totp.generate_totp_secret())


def inside(member: User) -> Client:
    """A client that was asked for the password just now."""
    client = Client()
    client.force_login(member)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def sign_in(**more: str) -> tuple[Client, Any]:
    client = Client()
    return client, client.post("/accounts/login/", {"login": "ines", "password": PASSWORD, **more})


def names(patterns: list[Any]) -> Iterator[str]:
    for pattern in patterns:
        yield from names(pattern.url_patterns) if isinstance(pattern, URLResolver) else [pattern.name]


def test_no_page_is_left_out() -> None:
    assert {*names(mfa_urls.urlpatterns), *names(session_urls.urlpatterns)} == PAGES.keys() | NO_PAGE


@pytest.mark.parametrize("name", PAGES)
def test_pages_wear_the_look(ines: User, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from allauth.mfa.webauthn.internal import auth as webauthn

    monkeypatch.setattr(webauthn, "get_credentials", lambda user: [])
    monkeypatch.setattr(webauthn.WebAuthn, "is_passwordless", True)
    if name != "mfa_activate_totp":
        with_app(ines)
        Authenticator.objects.create(user=ines, type="recovery_codes", data={"seed": "x" * 80, "used_mask": 1})
    key = Authenticator.objects.create(user=ines, type="webauthn", data={"name": "Ph<b>one", "credential": {}})
    address = reverse(name, args=[key.pk] if "webauthn/keys" in reverse_of(name) else [])
    answer = inside(ines).get(address)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert tree(page).one("h1").text == PAGES[name]
    assert page.count("main-act") <= 1
    assert "<b>one" not in page
    assert " style=" not in page
    assert "<script>" not in page
    assert all(script.attrs.get("src") for script in tree(page).all("script"))
    assert Client().get(address).headers["Location"].startswith("/accounts/login/?next=")


def reverse_of(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:  # it takes an argument, then
        return reverse(name, args=[1])


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_add_webauthn"])
def test_factors_are_changed_only_after_the_password_was_asked_again(ines: User, name: str) -> None:
    client = Client()
    client.force_login(ines)
    for answer in (client.get(reverse(name)), client.post(reverse(name), {"code": "1", "credential": "{}"})):
        assert answer.headers["Location"].startswith("/accounts/reauthenticate/?next=")


def test_an_app_is_set_up_and_then_asked_for_but_not_for_the_same_code(
    transactional_db: None, ines: User, clock: Clock
) -> None:
    client = inside(ines)
    page = tree(client.get("/accounts/2fa/totp/activate/"))
    picture, secret = page.one("img", cls="qr").attrs["src"], page.one("code").text.replace(" ", "")
    assert picture.startswith("data:image/svg+xml;base64,")
    wrong = client.post("/accounts/2fa/totp/activate/", {"code": "000000x"})
    assert "That did not work" in wrong.content.decode()
    code = clock.code(secret)
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code}, follow=True)
    assert answer.request["PATH_INFO"] == "/accounts/2fa/recovery-codes/"
    assert len(tree(answer).one("ol", cls="codes").all("li")) == 10
    assert "An authenticator app was set up" in [letter.subject for letter in mail.outbox]
    fresh, asked = sign_in()
    assert asked.headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert fresh.get("/accounts/settings/").status_code == 302
    again = fresh.post("/accounts/2fa/authenticate/", {"code": code})
    assert "was used already" in again.content.decode()
    clock.now += 1
    assert fresh.post("/accounts/2fa/authenticate/", {"code": clock.code(secret)}).headers["Location"] == "/"
    assert fresh.get("/accounts/settings/").status_code == 200


def test_a_code_is_used_once_in_whatever_process(ines: User, clock: Clock, settings: Any) -> None:
    with_app(ines)
    code = clock.code(Authenticator.objects.get(user=ines, type="totp").data["secret"])
    assert settings.CACHES["default"]["BACKEND"] == "reviewsite.cache.SharedCache"
    first, second = sign_in()[0], sign_in()[0]
    assert first.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    again = second.post("/accounts/2fa/authenticate/", {"code": f" {code[:3]} {code[3:]}"})
    assert "was used already" in again.content.decode()


@pytest.mark.parametrize("ahead", [-2, -1, 1, 2])
def test_a_code_of_another_time_is_refused(ines: User, ahead: int) -> None:
    with_app(ines)
    assert sign_in()[0].post("/accounts/2fa/authenticate/", {"code": code_of(ines, ahead=ahead)}).status_code == 200


def test_guesses_at_a_code_are_limited(ines: User) -> None:
    with_app(ines)
    answers = [sign_in()[0].post("/accounts/2fa/authenticate/", {"code": f"{n:06}"}) for n in range(6)]
    assert "Wait five minutes" in answers[-1].content.decode()


def test_a_recovery_code_gets_in_once(ines: User) -> None:
    with_app(ines)
    codes = Authenticator.objects.create(user=ines, type="recovery_codes", data={"seed": "x" * 80, "used_mask": 0})
    code = codes.wrap().get_unused_codes()[3]
    assert sign_in()[0].post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    assert sign_in()[0].post("/accounts/2fa/authenticate/", {"code": code}).status_code == 200
    assert code not in inside(ines).get("/accounts/2fa/recovery-codes/download/").content.decode()


def test_staying_signed_in_lasts_through_the_second_step(ines: User, settings: Any) -> None:
    with_app(ines)
    client, _ = sign_in(remember="on")
    answer = client.post("/accounts/2fa/authenticate/", {"code": code_of(ines)})
    assert answer.cookies["sessionid"]["max-age"] == settings.SESSION_COOKIE_AGE


def test_nobody_touches_anothers_passkey(ines: User) -> None:
    key = Authenticator.objects.create(user=ines, type="webauthn", data={"name": "Phone", "credential": {}})
    stranger = inside(a_member("stranger"))
    for name in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
        address = reverse(name, args=[key.pk])
        assert stranger.get(address).status_code == 404
        assert stranger.post(address, {"name": "x"}).status_code == 404
    assert Authenticator.objects.get(pk=key.pk).data["name"] == "Phone"


def credential(**response: Any) -> str:
    """An answer of the right shape with these values in its response."""
    given = {"id": "AQID", "rawId": "AQID", "type": "public-key", "clientExtensionResults": {"credProps": {"rk": True}}}
    return json.dumps({**given, "response": response})


HOSTILE = [
    *("", "null", "1", "[]", "[[]]", '"x"', "true", "{}", "{", "\x00", "\u202e", "x" * 30_000, "[" * 20_000),
    *('{"response": 1}', '{"response": {}}', '{"response": {"userHandle": "\\u0000"}}'),
    *(credential(), credential(userHandle=None), credential(userHandle=1), credential(userHandle="MQ")),
    credential(clientDataJSON="e30", authenticatorData="AA", signature="AA", userHandle="AQ"),
    credential(clientDataJSON="bnVsbA", authenticatorData="A" * 60, signature="AA", userHandle="MQ"),
    credential(clientDataJSON="!", attestationObject=[]),
    credential(clientDataJSON="e30", attestationObject="oA"),
    credential(clientDataJSON="e30", attestationObject="uw"),
]


@pytest.mark.parametrize("sent", HOSTILE)
def test_whatever_a_passkey_is_said_to_answer_is_refused(ines: User, sent: str) -> None:
    with_app(ines)
    client, member = sign_in()[0], inside(ines)
    Client().get("/accounts/2fa/webauthn/login/", headers={"accept": "application/json"})
    visitor = Client()
    visitor.get("/accounts/2fa/webauthn/login/", headers={"accept": "application/json"})
    client.get("/accounts/2fa/authenticate/")
    member.get("/accounts/2fa/webauthn/add/")
    for who, address in (
        (visitor, "/accounts/2fa/webauthn/login/"),
        (client, "/accounts/2fa/authenticate/"),
        (member, "/accounts/2fa/webauthn/add/"),
        (member, "/accounts/2fa/webauthn/reauthenticate/"),
    ):
        answer = who.post(address, {"credential": sent, "name": "x"})
        assert answer.status_code in {200, 302}, address
    assert "_auth_user_id" not in visitor.session
    assert "_auth_user_id" not in client.session
    assert not Authenticator.objects.filter(type="webauthn").exists()


@pytest.mark.parametrize("code", ["\x00", "\u202e", "x" * 10_000, "１２３４５６", "-1", "1e9"])
def test_whatever_is_no_code_is_refused(ines: User, code: str) -> None:
    with_app(ines)
    assert sign_in()[0].post("/accounts/2fa/authenticate/", {"code": code}).status_code == 200
    assert inside(ines).post("/accounts/2fa/reauthenticate/", {"code": code}).status_code == 200


@pytest.mark.parametrize(("host", "link"), [
    ("127.0.0.1:8000", "http://localhost:8000/accounts/login/?next=/about/%3Fa%3Db"),
    ("[::1]:8000", "http://localhost:8000/accounts/login/?next=/about/%3Fa%3Db"),
    ("127.0.0.1", "http://localhost/accounts/login/?next=/about/%3Fa%3Db"),
    ("192.168.1.5:8000", ""),
    ("localhost:8000", None),
    ("reviews.example", None),
])  # fmt: skip
def test_reached_by_number_a_page_says_that_passkeys_need_a_name(
    settings: Settings, client: Client, host: str, link: str | None
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    page = tree(client.get("/accounts/login/?next=/about/%3Fa%3Db", headers={"Host": host}))
    said = page.all("p", id="passkey-nameless")
    assert [[anchor.attrs["href"] for anchor in words.all("a")] for words in said] == (
        [] if link is None else [[link] if link else []]
    )


def test_no_name_is_offered_that_the_site_does_not_answer_to(settings: Settings, client: Client) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    page = tree(client.get("/accounts/login/", headers={"Host": "127.0.0.1:8000"}))
    assert not page.one("p", id="passkey-nameless").all("a")
