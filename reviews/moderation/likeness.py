"""How like two texts are, and whether a text is very like another member's.

A text is taken as its shingles, runs of five words whatever their case and accents; two texts are as like as the share
of the shorter one's shingles that the other has too. To find candidates, the sixteen smallest hashes of a text's
shingles are kept as its marks: of two texts with much in common most are the same ("bottom-k sketch", E. Cohen and
H. Kaplan, PODC 2007).
"""

import re
from collections.abc import Iterable
from typing import Any
from zlib import crc32

from django.apps import apps as all_apps
from django.apps.registry import Apps
from django.db import DEFAULT_DB_ALIAS
from django.db.models import IntegerField
from django.db.models.expressions import RawSQL

from accounts.models import User
from reviews.models import MarkedUntil, Review, TextMarks
from reviewsite.texts import fold

RUN_OF_WORDS = 5
# Of letters, where words are not divided by spaces.
RUN_OF_LETTERS = 12
MARKS = 16
# From this share of common shingles on, one is a copy of the other.
VERY_LIKE = 0.6
# Shorter texts have too few shingles for the share to mean anything.
LEAST_SHINGLES = 12
# Looked at more closely, those with the most common marks first.
CANDIDATES = 20
# Marked on the way when somebody publishes; `manage.py mark_texts` does all of a large import.
ON_THE_WAY = 300

WORD = re.compile(r"\w+")
COMMON = "SELECT count(*) FROM unnest(marks) AS mark WHERE mark = ANY (%s)"


def shingles(text: str) -> set[str]:
    words = WORD.findall(fold(text))
    if words and sum(map(len, words)) > len(words) * RUN_OF_LETTERS:
        letters = "".join(words)
        return {letters[at : at + RUN_OF_LETTERS] for at in range(len(letters) - RUN_OF_LETTERS + 1)}
    return {" ".join(words[at : at + RUN_OF_WORDS]) for at in range(len(words) - RUN_OF_WORDS + 1)}


def likeness(one: set[str], other: set[str]) -> float:
    """The share of the shorter text's shingles that the other has too; 0 for texts too short to say."""
    shorter = min(len(one), len(other))
    return len(one & other) / shorter if shorter >= LEAST_SHINGLES else 0.0


def marks_of(found: Iterable[str]) -> list[int]:
    """The smallest hashes, as PostgreSQL's integers: from -2^31 to 2^31 - 1."""
    return sorted(crc32(shingle.encode()) - 2**31 for shingle in found)[:MARKS]


def like(text: str, member: User) -> Review | None:
    """A public review of another member's that the text is very like."""
    own = shingles(text)
    if len(own) < LEAST_SHINGLES:
        return None
    catch_up(ON_THE_WAY)
    marks = marks_of(own)
    alike = TextMarks.objects.filter(marks__overlap=marks, review__state=Review.State.PUBLISHED)
    alike = alike.exclude(review__author=member).annotate(common=RawSQL(COMMON, [marks], IntegerField()))  # noqa: S611
    for candidate in alike.order_by("-common", "review_id").select_related("review")[:CANDIDATES]:
        if likeness(own, shingles(candidate.review.body)) >= VERY_LIKE:
            return candidate.review
    return None


def remember(review: Review) -> None:
    """Keep the marks of the review's text as it is now."""
    TextMarks.objects.update_or_create(review=review, defaults={"marks": marks_of(shingles(review.body))})


def catch_up(most: int, *, wait: bool = False) -> int:
    """Mark up to so many reviews that were written in other ways; how many it were. Within a transaction.

    Whoever does so holds the others off until its transaction ends: `wait` for that, or leave it to them.
    """
    until = MarkedUntil.objects.select_for_update(skip_locked=not wait).filter(pk=1).first()
    if until is None:
        return 0
    texts = list(Review.objects.filter(pk__gt=until.review_id).order_by("pk").values_list("pk", "body")[:most])
    TextMarks.objects.bulk_create(
        [TextMarks(review_id=pk, marks=marks_of(shingles(body))) for pk, body in texts],
        update_conflicts=True,
        unique_fields=["review"],
        update_fields=["marks"],
    )
    if texts:
        until.review_id = texts[-1][0]
        until.save(update_fields=["review_id"])
    return len(texts)


def establish(using: str = DEFAULT_DB_ALIAS, apps: Apps = all_apps, **signal: Any) -> None:
    """After migrations: the row that says how far the marks go, unless they went back to before there were marks."""
    if "markeduntil" in apps.all_models["reviews"]:
        MarkedUntil.objects.using(using).get_or_create(pk=1)
