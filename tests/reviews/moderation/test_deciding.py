"""Decisions: what each does to the review, the reports and the record, and who may not take them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from reviews import voting, writing
from reviews.drafting import Seen, Text, own_draft, own_review
from reviews.models import Act, Appeal, Case, Notice, Report, Review, Title, Vote
from reviews.moderation import bursts
from reviews.moderation.appealing import NotAppealable, appeal, ways_of
from reviews.moderation.cases import decidable_by, open_case_about
from reviews.moderation.deciding import (
    DecidedMeanwhile,
    Decision,
    NotPossible,
    NotYours,
    choices,
    decide,
    decide_together,
)
from tests.factories import a_case, a_member, a_review, a_title, a_trusted_member, members
from tests.reviews.test_counters import recounted, stored
from tests.reviews.writers import BODY, HEADLINE

pytestmark = pytest.mark.django_db
Kind = Act.Kind
OBJECTION, EDITED = Appeal.Kind.OBJECTION, Appeal.Kind.EDITED


def decided(review: Review, moderator: User, kind: Act.Kind, **more: object) -> Act:
    """The decision of the review's open case; a report opens one if there is none."""
    case = Case.objects.filter(review=review, closed=None).first() or a_case(review)
    act = decide(case.pk, moderator, case.version, Decision(kind, reason="Because of the lamps.", **more))  # type: ignore[arg-type]
    review.refresh_from_db()
    assert stored() == recounted()
    return act


def ways(act: Act) -> list[Appeal.Kind]:
    return ways_of(Act.objects.get(pk=act.pk))


def edit(review: Review, words: str = "Said more kindly.") -> None:
    title = Title.objects.get(pk=review.title_id)
    seen = Seen.now(own_review(review.author, title), own_draft(review.author, title))
    writing.publish(review.author, title, Text(8, HEADLINE, f"{BODY} {words}"), seen)
    review.refresh_from_db()


@pytest.mark.parametrize(
    ("kind", "state", "folded", "upheld", "closed"),
    [
        (Kind.NO_ACTION, "published", False, False, True),
        (Kind.FOLD, "published", True, True, True),
        (Kind.HIDE, "hidden", False, True, True),
        (Kind.HOLD, "held", False, None, False),
        (Kind.SUSPEND, "published", False, True, True),
    ],
)
def test_what_a_decision_does(
    review: Review, moderator: User, kind: Act.Kind, state: str, folded: bool, upheld: bool | None, closed: bool
) -> None:
    a_case(review)
    act = decided(review, moderator, kind, suspension="week" if kind == Kind.SUSPEND else "")
    assert (review.state, review.folded, review.spoiler) == (state, folded, folded)
    assert Report.objects.get().upheld is upheld
    assert bool(Case.objects.get().closed) == closed
    assert (act.moderator, act.by, act.review, act.member) == (moderator, "moderator", review, review.author)
    # Holding decides nothing: the reports wait on, and are counted with what ends their wait.
    assert (act.reports, act.title, act.version) == (int(closed), review.title, 1)
    assert (act.waited is not None) == closed


def test_the_author_and_those_who_reported_are_told(review: Review, moderator: User, reader: User) -> None:
    a_case(review, reader)
    act = decided(review, moderator, Kind.HIDE)
    told = {(notice.member, bool(notice.report)) for notice in Notice.objects.filter(act=act)}
    assert told == {(review.author, False), (reader, True)}


def test_a_held_review_is_let_through(review: Review, moderator: User) -> None:
    for _ in range(3):
        a_case(review, a_trusted_member())
    review.refresh_from_db()
    assert review.state == "held"
    decided(review, moderator, Kind.RESTORE)
    assert review.state == "published"
    assert set(Report.objects.values_list("upheld", flat=True)) == {False}


