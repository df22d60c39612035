"""The history of a review: each version beside the one before it, differences marked word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import pairwise

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from reviews.models import Review, Version
from reviews.permissions import is_moderator
from reviews.prose import FOLD, PARAGRAPH_BREAK

STEPS_A_PAGE = 10
WORD = re.compile(r"\S+|\s+")
# Comparing takes time with the product of two lengths; beyond this many pairs of words it is not worth a reader's wait.
MOST_PAIRS = 16_000_000


@dataclass(frozen=True)
class Piece:
    """Some words of a text: `kept` from the version before, `added` or `gone`."""

    text: str
    change: str = "kept"


@dataclass(frozen=True)
class Step:
    """One version as it is shown: headline and paragraphs in pieces, and its votes until it was replaced."""

    number: int
    published: datetime
    replaced: datetime | None
    rating: int | None
    headline: Sequence[Piece]
    paragraphs: Sequence[Sequence[Piece]]
    helpful: int
    votes: int


@dataclass(frozen=True)
class History:
    """Steps, the newest first; `older` is the number to go on from, `spoils` whether texts have to be folded."""

    steps: Sequence[Step]
    older: int | None
    spoils: bool


def history_of(review: Review, viewer: User | AnonymousUser, *, before: int | None = None) -> History:
    """The versions of a review that the viewer may see, those below the number `before` where one is given."""
    versions = Version.objects.filter(review=review)
    if viewer != review.author and not is_moderator(viewer):
        versions = versions.filter(withheld=False)
    texts = [current(review), *versions]
    # What one version folds another may say openly: where any gives something away, all are folded.
    spoils = any(version.spoiler or FOLD in version.body for version in texts)
    if before is not None:
        texts = [version for version in texts if version.number < before]
    shown = texts[: STEPS_A_PAGE + 1]
    steps = [_step(version, earlier) for version, earlier in pairwise([*shown, None]) if version]
    older = steps[STEPS_A_PAGE - 1].number if len(steps) > STEPS_A_PAGE else None
    return History(steps[:STEPS_A_PAGE], older, spoils)


def current(review: Review) -> Version:
    """The review as it is, as one more version, which nothing has replaced yet."""
    return Version(
        review=review,
        number=review.version,
        headline=review.headline,
        body=review.body,
        spoiler=review.spoiler,
        rating=review.rating,
        published=review.edited or review.created,
        helpful=review.helpful,
        votes=review.votes,
    )


def differences(before: str, after: str) -> list[Piece]:
    """The words of both texts in reading order; without those added they are `before`, without those gone `after`."""
    old, new = WORD.findall(before), WORD.findall(after)
    start = _same_words(old, new)
    same, old, new = old[:start], old[start:], new[start:]
    end = _same_words(old[::-1], new[::-1])
    ending = old[len(old) - end :]
    middle = _compare(old[: len(old) - end], new[: len(new) - end])
    return [piece for piece in (Piece("".join(same)), *middle, Piece("".join(ending))) if piece.text]


def _same_words(old: Sequence[str], new: Sequence[str]) -> int:
    """How many words two texts have in common at their beginnings."""
    pairs = zip(old, new, strict=False)
    return next((place for place, (one, other) in enumerate(pairs) if one != other), min(len(old), len(new)))


def _compare(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    if len(old) * len(new) > MOST_PAIRS:
        yield from (Piece("".join(old), "gone"), Piece("".join(new), "added"))
        return
    gone = added = ""
    for kind, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        one, other = "".join(old[i:j]), "".join(new[k:m])
        if kind == "equal" and not one.isspace():
            yield from (Piece(gone, "gone"), Piece(added, "added"), Piece(one))
            gone = added = ""
        else:
            # A space between two changes changes with them: "a large dog", not "a" and "large" and "dog".
            gone, added = gone + one, added + other
    yield from (Piece(gone, "gone"), Piece(added, "added"))


def _step(version: Version, earlier: Version | None) -> Step:
    headline, body = [Piece(version.headline)], [Piece(version.body)]
    if earlier:
        headline, body = differences(earlier.headline, version.headline), differences(earlier.body, version.body)
    return Step(
        version.number,
        version.published,
        version.replaced,
        version.rating,
        headline,
        _paragraphs(body),
        version.helpful,
        version.votes,
    )


def _paragraphs(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """The pieces by paragraph. A break that was added or taken out is shown as one: it has no words to be marked."""
    found: list[list[Piece]] = [[]]
    for piece in pieces:
        for number, part in enumerate(PARAGRAPH_BREAK.split(piece.text)):
            if number:
                found.append([])
            if part:
                found[-1].append(Piece(part, piece.change))
    return [paragraph for paragraph in found if paragraph]
