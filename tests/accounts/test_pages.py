"""Every page of allauth wears the site's look, says what is wrong in one way, and needs no script."""

import re
from typing import TYPE_CHECKING

import pytest
from allauth.account import urls as account_urls
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.factories import PASSWORD, a_member, a_review
from tests.html import tree

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db

# How each page is reached: its name, its arguments, signed in or not, and the words of its heading.
PAGES = [
    ("account_login", [], False, "Sign in"),
    ("account_signup", [], False, "Join Reviewsite"),
    ("account_inactive", [], False, "This account is closed"),
    ("account_reset_password", [], False, "Forgotten password"),
    ("account_reset_password_done", [], False, "Look into your e-mail"),
    ("account_reset_password_from_key", ["1", "set-password"], False, "This link no longer works"),
    ("account_reset_password_from_key_done", [], False, "Your password is changed"),
    ("account_email_verification_sent", [], False, "Look into your e-mail"),
    ("account_confirm_email", ["no-key"], False, "This link no longer works"),
    ("account_logout", [], True, "Sign out"),
    ("account_email", [], True, "E-mail addresses"),
    ("account_change_password", [], True, "Change password"),
    ("account_reauthenticate", [], True, "Is it you?"),
]
# Pages that only pass on: to set a password one must have none; a code is asked for only once one was sent.
PASSING_ON = {"account_set_password", "account_confirm_login_code"}


@pytest.fixture(autouse=True)
def no_limits(settings: Settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


@pytest.fixture
def ines() -> "User":
    member = a_member("ines")
    EmailAddress.objects.create(user=member, email=member.email, primary=True, verified=True)
    return member


def test_no_page_is_left_out() -> None:
    assert {page[0] for page in PAGES} | PASSING_ON == {pattern.name for pattern in account_urls.urlpatterns}


@pytest.mark.parametrize(("name", "args", "inside", "heading"), PAGES)
def test_page_wears_the_look(
    client: Client, ines: "User", name: str, args: list[str], inside: bool, heading: str
) -> None:
    if inside:
        client.force_login(ines)
    answer = client.get(reverse(name, args=args))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f"<title>{heading} · Reviewsite</title>" in page
    assert [re.sub(r"\s+", " ", words).strip() for words in re.findall(r"<h1>(.*?)</h1>", page, re.S)] == [heading]
    assert 'class="site-header"' in page
    assert "css/site" in page
    assert page.count("main-act") <= 1
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\bsrc=)|\son\w+=", page)
    for control in re.findall(r'<input class="field"[^>]*>', page):
        named = re.search(r'\bid="([^"]+)"', control)
        assert named
        assert f'<label for="{named[1]}">' in page
        assert "placeholder" not in control
        for described in re.findall(r'aria-describedby="([^"]*)"', control):
            assert all(f'id="{one}"' in page for one in described.split())


def test_pages_for_members_ask_to_sign_in_first(client: Client) -> None:
    for name in ("account_email", "account_change_password", "account_reauthenticate"):
        answer = client.get(reverse(name))
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/?next="), name


def test_a_refused_form_begins_with_a_summary_that_links_to_its_fields(client: Client) -> None:
    page = client.post("/accounts/signup/", {"username": "a/b", "email": "", "password1": PASSWORD}).content.decode()
    assert "<title>Two things need another look · Join Reviewsite" in page
    summary = page[page.index('class="summary"') :].split("</div>")[0]
    assert page.index('class="summary"') < page.index("<h1>")
    assert "autofocus" in summary
    assert re.findall(r'href="#(\w+)"', summary) == ["id_username", "id_email"]
    for field in ("username", "email"):
        control = re.search(rf'<input class="field"[^>]*id="id_{field}"[^>]*>', page)
        assert control
        assert 'aria-invalid="true"' in control[0]
        assert f"id_{field}_error" in control[0]
        assert page.index(f"id_{field}_helptext") < page.index(f'id="id_{field}_error"') < control.start()
    assert 'value="a/b"' in page
    assert PASSWORD not in page


def test_one_wrong_field_is_one_thing(client: Client) -> None:
    page = client.post("/accounts/password/reset/", {"email": "nonsense"}).content.decode()
    assert "<title>One thing needs another look · Forgotten password" in page


