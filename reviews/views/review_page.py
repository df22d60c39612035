"""The first page of a title's reviews, as fast as the site can: the page that most readers come for.

It is put together from texts that each process keeps (`reviewsite.kept`): the page without its reviews, each review
without its votes, each line of votes. What they depend on is read at every request, so nothing on the page is older
than the request; a vote makes one line of votes anew, and nothing else. For visitors the whole is kept as well,
compressed, for as long as the database says that nothing changed.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import get_language

from accounts.models import User
from accounts.permissions import has_confirmed_address
from reviews.filters import ReviewFilter
from reviews.models import Review, Title
from reviews.recent import ids_viewed, remember
from reviews.standing import Choice, Entry, Own, Standing, own_of, standing, unchanged
from reviews.views.listing import context_of
from reviewsite.kept import MARK, Parts, Shelf, filled, gap, is_kept, kept
from reviewsite.keyset import Page
from reviewsite.partials import is_partial
from reviewsite.together import Together
from reviewsite.whole import Whole

# The database tells what moved since a snapshot for a day.
LONGEST_KEPT = 60 * 60
ATTEMPTS = 5
CARD, VOTES = "components/review.html", "components/vote_line.html"
# What belongs to the reader alone.
LIVE = ("menu", "token", "recent")
# About what one weighs in bytes.
STANDING_SIZE = 8000
VISITOR = AnonymousUser()
VARY = "HX-Request, Cookie, Accept-Encoding"

standings: Shelf[tuple[Standing, float]] = Shelf(2 * 1024 * 1024)
together = Together[bool]()
put_together: Shelf[tuple[Parts, Standing]] = Shelf(3 * 1024 * 1024)
wholes: Shelf[tuple[Whole, Standing]] = Shelf(4 * 1024 * 1024)


class Moved(Exception):  # noqa: N818 - not an error: somebody wrote at this very moment
    """What was read first does not belong to what was read next."""


@dataclass(frozen=True)
class Reader:
    """Stands in for the reader in what is kept: of the same settings, and nobody in particular."""

    is_authenticated: bool = False
    address_confirmed: bool = False
    theme: str = User.Theme.SYSTEM
    spoilers: str = User.Spoilers.FOLDED
    hides_figures: bool = False
    is_suspended: bool = False
    suspended_until: datetime | None = None
    pk: int | None = None

    @property
    def is_anonymous(self) -> bool:
        return not self.is_authenticated

    @classmethod
    def like(cls, person: User | AnonymousUser) -> "Reader":
        if not person.is_authenticated:
            return cls()
        suspended = (True, person.suspended_until) if person.is_suspended else (False, None)
        settings = (person.theme, person.spoilers, person.hides_figures)
        return cls(True, has_confirmed_address(person), *settings, *suspended)


class Address(NamedTuple):
    """Stands in for the request in what is kept; `part` is what the script asks for of the page."""

    path: str
    query: str
    part: str

    def get_full_path(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


def first_page(request: HttpRequest, slug: str, found: ReviewFilter) -> HttpResponse:
    """The first page of the title's reviews, or the part of it that the script asks for."""
    for _ in range(ATTEMPTS):
        with suppress(Moved):
            return _first_page(request, slug, found)
        standings.drop(_key(slug, found))
    raise Moved


def _first_page(request: HttpRequest, slug: str, found: ReviewFilter) -> HttpResponse:
    here = _standing(slug, found)
    address = Address(request.path, request.META["QUERY_STRING"], part="#results" if is_partial(request) else "")
    viewed = [] if address.part else ids_viewed(request, besides=here.title)
    if request.user.is_authenticated or viewed:
        page = FirstPage(slug, here, found, address, request.user, own_of(request.user, here, viewed))
        response = HttpResponse(page.text(_live(request, page.own)), headers={"Vary": VARY})
    else:
        response = _for_visitors(slug, here, found, address).response(request, VARY)
    if not address.part:
        remember(request, response, here.title)
    return response


def _for_visitors(slug: str, here: Standing, found: ReviewFilter, address: Address) -> Whole:
    """The page for all visitors, kept for as long as the same stands there."""
    key = (address, get_language())
    known, stood = wholes.get(key) or (None, None)
    if known and stood is here:
        return known
    whole = Whole(FirstPage(slug, here, found, address, VISITOR, Own()).text({"recent": ""}))
    wholes.put(key, (whole, here), 2 * whole.size)
    return whole


def _standing(slug: str, found: ReviewFilter) -> Standing:
    """What stands there now: what was read before, if nothing has changed."""
    slug, choice = key = _key(slug, found)
    known, until = standings.get(key) or (None, 0)
    if known and time.monotonic() < until and together.ask(known, partial(unchanged, slug, known)):
        return known
    here = standing(slug, choice)
    if here is None:
        raise Http404
    standings.put(key, (here, time.monotonic() + LONGEST_KEPT), STANDING_SIZE)
    return here


