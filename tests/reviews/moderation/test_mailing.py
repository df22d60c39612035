"""Notices by mail: what stands in them, to whom they go, and that none is lost or sent twice."""

from email import message_from_bytes
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import User
from reviews.models import Act, Notice, Reason, Review
from reviews.moderation import mailing
from reviews.moderation.deciding import Decision, decide
from reviews.moderation.reporting import Outsider, report
from tests.factories import a_decision_on, a_member, a_review, a_trusted_member
from tests.reviews.test_counters import together

pytestmark = pytest.mark.django_db

SERVER = {"host": "127.0.0.1", "port": 1, "timeout": 5}
NOBODY_THERE = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": SERVER}}


@pytest.fixture(autouse=True)
def site(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SITE_URL = "https://reviews.example"
    monkeypatch.setattr(mailing, "_failed", float("-inf"))


@pytest.fixture
def commit(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Any:
    """What follows a commit happens at the end of the block."""
    return partial(django_capture_on_commit_callbacks, execute=True)


def to(address: str) -> list[Any]:
    return [letter for letter in mail.outbox if letter.to == [address]]


def test_an_author_is_told_by_mail(author: User, moderator: User, commit: Any) -> None:
    with commit():
        act = a_decision_on(a_review(author=author), moderator)
    (letter,) = to("author@example.org")
    assert act.title
    assert letter.subject == f"Your review of {act.title.name} is hidden"
    for part in ("1. About the work", "It is about a shop.", "A moderator, not a program.", "appeal"):
        assert part in letter.body
    assert f"\nhttps://reviews.example/decision/{act.pk}/\n" in letter.body
    assert "moderator@example.org" not in letter.body
    assert Notice.objects.get(act=act, member=author).mailed


def test_who_reports_without_an_account_has_a_receipt_and_the_outcome(
    review: Review, moderator: User, commit: Any
) -> None:
    who = Outsider("BUY THIS at shop.example", "ida@example.org")
    with commit():
        case = report(review.pk, who, Reason.OTHER, "BUY THAT at shop.example").case
    with commit():
        decide(case.pk, moderator, case.version, Decision(Act.Kind.NO_ACTION, reason="A fair review."))
    receipt, outcome = to("ida@example.org")
    assert "has arrived" in receipt.subject
    assert "somebody gave your address by mistake" in receipt.body
    assert outcome.subject.endswith("that you reported stays as it is")
    assert "A fair review." in outcome.body
    for letter in (receipt, outcome):
        assert f"https://reviews.example/review/{review.pk}/" in letter.body
        # Anybody can give anybody's address, so nothing that they typed goes there.
        assert "shop.example" not in f"{letter.subject} {letter.body}"


def test_members_are_told_by_mail_too(review: Review, reader: User, moderator: User, commit: Any) -> None:
    with commit():
        case = report(review.pk, reader, Reason.OFF_TOPIC, "").case
    with commit():
        decide(case.pk, moderator, case.version, Decision(Act.Kind.HIDE, reason="About a shop."))
    assert [letter.subject.split(" of ")[0] for letter in to("reader@example.org")] == ["Your report", "The review"]
    assert "/decision/" not in to("reader@example.org")[1].body


@pytest.mark.parametrize("kind", ["fold", "hide", "hold"])
def test_no_mail_holds_words_of_a_review(author: User, reader: User, moderator: User, kind: str, commit: Any) -> None:
    review = a_review(author=author, headline="SECRETHEADLINE", body="SECRETBODY >!SECRETPASSAGE!<", spoiler=True)
    with commit():
        case = report(review.pk, reader, Reason.SPOILER, "SECRETREPORT").case
        decide(case.pk, moderator, case.version, Decision(Act.Kind(kind), reason="It tells the end."))
    assert len(mail.outbox) >= 2
    assert not [letter for letter in mail.outbox if "SECRET" in f"{letter.subject} {letter.body}"]


def test_names_and_titles_are_text(author: User, moderator: User, commit: Any) -> None:
    review = a_review(author=author)
    review.title.name = "Lamps &\r\nBcc: <b>all</b>"
    review.title.save()
    with commit():
        a_decision_on(review, moderator, reason="<i>Why</i> & how")
    (letter,) = to("author@example.org")
    assert letter.subject == "Your review of Lamps & Bcc: <b>all</b> is hidden"
    assert "<i>Why</i> & how" in letter.body


@pytest.mark.parametrize(("confirmed", "letters"), [(False, 0), (True, 1)])
def test_an_address_that_nobody_confirmed_gets_no_mail(
    review: Review, settings: Settings, confirmed: bool, letters: int, commit: Any
) -> None:
    settings.ASK_TO_CONFIRM = True
    member = a_member("ines")
    EmailAddress.objects.create(user=member, email=member.email, verified=confirmed, primary=True)
    with commit():
        report(review.pk, User.objects.get(pk=member.pk), Reason.INSULT)
    assert len(to("ines@example.org")) == letters
    assert Notice.objects.get(member=member).mailed


def test_who_has_no_address_waits_for_no_mail(moderator: User, commit: Any) -> None:
    imported = a_member("imported", email="", source_key="file:imported")
    with commit():
        act = a_decision_on(a_review(author=imported), moderator)
    assert not [letter for letter in mail.outbox if f"/decision/{act.pk}/" in letter.body]
    assert not Notice.objects.to_mail().exists()


def test_a_mail_server_that_is_down_stops_no_decision_and_loses_no_mail(
    client: Client,
    review: Review,
    moderator: User,
    settings: Settings,
    commit: Any,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    kept = settings.MAILERS
    settings.MAILERS = NOBODY_THERE
    given = {"reason": "insult", "name": "Ida", "email": "ida@example.org", "good_faith": "on"}
    with commit():
        assert client.post(f"/review/{review.pk}/report/", given).status_code == 302
    with commit():
        act = a_decision_on(review, moderator)
    assert Review.objects.get(pk=review.pk).state == "hidden"
    # The first that failed is the last that anybody waited for.
    assert [record.args and record.levelname for record in caplog.records if "waits" in record.message] == ["WARNING"]
    assert Notice.objects.to_mail().count() == Notice.objects.count() >= 4
    call_command("send_notices")
    assert Notice.objects.to_mail().count() == Notice.objects.count()
    settings.MAILERS = kept
    call_command("send_notices")
    assert not Notice.objects.to_mail().exists()
    assert len(to("ida@example.org")) == 2
    assert len(to("author@example.org")) == 1
    assert f"/decision/{act.pk}/" in to("author@example.org")[0].body
    number = len(mail.outbox)
    call_command("send_notices")
    assert len(mail.outbox) == number
    assert capsys.readouterr().out.split() == ["Sent:", "0", "Sent:", str(number), "Sent:", "0"]


def test_an_address_that_no_mail_can_go_to_stops_no_other(review: Review, commit: Any, settings: Settings) -> None:
    broken = a_member("broken", email="a@b\r\nBcc: c@d")
    settings.MAILERS = NOBODY_THERE
    for member in (broken, a_member("whole")):
        with commit():
            report(review.pk, member, Reason.INSULT)
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    call_command("send_notices")
    assert to("whole@example.org")
    assert Notice.objects.to_mail().get().member == broken


@pytest.mark.django_db(transaction=True)
def test_two_at_once_send_each_once(settings: Settings, tmp_path: Path) -> None:
    settings.MAILERS = NOBODY_THERE
    review = a_review()
    for number in range(12):
        report(review.pk, Outsider("Ida", f"ida{number}@example.org"), Reason.INSULT)
    assert Notice.objects.to_mail().count() == 12
    settings.MAILERS = {
        "default": {"BACKEND": "reviewsite.letters.KeepingBackend", "OPTIONS": {"file_path": str(tmp_path)}}
    }
    together(*[mailing.send_waiting] * 4)
    sent = [message_from_bytes(path.read_bytes())["To"] for path in tmp_path.iterdir()]
    assert sorted(sent) == sorted(f"ida{number}@example.org" for number in range(12))
    assert not Notice.objects.to_mail().exists()


def test_a_decision_that_comes_to_nothing_is_told_to_nobody(author: User, moderator: User, commit: Any) -> None:
    with commit(), transaction.atomic():
        a_decision_on(a_review(author=author), moderator)
        transaction.set_rollback(True)
    assert not mail.outbox
    assert not Notice.objects.exists()


def test_a_review_held_by_reports_is_told_to_its_author_once(review: Review, commit: Any) -> None:
    for _ in range(3):
        with commit():
            report(review.pk, a_trusted_member(), Reason.INSULT)
    (letter,) = to("author@example.org")
    assert letter.subject.endswith("is held until a moderator decides")
    assert "A rule of the site, not a person" in letter.body
