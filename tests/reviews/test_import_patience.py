"""An import tries again when somebody else's write came in between, and only then."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError

from accounts.models import User
from reviews.importing.transactions import ATTEMPTS, in_one_transaction
from reviews.models import Rating
from tests.factories import a_member, a_title

pytestmark = pytest.mark.django_db


def a_username_that_is_taken() -> None:
    a_member("taken")
    User.objects.create_user("TAKEN")


def a_rating_out_of_range() -> None:
    Rating.objects.create(title=a_title(), member=a_member("rater"), value=11)


def failing(times: int, how: Callable[[], None]) -> tuple[list[int], Callable[[], str]]:
    """An act that fails so often, and the numbers of its attempts."""
    attempts: list[int] = []

    def act() -> str:
        attempts.append(len(attempts) + 1)
        if len(attempts) <= times:
            how()
        a_member("added")
        return "done"

    return attempts, act


def test_what_somebody_else_took_meanwhile_is_met_with_another_try() -> None:
    attempts, act = failing(2, a_username_that_is_taken)
    assert in_one_transaction(act) == "done"
    assert attempts == [1, 2, 3]
    assert [user.username for user in User.objects.all()] == ["added"]


def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    attempts, act = failing(99, a_username_that_is_taken)
    with pytest.raises(IntegrityError):
        in_one_transaction(act)
    assert len(attempts) == ATTEMPTS
    assert not User.objects.exists()


def test_an_error_of_its_own_is_not_tried_again() -> None:
    attempts, act = failing(1, a_rating_out_of_range)
    with pytest.raises(IntegrityError):
        in_one_transaction(act)
    assert attempts == [1]