def test_a_second_moderator_is_told_what_the_first_did(review: Review, moderator: User, second: User) -> None:
    case = a_case(review)
    first = decide(case.pk, moderator, case.version, Decision(Kind.FOLD, reason="It tells the end."))
    with pytest.raises(DecidedMeanwhile) as told:
        decide(case.pk, second, case.version, Decision(Kind.HIDE, reason="It tells the end."))
    assert told.value.act == first
    review.refresh_from_db()
    assert (review.state, Act.objects.count()) == ("published", 1)


def test_a_case_that_has_gone(review: Review, moderator: User) -> None:
    case = a_case(review)
    review.delete()
    with pytest.raises(DecidedMeanwhile) as told:
        decide(case.pk, moderator, case.version, Decision(Kind.HIDE))
    assert told.value.act is None


def test_nobody_decides_on_their_own(moderator: User, second: User) -> None:
    own = a_review(author=moderator)
    case = a_case(own)
    account = open_case_about(moderator, more=1)
    for each in (case, account):
        with pytest.raises(NotYours):
            decide(each.pk, moderator, each.version, Decision(choices(each)[0]))
    assert not decidable_by(moderator).exists()
    assert decidable_by(second).count() == 2
    assert Act.objects.count() == 0


def test_nobody_decides_on_appeals_against_themselves(review: Review, moderator: User, second: User) -> None:
    act = decided(review, moderator, Kind.HIDE)
    made = appeal(act, review.author, OBJECTION, "It is about the lamps, not about him.")
    with pytest.raises(NotYours, match="your own decision"):
        decide(made.case_id, moderator, made.case.version, Decision(Kind.UPHOLD, reason="No."))
    answer = decide(made.case_id, second, made.case.version, Decision(Kind.RESTORE, reason="It is."))
    review.refresh_from_db()
    assert (review.state, answer.answers, answer.overturns) == ("published", act, True)
    assert Act.objects.with_answer().get(pk=act.pk).overturned is True  # type: ignore[attr-defined]
    assert {notice.act for notice in Notice.objects.filter(member=review.author)} == {act, answer}
    assert stored() == recounted()


def test_a_decision_that_stands(review: Review, moderator: User, second: User) -> None:
    act = decided(review, moderator, Kind.HIDE)
    assert ways(act) == [OBJECTION]
    made = appeal(act, review.author, OBJECTION, "No!")
    decide(made.case_id, second, made.case.version, Decision(Kind.UPHOLD, reason="Yes."))
    review.refresh_from_db()
    assert review.state == "hidden"
    assert Act.objects.with_answer().get(pk=act.pk).overturned is False  # type: ignore[attr-defined]
    assert ways(act) == []
    with pytest.raises(NotAppealable):
        appeal(act, review.author, OBJECTION, "No!!")
    # An edit opens the way again, as often as there is something new to look at.
    for number in range(2):
        edit(review, str(number))
        assert ways(act) == [EDITED]
        made = appeal(act, review.author, EDITED, "")
        assert ways(act) == []
        decide(made.case_id, second, made.case.version, Decision(Kind.UPHOLD, reason="Still."))
        assert ways(act) == []


def test_an_edited_review_that_comes_back_is_no_decision_overturned(
    review: Review, moderator: User, second: User
) -> None:
    act = decided(review, moderator, Kind.HIDE)
    edit(review)
    made = appeal(act, review.author, EDITED, "I took it out.")
    decide(made.case_id, second, made.case.version, Decision(Kind.RESTORE, reason="Now it is fine."))
    review.refresh_from_db()
    assert review.state == "published"
    assert Act.objects.with_answer().get(pk=act.pk).overturned is None  # type: ignore[attr-defined]


def test_nobody_appeals_for_another(review: Review, moderator: User, stranger: User) -> None:
    act = decided(review, moderator, Kind.HIDE)
    with pytest.raises(NotAppealable):
        appeal(act, stranger, OBJECTION, "Let it be!")


def test_what_has_no_effect_any_more_is_not_appealed(review: Review, moderator: User) -> None:
    for _ in range(3):
        a_case(review, a_trusted_member())
    review.refresh_from_db()
    hold = Act.objects.get()
    assert ways_of(hold) == [OBJECTION]
    decided(review, moderator, Kind.HIDE)
    assert ways_of(Act.objects.get(pk=hold.pk)) == []