def test_a_forgotten_password_is_replaced_by_mail(client: Client, ines: "User") -> None:
    assert client.post("/accounts/password/reset/", {"email": ines.email}).status_code == 302
    (letter,) = mail.outbox
    link = re.search(r"https?://[^/]+(/\S+)", str(letter.body))
    assert link
    form = client.get(link[1], follow=True)
    assert "Choose a new password" in form.content.decode()
    new = "another lantern, further up"
    answer = client.post(form.request["PATH_INFO"], {"password1": new, "password2": new}, follow=True)
    assert "Your password is changed" in answer.content.decode()
    assert client.login(username="ines", password=new)
    assert "This link no longer works" in Client().get(link[1], follow=True).content.decode()


def test_nobody_learns_who_is_a_member_from_a_forgotten_password(client: Client, ines: "User") -> None:
    pages = [
        client.post("/accounts/password/reset/", {"email": one}, follow=True) for one in (ines.email, "no@example.org")
    ]
    known, unknown = (page.content.decode().split('class="site-header"')[1] for page in pages)
    assert known == unknown


def test_no_password_is_sent_for_to_imported_members(client: Client, django_user_model: "type[User]") -> None:
    django_user_model.objects.create(username="imported", password="!", source_key="id:x:1")
    client.post("/accounts/password/reset/", {"email": "imported@example.org"})
    assert all("password/reset/key" not in letter.body for letter in mail.outbox)


def test_an_address_is_confirmed_by_a_button_not_by_the_link(client: Client, ines: "User") -> None:
    address = EmailAddress.objects.create(user=ines, email="second@example.org")
    link = reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key])
    assert "second@example.org" in client.get(link).content.decode()
    address.refresh_from_db()
    assert not address.verified
    client.post(link)
    address.refresh_from_db()
    assert address.verified


def test_addresses_are_added_and_removed(client: Client, ines: "User") -> None:
    client.force_login(ines)
    asked = client.post("/accounts/email/", {"action_add": "", "email": "second@example.org"})
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    client.post(asked.headers["Location"], {"password": PASSWORD, "next": "/accounts/email/"})
    page = client.get("/accounts/email/").content.decode()
    assert "second@example.org" in page
    assert "not confirmed" in page
    assert 'role="status"' in page
    client.post("/accounts/email/", {"action_remove": "", "email": "second@example.org"})
    assert list(EmailAddress.objects.values_list("email", flat=True)) == [ines.email]


def test_a_password_is_changed(client: Client, ines: "User") -> None:
    client.force_login(ines)
    wrong = client.post("/accounts/password/change/", {"oldpassword": "x", "password1": "y", "password2": "z"})
    assert "things need another look" in wrong.content.decode()
    new = "another lantern, further up"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    ines.refresh_from_db()
    assert ines.check_password(new)


def test_signing_in_leaves_no_message_waiting(client: Client, ines: "User") -> None:
    client.post("/accounts/login/", {"login": "ines", "password": PASSWORD})
    assert not re.search(r'<p class="message"', client.get("/accounts/email/").content.decode())


def test_pages_of_sign_in_are_kept_by_nobody(client: Client) -> None:
    for path in ("/accounts/login/", "/accounts/signup/"):
        assert "no-store" in client.get(path).headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/", "/titles/", "/title/{}/", "/title/{}/reviews/", "/title/{}/reviews/?sort=date"])
def test_who_joins_on_the_way_to_a_page_is_told_there_once_that_mail_is_on_its_way(client: Client, path: str) -> None:
    path = path.format(a_review().title.slug)
    Client().get(path)  # it may be kept from now on
    joined = {"username": "bo", "email": "bo@example.org", "password1": PASSWORD, "next": path}
    assert client.post("/accounts/signup/", joined).headers["Location"] == path
    told = tree(client.get(path)).one(cls="told-first").one(cls="message")
    assert told.text == "A link to confirm it is on its way to bo@example.org."
    assert told.attrs["role"] == "status"
    for anybody in (client, Client()):
        assert not tree(anybody.get(path)).all(cls="told-first")
