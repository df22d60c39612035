"""The record of moderation stays as it was written."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from accounts.models import User
from reviews import leaving
from reviews.models import Act, Review
from reviews.moderation.deciding import Decision, decide
from tests.factories import a_case

ATTEMPTS = [
    "UPDATE reviews_act SET reason = 'nothing happened'",
    "UPDATE reviews_act SET moderator_id = NULL",
    "DELETE FROM reviews_act",
    "DELETE FROM reviews_act WHERE id = (SELECT max(id) FROM reviews_act)",
    "SET LOCAL session_replication_role = 'replica'; DELETE FROM reviews_act",
    "INSERT INTO reviews_act SELECT * FROM reviews_act ON CONFLICT (id) DO UPDATE SET reason = ''",
    "MERGE INTO reviews_act a USING reviews_act b ON a.id = b.id WHEN MATCHED THEN DELETE",
    "TRUNCATE reviews_act CASCADE",
]


@pytest.fixture
def act(review: Review, moderator: User) -> Act:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE reviews_act ENABLE ALWAYS TRIGGER acts_are_final")
    case = a_case(review)
    return decide(case.pk, moderator, case.version, Decision(Act.Kind.HIDE, reason="An insult."))


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_no_sql_changes_or_deletes_a_row(act: Act, attempt: str) -> None:
    with connection.cursor() as cursor:  # what waits to be checked would keep a table from being emptied at all
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    before = list(Act.objects.values())
    refused = pytest.raises(DatabaseError, match="never changed or deleted")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attempt)
    assert list(Act.objects.values()) == before


def test_nor_does_django(act: Act) -> None:
    for attempt in (act.delete, act.save, Act.objects.all().delete, lambda: Act.objects.update(reason="")):
        with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
            attempt()
    assert Act.objects.get().reason == "An insult."


def test_it_outlives_those_whom_it_names(act: Act, author: User, moderator: User, reader: User) -> None:
    leaving.leave(author, keep_reviews=False)
    leaving.leave(moderator, keep_reviews=False)
    kept = Act.objects.with_subjects().select_related("member", "moderator", "review").get()
    assert (kept.kind, kept.reason, kept.title) == ("hide", "An insult.", act.title)
    assert (kept.member, kept.moderator, kept.review) == (None, None, None)


def test_an_act_that_fails_leaves_no_record(review: Review, moderator: User) -> None:
    case = a_case(review)

    @transaction.atomic
    def decide_and_fail() -> None:
        decide(case.pk, moderator, case.version, Decision(Act.Kind.HIDE, reason="An insult."))
        assert Act.objects.count() == 1
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        decide_and_fail()
    assert Act.objects.count() == 0
    assert Review.objects.get(pk=review.pk).state == Review.State.PUBLISHED
