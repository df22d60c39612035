"""The queue: the cases that wait, the heaviest first, and what each is about."""

from datetime import datetime
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from reviews.models import Act, Appeal, Case, Reason, Report, Review, Vote
from reviews.moderation.cases import decidable_by
from reviewsite.keyset import Keyset, Place, RowBefore

ORDER = Keyset("queue", {"lightness": (F("weight") * -1, float), "opened": (F("opened"), datetime)}, descending=False)

APPEALS = {
    Act.Kind.FOLD: gettext_lazy("Appeal against a fold"),
    Act.Kind.HIDE: gettext_lazy("Appeal against a hide"),
    Act.Kind.HOLD: gettext_lazy("Appeal against a hold"),
    Act.Kind.SUSPEND: gettext_lazy("Appeal against a suspension"),
    Act.Kind.VOID_VOTES: gettext_lazy("Appeal against voided votes"),
}
HELD_BY = {
    Act.By.MODERATOR: gettext_lazy("Held by a moderator"),
    Act.By.REPORTS: gettext_lazy("Held by rule: weight of reports"),
    Act.By.LINKS: gettext_lazy("Held by rule: links in a first review"),
    Act.By.ALIKE: gettext_lazy("Held by rule: very like another member’s review"),
    Act.By.REWRITTEN: gettext_lazy("Held by rule: written anew after a hidden one"),
}


def queue_for(moderator: User) -> QuerySet[Any]:
    """All cases in the queue's order, those decided too, each with what waits in it and whether it is the moderator's
    to decide (`decidable`): in one query, however many.
    """
    reports = Report.objects.filter(case=OuterRef("pk"), act=None).order_by()
    heaviest = reports.values("reason").annotate(together=Sum("weight")).order_by("-together", "reason")
    appeals = Appeal.objects.filter(case=OuterRef("pk"), decision=None).order_by("made")
    votes = Vote.objects.filter(review=OuterRef("review"), standing=Vote.Standing.HELD)
    holds = Act.objects.filter(review=OuterRef("review"), kind=Act.Kind.HOLD).order_by("-pk")
    cases = Case.objects.with_subjects().annotate(
        reason=Subquery(heaviest.values("reason")[:1]),
        report_count=_number(reports, "case"),
        appeal_kind=Subquery(appeals.values("kind")[:1]),
        appealed=Subquery(appeals.values("act__kind")[:1]),
        held_votes=_number(votes, "review"),
        held_by=Subquery(holds.values("by")[:1]),
        decidable=Exists(decidable_by(moderator).filter(pk=OuterRef("pk"))),
    )
    return ORDER.arrange(cases)


def waiting_numbers() -> dict[str, int]:
    """How many cases wait: in all, and by what waits in them (`WAITING_FOR`)."""
    numbers = {name: Count("pk", filter=condition) for name, condition in WAITING_FOR.items()}
    return Case.objects.filter(closed=None).aggregate(all=Count("pk"), **numbers)


# By what the queue can be narrowed.
WAITING_FOR = {
    "reports": Q(Exists(Report.objects.filter(case=OuterRef("pk"), act=None))),
    "appeals": Q(Exists(Appeal.objects.filter(case=OuterRef("pk"), decision=None))),
    "votes": Q(Exists(Vote.objects.filter(review=OuterRef("review"), standing=Vote.Standing.HELD))),
    "held": Q(review__state=Review.State.HELD),
}


def place_of(case: Any) -> tuple[int, int]:
    """Which in the queue the waiting case is, from 1, and how many wait."""
    before = RowBefore(*ORDER.expressions.values(), *(Value(value) for value in ORDER.place(case)))
    numbers = Case.objects.filter(closed=None).aggregate(all=Count("pk"), before=Count("pk", filter=before))
    return numbers["before"] + 1, numbers["all"]


def next_after(place: Place | None, moderator: User) -> Any | None:
    """The first case of the queue that the moderator may decide, after that place if one is given; None at its end."""
    decidable = queue_for(moderator).filter(decidable=True)
    return (ORDER.after(decidable, place) if place else decidable).first()


def matters_of(case: Any) -> list[str]:
    """What waits in a case that was read by `queue_for`, in words, what matters most first."""
    found = []
    if case.appeal_kind == Appeal.Kind.EDITED:
        found.append(_("Edited, to be looked at again"))
    elif case.appealed:
        found.append(str(APPEALS[case.appealed]))
    if case.report_count:
        words = ngettext("%(reason)s, %(number)s report", "%(reason)s, %(number)s reports", case.report_count)
        found.append(words % {"reason": Reason(case.reason).label, "number": intcomma(case.report_count)})
    if case.held_votes:
        words = ngettext("%(number)s held vote", "%(number)s held votes", case.held_votes)
        found.append(words % {"number": intcomma(case.held_votes)})
    if not found and case.held_by:
        found.append(str(HELD_BY[case.held_by]))
    return found


def _number(rows: QuerySet[Any], of: str) -> Coalesce:
    """How many of the rows belong to the case (by `of`)."""
    return Coalesce(Subquery(rows.order_by().values(of).annotate(number=Count("pk")).values("number")), 0)
