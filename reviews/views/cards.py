"""Reviews on the pages that are put together from kept texts: the card, and the line of votes in its gap.

A card is kept for each review. A line of votes is a shape that all reviews share which it looks alike for, so that a
vote makes nothing stale.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Protocol
from urllib.parse import quote

from django.utils.translation import get_language

from accounts.preferences import opens_spoilers
from reviews.contents import Written, written
from reviews.models import Review, Title
from reviews.standing import Entry, Own
from reviews.views.card import card
from reviews.views.stand_ins import SELF, Address, Reader
from reviewsite.kept import Parts, keep, known
from reviewsite.shapes import NUMBER, alike, filled, gap, printed, shape, wording

VOTES = "components/vote_line.html"


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
    entries: Sequence[Entry],
    slug: str,
    reader: Reader,
    viewer: int | None,
    own: Own,
    page: str,
    read: Mapping[int, Written] | None = None,
) -> Iterator[str]:
    """The cards of a title's reviews for a reader (`viewer` is their id) on the page at that address.

    `read` is the reviews by their ids, where they have been read already: on a page that nothing was known of. Most of
    these are asked for once, so their cards are kept only when they are needed again.
    """
    opened = opens_spoilers(reader, reviewed=own.review)  # type: ignore[arg-type]  # reads as one of them
    path, language, slug = quote(page), get_language(), quote(slug)
    looks = [(entry.author == viewer, opened, entry.author in own.blocked) for entry in entries]
    keys = [(entry.pk, entry.look, language, *look) for entry, look in zip(entries, looks, strict=True)]
    there = [known(key) for key in keys]
    found = read or written([entry.pk for entry, parts in zip(entries, there, strict=True) if parts is None])
    reader = reader.of_votes()
    for entry, look, key, parts in zip(entries, looks, keys, there, strict=True):
        voter = reader._replace(pk=SELF) if entry.author == viewer else reader
        votes = vote_line(entry.pk, entry, voter, own.voted.get(entry.pk), language, path=path, slug=slug)
        if parts is None:
            parts = _card(entry, found.get(entry.pk), language, *look)
            if read is None:
                keep(key, parts)
        yield filled(parts, {"votes": votes})


def _card(entry: Entry, review: Written | None, language: str | None, own: bool, opened: bool, blocked: bool) -> Parts:
    if review is None or review.look != entry.look:
        raise Moved
    return card(review, language, own=own, opened=opened, blocked=blocked)


def vote_line(
    pk: int,
    votes: Voted,
    reader: Reader,
    own_vote: bool | None,
    language: str | None,
    *,
    path: str = "",
    slug: str = "",
    announce: bool = False,
) -> str:
    """The line of votes under a public review with that id, as the reader sees it who voted `own_vote`.

    `path` is the page's, for visitors to come back to, `slug` the title's, for authors, both quoted. With `announce`
    the count is there once more, for whoever has just voted and does not see it.
    """
    edited = wording(votes.votes, language) if votes.votes_before_edit else None
    key = (language, reader, own_vote, announce, edited)
    return filled(
        shape(VOTES, key, partial(_stand_ins, votes, reader, own_vote, announce)),
        {
            "number": str(pk),
            "path": path,
            "slug": slug,
            "helpful": printed(votes.helpful),
            "votes": printed(votes.votes),
            "before": printed(votes.votes_before_edit),
        },
    )


def _stand_ins(votes: Voted, reader: Reader, own_vote: bool | None, announce: bool) -> dict[str, Any]:
    review = Review(pk=NUMBER, author_id=reader.pk or 0)
    before = gap("before") if votes.votes_before_edit else 0
    review.__dict__.update(helpful=gap("helpful"), votes_before_edit=before, own_vote=own_vote)
    review.votes = alike(votes.votes, "votes")
    title, address = Title(slug=gap("slug")), Address(gap("path"))
    return {"title": title, "user": reader, "request": address, "review": review, "announce": announce}
