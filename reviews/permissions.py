"""May this person do this: small predicates, each a question."""

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from reviews.models import Review


def may_vote(person: User | AnonymousUser, review: Review) -> bool:
    """Members vote on public reviews of others."""
    return person.is_authenticated and review.state == Review.State.PUBLISHED and review.author_id != person.pk
