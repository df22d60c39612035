"""What a member deleted goes for good when its time is over: text, versions, votes. Nothing else does."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from reviews import writing
from reviews.drafting import Seen, Text
from reviews.erasing import erase_outdated
from reviews.models import Act, Export, Reason, Report, Review, Version, Vote
from reviews.moderation.reporting import Outsider, report
from tests.factories import a_review, a_title, a_vote, members
from tests.reviews.test_counters import recounted, stored, together, while_uncommitted

DAYS = timedelta(days=1)


def a_deleted_review(author: User, *, ago: timedelta) -> Review:
    """One with a version and votes, deleted by its author so long ago."""
    review = a_review(a_title(), author, rating=7, helpful=2, votes=3)
    for voter in members(3):
        a_vote(review, voter)
    writing.publish(author, review.title, Text(7, "Once more", "SECRETWORDS " * 30), Seen.now(review, None))
    writing.delete(review)
    Review.objects.filter(pk=review.pk).update(deleted=timezone.now() - ago)
    return review


@pytest.mark.django_db
def test_after_thirty_days_nothing_of_it_is_left(author: User, capsys: pytest.CaptureFixture[str]) -> None:
    a_deleted_review(author, ago=30 * DAYS)
    a_review(author=author)
    call_command("erase_outdated")
    assert "Reviews erased: 1\n" in capsys.readouterr().out
    assert Review.objects.get().state == Review.State.PUBLISHED
    assert not Version.objects.exists()
    assert not Vote.objects.exists()
    assert stored() == recounted()


@pytest.mark.django_db
def test_until_then_it_comes_back_as_it_was(author: User) -> None:
    review = a_deleted_review(author, ago=30 * DAYS - timedelta(minutes=1))
    assert erase_outdated() == 0
    assert writing.restore(review)
    review.refresh_from_db()
    assert (review.state, review.votes, review.versions.count()) == ("published", 6, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["published", "held", "hidden"])
def test_no_other_review_is_erased_however_old(author: User, state: str) -> None:
    a_review(author=author, state=state)
    assert erase_outdated() == 0
    assert Review.objects.exists()


@pytest.mark.django_db
def test_the_rating_and_a_newer_review_stay(author: User) -> None:
    old = a_deleted_review(author, ago=31 * DAYS)
    newer = a_review(old.title, author)
    assert erase_outdated() == 1
    newer.refresh_from_db()
    assert newer.rating == 7
    assert stored() == recounted()


@pytest.mark.django_db
def test_old_exports_and_ended_sessions_go_too(author: User, reader: User) -> None:
    for member, age in ((author, 8 * DAYS), (reader, 6 * DAYS)):
        Export.objects.create(member=member)
        Export.objects.filter(member=member).update(asked=timezone.now() - age)
    for key, until in (("over", -DAYS), ("running", DAYS)):
        Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() + until)
    call_command("erase_outdated")
    assert Export.objects.get().member == reader
    assert Session.objects.get().session_key == "running"


@pytest.mark.django_db(transaction=True)
def test_several_at_once_erase_each_once(author: User, reader: User) -> None:
    for member in (author, reader):
        for _ in range(4):
            a_deleted_review(member, ago=31 * DAYS)
    erased: list[int] = []
    together(*[lambda: erased.append(erase_outdated())] * 4)
    assert sum(erased) == 8
    assert not Review.objects.exists()
    assert stored() == recounted()


@pytest.mark.django_db(transaction=True)
def test_what_comes_back_at_the_last_moment_is_not_erased(author: User) -> None:
    review = a_deleted_review(author, ago=29 * DAYS)

    def bring_back_in_time() -> None:
        assert writing.restore(review)

    def erase_too_soon() -> None:
        Review.objects.filter(pk=review.pk, state="deleted").update(deleted=timezone.now() - 31 * DAYS)
        erase_outdated()

    while_uncommitted(bring_back_in_time, erase_too_soon)
    review.refresh_from_db()
    assert review.state == Review.State.PUBLISHED


@pytest.mark.django_db
def test_who_reported_without_an_account_is_forgotten_half_a_year_after_the_decision() -> None:
    reviews = [a_review() for _ in range(3)]
    for review in reviews:
        report(review.pk, Outsider("Ida Holm", "ida@example.org"), Reason.LAW, "My name is in it.")
    acts = {
        days: Act.objects.create(kind=Act.Kind.HIDE, at=timezone.now() - days * DAYS, reason="It was.")
        for days in (182, 184)
    }
    for review, act in zip(reviews, acts.values(), strict=False):
        Report.objects.filter(review=review).update(act=act, upheld=True)
    erase_outdated()
    kept = dict(Report.objects.values_list("act", "email"))
    assert kept == {acts[182].pk: "ida@example.org", acts[184].pk: "", None: "ida@example.org"}
    assert set(Report.objects.values_list("words", flat=True)) == {"My name is in it."}
