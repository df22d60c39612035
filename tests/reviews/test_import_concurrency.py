"""An import beside members who vote and rate, moderators who hide, and another import of the same file."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from django.db import connection, transaction

from accounts.models import User
from reviews.importing.outcome import Outcome
from reviews.importing.reviews import import_reviews
from reviews.models import Rating, Review, SiteFigures, Title, Vote
from tests.factories import a_review, members
from tests.reviews.import_rows import a_file, a_row, figures, imported, jsonl
from tests.reviews.test_counters import recounted, stored

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What the acts return, each run in a thread of its own with a connection of its own."""
    results: list[object] = [None] * len(acts)
    barrier = threading.Barrier(len(acts))

    def run(number: int) -> None:
        try:
            barrier.wait()
            results[number] = acts[number]()
        except BaseException as problem:  # noqa: BLE001 - it is raised again below, in the test
            results[number] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


def numbers(outcome: object) -> dict[str, int]:
    assert isinstance(outcome, Outcome)
    return {name: getattr(outcome, name) for name in ("read", "added", "changed", "unchanged", "rejected")}


def rows(count: int = 200, **changes: object) -> list[dict[str, object]]:
    return [a_row(title=f"Film {n // 40}", author=f"Author {n % 40}", id=f"r{n}", **changes) for n in range(count)]


def test_two_imports_of_the_same_file_at_once_add_everything_once(tmp_path: Path) -> None:
    file = a_file(tmp_path, jsonl(rows()))
    done = at_once(lambda: import_reviews([file]), lambda: import_reviews([file]))
    assert sorted(numbers(outcome)["added"] for outcome in done) == [0, 200]
    assert sorted(numbers(outcome)["unchanged"] for outcome in done) == [0, 200]
    assert stored() == recounted()


def test_two_different_imports_at_once_share_titles_authors_and_usernames(tmp_path: Path) -> None:
    files = [
        a_file(
            tmp_path,
            jsonl({**row, "id": f"{name}{row['id']}", "author_id": f"{name}{n % 40}"} for n, row in enumerate(rows())),
            name,
        )
        for name in ("one.jsonl", "two.jsonl")
    ]
    done = at_once(*[lambda file=file: import_reviews([file]) for file in files])
    assert [numbers(outcome) for outcome in done] == [figures(added=200)] * 2
    assert (Title.objects.count(), User.objects.count()) == (5, 80)
    assert stored() == recounted()


def test_members_vote_and_rate_and_sign_up_meanwhile(tmp_path: Path) -> None:
    imported(tmp_path, *rows())
    files = [a_file(tmp_path, jsonl(rows(helpful=n, votes=10 + n, rating=n)), f"{n}.jsonl") for n in range(1, 6)]
    voters, pks = members(4), list(Review.objects.values_list("pk", flat=True))
    titles = list(Title.objects.all())

    def bring_in() -> None:
        for file in files:
            assert numbers(import_reviews([file])) == figures(changed=200)

    def vote(member: User, some: Sequence[int]) -> None:
        for pk in some:
            Vote.objects.create(review_id=pk, member=member, helpful=pk % 3 == 0)
        Vote.objects.filter(member=member, review_id__in=some[:10]).update(helpful=False)
        Vote.objects.filter(member=member, review_id=some[10]).delete()

    def rate(member: User) -> None:
        for title in titles:
            a_review(title, member, rating=9)
            Rating.objects.filter(title=title, member=member).update(value=2)

    at_once(
        bring_in,
        lambda: vote(voters[0], pks),
        lambda: vote(voters[1], pks[::-1]),
        lambda: rate(voters[2]),
        lambda: rate(voters[3]),
    )
    assert stored() == recounted()
    assert Vote.objects.count() == 398
    assert SiteFigures.objects.get().reviews == 210


def test_moderators_hide_and_publish_meanwhile(tmp_path: Path) -> None:
    imported(tmp_path, *rows(rating=None))
    files = [a_file(tmp_path, jsonl(rows(rating=n)), f"{n}.jsonl") for n in range(1, 6)]
    pks = list(Review.objects.values_list("pk", flat=True))

    def bring_in() -> None:
        for file in files:
            import_reviews([file])

    def moderate(some: Sequence[int]) -> None:
        for pk in some:
            for state in ("hidden", "published", "hidden"):
                # The author first, which is the order of the triggers and of the import.
                with transaction.atomic():
                    User.objects.select_for_update(no_key=True).get(reviews=pk)
                    Review.objects.filter(pk=pk).update(state=state)

    at_once(bring_in, lambda: moderate(pks[::2]), lambda: moderate(pks[1::4]))
    assert stored() == recounted()
    assert Review.objects.filter(state="hidden").count() == 150
    assert set(Review.objects.values_list("rating", flat=True)) == {5}
