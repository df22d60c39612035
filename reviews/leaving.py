"""Leaving: a member's account and everything that hangs on it go; reviews go too, or stay without a name."""

import secrets

from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts.models import User
from reviews.counting import counting_at_rest, recount_titles
from reviews.models import Rating, Review, Vote
from reviews.moderation.record import count_unread_without
from reviews.sql import execute

# The authors of the reviews that the member voted on, too: taking votes back changes those. By id, as in imports.
LOCK_AUTHORS = """
SELECT FROM accounts_user WHERE id = %(member)s OR id IN (
    SELECT author_id FROM reviews_vote JOIN reviews_review r ON r.id = review_id WHERE member_id = %(member)s
) ORDER BY id FOR NO KEY UPDATE
"""
# Stronger than the locks of other acts: nothing that would belong to the member, or be a vote on one of their reviews,
# is written from here on. What is being written meanwhile is waited for, and goes with the rest.
LOCK_MEMBER = "SELECT FROM accounts_user WHERE id = %(member)s FOR UPDATE"
LOCK_REVIEWS = "SELECT FROM reviews_review WHERE author_id = %(member)s ORDER BY id FOR UPDATE"
# Their votes are taken back in any order, and votes that are cast together hold several reviews, in this one.
LOCK_VOTED_ON = """
SELECT FROM reviews_review WHERE id IN (SELECT review_id FROM reviews_vote WHERE member_id = %(member)s)
    ORDER BY id FOR NO KEY UPDATE
"""


@transaction.atomic
def leave(member: User, *, keep_reviews: bool) -> None:
    """Delete the account with its votes, drafts, ratings, addresses, factors and sessions, at once or not at all.

    With `keep_reviews` the reviews that were not deleted stay, with the ratings they show, under a member who is
    nobody: a new row, so that nothing that knew the old one leads there. Locks the author and those the member voted
    on, the author's reviews, the reviews voted on, the titles, the site's figures: the order of all who write here.
    """
    for lock in (LOCK_AUTHORS, LOCK_MEMBER, LOCK_REVIEWS, LOCK_VOTED_ON):
        execute(lock, member=member.pk)
    # One by one and counted by their triggers; of the member's own reviews and ratings whole titles are counted anew.
    Vote.objects.filter(member=member).delete()
    titles = _titles_of(member)
    with counting_at_rest():
        if keep_reviews:
            _hand_over(member)
        going = Review.objects.filter(author=member)
        count_unread_without(going)
        going.delete()
        Rating.objects.filter(member=member).delete()
        recount_titles(titles)
    for session in UserSession.objects.filter(user=member):
        session.end()
    User.objects.get(pk=member.pk).delete()


def _titles_of(member: User) -> list[int]:
    """The titles that the member reviewed or rated."""
    reviewed = Review.objects.filter(author=member).values_list("title")
    rated = Rating.objects.filter(member=member).values_list("title")
    return [pk for (pk,) in reviewed.union(rated)]


def _hand_over(member: User) -> None:
    """Give the member's reviews, and the ratings that they show, to somebody without a name."""
    kept = Review.objects.filter(author=member).exclude(state=Review.State.DELETED)
    if not kept.exists():
        return
    former = User(username=f"former-{secrets.token_hex(12)}", former=True, is_active=False, is_demo=member.is_demo)
    former.set_unusable_password()
    former.review_count = kept.filter(state=Review.State.PUBLISHED).count()
    former.save()
    Rating.objects.filter(member=member, title__in=kept.values("title")).update(member=former)
    kept.update(author=former)
