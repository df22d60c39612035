"""Holding: a review waits out of sight until a moderator decides."""

from reviews.models import Act, Review
from reviews.moderation.cases import HELD_REVIEW, open_case_of
from reviews.moderation.record import record


def hold(review: Review, by: Act.By, *, reason: str = "") -> Act:
    """Take the review out of sight by a rule of the site; its author is told. The author is locked by the caller."""
    set_state(review, Review.State.HELD)
    case = open_case_of(review, more=0 if by == Act.By.REPORTS else HELD_REVIEW)
    return record(Act.Kind.HOLD, case, by=by, reason=reason)


def set_state(review: Review, state: Review.State) -> None:
    """Give the review that state, or, where its author deleted it, the state that it would come back in."""
    if review.state == Review.State.DELETED:
        review.state_before = state
        review.save(update_fields=["state_before"])
    else:
        review.state = state
        review.save(update_fields=["state"])
