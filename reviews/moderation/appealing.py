"""Appeals: an author wants a decision looked at again, by another moderator."""

from django.db import transaction

from accounts.models import User
from reviews.locks import lock_author
from reviews.models import Act, Appeal, Review
from reviews.moderation.cases import APPEAL, open_case_about, open_case_of
from reviews.moderation.record import APPEALABLE


class NotAppealable(Exception):  # noqa: N818 - a state of affairs, not an error
    """Nothing to appeal against: decided already, not in force any more, or appealed before."""


def ways_of(act: Act) -> list[Appeal.Kind]:
    """How the author may have the decision looked at again now: by objecting once, and after each edit."""
    if act.kind not in APPEALABLE or not _in_force(act) or act.appeals.filter(decision=None).exists():
        return []
    ways = []
    if not act.appeals.filter(kind=Appeal.Kind.OBJECTION).exists():
        ways.append(Appeal.Kind.OBJECTION)
    if _edited_since(act):
        ways.append(Appeal.Kind.EDITED)
    return ways


@transaction.atomic
def appeal(act: Act, member: User, kind: Appeal.Kind, words: str) -> Appeal:
    """Put the decision before the moderators once more. Raises `NotAppealable`."""
    lock_author(member.pk)
    act = Act.objects.select_related("review").get(pk=act.pk)
    if act.member_id != member.pk or kind not in ways_of(act):
        raise NotAppealable
    if act.review is None or act.kind == Act.Kind.SUSPEND:
        case = open_case_about(member, more=APPEAL)
    else:
        case = open_case_of(act.review, more=APPEAL)
    return Appeal.objects.create(act=act, case=case, member=member, kind=kind, words=words)


def _in_force(act: Act) -> bool:
    """Does the decision still shape what readers see or what the member may do?"""
    if act.kind == Act.Kind.SUSPEND:
        return act == _latest(act, member=act.member) and bool(act.member and act.member.is_suspended)
    review = act.review
    if review is None or review.state == Review.State.DELETED:
        return False
    if act.kind == Act.Kind.VOID_VOTES:
        return act == _latest(act, review=review)
    if act.kind == Act.Kind.FOLD:
        return review.folded and act == _latest(act, review=review)
    state = {Act.Kind.HIDE: Review.State.HIDDEN, Act.Kind.HOLD: Review.State.HELD}[Act.Kind(act.kind)]
    return review.state == state and act == _latest(act, review=review)


def _latest(act: Act, **of: object) -> Act | None:
    return Act.objects.filter(kind=act.kind, **of).order_by("-pk").first()


def _edited_since(act: Act) -> bool:
    """Has the text changed since the decision, and since the last look at it?"""
    review = act.review
    if review is None or act.kind not in {Act.Kind.HIDE, Act.Kind.HOLD} or act.version is None:
        return False
    looked_at = act.appeals.exclude(decision=None).order_by("-pk").values_list("decision__version", flat=True).first()
    return review.version > max(act.version, looked_at or 0)
