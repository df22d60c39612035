"""Conditional requests: who asks whether the page that they have still holds is told so by that question alone.

A view that answers 304 says how the same is found out the next time (`NotModified.holds`). The same request is answered
by that from then on, with neither session nor view.
"""

from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from reviewsite.kept import OVERHEAD, Shelf

# All of a request that such an answer may depend on; what stands before this middleware has seen to the rest.
ASKED = (
    "REQUEST_METHOD",
    "HTTP_HOST",
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "HTTP_COOKIE",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_HX_REQUEST",
    "HTTP_HX_HISTORY_RESTORE_REQUEST",
    "HTTP_IF_NONE_MATCH",
)


class NotModified(HttpResponseNotModified):
    """304, and what tells at a later request of the same kind whether that is still so."""

    holds: Callable[[], bool] | None = None


class Known(NamedTuple):
    headers: Mapping[str, str]
    holds: Callable[[], bool]


known: Shelf[Known] = Shelf(512 * 1024)


class ConditionalMiddleware:
    """Stands before all that a 304 does without. An answer that sets a cookie is for one browser alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get
        if given("HTTP_IF_NONE_MATCH") is None:
            return self.get_response(request)
        # Not as it came: cookies are nobody else's, and may hold a token.
        asked = blake2b(repr([given(name) for name in ASKED]).encode(), digest_size=16).digest()
        before = known.get(asked)
        if before and _holds(before):
            return HttpResponseNotModified(headers=before.headers)
        known.drop(asked)
        response = self.get_response(request)
        if isinstance(response, NotModified) and response.holds and not response.cookies:
            size = 3 * OVERHEAD + 4 * len(given("QUERY_STRING", ""))
            known.put(asked, Known(dict(response.headers), response.holds), size)
        return response


def _holds(before: Known) -> bool:
    try:
        return before.holds()
    except Exception:  # noqa: BLE001 - what fails here fails once more on the way that knows what to do then
        return False
