"""Helpful votes: cast, changed, taken back."""

from django.db import connection

from accounts.models import User

# One statement, so one round trip. The review is locked and looked at again once the lock is there: a vote that meets a
# hide or a deletion counts before it or not at all. Everything else follows from the row (migration `counters`).
CAST = """
    INSERT INTO reviews_vote AS vote (review_id, member_id, helpful, version, "cast")
    SELECT id, %(member)s, %(helpful)s, version, now() FROM reviews_review
        WHERE id = %(review)s AND state = 'published' AND author_id <> %(member)s
        FOR NO KEY UPDATE
    ON CONFLICT (review_id, member_id)
        DO UPDATE SET helpful = EXCLUDED.helpful, version = EXCLUDED.version, "cast" = EXCLUDED."cast"
        WHERE vote.helpful <> EXCLUDED.helpful
"""

# The review is locked first here too, or two tabs of one member, one casting and one withdrawing, would wait for each
# other.
WITHDRAW = """
    WITH review AS MATERIALIZED (
        SELECT id FROM reviews_review WHERE id = %(review)s AND state = 'published' FOR NO KEY UPDATE
    )
    DELETE FROM reviews_vote USING review WHERE review_id = review.id AND member_id = %(member)s
"""


def cast(member: User, review: int, *, helpful: bool) -> None:
    """Count the member's vote on the review with that id; a second one changes the first, the same again nothing.

    Nothing happens on a review that is not public, is the member's own or does not exist.
    """
    with connection.cursor() as cursor:
        cursor.execute(CAST, {"member": member.pk, "review": review, "helpful": helpful})


def withdraw(member: User, review: int) -> None:
    """Take the member's vote back, if there is one."""
    with connection.cursor() as cursor:
        cursor.execute(WITHDRAW, {"member": member.pk, "review": review})
