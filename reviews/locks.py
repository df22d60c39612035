"""The first lock of every act that changes what a member wrote or rated."""

from collections.abc import Collection

from accounts.models import User


def lock_author(pk: int) -> None:
    """Let the member's acts, and a moderator's on them, happen one after the other; within a transaction.

    Whoever changes a review's state or a rating takes this before anything else. The order is the author, the author's
    reviews, the title, the site's figures: that of the triggers (migration `counters`), so that no two acts wait for
    each other.
    """
    lock_authors([pk])


def lock_authors(pks: Collection[int]) -> None:
    """As `lock_author`, for an act on several members at once."""
    list(User.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk").values_list("pk"))
