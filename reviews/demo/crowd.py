"""The demo's members who only rate: as many as make a believable average, told by `ratings.jsonl`.

Each line names a film and how many of them gave it a 1, a 2 ... a 10.
"""

import json
import random
from pathlib import Path

from accounts.models import User
from reviews.counting import counting_at_rest, recount_titles
from reviews.models import RATINGS, Rating, Title

FILE = Path(__file__).parent / "ratings.jsonl"
SIZE = 400


def add_ratings(titles: set[int]) -> None:
    """Let the crowd rate those of the titles (ids) that it has not rated yet; the same ratings every time.

    To be called in a transaction, which its row-by-row counting leaves out of account until the recount at the end.
    """
    known = {(title.name, title.year): title.pk for title in Title.objects.filter(pk__in=titles)}
    rated = set(Rating.objects.filter(member__username__startswith="demo-crowd-").values_list("title_id", flat=True))
    lines = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
    counts = {pk: line["ratings"] for line in lines if (pk := known.get((line["title"], line["year"])))}
    waiting = {pk: numbers for pk, numbers in counts.items() if pk not in rated}
    if not waiting:
        return
    members = crowd()
    with counting_at_rest():
        Rating.objects.bulk_create(
            Rating(title_id=pk, member_id=member, value=value)
            for pk, numbers in waiting.items()
            for member, value in choose(members, numbers)
        )
        recount_titles(list(waiting))


def crowd() -> list[int]:
    """The ids of the members who rate, made when missing."""
    names = [f"demo-crowd-{number:03}" for number in range(1, SIZE + 1)]
    User.objects.bulk_create(
        (User(username=name, name=f"Demo member {name[-3:]}", password="!", is_demo=True) for name in names),  # noqa: S106
        ignore_conflicts=True,
    )
    return list(User.objects.filter(username__in=names).order_by("username").values_list("pk", flat=True))


def choose(members: list[int], numbers: list[int]) -> list[tuple[int, int]]:
    """Which member gives which rating, spread over the crowd so that no member rates everything alike."""
    values = [rating for rating, number in zip(RATINGS, numbers, strict=True) for _ in range(number)]
    raters = random.Random(str(numbers)).sample(members, len(values))  # noqa: S311 - drawn anew the same each time
    return list(zip(raters, values, strict=True))
