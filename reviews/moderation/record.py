"""Writing the record: the row of an act, what it answers, and who is told of it."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from reviews.locks import lock_author
from reviews.models import Act, Appeal, Case, Notice, Review, Rule
from reviews.moderation import mailing

# What an author is told of, and may object to.
APPEALABLE = {Act.Kind.FOLD, Act.Kind.HIDE, Act.Kind.HOLD, Act.Kind.SUSPEND, Act.Kind.VOID_VOTES}
TOLD = APPEALABLE | {Act.Kind.RESTORE, Act.Kind.LIFT, Act.Kind.UPHOLD, Act.Kind.COUNT_VOTES}


def record(
    kind: Act.Kind,
    case: Case,
    *,
    by: Act.By = Act.By.MODERATOR,
    moderator: User | None = None,
    rule: Rule | None = None,
    reason: str = "",
    until: datetime | None = None,
    votes: int = 0,
    answers: Appeal | None = None,
    overturns: bool | None = None,
    tell: bool = True,
    reports: int = 0,
    decides: bool = False,
) -> Act:
    """Write the act down and tell the author; in the transaction that carries it out.

    `decides`: somebody waited for it, so how long they did is written down too.
    """
    review = case.review
    act = Act.objects.create(
        kind=kind,
        by=by,
        moderator=moderator,
        review=review,
        title_id=review.title_id if review else None,
        member=case.author,
        case_number=case.pk,
        rule=rule,
        reason=reason,
        until=until,
        version=review.version if review else None,
        reports=reports,
        votes=votes,
        waited=timezone.now() - case.opened if decides else None,
        answers=answers.act if answers else None,
        overturns=overturns if answers else None,
    )
    if tell and kind in TOLD:
        notify(case.author, act=act)
    return act


def out_of_sight_since(review: Review) -> Act | None:
    """The act that took a review out of sight, last."""
    acts = Act.objects.filter(review=review, kind__in=[Act.Kind.HIDE, Act.Kind.HOLD])
    return acts.with_subjects().order_by("-pk").first()


def notify(member: User | None, **about: Any) -> Notice:
    """Put a notice before the member, and send it by mail; to those without an account it goes by mail alone.

    What fails once it is committed is logged, and fails neither the rest nor the request: the act is done.
    """
    if member is not None:
        transaction.on_commit(partial(count_unread, member.pk), robust=True)
    notice = Notice.objects.create(member=member, **about)
    transaction.on_commit(partial(mailing.send_now, notice.pk), robust=True)
    return notice


def count_unread_without(reviews: QuerySet[Review]) -> None:
    """Before these reviews go, and with them the notices about reports of them: see to the numbers afterwards."""
    going = Notice.objects.filter(report__review__in=reviews, read=False, member__isnull=False)
    for member in going.values_list("member_id", flat=True).distinct():
        transaction.on_commit(partial(count_unread, member), robust=True)


def count_unread(member: int) -> None:
    """Bring the number that the member's pages show up to date.

    In a transaction of its own: within a moderator's, who tells many members, two acts could wait for each other.
    """
    unread = Notice.objects.filter(member=member, read=False).order_by().values("member").values(number=Count("pk"))
    with transaction.atomic():
        # Counted once the lock is there: of two at once, the later one must not write what it counted earlier.
        lock_author(member)
        User.objects.filter(pk=member).update(unread_notices=Coalesce(Subquery(unread), 0))


def mark_read(member: User, *, up_to: int) -> None:
    """The member has read their notices up to that number; later ones they have not been shown."""
    Notice.objects.filter(member=member, read=False, pk__lte=up_to).update(read=True)
    count_unread(member.pk)