@pytest.mark.parametrize(("kind", "state"), [(Kind.HIDE, "hidden"), (Kind.FOLD, "published"), (Kind.HOLD, "held")])
def test_an_edit_undoes_nothing(review: Review, moderator: User, kind: Act.Kind, state: str) -> None:
    decided(review, moderator, kind)
    edit(review)
    assert (review.state, review.folded) == (state, kind == Kind.FOLD)
    assert review.spoiler == (kind == Kind.FOLD)


def test_what_was_deleted_comes_back_as_decided(review: Review, moderator: User) -> None:
    case = a_case(review)
    writing.delete(review)
    decide(case.pk, moderator, case.version, Decision(Kind.HIDE, reason="It was an insult."))
    review.refresh_from_db()
    assert (review.state, review.state_before) == ("deleted", "hidden")
    writing.restore(review)
    review.refresh_from_db()
    assert review.state == "hidden"


def test_writing_anew_after_a_hidden_review_waits_for_a_moderator(review: Review, moderator: User) -> None:
    decided(review, moderator, Kind.HIDE)
    writing.delete(review)
    again = writing.publish(review.author, review.title, Text(8, HEADLINE, BODY), Seen())
    assert again.state == "held"
    act = Act.objects.get(review=again)
    assert (act.kind, act.by) == ("hold", "rewritten")
    assert [case.review for case in decidable_by(moderator)] == [again]
    decided(again, moderator, Kind.RESTORE)
    assert again.state == "published"


def test_unfolding(review: Review, moderator: User, second: User) -> None:
    act = decided(review, moderator, Kind.FOLD)
    made = appeal(act, review.author, OBJECTION, "Everybody knows that ending.")
    assert choices(made.case) == [Kind.RESTORE, Kind.UPHOLD, Kind.HIDE]
    decide(made.case_id, second, made.case.version, Decision(Kind.RESTORE, reason="So they do."))
    review.refresh_from_db()
    assert (review.folded, review.spoiler) == (False, False)


# Suspensions


@pytest.mark.parametrize(("length", "days"), [("day", 1), ("week", 7), ("month", 30), ("good", None)])
def test_suspended_for(review: Review, moderator: User, length: str, days: int | None) -> None:
    act = decided(review, moderator, Kind.SUSPEND, suspension=length, hide=True)
    author = User.objects.get(pk=review.author_id)
    assert author.is_suspended
    assert review.state == "hidden"
    assert act.for_good == (days is None)
    assert act.until == author.suspended_until
    if days and act.until:
        assert abs(act.until - timezone.now() - timedelta(days=days)) < timedelta(minutes=1)
        User.objects.filter(pk=author.pk).update(suspended_until=timezone.now() - timedelta(seconds=1))
        assert not User.objects.get(pk=author.pk).is_suspended
    assert list(Act.objects.order_by("pk").values_list("kind", flat=True)) == ["hide", "suspend"]


def test_a_suspension_is_appealed_and_lifted(review: Review, moderator: User, second: User) -> None:
    act = decided(review, moderator, Kind.SUSPEND, suspension="good")
    act.refresh_from_db()
    assert ways(act) == [OBJECTION]
    made = appeal(act, review.author, OBJECTION, "I will be kinder.")
    assert (made.case.review, made.case.member) == (None, review.author)
    assert choices(made.case) == [Kind.LIFT, Kind.UPHOLD]
    answer = decide(made.case_id, second, made.case.version, Decision(Kind.LIFT, reason="Once."))
    assert not User.objects.get(pk=review.author_id).is_suspended
    assert (answer.answers, answer.overturns, answer.review) == (act, True, None)


# Several at once


