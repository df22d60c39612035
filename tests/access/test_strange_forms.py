"""Whatever is sent to any form of the site: an answer that is no error of ours, and nothing changed but one's own.

Every address that takes a form is here with its fields; each field is sent missing, doubled, huge, with NUL, turned
round, and as what it is not, the others as they should be. A form that is not listed fails the test.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from reviews import writing
from reviews.models import Act, Block, Draft, HouseRules, Rating, Review, Title, Vote
from tests.access.test_access import ACCOUNTS
from tests.factories import PASSWORD, a_member, a_moderator, a_review, a_title
from tests.surfaces import ACTS, OWN, FilledSite, a_filled_site
from tests.surfaces import FORMS as OPEN_FORMS

pytestmark = pytest.mark.django_db

WRITTEN = {
    "rating": "8",
    "headline": "The last lamp",
    "body": "The lamplighter walks the length of the harbour. " * 6,
    "spoiler": "1",
    "member": "0",
    "seen_review": "1.1",
    "seen_draft": "",
    "saving": "",
}
NEW_PASSWORD = {"password1": "one lantern further up", "password2": "one lantern further up"}
# The forms of the site, by the name of their address.
FORMS: dict[str, dict[str, str]] = {
    "vote": {"vote": "yes", "next": "/"},
    "block": {"block": "yes"},
    "rate": {"rating": "8"},
    "preview": WRITTEN,
    "draft": WRITTEN | {"keep": ""},
    "write": WRITTEN,
    "restore": {},
    "discard": {},
    "delete": {},
    "unblock": {},
    "report": {
        "reason": "insult",
        "words": "He calls them names.",
        "name": "Ida Holm",
        "email": "ida@example.org",
        "good_faith": "on",
    },
    "appeal": {"kind": "objection", "words": "It is about the lamps."},
    "read_notices": {"up_to": "9"},
    "decide": {
        "kind": "suspend",
        "rule": "1",
        "reason": "It is an insult.",
        "suspension": "day",
        "hide": "on",
        "version": "0",
        "together": "on",
        "other": "1:0",
    },
    "settings": {"name": "Inés", "bio": "Films.", "spoilers": "open", "theme": "dark", "hides_figures": "on"},
    "leave": {"reviews": "stay"},
    "export": {},
    "end_session": {},
    "usersessions_list": {},
    "account_login": {"login": "somebody", "password": PASSWORD, "remember": "on", "next": "/"},
    "account_signup": {"username": "newcomer", "email": "new@example.org", "password1": PASSWORD, "next": "/"},
    "account_logout": {"next": "/"},
    "account_reauthenticate": {"password": PASSWORD, "next": "/"},
    "account_email": {"email": "second@example.org", "action_add": ""},
    "account_change_password": {"oldpassword": PASSWORD, **NEW_PASSWORD},
    "account_set_password": NEW_PASSWORD,
    "account_reset_password": {"email": "somebody@example.org"},
    "account_reset_password_from_key": NEW_PASSWORD,
    "account_confirm_email": {"next": "/"},
    "account_confirm_login_code": {"code": "000000"},
    "mfa_authenticate": {"code": "000000", "credential": "{}"},
    "mfa_reauthenticate": {"code": "000000"},
    "mfa_activate_totp": {"code": "000000"},
    "mfa_deactivate_totp": {},
    "mfa_generate_recovery_codes": {},
    "mfa_add_webauthn": {"name": "Phone", "credential": "{}", "passwordless": "on"},
    "mfa_reauthenticate_webauthn": {"credential": "{}"},
    "mfa_remove_webauthn": {},
    "mfa_edit_webauthn": {"name": "Phone"},
    "mfa_login_webauthn": {"credential": "{}", "remember": "on"},
}
# Addresses of accounts with nothing to send: pages, and downloads.
WITHOUT_FORM = {
    "account_inactive",
    "account_email_verification_sent",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "blocked",
    "download_export",
    "left",
    "mfa_index",
    "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
}
VALUES = ["", "\0", "text\0", "\u202etxet", "x" * 200_000, "-1", "9" * 40, "1e999", "[]", '{"response": {}}', "🕯" * 400]
# What some form somewhere else has for a field.
MORE = {
    "is_staff": "on", "is_superuser": "on", "is_active": "", "state": "hidden", "author": "1", "user": "1", "id": "1",
    "pk": "1", "helpful": "999", "votes": "999", "created": "1999-01-01", "counted": "", "version": "7", "title": "1",
    "username": "admin2", "source_key": "x", "former": "on", "groups": "1", "verified": "on", "deleted": "now",
}  # fmt: skip


@pytest.fixture(autouse=True)
def no_limits(settings: Settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


def test_every_form_is_listed() -> None:
    own = OWN.keys() - {"drafts", "notices", "decision", "suspension"}
    takes = own | ACTS.keys() | OPEN_FORMS.keys() | ACCOUNTS.keys() - WITHOUT_FORM
    assert takes == FORMS.keys()


def strange(form: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The form with one thing wrong with it at a time."""
    yield {}
    yield form | MORE
    yield {name: [value, *VALUES[:4]] for name, value in form.items()}
    for name in form:
        yield {other: value for other, value in form.items() if other != name}
        yield form | {name: [form[name], "other"]}
        yield form | {name: SimpleUploadedFile("a.txt", b"\0\xff")}
        yield form | {f"{name}[]": "x", f"{name}.x": "x"}
        yield from (form | {name: value} for value in VALUES)


