"""Bursts of votes: far more of one direction on one review within a day than the weeks before let expect.

Their votes are held: they count nowhere until a moderator counts or voids them.
"""

import math
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from reviews.locks import lock_author
from reviews.models import Act, Review, Vote
from reviews.moderation.cases import HELD_VOTES, open_case_of
from reviews.moderation.record import record
from reviewsite.postgresql.prepared import rows_of
from reviewsite.replicas.choice import will_write

WINDOW = timedelta(days=1)
BEFORE = timedelta(days=28)
# Fewer are never a burst.
LEAST = 8
# How seldom chance alone may bring so many.
CHANCE = 0.0001
# Votes of one direction on a review, within the window and before it.
NUMBERS = """
    SELECT count(*) FILTER (WHERE "cast" > %(since)s AND standing IN ('counted', 'held')),
        count(*) FILTER (WHERE "cast" <= %(since)s AND standing <> 'voided')
        FROM reviews_vote WHERE review_id = %(review)s AND helpful = %(helpful)s AND "cast" > %(first)s
"""


def is_burst(now: int, before: int) -> bool:
    """Are `now` votes in a day a burst after `before` in the 28 days before it?

    Where X is Poisson distributed with mean (before + 1) / 28: P(X >= now) < 0.0001, and at least 8 votes.
    """
    if now < LEAST:
        return False
    mean = (before + 1) / BEFORE.days
    if now <= mean:
        return False
    # The tail term by term from `now` on, where terms only fall; by logarithms, as e^-mean alone may be too small.
    term = math.exp(now * math.log(mean) - mean - math.lgamma(now + 1))
    tail, count = 0.0, now
    while term > CHANCE * 1e-6 or count == now:
        tail, count = tail + term, count + 1
        term *= mean / count
        if tail >= CHANCE:
            return False
    return True


def hold(review: int, *, helpful: bool) -> bool:
    """Hold the day's votes of that direction if they are a burst; whether they are.

    Votes that a moderator has looked at count as those before. Hardly ever they are a burst, so that is asked first,
    without the locks that holding them takes.
    """
    return is_burst(*_numbers(review, helpful)) and _hold(review, helpful)


def _numbers(review: int, helpful: bool) -> tuple[int, int]:
    since = timezone.now() - WINDOW
    given = {"review": review, "helpful": helpful, "since": since, "first": since - BEFORE}
    [(now, before)] = rows_of(NUMBERS, given, using=will_write())
    return now, before


@transaction.atomic
def _hold(review: int, helpful: bool) -> bool:
    """Locks the author and the review, and looks again."""
    author = Review.objects.filter(pk=review).values_list("author_id", flat=True).first()
    if author is None:
        return False
    # A decision takes author, case and review in this order, and here a case is opened once the review is locked.
    lock_author(author)
    found = Review.objects.select_for_update(no_key=True).filter(pk=review).first()
    if found is None or not is_burst(*_numbers(review, helpful)):
        return False
    new = Vote.objects.filter(review=review, helpful=helpful, cast__gt=timezone.now() - WINDOW)
    held = new.filter(standing=Vote.Standing.COUNTED).update(standing=Vote.Standing.HELD)
    if held:
        case = open_case_of(found, more=HELD_VOTES)
        record(Act.Kind.HOLD_VOTES, case, by=Act.By.VOTES, votes=held)
    return True
