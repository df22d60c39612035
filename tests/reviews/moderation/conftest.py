import pytest

from accounts.models import User
from reviews.models import Review
from tests import factories


@pytest.fixture
def moderator(db: None) -> User:
    return factories.a_moderator("moderator")


@pytest.fixture
def second(db: None) -> User:
    """Another moderator."""
    return factories.a_moderator("second")


@pytest.fixture
def review(author: User) -> Review:
    return factories.a_review(author=author, rating=8)
