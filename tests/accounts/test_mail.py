"""Letters: in the site's words, in files where nothing sends them, and an address that has to be confirmed."""

import re
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as site_settings
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.backends import SignInBackend
from accounts.models import User
from accounts.permissions import has_confirmed_address
from reviewsite import environment
from reviewsite.letters import KeepingBackend
from tests.factories import PASSWORD, a_member

pytestmark = pytest.mark.django_db
HOME = "https://reviews.example"


def join() -> User:
    Client().post("/accounts/signup/", {"username": "ines", "email": "ines@example.org", "password1": PASSWORD})
    return User.objects.get(username="ines")


def test_without_a_mail_server_letters_go_to_files_and_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EMAIL_URL", raising=False)
    chosen = environment.mailer("EMAIL_URL", kept_in=tmp_path / "mail")
    assert chosen["BACKEND"] == "reviewsite.letters.KeepingBackend"
    link = "https://example.org/" + "é=x" * 400
    letter = EmailMessage("Grüße", f"Follow\n{link}\n", "site@example.org", ["ines@example.org"])
    assert KeepingBackend(**chosen["OPTIONS"]).send_messages([letter, letter]) == 2
    files = sorted((tmp_path / "mail").iterdir())
    assert len(files) == 2
    assert link in files[0].read_text()
    assert "Subject: Grüße" in files[0].read_text()
    assert files[0].stat().st_mode & 0o077 == 0
    shown = capsys.readouterr().err
    assert link in shown
    assert str(files[1]) in shown


@pytest.fixture(autouse=True)
def at_home(settings: Settings) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = HOME, ["testserver", "localhost"]


@pytest.mark.parametrize(
    ("path", "sent", "leads"),
    [
        ("signup", {"username": "nils", "email": "nils@example.org", "password1": PASSWORD}, "confirm-email/"),
        ("signup", {"username": "nils", "email": "ines@example.org", "password1": PASSWORD}, "password/reset/"),
        ("password/reset", {"email": "ines@example.org"}, "password/reset/key/"),
        ("password/reset", {"email": "nobody@example.org"}, "signup/"),
    ],
)
def test_links_lead_to_the_site_whatever_the_request_calls_it(path: str, sent: dict[str, str], leads: str) -> None:
    EmailAddress.objects.create(user=a_member("ines"), email="ines@example.org", verified=True, primary=True)
    Client().post(f"/accounts/{path}/", sent, headers={"host": "localhost:1337"})
    (letter,) = mail.outbox
    assert set(re.findall(r"https?://[^/\s]+", str(letter.body))) == {HOME}
    assert f"{HOME}/accounts/{leads}" in letter.body


def test_the_first_letter_has_a_link_that_confirms() -> None:
    member = join()
    (letter,) = mail.outbox
    assert letter.subject == "Welcome: confirm your e-mail address"
    link = re.search(r"https://reviews.example(/\S+)", str(letter.body))
    assert link
    assert "Reviewsite" in letter.body
    Client().post(link[1])
    assert EmailAddress.objects.get(user=member).verified


def test_every_template_of_a_letter_is_the_sites_own() -> None:
    from allauth import account

    allauths = Path(str(account.__file__)).parent.parent / "templates"
    unused = {"login_code", "password_reset_code"}
    for app in ("account", "mfa"):
        names = {path.name for path in (allauths / app / "email").iterdir()}
        own = {path.name for path in (site_settings.BASE_DIR / "templates" / app / "email").iterdir()}
        assert {name for name in names - own if not any(name.startswith(word) for word in unused)} == set()


@pytest.mark.parametrize(
    ("asked", "confirmed", "may"), [(False, False, True), (True, False, False), (True, True, True)]
)
def test_an_address_has_to_be_confirmed_where_mail_is_sent(
    settings: Settings, asked: bool, confirmed: bool, may: bool
) -> None:
    settings.ASK_TO_CONFIRM = asked
    member = join()
    EmailAddress.objects.update(verified=confirmed)
    assert has_confirmed_address(member) is may
    assert not has_confirmed_address(AnonymousUser())


def test_asking_costs_no_query(settings: Settings, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    settings.ASK_TO_CONFIRM = True
    pk = join().pk
    with django_assert_num_queries(1):
        member = SignInBackend().get_user(pk)
        assert member
        assert not has_confirmed_address(member)


def test_who_has_not_confirmed_is_told_instead_of_being_asked_for_a_vote(settings: Settings) -> None:
    from tests.factories import a_review

    settings.ASK_TO_CONFIRM = True
    review, client = a_review(), Client()
    client.force_login(a_member("ines"))
    page = client.get(review.get_absolute_url()).content.decode()
    assert "Confirm your e-mail address" in page
    assert 'name="vote"' not in page


@pytest.mark.parametrize("number", ["-1", "one", "1.5", "٣"])
def test_a_number_of_proxies_is_a_number(monkeypatch: pytest.MonkeyPatch, number: str) -> None:
    monkeypatch.setenv("PROXIES", number)
    with pytest.raises(ImproperlyConfigured, match="PROXIES"):
        environment.number("PROXIES", default=0)
