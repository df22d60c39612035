"""Suspensions: for a while or for good, a member reads, exports and appeals, and does nothing else."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from reviews.locks import lock_author
from reviews.models import Act, Case, Rule
from reviews.moderation.cases import open_case_about, settle
from reviews.moderation.record import record
from reviews.permissions import why_not_suspend

# By what is sent: what each is called, and how long it lasts.
SUSPENSIONS = {
    "day": (gettext_lazy("A day"), timedelta(days=1)),
    "week": (gettext_lazy("A week"), timedelta(days=7)),
    "month": (gettext_lazy("A month"), timedelta(days=30)),
    "good": (gettext_lazy("For good"), None),
}
LENGTHS = [(length, name) for length, (name, _lasts) in SUSPENSIONS.items()]


class NotSuspendable(Exception):  # noqa: N818 - a state of affairs, not an error
    """The moderator may not do this to the account; `why` in words."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@transaction.atomic
def suspend(member: int, moderator: User, *, rule: Rule | None, reason: str, length: str) -> Act:
    """Suspend a member apart from any review, for a length of `SUSPENSIONS`; recorded, and the member is told.

    Raises `NotSuspendable`. Locks the member.
    """
    case = _case_about(member, moderator)
    until = end_of(length)
    act = record(Act.Kind.SUSPEND, case, moderator=moderator, rule=rule, reason=reason, until=until)
    mark(case.author, until)
    settle(case)
    return act


@transaction.atomic
def lift(member: int, moderator: User, *, reason: str) -> Act:
    """End a suspension before its time. Raises `NotSuspendable`, also where an appeal against it waits in the queue."""
    case = _case_about(member, moderator)
    if not case.author.is_suspended:
        raise NotSuspendable(_("This member is not suspended."))
    if case.appeals.filter(decision=None).exists():
        raise NotSuspendable(_("An appeal against the suspension waits in the queue. It is decided there."))
    act = record(Act.Kind.LIFT, case, moderator=moderator, reason=reason)
    unmark(case.author)
    settle(case)
    return act


def end_of(length: str) -> datetime | None:
    """When a suspension of that length from now on ends; None for good."""
    _name, lasts = SUSPENSIONS[length]
    return timezone.now() + lasts if lasts else None


def mark(member: User, until: datetime | None) -> None:
    """Suspend the member until then, or for good. The member is locked by the caller, who writes the record."""
    User.objects.filter(pk=member.pk).update(suspended=True, suspended_until=until)


def unmark(member: User) -> None:
    User.objects.filter(pk=member.pk).update(suspended=False, suspended_until=None)


def _case_about(pk: int, moderator: User) -> Case:
    lock_author(pk)
    member = User.objects.get(pk=pk)
    if why := why_not_suspend(moderator, member):
        raise NotSuspendable(why)
    return open_case_about(member, more=0)
