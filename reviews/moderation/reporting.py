"""Reports: somebody says what is wrong with a review."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone

from accounts.models import User
from reviews.limits import a_day_ago, refuse_too_many
from reviews.locks import lock_authors
from reviews.models import Act, Reason, Report, Review
from reviews.moderation.cases import HOLDS_AT, HOLDS_FROM, open_case_of
from reviews.moderation.holding import hold
from reviews.moderation.record import notify

# What trust is made of: a point for each year of membership, up to so many, and one more for so many reviews.
TRUSTED_YEARS = 2
TRUSTED_REVIEWS = 10


class AlreadyReported(Exception):  # noqa: N818 - a state of affairs, not an error
    """The member, or the address, has reported this review before."""


class NotThere(Exception):  # noqa: N818
    """The review is not public, or not any more."""


@dataclass(frozen=True)
class Outsider:
    """Who reports without an account: by name and address, or by neither, where the law asks for none."""

    name: str
    email: str


def weight_of(member: User) -> float:
    """What a report of the member weighs, 1 to 5: 1 + trust (0 to 3) + accuracy of past reports (0 to 1).

    Trust: one for each year since joining, up to two, and up to one more for ten published reviews. Accuracy: the share
    of decided reports that were upheld, as if two more had not been, so that a single hit is no record yet.
    """
    years = (timezone.now() - member.date_joined) / timedelta(days=365)
    trust = min(float(TRUSTED_YEARS), max(0.0, years)) + min(1.0, member.review_count / TRUSTED_REVIEWS)
    past = Report.objects.filter(reporter=member, upheld__isnull=False)
    hits = past.aggregate(number=Count("pk", filter=Q(upheld=True)), decided=Count("pk"))
    accuracy: float = hits["number"] / (hits["decided"] + 2)
    return round(1 + trust + accuracy, 2)


@transaction.atomic
def report(review: int, who: User | Outsider, reason: Reason, words: str = "") -> Report:
    """Put a report before the moderators; at weight 8 the review is held out of sight until one of them decides.

    Raises `NotThere`, `AlreadyReported`, or `LimitReached` when the member has made as many today as one may.
    Locks author and reporter, so that neither two reports at once nor two tabs pass what is counted here.
    """
    author = Review.objects.public().filter(pk=review).values_list("author_id", flat=True).first()
    if author is None:
        raise NotThere
    member = who if isinstance(who, User) else None
    lock_authors([author, *([member.pk] if member else [])])
    found = Review.objects.public().filter(pk=review, author=author).select_related("author", "title").first()
    if found is None:
        raise NotThere
    _refuse_again(found, who)
    made = Report(
        case=open_case_of(found, more=(weight := weight_of(member) if member else 1.0)),
        review=found,
        reporter=member,
        reason=reason,
        words=words,
        weight=weight,
    )
    if isinstance(who, Outsider):
        made.name, made.email = who.name, who.email.lower()
    made.save(force_insert=True)
    notify(member, report=made)
    if _holds(made):
        hold(found, Act.By.REPORTS)
    return made


def _refuse_again(review: Review, who: User | Outsider) -> None:
    if isinstance(who, Outsider):
        if who.email and Report.objects.filter(review=review, email=who.email.lower()).exists():
            raise AlreadyReported
        return
    if Report.objects.filter(review=review, reporter=who).exists():
        raise AlreadyReported
    refuse_too_many(Report.objects.filter(reporter=who, made__gt=a_day_ago()), settings.REPORTS_A_DAY)


def _holds(made: Report) -> bool:
    settled = Report.objects.filter(case=made.case, act=None, reporter__date_joined__lt=a_day_ago())
    reports = settled.aggregate(number=Count("pk"), weight=Sum("weight", default=0.0))
    return bool(reports["number"] >= HOLDS_FROM and reports["weight"] >= HOLDS_AT)
