"""May this person do this: small predicates, each a question."""

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.permissions import has_confirmed_address
from reviews.models import Review


def may_vote(person: User | AnonymousUser, review: Review) -> bool:
    """Members vote on public reviews of others, once an address of theirs is confirmed."""
    others = person.is_authenticated and review.author_id != person.pk
    return others and review.state == Review.State.PUBLISHED and has_confirmed_address(person)


def may_write(person: User | AnonymousUser) -> bool:
    """Members publish reviews and rate titles, once their address is confirmed where there is mail."""
    return person.is_authenticated and has_confirmed_address(person)


def may_delete(person: User | AnonymousUser, review: Review) -> bool:
    """Members delete their own reviews, and bring them back."""
    return person.is_authenticated and review.author_id == person.pk
