"""Decisions of moderators: each with its record, its notices and the end of what had waited for it, or none of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from reviews.models import Act, Appeal, Case, Report, Review, Rule, Vote
from reviews.moderation import suspending
from reviews.moderation.cases import lock_case, settle
from reviews.moderation.holding import set_state
from reviews.moderation.record import notify, record
from reviews.permissions import why_not_decide, why_not_suspend

Kind = Act.Kind

# These say that the reports were right; the others that decide a review, that they were not.
UPHOLD_REPORTS = {Kind.FOLD, Kind.HIDE, Kind.SUSPEND}
# These leave reports waiting. Upholding answers them only where it says that they were right.
NOT_OF_THE_TEXT = {Kind.HOLD, Kind.COUNT_VOTES, Kind.VOID_VOTES}
# What appeals can be about, in the order in which they are decided: one at a time, as one answer does not fit two.
TEXT, VOTES, ACCOUNT = {Kind.FOLD, Kind.HIDE, Kind.HOLD}, {Kind.VOID_VOTES}, {Kind.SUSPEND}
ANSWERS = {
    Kind.RESTORE: TEXT,
    Kind.FOLD: TEXT,
    Kind.HIDE: TEXT,
    Kind.NO_ACTION: TEXT,
    Kind.COUNT_VOTES: VOTES,
    Kind.LIFT: ACCOUNT,
}
# These take back what an author objects to.
TAKE_BACK = {Kind.RESTORE, Kind.LIFT, Kind.COUNT_VOTES, Kind.NO_ACTION}
# Readers' sight changes, so the author must be told by which rule and why.
NEED_REASON = {Kind.FOLD, Kind.HIDE, Kind.SUSPEND, Kind.VOID_VOTES, Kind.UPHOLD}


class DecidedMeanwhile(Exception):  # noqa: N818 - a state of affairs, not an error
    """Another moderator has acted on the case since it was shown: `act`, if the case is still there."""

    def __init__(self, act: Act | None) -> None:
        super().__init__(act)
        self.act = act


class NotYours(Exception):  # noqa: N818
    """The moderator may not decide this case; `why` in words."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotPossible(Exception):  # noqa: N818
    """There is nothing in the case that this decision could be about."""


@dataclass(frozen=True)
class Decision:
    """What a moderator decides. `suspension` is a key of `suspending.SUSPENSIONS`; `hide` hides the review besides."""

    kind: Act.Kind
    rule: Rule | None = None
    reason: str = ""
    suspension: str = ""
    hide: bool = False


def decide(case: int, moderator: User, seen: int, decision: Decision) -> Act:
    """Carry the decision out on the case as the moderator saw it (`seen`: its version).

    Locks the author, then the case: a decision meets an edit, a vote, a deletion, an import or another moderator before
    it or after it. Raises `DecidedMeanwhile`, `NotYours` or `NotPossible`; nothing has changed then.
    """
    return decide_together([(case, seen)], moderator, decision)[0]


@transaction.atomic
def decide_together(cases: Sequence[tuple[int, int]], moderator: User, decision: Decision) -> list[Act]:
    """Decide several cases (number, version seen) of one author in one act: all of them or none."""
    acts: list[Act] = []
    for number, seen in sorted(cases):
        case = lock_case(number)
        if case is None or case.version != seen or case.closed:
            raise DecidedMeanwhile(latest_act(case) if case else None)
        if acts and acts[0].member_id != case.author.pk:
            raise NotPossible
        # The account is suspended once, however many of its reviews are decided with it.
        once = Decision(Kind.HIDE, decision.rule, decision.reason) if acts and decision.suspension else decision
        acts.append(_carry_out(case, moderator, once))
    return acts


def choices(case: Case) -> list[Act.Kind]:
    """What can be decided on the case as it stands, in the order in which it is offered."""
    if case.review is None:
        return [Kind.LIFT, Kind.UPHOLD]
    offered = [Kind.COUNT_VOTES, Kind.VOID_VOTES] if _held_votes(case) else []
    about = _about(case)
    if about is VOTES:
        return [*offered, Kind.UPHOLD] if offered else [Kind.COUNT_VOTES, Kind.UPHOLD]
    if about is TEXT:
        return [*offered, Kind.RESTORE, Kind.UPHOLD, Kind.HIDE if case.review.folded else Kind.FOLD]
    match case.review.state_but_for_deletion:
        case Review.State.HIDDEN:
            return [*offered, Kind.NO_ACTION, Kind.RESTORE]
        case Review.State.HELD:
            return [*offered, Kind.RESTORE, Kind.FOLD, Kind.HIDE, Kind.HOLD, Kind.SUSPEND]
    return [*offered, Kind.NO_ACTION, Kind.FOLD, Kind.HIDE, Kind.HOLD, Kind.SUSPEND]


def _about(case: Case) -> set[Act.Kind] | None:
    """What the open appeals are about that are decided next; None if there is none."""
    against = set(case.appeals.filter(decision=None).values_list("act__kind", flat=True))
    return next((group for group in (TEXT, VOTES, ACCOUNT) if group & against), None)


