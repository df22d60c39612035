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
# Votes of one direction on a review, within the window and before it (migration `moderation`).
NUMBERS = "SELECT * FROM reviews_votes_alike(%(review)s, %(helpful)s, %(days)s, %(days_before)s)"


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


@transaction.atomic
def hold(review: int, *, helpful: bool) -> bool:
    """Hold the day's votes of that direction if they are a burst; whether they are.

    Votes that a moderator has looked at count as those before. Locks the author and the review, and counts under these:
    hardly ever votes are a burst, so whoever asks has counted before (`reviews.voting`).
    """
    author = Review.objects.filter(pk=review).values_list("author_id", flat=True).first()
    if author is None:
        return False
    # A decision takes author, case and review in this order, and here a case is opened once the review is locked.
    lock_author(author)
    found = Review.objects.select_for_update(no_key=True).filter(pk=review).first()
    given = {"review": review, "helpful": helpful, "days": WINDOW.days, "days_before": BEFORE.days}
    [(new, earlier)] = rows_of(NUMBERS, given, using=will_write())
    if found is None or not is_burst(new, earlier):
        return False
    votes = Vote.objects.filter(review=review, helpful=helpful, cast__gt=timezone.now() - WINDOW)
    held = votes.filter(standing=Vote.Standing.COUNTED).update(standing=Vote.Standing.HELD)
    if held:
        case = open_case_of(found, more=HELD_VOTES)
        record(Act.Kind.HOLD_VOTES, case, by=Act.By.VOTES, votes=held)
    return True
