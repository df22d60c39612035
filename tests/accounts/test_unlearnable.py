"""Nobody learns from an answer, or from how long it takes, whether an address has an account.

The work is counted, not timed: hashes and letters are all that takes time.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.factories import PASSWORD, a_member

pytestmark = pytest.mark.django_db

KNOWN, UNCONFIRMED, UNKNOWN = "ines@example.org", "ole@example.org", "no@example.org"
ADDRESSES = [KNOWN, UNCONFIRMED, UNKNOWN]


@pytest.fixture(autouse=True)
def no_limits(settings: Settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


@pytest.fixture(autouse=True)
def accounts() -> None:
    for name, verified in (("ines", True), ("ole", False)):
        member = a_member(name)
        EmailAddress.objects.create(user=member, email=member.email, primary=True, verified=verified)


@contextmanager
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], tuple[int, int]]]:
    """How many hashes were worked out and letters sent."""
    hashes = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashes.append(salt)
        return encode(self, password, salt)

    before = len(mail.outbox)
    with monkeypatch.context() as patch:
        patch.setattr(MD5PasswordHasher, "encode", counted)
        yield lambda: (len(hashes), len(mail.outbox) - before)


def seen(answer: Any, address: str) -> tuple[int, str | None, str]:
    """What the visitor sees of an answer, without what differs anyway."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    page = re.sub(r"[\w.-]*(?:newcomer)[\w.-]*", "NAME", page).replace(address, "ADDRESS")
    return answer.status_code, answer.headers.get("Location"), page


def each(
    monkeypatch: pytest.MonkeyPatch, ask: Callable[[Client, str], Any], addresses: list[str] = ADDRESSES
) -> list[Any]:
    """Each address's answer and the work it made; all of them should be one."""
    found = []
    for address in addresses:
        with work(monkeypatch) as counted:
            answer = ask(Client(), address)
            found.append((seen(answer, address), counted()))
    return found


def test_signing_in_with_a_wrong_password(monkeypatch: pytest.MonkeyPatch) -> None:
    found = each(monkeypatch, lambda client, one: client.post("/accounts/login/", {"login": one, "password": "wrong"}))
    assert found == [found[0]] * 3
    assert found[0][1] == (1, 0)


@pytest.mark.parametrize("login", ["ines", "nobody", "imported", "gone"])
def test_signing_in_by_name_takes_one_hash_whoever_it_is(monkeypatch: pytest.MonkeyPatch, login: str) -> None:
    User.objects.create(username="imported", password="!")
    a_member("gone", is_active=False)
    found = each(
        monkeypatch, lambda client, one: client.post("/accounts/login/", {"login": one, "password": "x"}), [login]
    )
    assert found[0][1] == (1, 0)
    assert "do not go together" in found[0][0][2]


def test_joining_with_an_address_that_has_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(client: Client, address: str) -> Any:
        fields = {"username": f"newcomer-{ADDRESSES.index(address)}", "email": address, "password1": PASSWORD}
        joined = client.post("/accounts/signup/", fields)
        assert joined.status_code == 302
        return client.get("/accounts/email/")

    found = each(monkeypatch, ask)
    assert found == [found[0]] * 3
    assert found[0][1] == (1, 1)


def test_who_joined_with_anothers_address_signs_in_by_name_alone_either_way(monkeypatch: pytest.MonkeyPatch) -> None:
    for number, address in enumerate(ADDRESSES):
        join = {"username": f"newcomer-{number}", "email": address, "password1": PASSWORD}
        Client().post("/accounts/signup/", join)
    found = each(monkeypatch, lambda client, one: client.post("/accounts/login/", {"login": one, "password": PASSWORD}))
    assert [one[0][0] for one in found] == [302, 200, 200]  # the first is the password of ines, too
    assert {one[1] for one in found} == {(1, 0)}
    assert Client().post("/accounts/login/", {"login": "newcomer-0", "password": PASSWORD}).status_code == 302


def test_the_one_who_has_the_address_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    Client().post("/accounts/signup/", {"username": "newcomer", "email": KNOWN, "password1": PASSWORD})
    (letter,) = mail.outbox
    assert letter.to == [KNOWN]
    assert letter.subject == "You have an account already"
    assert "/confirm-email/" not in letter.body


def test_asking_for_a_new_password(monkeypatch: pytest.MonkeyPatch) -> None:
    found = each(monkeypatch, lambda client, one: client.post("/accounts/password/reset/", {"email": one}))
    assert found == [found[0]] * 3
    assert found[0][1] == (0, 1)


def test_one_letter_names_all_accounts_of_an_unconfirmed_address() -> None:
    a_member("ole-too", email=UNCONFIRMED)
    Client().post("/accounts/password/reset/", {"email": UNCONFIRMED})
    (letter,) = mail.outbox
    assert len(re.findall(r"/password/reset/key/\S+", str(letter.body))) == 2
    assert "for ole:" in letter.body
    assert "for ole-too:" in letter.body


def test_adding_an_address_that_has_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(client: Client, address: str) -> Any:
        client.force_login(a_member("a-newcomer-" + address[:2]))
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        client.post("/accounts/email/", {"action_add": "", "email": address})
        return client.get("/accounts/email/")

    found = each(monkeypatch, ask)
    assert found == [found[0]] * 3


def test_an_answer_does_not_tell_that_mail_went_there_before(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "before"}}
    said = []
    for number in range(2):
        client = Client()
        client.post("/accounts/signup/", {"username": f"newcomer{number}", "email": UNKNOWN, "password1": PASSWORD})
        said.append("on its way to" in client.get("/accounts/email/").content.decode())
    assert said == [True, True]
    assert len(mail.outbox) == 2
