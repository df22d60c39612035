"""Reports: who may make them, what they weigh, and when they take a review out of sight."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from reviews.limits import LimitReached
from reviews.models import Act, Case, Notice, Reason, Report, Review
from reviews.moderation.deciding import Decision, decide
from reviews.moderation.reporting import AlreadyReported, NotThere, Outsider, report, weight_of
from tests.factories import a_case, a_member, a_review, a_trusted_member, in_state
from tests.reviews.moderation.at_once import outcomes
from tests.reviews.test_counters import recounted, stored

pytestmark = pytest.mark.django_db
SPOILER = Reason.SPOILER


def joined(years: float) -> User:
    return a_member(date_joined=timezone.now() - timedelta(days=365 * years))


@pytest.mark.parametrize(
    ("years", "reviews", "upheld", "decided", "weight"),
    [
        (0, 0, 0, 0, 1.0),
        (1, 0, 0, 0, 2.0),
        (2, 0, 0, 0, 3.0),
        (30, 0, 0, 0, 3.0),
        (0, 5, 0, 0, 1.5),
        (30, 5000, 0, 0, 4.0),
        (0, 0, 2, 2, 1.5),
        (0, 0, 0, 2, 1.0),
        (0, 0, 9, 10, 1.75),
        (30, 5000, 98, 98, 4.98),
    ],
)
def test_what_a_report_weighs(years: float, reviews: int, upheld: int, decided: int, weight: float) -> None:
    member = joined(years)
    User.objects.filter(pk=member.pk).update(review_count=reviews)
    member.refresh_from_db()
    case = a_case(a_review())
    Report.objects.bulk_create(
        Report(case=case, review=a_review(), reporter=member, reason=SPOILER, weight=1, upheld=number < upheld)
        for number in range(decided)
    )
    assert weight_of(member) == pytest.approx(weight, abs=0.01)


def test_one_case_a_review_however_many_the_reports(review: Review) -> None:
    for weight in (1.0, 1.0, 3.0):
        report(review.pk, joined(0 if weight == 1 else 3), SPOILER, "It tells the end.")
    case = Case.objects.get()
    assert (case.weight, case.reports.count(), case.closed) == (5.0, 3, None)


def test_the_heaviest_case_comes_first(author: User) -> None:
    light, heavy, middle = (a_review(author=author) for _ in range(3))
    for review, years in ((light, 0), (heavy, 3), (middle, 1)):
        report(review.pk, joined(years), SPOILER)
    assert [case.review for case in Case.objects.waiting()] == [heavy, middle, light]


def test_once_a_member_and_review(review: Review, reader: User) -> None:
    report(review.pk, reader, SPOILER)
    with pytest.raises(AlreadyReported):
        report(review.pk, reader, Reason.INSULT)
    assert Report.objects.count() == 1


def test_once_an_address_and_review(review: Review) -> None:
    report(review.pk, Outsider("Ida Holm", "Ida@example.org"), Reason.LAW, "My name is in it.")
    with pytest.raises(AlreadyReported):
        report(review.pk, Outsider("I. Holm", "ida@EXAMPLE.org"), Reason.LAW)
    made = Report.objects.get()
    assert (made.reporter, made.name, made.email, made.weight) == (None, "Ida Holm", "ida@example.org", 1.0)


def test_a_receipt_comes_at_once(review: Review, reader: User) -> None:
    made = report(review.pk, reader, SPOILER)
    assert Notice.objects.get() == Notice.objects.get(member=reader, report=made, act=None)


@pytest.mark.parametrize("state", ["held", "hidden", "deleted"])
def test_what_is_not_public_cannot_be_reported(review: Review, reader: User, state: str) -> None:
    Review.objects.filter(pk=review.pk).update(**in_state(state))
    with pytest.raises(NotThere):
        report(review.pk, reader, SPOILER)
    with pytest.raises(NotThere):
        report(10**12, reader, SPOILER)


def test_twenty_a_day(reader: User, settings: Settings) -> None:
    settings.REPORTS_A_DAY = 2
    reviews = [a_review() for _ in range(3)]
    for review in reviews[:2]:
        report(review.pk, reader, SPOILER)
    with pytest.raises(LimitReached, match="2"):
        report(reviews[2].pk, reader, SPOILER)
    Report.objects.update(made=timezone.now() - timedelta(hours=25))
    report(reviews[2].pk, reader, SPOILER)


def test_three_trusted_members_hold_a_review(review: Review) -> None:
    for number in range(3):
        assert Review.objects.get(pk=review.pk).state == "published", number
        report(review.pk, a_trusted_member(), SPOILER)
    assert Review.objects.get(pk=review.pk).state == "held"
    act = Act.objects.get()
    assert (act.kind, act.by, act.moderator, act.review, act.member) == ("hold", "reports", None, review, review.author)
    assert Notice.objects.get(act=act).member == review.author
    assert stored() == recounted()


@pytest.mark.parametrize(
    ("years", "held"),
    [
        ([3, 3], False),  # two accounts, whatever they weigh
        ([3, 3, 0], False),  # the third joined today
        ([3, 3, 1], True),
        ([1, 1, 1], False),  # three, but they weigh 6
        ([1, 1, 1, 1], True),
        ([0] * 12, False),
    ],
)
def test_weight_eight_from_three_accounts_older_than_a_day(review: Review, years: list[float], held: bool) -> None:
    for since in years:
        report(review.pk, joined(since), SPOILER)
    assert Review.objects.get(pk=review.pk).state == ("held" if held else "published")


def test_reports_without_an_account_hold_nothing(review: Review) -> None:
    for number in range(12):
        report(review.pk, Outsider("Ida", f"ida{number}@example.org"), SPOILER)
    assert Review.objects.get(pk=review.pk).state == "published"
    assert Case.objects.get().weight == 12


def test_reports_decided_before_do_not_count_again(review: Review, moderator: User) -> None:
    for _ in range(2):
        case = report(review.pk, a_trusted_member(), SPOILER).case
    decide(case.pk, moderator, 0, Decision(Act.Kind.NO_ACTION))
    for _ in range(2):
        report(review.pk, a_trusted_member(), SPOILER)
    assert Review.objects.get(pk=review.pk).state == "published"
    assert Case.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_reports_at_once_make_one_case_and_one_hold() -> None:
    review = a_review()
    reporters = [a_trusted_member() for _ in range(6)]
    # Whoever comes after the hold does not find the review any more.
    told = outcomes(*(partial(report, review.pk, member, SPOILER) for member in reporters), told=(NotThere,))
    assert told.count(None) == 3
    case = Case.objects.get()
    assert case.reports.count() == 3
    assert case.weight == 9.0
    assert Act.objects.count() == 1
    assert stored() == recounted()


@pytest.mark.django_db(transaction=True)
def test_two_tabs_of_one_member_report_once() -> None:
    review, member = a_review(), a_member()
    told = outcomes(*[partial(report, review.pk, member, SPOILER)] * 4, told=(AlreadyReported,))
    assert told.count(None) == 1
    assert Report.objects.count() == 1