def latest_act(case: Case) -> Act | None:
    return Act.objects.filter(case_number=case.pk).select_related("moderator", "rule").order_by("-pk").first()


def _carry_out(case: Case, moderator: User, decision: Decision) -> Act:
    if why := why_not_decide(moderator, case):
        raise NotYours(why)
    if decision.kind == Kind.SUSPEND and (why := why_not_suspend(moderator, case.author)):
        raise NotYours(why)
    if decision.kind not in choices(case):
        raise NotPossible
    appeals = _appeals_answered(case, decision.kind)
    votes = _apply(case, decision, again=bool(appeals))
    objection = next((appeal for appeal in reversed(appeals) if appeal.kind == Appeal.Kind.OBJECTION), None)
    if decision.kind == Kind.SUSPEND and decision.hide:
        _apply(case, Decision(Kind.HIDE))
        record(Kind.HIDE, case, moderator=moderator, rule=decision.rule, reason=decision.reason)
    until = suspending.end_of(decision.suspension) if decision.kind == Kind.SUSPEND else None
    reports = _reports_answered(case, decision.kind, appeals)
    act = record(
        decision.kind,
        case,
        moderator=moderator,
        rule=decision.rule,
        reason=decision.reason,
        until=until,
        votes=votes,
        answers=objection,
        overturns=decision.kind in TAKE_BACK or decision.kind == Kind.FOLD,
        reports=len(reports),
        decides=decision.kind != Kind.HOLD,
    )
    if decision.kind == Kind.SUSPEND:
        suspending.mark(case.author, until)
    elif decision.kind == Kind.LIFT:
        suspending.unmark(case.author)
    Appeal.objects.filter(pk__in=[appeal.pk for appeal in appeals]).update(decision=act)
    _answer(reports, act)
    settle(case)
    return act


def _apply(case: Case, decision: Decision, *, again: bool = False) -> int:
    """Bring the review or its votes into the state decided; how many votes it was about. `again`: on appeal."""
    review = case.review
    if review is None:
        return 0
    review = case.review = Review.objects.select_for_update(no_key=True, of=("self",)).with_title().get(pk=review.pk)
    match decision.kind:
        case Kind.COUNT_VOTES | Kind.VOID_VOTES:
            return _settle_votes(case, decision.kind, again=again)
        case Kind.FOLD:
            review.folded = review.spoiler = True
            review.save(update_fields=["folded", "spoiler"])
            review.versions.update(spoiler=True)
            set_state(review, Review.State.PUBLISHED)
        case Kind.HIDE:
            set_state(review, Review.State.HIDDEN)
        case Kind.HOLD:
            set_state(review, Review.State.HELD)
        case Kind.RESTORE:
            _restore(review)
    return 0


def _restore(review: Review) -> None:
    """Back into sight; one that is in sight loses the moderators' fold."""
    if review.state_but_for_deletion == Review.State.PUBLISHED and review.folded:
        review.folded = review.spoiler = False
        review.save(update_fields=["folded", "spoiler"])
    set_state(review, Review.State.PUBLISHED)


def _held_votes(case: Case) -> bool:
    return Vote.objects.filter(review=case.review, standing=Vote.Standing.HELD).exists()


def _settle_votes(case: Case, kind: Act.Kind, *, again: bool) -> int:
    """Count or void the held votes; counted on appeal, those that were voided count too."""
    votes = Vote.objects.filter(review=case.review)
    if kind == Kind.VOID_VOTES:
        return votes.filter(standing=Vote.Standing.HELD).update(standing=Vote.Standing.VOIDED)
    waiting = [Vote.Standing.HELD, *([Vote.Standing.VOIDED] if again else [])]
    return votes.filter(standing__in=waiting).update(standing=Vote.Standing.CLEARED)


def _appeals_answered(case: Case, kind: Act.Kind) -> list[Appeal]:
    """The open appeals that a decision of this kind answers: of those that it can be about, all."""
    about = _about(case) if kind == Kind.UPHOLD else ANSWERS.get(kind)
    return list(case.appeals.filter(decision=None, act__kind__in=about).select_related("act")) if about else []


def _reports_answered(case: Case, kind: Act.Kind, appeals: Sequence[Appeal]) -> list[Report]:
    upheld = kind == Kind.UPHOLD and any(appeal.act.kind in UPHOLD_REPORTS for appeal in appeals)
    if kind in NOT_OF_THE_TEXT or (kind == Kind.UPHOLD and not upheld):
        return []
    return list(Report.objects.filter(case=case, act=None).select_related("reporter"))


def _answer(reports: Sequence[Report], act: Act) -> None:
    """Close the reports and tell those who wrote them."""
    for report in reports:
        report.act, report.upheld = act, act.kind in UPHOLD_REPORTS | {Kind.UPHOLD}
        report.save(update_fields=["act", "upheld"])
        notify(report.reporter, act=act, report=report)
