"""Reviews on the pages that are put together from kept texts: the card, and the line of votes in its gap.

A card is kept for each review. A line of votes is kept once for all reviews that it looks alike for, with gaps for what
differs, so that a vote makes nothing stale.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Protocol
from urllib.parse import quote

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import get_language

from reviews.models import Review, Title
from reviews.standing import Entry, Own
from reviews.views.stand_ins import Address, Reader
from reviewsite.kept import NUMBER, filled, gap, is_kept, kept

CARD, VOTES = "components/review.html", "components/vote_line.html"


class Moved(Exception):  # noqa: N818 - not an error: somebody wrote at this very moment
    """What was read first does not belong to what was read next."""


class Voted(Protocol):
    """What has been voted on."""

    @property
    def helpful(self) -> int: ...
    @property
    def votes(self) -> int: ...
    @property
    def votes_before_edit(self) -> int: ...


def cards(
    entries: Sequence[Entry], slug: str, reader: Reader, viewer: int | None, own: Own, page: str
) -> Iterator[str]:
    """The cards of a title's reviews for a reader (`viewer` is their id) on the page at that address."""
    reader = reader.of_reviews()
    language = get_language()
    readers = {entry: reader._replace(pk=viewer) if entry.author == viewer else reader for entry in entries}
    keys = {
        entry: (entry.pk, entry.look, language, reader, own.review, entry.author in own.blocked)
        for entry, reader in readers.items()
    }
    unknown = [entry.pk for entry, key in keys.items() if not is_kept(CARD, key)]
    found = Review.objects.public().with_author().in_bulk(unknown) if unknown else {}
    path = quote(page)
    for entry, key in keys.items():
        card = kept(CARD, key, partial(_card_context, entry, slug, readers[entry], own, found))
        votes = vote_line(entry.pk, entry, readers[entry], own.voted.get(entry.pk), path=path, slug=slug)
        yield filled(card, {"votes": votes})


def _card_context(entry: Entry, slug: str, reader: Reader, own: Own, found: Mapping[int, Review]) -> dict[str, Any]:
    review = found.get(entry.pk)
    if review is None or review.look != entry.look:
        raise Moved
    review.author_blocked = entry.author in own.blocked  # type: ignore[attr-defined]
    title = Title(slug=slug)
    title.own_review = own.review  # type: ignore[attr-defined]
    return {"title": title, "user": reader, "review": review}


def vote_line(
    pk: int,
    votes: Voted,
    reader: Reader,
    own_vote: bool | None,
    *,
    path: str = "",
    slug: str = "",
    announce: bool = False,
) -> str:
    """The line of votes under a public review with that id, as the reader sees it who voted `own_vote`.

    `path` is the page's, quoted, for visitors to come back to; `slug` the title's, for authors. With `announce` the
    count is there once more, for whoever has just voted and does not see it.
    """
    # Whether there is one vote or more of them changes the words, so where those before an edit are told, all is named.
    told = (votes.helpful, votes.votes, votes.votes_before_edit) if votes.votes_before_edit else None
    shape = (reader, own_vote, told, announce)
    parts = kept(VOTES, (*shape, get_language()), partial(_votes_context, *shape))
    numbers = {"helpful": _number(votes.helpful), "votes": _number(votes.votes)}
    return filled(parts, {"number": str(pk), "path": path, "slug": slug, **numbers})


def _votes_context(
    reader: Reader, own_vote: bool | None, told: tuple[int, int, int] | None, announce: bool
) -> dict[str, Any]:
    helpful, votes, before = told or (gap("helpful"), gap("votes"), 0)
    review = Review(pk=NUMBER, author_id=reader.pk or 0, votes_before_edit=before)
    review.__dict__.update(helpful=helpful, votes=votes, own_vote=own_vote)
    title, address = Title(slug=gap("slug")), Address(gap("path"))
    return {"title": title, "user": reader, "request": address, "review": review, "announce": announce}


def _number(number: int) -> str:
    return str(number) if number < 1000 else intcomma(number)
