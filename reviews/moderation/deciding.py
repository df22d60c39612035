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
from reviews.moderation.suspending import SUSPENSIONS as SUSPENSIONS
from reviews.permissions import why_not_decide, why_not_suspend

Kind = Act.Kind

# These say that the reports were right; the others that decide a review, that they were not.
UPHOLD_REPORTS = {Kind.FOLD, Kind.HIDE, Kind.SUSPEND}
# These leave reports and appeals waiting.
NOT_OF_THE_TEXT = {Kind.HOLD, Kind.COUNT_VOTES, Kind.VOID_VOTES}
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
    """What a moderator decides. `suspension` is a key of `SUSPENSIONS`; `hide` hides the review besides."""

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
    objections = list(case.appeals.filter(decision=None).select_related("act"))
    if case.review is None:
        return [Kind.LIFT, Kind.UPHOLD]
    offered: list[Act.Kind] = []
    if _held_votes(case):
        offered += [Kind.COUNT_VOTES, Kind.VOID_VOTES]
    elif any(appeal.act.kind == Kind.VOID_VOTES for appeal in objections):
        return [Kind.COUNT_VOTES, Kind.UPHOLD]
    if any(appeal.act.kind == Kind.SUSPEND for appeal in objections):
        return [*offered, Kind.LIFT, Kind.UPHOLD]
    state = case.review.state
    if objections:
        offered += [Kind.RESTORE, Kind.UPHOLD]
        offered += [Kind.FOLD] if not case.review.folded else [Kind.HIDE]
        return offered
    if state == Review.State.HIDDEN:
        return [*offered, Kind.RESTORE]
    if state == Review.State.HELD:
        return [*offered, Kind.RESTORE, Kind.FOLD, Kind.HIDE, Kind.HOLD, Kind.SUSPEND]
    return [*offered, Kind.NO_ACTION, Kind.FOLD, Kind.HIDE, Kind.HOLD, Kind.SUSPEND]


def latest_act(case: Case) -> Act | None:
    return Act.objects.filter(case_number=case.pk).select_related("moderator", "rule").order_by("-pk").first()


def _carry_out(case: Case, moderator: User, decision: Decision) -> Act:
    if why := why_not_decide(moderator, case):
        raise NotYours(why)
    if decision.kind == Kind.SUSPEND and (why := why_not_suspend(moderator, case.author)):
        raise NotYours(why)
    if decision.kind not in choices(case):
        raise NotPossible
    votes = _apply(case, decision)
    appeals = list(case.appeals.filter(decision=None).select_related("act")) if _is_of_appeals(case, decision) else []
    objection = next((appeal for appeal in reversed(appeals) if appeal.kind == Appeal.Kind.OBJECTION), None)
    if decision.kind == Kind.SUSPEND and decision.hide:
        _apply(case, Decision(Kind.HIDE))
        record(Kind.HIDE, case, moderator=moderator, rule=decision.rule, reason=decision.reason)
    until = suspending.end_of(decision.suspension) if decision.kind == Kind.SUSPEND else None
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
        reports=0 if decision.kind in NOT_OF_THE_TEXT else case.reports.filter(act=None).count(),
        decides=decision.kind != Kind.HOLD,
    )
    if decision.kind == Kind.SUSPEND:
        suspending.mark(case.author, until)
    elif decision.kind == Kind.LIFT:
        suspending.unmark(case.author)
    Appeal.objects.filter(pk__in=[appeal.pk for appeal in appeals]).update(decision=act)
    if decision.kind not in NOT_OF_THE_TEXT:
        _answer_reports(case, act)
    settle(case)
    return act


def _apply(case: Case, decision: Decision) -> int:
    """Bring the review or its votes into the state decided; how many votes it was about."""
    review = case.review
    if review is None:
        return 0
    review = case.review = Review.objects.select_for_update(no_key=True, of=("self",)).with_title().get(pk=review.pk)
    match decision.kind:
        case Kind.COUNT_VOTES | Kind.VOID_VOTES:
            return _settle_votes(case, decision.kind)
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
        case Kind.NO_ACTION:
            set_state(review, Review.State.PUBLISHED)
    return 0


def _restore(review: Review) -> None:
    """Back into sight; one that is in sight loses the moderators' fold."""
    state = review.state_before if review.state == Review.State.DELETED else review.state
    if state == Review.State.PUBLISHED and review.folded:
        review.folded = review.spoiler = False
        review.save(update_fields=["folded", "spoiler"])
    set_state(review, Review.State.PUBLISHED)


def _held_votes(case: Case) -> bool:
    return Vote.objects.filter(review=case.review, standing=Vote.Standing.HELD).exists()


def _settle_votes(case: Case, kind: Act.Kind) -> int:
    """Count or void the held votes; with none held, those that were voided before count again."""
    held = Vote.objects.filter(review=case.review, standing=Vote.Standing.HELD)
    if not held.exists():
        held = Vote.objects.filter(review=case.review, standing=Vote.Standing.VOIDED)
    return held.update(standing=Vote.Standing.CLEARED if kind == Kind.COUNT_VOTES else Vote.Standing.VOIDED)


def _is_of_appeals(case: Case, decision: Decision) -> bool:
    """Does the decision answer the appeals of the case? One on votes answers those against voided votes alone."""
    if decision.kind in (Kind.COUNT_VOTES, Kind.VOID_VOTES):
        return case.appeals.filter(decision=None, act__kind=Kind.VOID_VOTES).exists()
    return decision.kind != Kind.HOLD


def _answer_reports(case: Case, act: Act) -> None:
    """Close the case's reports and tell those who wrote them."""
    for report in Report.objects.filter(case=case, act=None).select_related("reporter"):
        report.act, report.upheld = act, act.kind in UPHOLD_REPORTS
        report.save(update_fields=["act", "upheld"])
        notify(report.reporter, act=act, report=report)
