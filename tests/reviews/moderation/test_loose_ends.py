"""Decisions that meet others in the same case: each answers what it is about, and nothing is left without a way on."""

from pathlib import Path

import pytest
from django.urls import reverse

from accounts.models import User
from reviews import leaving, voting, writing
from reviews.importing.reviews import import_reviews
from reviews.models import Act, Appeal, Case, Report, Review, Vote
from reviews.moderation import bursts
from reviews.moderation.appealing import appeal, ways_of
from reviews.moderation.cases import open_case_of
from reviews.moderation.deciding import Decision, NotPossible, choices, decide
from reviews.moderation.suspending import mark
from tests.factories import a_case, a_member, a_moderator, a_review, a_trusted_member, members
from tests.reviews.import_rows import a_file, a_row, jsonl
from tests.reviews.writers import signed_in

pytestmark = pytest.mark.django_db
Kind = Act.Kind
OBJECTION = Appeal.Kind.OBJECTION


def open_case(review: Review) -> Case:
    return Case.objects.get(review=review, closed=None)


def by_another(review: Review, kind: Act.Kind, **more: object) -> Act:
    """What a moderator of its own decides in the review's open case."""
    case = open_case(review)
    decision = Decision(kind, reason="Because.", **more)  # type: ignore[arg-type]
    return decide(case.pk, a_moderator(), case.version, decision)


def vote_in_a_burst(review: Review) -> None:
    for member in members(bursts.LEAST):
        voting.cast(member, review.pk, helpful=False)


def held_by_reports(review: Review) -> Act:
    for _ in range(3):
        a_case(review, a_trusted_member())
    return Act.objects.get(kind=Kind.HOLD)


def test_upholding_a_hold_leaves_the_reports_waiting(review: Review) -> None:
    appeal(held_by_reports(review), review.author, OBJECTION, "Let it be.")
    by_another(review, Kind.UPHOLD)
    assert set(Report.objects.values_list("upheld", flat=True)) == {None}
    by_another(review, Kind.HIDE)
    assert set(Report.objects.values_list("upheld", flat=True)) == {True}


def test_what_is_said_of_votes_says_nothing_of_the_text(review: Review) -> None:
    vote_in_a_burst(review)
    voided = by_another(review, Kind.VOID_VOTES)
    appeal(voided, review.author, OBJECTION, "They were honest.")
    a_case(review)
    by_another(review, Kind.UPHOLD)
    assert Report.objects.get().upheld is None
    assert choices(open_case(review))[0] == Kind.NO_ACTION


def test_each_appeal_is_answered_by_what_it_is_about(review: Review) -> None:
    a_case(review)
    folded = by_another(review, Kind.FOLD)
    vote_in_a_burst(review)
    voided = by_another(review, Kind.VOID_VOTES)
    for act in (folded, voided):
        appeal(act, review.author, OBJECTION, "No.")
    assert Kind.COUNT_VOTES not in choices(open_case(review))
    restored = by_another(review, Kind.RESTORE)
    assert restored.answers == folded
    assert choices(open_case(review)) == [Kind.COUNT_VOTES, Kind.UPHOLD]
    counted = by_another(review, Kind.COUNT_VOTES)
    assert (counted.answers, counted.overturns, counted.votes) == (voided, True, bursts.LEAST)
    review.refresh_from_db()
    assert (review.folded, review.votes) == (False, bursts.LEAST)
    assert not Case.objects.filter(closed=None).exists()


def test_counting_on_appeal_counts_the_voided_and_the_new(review: Review) -> None:
    vote_in_a_burst(review)
    voided = by_another(review, Kind.VOID_VOTES)
    Vote.objects.update(cast="2020-01-01T00:00:00Z")
    vote_in_a_burst(review)
    appeal(voided, review.author, OBJECTION, "They were honest.")
    with pytest.raises(NotPossible):
        by_another(review, Kind.RESTORE)
    by_another(review, Kind.COUNT_VOTES)
    review.refresh_from_db()
    assert review.votes == 2 * bursts.LEAST
    assert ways_of(Act.objects.get(pk=voided.pk)) == []


def test_a_held_review_that_comes_back_waits_in_the_queue(review: Review) -> None:
    a_case(review)
    by_another(review, Kind.HOLD)
    writing.delete(review)
    by_another(review, Kind.SUSPEND, suspension="day")
    assert not Case.objects.filter(closed=None).exists()
    writing.restore(review)
    review.refresh_from_db()
    assert review.state == "held"
    assert Kind.RESTORE in choices(open_case(review))


def test_no_action_shows_nothing_that_was_hidden(review: Review) -> None:
    vote_in_a_burst(review)
    a_case(review)
    by_another(review, Kind.HIDE)
    writing.delete(review)
    by_another(review, Kind.NO_ACTION)
    writing.restore(review)
    review.refresh_from_db()
    assert review.state == "hidden"


def test_a_case_of_a_hidden_review_can_be_closed(review: Review) -> None:
    a_case(review)
    by_another(review, Kind.HIDE)
    open_case_of(review, more=0)
    by_another(review, Kind.NO_ACTION)
    review.refresh_from_db()
    assert review.state == "hidden"
    assert not Case.objects.filter(closed=None).exists()


def test_whom_one_may_not_suspend_is_said_in_words(moderator: User) -> None:
    chief = a_member(is_superuser=True, is_staff=True)
    case = a_case(a_review(author=chief))
    sent = {"kind": "suspend", "suspension": "day", "reason": "Why not?", "version": str(case.version)}
    answer = signed_in(moderator).post(reverse("decide", args=[case.pk]), sent)
    assert answer.status_code == 403
    assert "Why not?" in answer.content.decode()
    assert not Act.objects.exists()


def test_suspended_members_publish_nothing_and_change_no_vote(author: User, reader: User, review: Review) -> None:
    voting.cast(author, (other := a_review()).pk, helpful=True)
    writing.delete(review)
    mark(author, None)
    client = signed_in(User.objects.get(pk=author.pk))
    client.post(reverse("restore", args=[review.pk]))
    client.post(reverse("vote", args=[other.pk]), {"vote": "none"})
    review.refresh_from_db()
    assert review.state == "deleted"
    assert Vote.objects.filter(member=author).exists()


@pytest.mark.django_db(transaction=True)
def test_notices_that_go_with_a_review_are_not_counted() -> None:
    review, reporter = a_review(), a_member()
    a_case(review, reporter)
    assert User.objects.get(pk=reporter.pk).unread_notices == 1
    leaving.leave(review.author, keep_reviews=False)
    assert User.objects.get(pk=reporter.pk).unread_notices == 0


@pytest.mark.django_db(transaction=True)
def test_an_import_that_renames_an_author_shows_on_all_their_pages(tmp_path: Path, client: object) -> None:
    rows = [a_row(id=f"r{n}", title=f"Film {n}", author_id="a1", author="Old Name") for n in range(2)]
    import_reviews([a_file(tmp_path, jsonl(rows))])
    pages = [reverse("title_reviews", args=[slug]) for slug in Review.objects.values_list("title__slug", flat=True)]
    member = signed_in(a_member())
    assert all("Old Name" in member.get(page).content.decode() for page in pages)
    import_reviews([a_file(tmp_path, jsonl([{**rows[0], "author": "New Name"}]))])
    for page in pages:
        html = member.get(page).content.decode()
        assert "New Name" in html
        assert "Old Name" not in html
