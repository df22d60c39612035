"""A page of a title's reviews, as fast as the site can: the first of them is the page that most readers come for.

It is put together from texts that each process keeps (`reviewsite.kept`): the page without its reviews, each review
without its votes. What is not kept yet, and each line of votes, comes out of shapes of the templates. What they depend
on is read at every request, so nothing on the page is older than the request; a vote makes nothing stale. For visitors
the whole first page is kept as well, compressed, for as long as it shows what stands there.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import get_language

from accounts.models import User
from reviews.contents import Contents
from reviews.filters import ReviewFilter
from reviews.recent import SHOWN, ids_viewed, remember
from reviews.standing import Choice, Own, Standing, asked_for, own_of, standing, standing_with_contents, unchanged
from reviews.views.cards import Moved, cards
from reviews.views.frames import frame
from reviews.views.stand_ins import Address, Owner, Reader
from reviewsite.compression import accepts, encoding_for
from reviewsite.conditional import NotModified
from reviewsite.kept import OVERHEAD, Parts, Shelf, weight
from reviewsite.partials import is_partial
from reviewsite.pieces import Pieces
from reviewsite.replicas.choice import reading
from reviewsite.shapes import filled, filled_in, gap, printed, shape
from reviewsite.together import Together
from reviewsite.whole import Whole

# The database tells what moved since a snapshot for a day. Seconds for which a page is kept here, and in a browser.
LONGEST_KEPT, LONGEST_TAGGED = 60 * 60, 12 * 60 * 60
ATTEMPTS = 5
# About what one weighs in bytes.
STANDING_SIZE = 8000
VISITOR = AnonymousUser()
VARY = "HX-Request, Cookie, Accept-Encoding"


class Read(NamedTuple):
    """What stood there, until when that may be kept, and whether it was something else when it was read before."""

    here: Standing
    until: float
    changed: bool = False

    def still(self, now: "Read") -> bool:
        """Is what was made of it a page of what stands there now?"""
        return self.here is now.here or (time.monotonic() < self.until and self.here.shows_what(now.here))


standings: Shelf[Read] = Shelf(1024 * 1024)
together = Together[None, tuple[int, Whole]]()
put_together: Shelf[tuple[Pieces, Read]] = Shelf(2 * 1024 * 1024)
wholes: Shelf[tuple[Whole, Read]] = Shelf(2 * 1024 * 1024)


def page_of_reviews(request: HttpRequest, slug: str, found: ReviewFilter) -> HttpResponse:
    """The page of the title's reviews that was chosen, or the part of it that the script asks for."""
    for _ in range(ATTEMPTS):
        with suppress(Moved):
            return _page_of_reviews(request, slug, found)
        standings.drop(_key(slug, found))
    raise Moved


def _page_of_reviews(request: HttpRequest, slug: str, found: ReviewFilter) -> HttpResponse:
    part = ("#more" if found.cursor else "#results") if is_partial(request) else ""
    address = Address(request.path, request.META.get("QUERY_STRING", ""), part)
    known = _known(slug, found)
    viewed = [] if part else [pk for pk in ids_viewed(request) if not known or pk != known.here.title]
    if request.user.is_authenticated or viewed or _is_told_something(request):
        title, response = _for_somebody(request, slug, found, address, viewed)
    else:
        make = partial(_for_visitors, slug, found, address, encoding_for(request))
        title, whole = make()
        response = whole.response(request, VARY)
        if isinstance(response, NotModified):
            # Who has this page has viewed the title before: that is not remembered once more.
            return _known_to_hold(request, response, whole.tag, make)
    if not part:
        remember(request, response, title)
    return response


def _known_to_hold(
    request: HttpRequest, response: NotModified, tag: str, make: Callable[[], tuple[int, Whole]]
) -> NotModified:
    """Holds for as long as the page that is made has that tag; unless there is a session, which may hold something."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        response.holds = lambda: make()[1].tag == tag
    return response


def _for_somebody(
    request: HttpRequest, slug: str, found: ReviewFilter, address: Address, viewed: Sequence[int]
) -> tuple[int, HttpResponse]:
    """The page with something of the reader's own on it, and of which title it is."""
    asked_for.note()
    known = _known(slug, found)
    read, contents = (known, None) if known else _read(slug, found)
    here = read.here
    viewed = [pk for pk in viewed if pk != here.title][:SHOWN]
    still, own = known is None, Own()
    if request.user.is_authenticated or viewed:
        still, own = own_of(slug, request.user, here, viewed)
    if known and not still:
        read, contents = _read(slug, found)
        if read.here.title != here.title:
            raise Moved
        if {entry.pk for entry in read.here.entries} != {entry.pk for entry in here.entries}:
            own = own_of(slug, request.user, read.here, viewed)[1]
    page = PageOfReviews(slug, read, found, address, request.user, own, contents)
    body, encoding = page.pieces().body(_live(request, own), small=accepts(request, "gzip"))
    response = HttpResponse(body, headers={"Vary": VARY})
    if encoding:
        response.headers["Content-Encoding"] = encoding
    return here.title, response


def _for_visitors(slug: str, found: ReviewFilter, address: Address, encoding: str) -> tuple[int, Whole]:
    """The page for all visitors, and of which title. After a change it is put together once for all who ask for it at
    the same moment."""
    asked_for.note()
    what = (address, get_language(), encoding, reading())
    return together.ask(what, partial(_whole, slug, found, address, encoding))


