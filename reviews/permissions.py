"""May this person do this: small predicates, each a question, and where it is asked for, why not."""

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import has_confirmed_address, may_hold_rights
from reviews.models import Case, Review
from reviewsite.formats import to_the_minute


def may_vote(person: User | AnonymousUser) -> bool:
    """Members vote, once an address of theirs is confirmed, and not while suspended.

    On which reviews, the vote itself looks at (`reviews.voting`): public ones, of others.
    """
    return _may_act(person)


def may_write(person: User | AnonymousUser) -> bool:
    """Members publish reviews and rate titles, once their address is confirmed where there is mail, not suspended."""
    return _may_act(person)


def why_not_write(person: User | AnonymousUser) -> str | None:
    """Why the member may neither publish nor rate now, in words; None if they may."""
    if may_write(person):
        return None
    if not person.is_authenticated or not person.is_suspended:
        return _("Confirm your e-mail address first.")
    if person.suspended_until is None:
        return _("You are suspended for good.")
    return _("You are suspended until %(moment)s.") % {"moment": to_the_minute(person.suspended_until)}


def may_report(person: User | AnonymousUser, review: Review) -> bool:
    """Members report public reviews of others. Visitors may too, by name and address; the law asks for that."""
    if not person.is_authenticated:
        return review.state == Review.State.PUBLISHED
    return review.author_id != person.pk and review.state == Review.State.PUBLISHED and not person.is_suspended


def may_delete(person: User | AnonymousUser, review: Review) -> bool:
    """Members delete their own reviews."""
    return person.is_authenticated and review.author_id == person.pk


def may_restore(person: User | AnonymousUser, review: Review) -> bool:
    """Members bring their own reviews back, not while suspended: it is publishing."""
    return may_delete(person, review) and person.is_authenticated and not person.is_suspended


def is_moderator(person: User | AnonymousUser) -> bool:
    """Superusers, and whoever has the permission of the group Moderators, not while suspended.

    Costs no query for members without rights, so every page may ask.
    """
    if not person.is_authenticated or person.is_suspended:
        return False
    return may_hold_rights(person) and person.has_perm("reviews.decide_case")


def why_not_decide(person: User, case: Case) -> str | None:
    """Why the moderator may not decide the case, in words; None if they may."""
    if case.member_id == person.pk:
        return _("It is about your own account.")
    if case.review and case.review.author_id == person.pk:
        return _("It is your own review.")
    if case.appeals.filter(decision=None, act__moderator=person).exists():
        return _("It is an appeal against your own decision. Another moderator decides.")
    return None


def why_not_suspend(person: User, member: User) -> str | None:
    """Why the moderator may not suspend the member, in words; None if they may."""
    if member.pk == person.pk:
        return _("It is your own account.")
    if member.is_superuser:
        return _("Nobody suspends a superuser.")
    if is_moderator(member) and not person.is_superuser:
        return _("It is another moderator’s account. A superuser decides.")
    return None


def _may_act(person: User | AnonymousUser) -> bool:
    return person.is_authenticated and not person.is_suspended and has_confirmed_address(person)
