"""A hide at the same moment as everything else that changes a review: the hide stands, fifty rounds of fifty."""

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from accounts.models import User
from reviews import voting, writing
from reviews.drafting import Conflict, Seen, Text, own_draft, own_review
from reviews.importing.reviews import import_reviews
from reviews.models import Act, Case, Reason, Report, Review, Version, Vote
from reviews.moderation.deciding import DecidedMeanwhile, Decision, decide
from reviews.moderation.reporting import NotThere, report
from tests.factories import a_case, a_moderator, members
from tests.reviews.import_rows import a_file, a_row, jsonl
from tests.reviews.moderation.at_once import outcomes
from tests.reviews.test_counters import recounted, stored
from tests.reviews.writers import BODY, HEADLINE

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 50
TOLD = (Conflict, DecidedMeanwhile, NotThere)
HIDE = Decision(Act.Kind.HIDE, reason="An insult.")


def imported(folder: Path, **changes: object) -> None:
    import_reviews([a_file(folder, jsonl([a_row(id="r1", author_id="a1", **changes)]), f"{random.random()}.jsonl")])  # noqa: S311


@pytest.mark.parametrize("deletes", [False, True], ids=["edited", "deleted"])
def test_hide_wins(tmp_path: Path, deletes: bool) -> None:
    imported(tmp_path)
    review = Review.objects.select_related("title", "author").get()
    moderator, voters, reporters = a_moderator("moderator"), members(4), iter(members(4 * ROUNDS))

    def edit(number: int) -> None:
        seen = Seen.now(own_review(review.author, review.title), own_draft(review.author, review.title))
        writing.publish(review.author, review.title, Text(8, HEADLINE, f"{BODY} {number}"), seen)

    for number in range(ROUNDS):
        case = a_case(review, next(reporters))
        acts: list[Callable[[], object]] = [
            partial(decide, case.pk, moderator, case.version, HIDE),
            partial(writing.delete, review) if deletes else partial(edit, number),
            partial(voting.cast, voters[number % 4], review.pk, helpful=number % 3 == 0),
            partial(voting.withdraw, voters[(number + 1) % 4], review.pk),
            partial(imported, tmp_path, body=f"{BODY} Imported {number}.", spoiler=number % 2 == 0),
            partial(report, review.pk, next(reporters), Reason.INSULT),
        ]
        random.shuffle(acts)
        outcomes(*acts, told=TOLD)
        review.refresh_from_db()
        assert (review.state, review.state_before) in ([("deleted", "hidden")] if deletes else [("hidden", "")]), (
            f"round {number}"
        )
        assert review.votes == review.imported_votes + Vote.objects.filter(standing="counted").count()
        assert stored() == recounted()
        # Nothing of the case is left but a report that came after the decision.
        assert not Report.objects.filter(case=case, act=None).exists() or not Case.objects.get(pk=case.pk).closed
        # Back to the beginning for the next round.
        Case.objects.all().delete()
        Review.objects.filter(pk=review.pk).update(state="published", state_before="", deleted=None)
        review.refresh_from_db()
    assert Act.objects.filter(kind="hide").count() == ROUNDS
    assert deletes or Version.objects.count() == ROUNDS


def test_two_moderators_at_once_decide_once() -> None:
    from tests.factories import a_review

    moderators: list[User] = [a_moderator(f"moderator{number}") for number in range(4)]
    for _ in range(5):
        case = a_case(a_review())
        told = outcomes(
            *(partial(decide, case.pk, each, case.version, HIDE) for each in moderators), told=(DecidedMeanwhile,)
        )
        assert told.count(None) == 1
        winner = moderators[told.index(None)]
        assert all(problem.act.moderator == winner for problem in told if isinstance(problem, DecidedMeanwhile))  # type: ignore[union-attr]
    assert Act.objects.count() == 5
