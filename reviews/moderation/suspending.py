"""Suspensions: for a while or for good, a member reads, exports and appeals, and does nothing else."""

from datetime import datetime

from accounts.models import User


def mark(member: User, until: datetime | None) -> None:
    """Suspend the member until then, or for good. The member is locked by the caller, who writes the record."""
    User.objects.filter(pk=member.pk).update(suspended=True, suspended_until=until)


def unmark(member: User) -> None:
    User.objects.filter(pk=member.pk).update(suspended=False, suspended_until=None)