def test_the_cases_of_one_account_go_in_one_act(author: User, moderator: User) -> None:
    reviews = [a_review(author=author) for _ in range(4)]
    cases = [a_case(review, reason="advertising") for review in reviews]
    acts = decide_together(
        [(case.pk, case.version) for case in cases],
        moderator,
        Decision(Kind.SUSPEND, reason="Ten shops in four reviews.", suspension="good", hide=True),
    )
    assert set(Review.objects.values_list("state", flat=True)) == {"hidden"}
    assert not Case.objects.filter(closed=None).exists()
    assert [act.kind for act in acts] == ["suspend", "hide", "hide", "hide"]
    assert Act.objects.filter(kind="hide").count() == 4
    assert stored() == recounted()


def test_several_cases_are_decided_together_or_not_at_all(author: User, moderator: User, second: User) -> None:
    cases = [a_case(a_review(author=author)) for _ in range(3)]
    decide(cases[2].pk, second, cases[2].version, Decision(Kind.NO_ACTION))
    with pytest.raises(DecidedMeanwhile):
        decide_together([(case.pk, case.version) for case in cases], moderator, Decision(Kind.HIDE, reason="Spam."))
    elsewhere = a_case(a_review())
    spam = Decision(Kind.HIDE, reason="Spam.")
    with pytest.raises(NotPossible):
        decide_together([(case.pk, 0) for case in (cases[0], elsewhere)], moderator, spam)
    assert set(Review.objects.values_list("state", flat=True)) == {"published"}
    assert Act.objects.count() == 1


# Held votes


@pytest.fixture
def burst(review: Review) -> Review:
    for member in members(bursts.LEAST + 2):
        voting.cast(member, review.pk, helpful=False)
    return review


@pytest.mark.parametrize(("kind", "votes"), [(Kind.COUNT_VOTES, 10), (Kind.VOID_VOTES, 0)])
def test_held_votes_are_counted_or_voided(burst: Review, moderator: User, kind: Act.Kind, votes: int) -> None:
    assert Review.objects.get(pk=burst.pk).votes == 0
    act = decided(burst, moderator, kind)
    assert (burst.votes, burst.helpful, act.votes) == (votes, 0, 10)
    assert Case.objects.get().closed
    late = voting.cast(a_member(), burst.pk, helpful=False)
    burst.refresh_from_db()
    assert (late, burst.votes) == ("cast", votes + 1)


def test_a_voided_vote_is_not_cast_again(burst: Review, moderator: User) -> None:
    decided(burst, moderator, Kind.VOID_VOTES)
    voter = Vote.objects.earliest("pk").member
    voting.withdraw(voter, burst.pk)
    assert voting.cast(voter, burst.pk, helpful=True) == "voided"
    burst.refresh_from_db()
    assert (burst.votes, Vote.objects.count()) == (0, 10)


def test_reports_and_votes_of_one_review_are_one_case(burst: Review, moderator: User) -> None:
    case = a_case(burst)
    assert Case.objects.count() == 1
    assert choices(case)[:3] == [Kind.COUNT_VOTES, Kind.VOID_VOTES, Kind.NO_ACTION]
    decided(burst, moderator, Kind.NO_ACTION)
    case.refresh_from_db()
    assert case.closed is None
    decided(burst, moderator, Kind.VOID_VOTES)
    case.refresh_from_db()
    assert case.closed


def test_what_is_not_in_the_case_cannot_be_decided(review: Review, moderator: User) -> None:
    case = a_case(review)
    for kind in (Kind.COUNT_VOTES, Kind.VOID_VOTES, Kind.LIFT, Kind.UPHOLD, Kind.HOLD_VOTES, Kind.RESTORE):
        with pytest.raises(NotPossible):
            decide(case.pk, moderator, case.version, Decision(kind, reason="Why not?"))
    assert Act.objects.count() == 0


def test_a_title_of_ones_own(moderator: User) -> None:
    """Reports of several reviews of one author on several titles are a case each."""
    author = a_member()
    for _ in range(3):
        a_case(a_review(a_title(), author))
    assert decidable_by(moderator).count() == 3
