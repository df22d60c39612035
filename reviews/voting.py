"""Helpful votes: cast, changed, taken back."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from django.conf import settings

from accounts.models import User
from reviews.moderation import bursts
from reviews.standing import asked_for
from reviewsite.postgresql.gathered import Gathered
from reviewsite.postgresql.prepared import array_of, execute, rows_of
from reviewsite.replicas.choice import will_write

# One statement, so one round trip; what it does stands in migration `moderation`. The review is locked and looked
# at again once the lock is there: a vote that meets a hide or a deletion counts before it or not at all. Everything
# else follows from the row.
BOUNDS = "%(most)s, %(burst)s, %(days)s, %(days_before)s"
CAST = f"SELECT * FROM reviews_cast_vote(%(member)s, %(review)s, %(helpful)s, {BOUNDS})"  # noqa: S608 - all ours

# The same for votes of several members who vote at the same moment: one transaction costs less than many.
CAST_TOGETHER = f"""
    SELECT * FROM reviews_cast_votes(
        %(members)s::bigint[], %(reviews)s::bigint[], %(helpful)s::boolean[], {BOUNDS}) ORDER BY place
"""  # noqa: S608

# The review is locked first here too, or two tabs of one member, one casting and one withdrawing, would wait for each
# other. A voided vote stays: withdrawn and cast again it would count.
WITHDRAW = """
    WITH review AS MATERIALIZED (
        SELECT id FROM reviews_review WHERE id = %(review)s AND state = 'published' FOR NO KEY UPDATE
    )
    DELETE FROM reviews_vote USING review
        WHERE review_id = review.id AND member_id = %(member)s AND standing <> 'voided'
"""

# In a process that answers for what stands on pages of reviews, the votes of two moments begin so many times as far
# apart as the last took, within these seconds. Where many vote and many read, that lets readers go first: more votes
# are cast at once, and fewer pages are made anew. A vote before which there was none for so long waits for nothing;
# with WAITING votes soon no thread would be left for pages.
REST, SHORTEST, LONGEST = 5, 0.02, 0.2
WAITING = 10


class Outcome(StrEnum):
    """What became of a vote."""

    CAST = "cast"
    # One of a burst: it waits for a moderator and does not count until then.
    HELD = "held"
    # Counted, at least the eighth of its direction within a day, and worth a look.
    MANY = "many"
    # The same as before.
    UNCHANGED = "unchanged"
    # A moderator voided it, which no vote undoes.
    VOIDED = "voided"
    # The review is not public, is the member's own or does not exist.
    REFUSED = "refused"
    # The member has voted as often as one may in a day.
    LIMIT = "limit"


# The vote stands as it was just cast.
AS_CAST = {Outcome.CAST, Outcome.MANY, Outcome.UNCHANGED}


class Tally(NamedTuple):
    """A review's votes as they stand."""

    helpful: int
    votes: int
    votes_before_edit: int


class Cast(NamedTuple):
    """A vote: whose, on which review, and what it says."""

    member: int
    review: int
    helpful: bool


# An `Outcome`, the votes of a `Tally`, and what `is_burst` wants to know.
Answer = Sequence[Any]


def cast(member: User, review: int, *, helpful: bool) -> Outcome:
    """Count the member's vote on the review with that id; a second one changes the first, the same again nothing.

    A vote that makes a burst of those before it is held with them (`reviews.moderation.bursts`).
    """
    return cast_and_tally(member, review, helpful=helpful)[0]


def cast_and_tally(member: User, review: int, *, helpful: bool) -> tuple[Outcome, Tally | None]:
    """The same, and the review's votes with it, where the member's stands as it was cast."""
    answer, *votes, new, earlier = gathered(Cast(member.pk, review, helpful), will_write())
    outcome = Outcome(answer)
    if outcome == Outcome.MANY and bursts.is_burst(new, earlier) and bursts.hold(review, helpful=helpful):
        return Outcome.HELD, None
    return outcome, Tally(*votes) if outcome in AS_CAST else None


def _cast_alone(vote: Cast, using: str) -> Answer:
    [answer] = rows_of(CAST, vote._asdict() | bounds(), using=using)
    return answer


def _cast_together(votes: Sequence[Cast], using: str) -> Sequence[Answer]:
    """All of them or none: where one cannot be cast, or somebody holds its review for half a second, each is cast
    alone."""
    members, reviews, helpful = zip(*votes, strict=True)
    given = {"members": array_of(members), "reviews": array_of(reviews), "helpful": array_of(helpful), **bounds()}
    return [answer for _, *answer in rows_of(CAST_TOGETHER, given, using=using)]


def bounds() -> dict[str, int]:
    """How many votes are too many: of a member in a day, and what may be a burst."""
    days, days_before = bursts.WINDOW.days, bursts.BEFORE.days
    return {"most": settings.VOTES_A_DAY, "burst": bursts.LEAST, "days": days, "days_before": days_before}


def _apart(waiting: int, took: float) -> float:
    """Seconds between the beginnings of two moments: so many votes wait for the next, and the last took so long."""
    return min(max(SHORTEST, REST * took), LONGEST) if asked_for and waiting < WAITING else 0.0


gathered = Gathered[Cast, Answer](_cast_together, _cast_alone, _apart)


def withdraw(member: User, review: int) -> None:
    """Take the member's vote back, if there is one."""
    execute(WITHDRAW, {"member": member.pk, "review": review})