def _whole(slug: str, found: ReviewFilter, address: Address, encoding: str) -> tuple[int, Whole]:
    """The first page is kept for as long as the same stands there."""
    read, contents = _known(slug, found), None
    # Where many vote, what had changed when it was last read has changed again: it is read at once.
    if read is None or read.changed or not unchanged(slug, read.here):
        read, contents = _read(slug, found)
    key = (address, get_language(), encoding)
    kept = wholes.get(key)
    if kept and kept[1].still(read):
        return read.here.title, kept[0]
    text = PageOfReviews(slug, read, found, address, VISITOR, Own(), contents).text()
    # Each process goes on from a snapshot of its own. One that a browser kept must not grow too old to go on from.
    whole = Whole(text, encoding, but=read.here.after, when=int(time.time() // LONGEST_TAGGED))
    if not found.cursor:
        wholes.put(key, (whole, read), whole.size + OVERHEAD + 2 * len(address.get_full_path()))
    return read.here.title, whole


def _key(slug: str, found: ReviewFilter) -> tuple[str, Choice]:
    size = settings.REVIEWS_PER_PAGE
    return slug, Choice(found.sort_name, found.descending, found.rating_chosen, found.hides_spoilers, size)


def _known(slug: str, found: ReviewFilter) -> Read | None:
    """What stood there when it was read last. Of pages after the first there are too many to keep."""
    known = None if found.cursor else standings.get(_key(slug, found))
    return known if known and time.monotonic() < known.until else None


def _read(slug: str, found: ReviewFilter) -> tuple[Read, Contents | None]:
    """What stands there now; and where nothing is known of the page that most readers come for, what it says too."""
    key, before, contents = _key(slug, found), _known(slug, found), None
    if before or found.cursor or found.chosen:
        here = standing(*key, found.cursor)
    else:
        here, contents = standing_with_contents(*key) or (None, None)
    if here is None:
        raise Http404
    read = Read(here, time.monotonic() + LONGEST_KEPT, changed=before is not None and not here.shows_what(before.here))
    if not found.cursor:
        standings.put(key, read, STANDING_SIZE)
    return read, contents


def _live(request: HttpRequest, own: Own) -> dict[str, str]:
    """What is the reader's alone."""
    live = {"recent": render_to_string("components/recent.html", {"recent": own.viewed}) if own.viewed else ""}
    # A part of the page has no place for them: they wait for the next whole one.
    told = get_messages(request) if _is_told_something(request) and not is_partial(request) else None
    live["messages"] = render_to_string("components/messages.html", {"messages": told}) if told else ""
    if request.user.is_authenticated:
        token = get_token(request)
        live |= {"menu": _menu(request.user, token), "token": token}
    return live


def _is_told_something(request: HttpRequest) -> bool:
    return bool(request.COOKIES.get(CookieStorage.cookie_name))


def _menu(member: User, token: str) -> str:
    owner = Owner.like(member)
    menu = shape("components/menu.html", (get_language(), owner), lambda: {"user": owner, "csrf_token": gap("token")})
    name, monogram = escape(member.shown_name), escape(member.monogram)
    return filled(menu, {"name": name, "monogram": monogram, "profile": member.get_absolute_url(), "token": token})


class PageOfReviews:
    """What a page is put together from: what stands there, at which address, for whom; and `contents`, if at hand."""

    def __init__(
        self,
        slug: str,
        read: Read,
        found: ReviewFilter,
        address: Address,
        reader: User | AnonymousUser,
        own: Own,
        contents: Contents | None = None,
    ) -> None:
        self.slug, self.filter, self.address, self.own = slug, found, address, own
        self.read, self.here, self.contents = read, read.here, contents
        self.viewer = reader.pk
        self.reader = Reader.like(reader)
        self.language = get_language()

    def text(self) -> str:
        """For visitors, who have nothing of their own on it."""
        return filled(self._parts(), {"recent": "", "messages": ""})

    def pieces(self) -> Pieces:
        """All but what is live. Kept for all who have the same to do with it, most of them nothing."""
        if self.filter.cursor:
            return Pieces(self._parts())
        own = self.own
        author = self.viewer if any(entry.author == self.viewer for entry in self.here.entries) else None
        ways = (self.reader, author, own.review, own.rating, own.draft, *own.voted.items(), *own.blocked)
        key = (self.address, self.language, ways)
        kept = put_together.get(key)
        if kept and kept[1].still(self.read):
            return kept[0]
        parts = self._parts()
        pieces = Pieces(parts)
        put_together.put(key, (pieces, self.read), weight(parts) + STANDING_SIZE)
        return pieces

    def _parts(self) -> Parts:
        here, address = self.here, self.address.get_full_path()
        written, title = self.contents or (None, None)
        reviews = cards(here.entries, self.slug, self.reader, self.viewer, self.own, address, written)
        around = frame(here, self.filter, self.address.path, self.address.part, self.reader, self.own, title)
        filling = {"reviews": "".join(reviews), "after": here.after, "shown": printed(here.shown)}
        # Visitors find it in the address of the sign-in, members in a form.
        filling["here"] = escape(address) if self.reader.is_authenticated else quote(address)
        return filled_in(around, filling)