def not_ones_own(member: User) -> list[Any]:
    """What no form of a member may change: others, what is theirs, and what a member may not give themselves."""
    figures = {"review_count", "last_login"}
    given = ("username", "is_staff", "is_superuser", "is_active", "former", "is_demo", "source_key")
    columns = [field.name for field in User._meta.concrete_fields if field.name not in figures]
    return [
        list(User.objects.exclude(pk=member.pk).exclude(former=True).order_by("pk").values(*columns)),
        list(User.objects.filter(pk=member.pk).values(*given)) or "gone",
        list(Review.objects.exclude(author=member).exclude(author__former=True).order_by("pk").values_list(
            "pk", "author", "title", "headline", "body", "state", "created", "version", "imported_votes")),
        list(Rating.objects.exclude(member=member).exclude(member__former=True).order_by("pk").values_list()),
        list(Vote.objects.exclude(member=member).order_by("pk").values_list("pk", "helpful")),
        list(Title.objects.order_by("pk").values_list("pk", "name", "slug", "synopsis")),
        list(Block.objects.exclude(member=member).exclude(blocked=member).values_list("pk")),
        list(Draft.objects.exclude(member=member).values_list("pk", "body")),
    ]  # fmt: skip


@pytest.mark.parametrize("role", ["member", "visitor"])
@pytest.mark.parametrize("name", FORMS)
def test_no_form_is_too_strange_for_an_answer_or_changes_what_is_anothers(name: str, role: str) -> None:
    site = a_filled_site()
    member = a_member("somebody")
    a_review(site.title, member, rating=6)
    Block.objects.create(member=site.author, blocked=member)
    path = address(name, site, member)
    session = signed_in(member) if role == "member" else ""
    before, sent = not_ones_own(member), 0
    for form in strange(FORMS[name] | ({"member": str(member.pk)} if "member" in FORMS[name] else {})):
        client = Client()
        if session:
            client.cookies[settings.SESSION_COOKIE_NAME] = session
        with transaction.atomic():
            answer = client.post(path, form)
            assert answer.status_code < 500, form
            after = not_ones_own(member)
            transaction.set_rollback(True)
        if name == "account_signup" or name == "leave":
            after[0] = [row for row in after[0] if row["username"] in {known["username"] for known in before[0]}]
            after[1] = before[1] if after[1] == "gone" else after[1]
        assert after == before, form
        sent += 1
    assert sent >= 3
    for content_type in ("application/json", "text/plain", "multipart/form-data; boundary=none", "x" * 300):
        answer = Client().post(path, json.dumps(FORMS[name]), content_type=content_type)
        assert answer.status_code < 500, content_type


def test_no_decision_is_too_strange_for_an_answer() -> None:
    """Moderators change what is others', but by a decision alone, and every one is in the record."""
    site, moderator = a_filled_site(), a_moderator("somebody")
    path, session = ACTS["decide"](site), signed_in(moderator)
    before, carried_out = not_ones_own(moderator), 0
    for form in strange(FORMS["decide"] | {"rule": str(HouseRules.objects.get().rules.earliest("pk").pk)}):
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = session
        with transaction.atomic():
            acts = Act.objects.count()
            answer = client.post(path, form)
            assert answer.status_code < 500, form
            if Act.objects.count() == acts:
                assert not_ones_own(moderator) == before, form
            else:
                assert Act.objects.latest("pk").moderator == moderator
                carried_out += 1
            transaction.set_rollback(True)
    assert carried_out > 5


def signed_in(member: User) -> str:
    """The cookie of a session in which the password was asked for just now."""
    client = Client()
    client.force_login(member)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def address(name: str, site: FilledSite, member: User) -> str:
    """The form's address; where it is of something of the member's, that is there."""
    match name:
        case "account_confirm_email":
            return reverse(name, args=["nobody-has-this-key"])
        case "account_reset_password_from_key":
            return reverse(name, args=["1", "nobody-has-this"])
        case "unblock":
            return reverse(name, args=[Block.objects.create(member=member, blocked=site.author).pk])
        case "end_session":
            mine = UserSession.objects.create(user=member, ip="127.0.0.1", session_key="x" * 32)
            return reverse(name, args=[mine.pk])
        case "mfa_remove_webauthn" | "mfa_edit_webauthn":
            key = Authenticator.objects.create(user=member, type="webauthn", data={"name": "Phone", "credential": {}})
            return reverse(name, args=[key.pk])
        case "discard":
            Draft.objects.create(member=member, title=site.title, headline="Begun")
        case "delete" | "restore":
            own = a_review(a_title(), member)
            if name == "restore":
                writing.delete(own)
            return reverse(name, args=[own.pk])
    known = ACTS | OWN | OPEN_FORMS
    return known[name](site) if name in known else reverse(name)