def _key(slug: str, found: ReviewFilter) -> tuple[str, Choice]:
    size = settings.REVIEWS_PER_PAGE
    return slug, Choice(found.sort_name, found.descending, found.rating_chosen, found.hides_spoilers, size)


def _live(request: HttpRequest, own: Own) -> dict[str, str]:
    """What is the reader's alone."""
    live = {"recent": render_to_string("components/recent.html", {"recent": own.viewed}) if own.viewed else ""}
    if request.user.is_authenticated:
        token = get_token(request)
        context = {"user": request.user, "request": request, "csrf_token": token}
        live |= {"menu": render_to_string("components/menu.html", context), "token": token}
    return live


class FirstPage:
    """What a page is put together from: what stands there, at which address, for whom."""

    def __init__(
        self,
        slug: str,
        here: Standing,
        found: ReviewFilter,
        address: Address,
        reader: User | AnonymousUser,
        own: Own,
    ) -> None:
        self.slug, self.here, self.filter, self.address, self.own = slug, here, found, address, own
        self.viewer = reader.pk
        self.reader = Reader.like(reader)
        self.language = get_language()

    def text(self, live: Mapping[str, str]) -> str:
        return filled(self._put_together(), live)

    def _put_together(self) -> Parts:
        """All but what is live. Kept for all who have the same to do with it, most of them nothing."""
        own = self.own
        author = self.viewer if any(entry.author == self.viewer for entry in self.here.entries) else None
        ways = (self.reader, author, own.review, own.rating, own.draft, *own.voted.items(), *own.blocked)
        key = (self.address, self.language, ways)
        parts, stood = put_together.get(key) or (None, None)
        if parts is None or stood is not self.here:
            parts = tuple(self._text({name: gap(name) for name in LIVE}).split(MARK))
            put_together.put(key, (parts, self.here), 2 * sum(map(len, parts)) + STANDING_SIZE)
        return parts

    def _text(self, live: Mapping[str, str]) -> str:
        owns = (self.own.review, self.own.rating, self.own.draft)
        key = (self.here.title, self.here.look, self.address, self.language, self.reader, owns)
        frame = kept(f"reviews/title_reviews.html{self.address.part}", key, self._frame_context)
        return filled(frame, {"reviews": "".join(self._reviews()), "after": self.here.after, **live})

    def _frame_context(self) -> dict[str, Any]:
        title = Title.objects.with_see_also_counts().get(pk=self.here.title)
        if title.look != self.here.look:
            raise Moved
        shown = len(self.here.entries)
        page = Page(self.here.entries, shown, gap("after") if self.here.after else "", first=True)
        return {**self._around(title), **context_of(title, self.filter, page), "csrf_token": gap("token")}

    def _reviews(self) -> Iterator[str]:
        """Each review's card, with its votes as they are."""
        reader = replace(self.reader, theme="", hides_figures=False)
        author = replace(reader, pk=self.viewer)
        readers = {entry: author if entry.author == self.viewer else reader for entry in self.here.entries}
        keys = {
            entry: (entry.pk, entry.look, self.language, reader, self.own.review, entry.author in self.own.blocked)
            for entry, reader in readers.items()
        }
        unknown = [entry.pk for entry, key in keys.items() if not is_kept(CARD, key)]
        found = Review.objects.public().with_author().in_bulk(unknown) if unknown else {}
        for entry, key in keys.items():
            card = kept(CARD, key, partial(self._card_context, entry, readers[entry], found))
            own_vote = self.own.voted.get(entry.pk)
            votes_key = (entry, own_vote, readers[entry], self.address, self.language)
            votes = kept(VOTES, votes_key, partial(self._votes_context, entry, readers[entry], own_vote))
            yield filled(card, {"votes": votes[0]})

    def _card_context(self, entry: Entry, reader: Reader, found: Mapping[int, Review]) -> dict[str, Any]:
        review = found.get(entry.pk)
        if review is None or review.look != entry.look:
            raise Moved
        review.author_blocked = entry.author in self.own.blocked  # type: ignore[attr-defined]
        return {**self._around(Title(slug=self.slug), reader), "review": review}

    def _votes_context(self, entry: Entry, reader: Reader, own_vote: bool | None) -> dict[str, Any]:
        votes = {"helpful": entry.helpful, "votes": entry.votes, "votes_before_edit": entry.votes_before_edit}
        review = Review(pk=entry.pk, author_id=entry.author, **votes)
        review.own_vote = own_vote  # type: ignore[attr-defined]
        return {**self._around(Title(slug=self.slug), reader), "review": review}

    def _around(self, title: Title, reader: Reader | None = None) -> dict[str, Any]:
        """What every template asks for, with stand-ins for request and reader."""
        owns = {"own_review": self.own.review, "own_rating": self.own.rating, "has_draft": self.own.draft}
        title.__dict__.update(owns)
        return {"title": title, "tab": "reviews", "user": reader or self.reader, "request": self.address}
