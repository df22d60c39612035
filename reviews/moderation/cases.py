"""Cases: one open at a time for a review or an account, and who may decide it."""

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from reviews.locks import lock_author
from reviews.models import Appeal, Case, Report, Review, Vote

# What weighs in the queue beside reports.
HELD_REVIEW = 3.0
HELD_VOTES = 3.0
APPEAL = 4.0
# Reports of this weight together, by as many members who joined more than a day ago, take a review out of sight.
HOLDS_AT = 8.0
HOLDS_FROM = 3


def open_case_of(review: Review, *, more: float) -> Case:
    """The open case of a review, `more` heavier; a new one if there is none. Within a transaction."""
    case, _ = Case.objects.get_or_create(review=review, closed=None)
    return _heavier(case, more)


@transaction.atomic
def open_by_hand(review: int) -> Case | None:
    """The open case of a review that a moderator wants decided, reported or not; None if it has gone."""
    author = Review.objects.filter(pk=review).values_list("author_id", flat=True).first()
    if author is None:
        return None
    lock_author(author)
    found = Review.objects.filter(pk=review).first()
    return open_case_of(found, more=0) if found else None


def open_case_about(member: User, *, more: float) -> Case:
    """The open case of a member's account."""
    case, _ = Case.objects.get_or_create(member=member, closed=None)
    return _heavier(case, more)


def _heavier(case: Case, more: float) -> Case:
    Case.objects.filter(pk=case.pk).update(weight=F("weight") + more)
    case.refresh_from_db(fields=["weight", "version"])
    return case


def lock_case(pk: int) -> Case | None:
    """The case, with its author and itself locked and everything read after that; None if it has gone."""
    while found := Case.objects.select_related("review__author", "member").filter(pk=pk).first():
        author = found.author.pk
        lock_author(author)
        locked = Case.objects.select_for_update(of=("self",), no_key=True)
        case = locked.select_related("review__author", "review__title", "member").filter(pk=pk).first()
        # Its review may have been left behind by its author meanwhile.
        if case is None or case.author.pk == author:
            return case
    return None


def settle(case: Case) -> None:
    """Close the case if nothing in it waits any more, and weigh what does."""
    reports = list(Report.objects.filter(case=case, act=None).values_list("weight", flat=True))
    appeals = Appeal.objects.filter(case=case, decision=None).count()
    votes = Vote.objects.filter(review=case.review, standing=Vote.Standing.HELD).exists() if case.review else False
    held = case.review is not None and Review.objects.filter(pk=case.review.pk, state=Review.State.HELD).exists()
    case.weight = sum(reports) + APPEAL * appeals + HELD_VOTES * votes + HELD_REVIEW * (held and not reports)
    case.closed = None if reports or appeals or votes or held else timezone.now()
    case.version += 1
    case.save(update_fields=["weight", "closed", "version"])


def decidable_by(moderator: User) -> QuerySet[Case]:
    """The waiting cases that the moderator may decide."""
    own = Q(review__author=moderator) | Q(member=moderator)
    appeals = Appeal.objects.filter(case=OuterRef("pk"), decision=None, act__moderator=moderator)
    return Case.objects.waiting().exclude(own).exclude(Exists(appeals))


def others_of(case: Case, moderator: User) -> QuerySet[Case]:
    """The other waiting cases of the same author, which may go in one act."""
    return decidable_by(moderator).filter(review__author=case.author).exclude(pk=case.pk)
