"""Blocking: not wanting to read somebody, and taking that back."""

from accounts.models import User
from reviews.models import Block


def block(member: User, other: User) -> None:
    """Fold the other's reviews away for the member; again changes nothing. Nobody blocks themselves."""
    if member.pk != other.pk:
        Block.objects.get_or_create(member=member, blocked=other)


def unblock(member: User, other: User) -> None:
    Block.objects.filter(member=member, blocked=other).delete()
