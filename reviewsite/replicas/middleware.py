"""Chooses for each request where it reads from, and has it answered by another server where that one fails."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from reviewsite.postgresql.prepared import rows_of
from reviewsite.replicas.choice import PRIMARY, Elsewhere, here, reading_from
from reviewsite.replicas.servers import FAILURES, Servers

SAFE = {"GET", "HEAD", "OPTIONS"}
# Where one signs in and sees to one's account, and the back office: all from the primary.
STRICT = ("/accounts/", "/admin/")
# How far the log was when this browser wrote last. A replica that is chosen has not been behind for nearly so long.
COOKIE, COOKIE_SECONDS = "written", 60
POSITION = re.compile(r"[0-9a-f]{1,15}")
WRITTEN = "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint"


class Again(HttpResponse):
    """No answer: the server was lost, and another is to answer this request from its beginning."""


class ReplicaMiddleware:
    """Stands outside of all that asks the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.servers = Servers([alias for alias in settings.DATABASES if alias != PRIMARY])

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.servers.watch()
        if request.method in SAFE and not request.path_info.startswith(STRICT):
            response = self._read(request)
        else:
            with reading_from(PRIMARY):
                response = self.get_response(request)
        if (here.wrote or request.method not in SAFE) and response.status_code < 500:
            self._remember(request, response)
        return response

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        return Again() if here.again and isinstance(problem, (Elsewhere, *FAILURES)) else None

    def _read(self, request: HttpRequest) -> HttpResponse:
        """The answer of the first server that has one: of a replica if possible, of the primary at last."""
        after, but = written(request), set[str]()
        for attempts_left in range(len(self.servers.replicas) + 1, -1, -1):
            alias = self.servers.choose(after, but)
            strict = alias if self.servers.primary.is_silent() else PRIMARY
            with reading_from(alias, strict=strict, again=attempts_left > 0):
                response = self.get_response(request)
            if not isinstance(response, Again):
                break
            if strict != PRIMARY or not self.servers.primary.is_gone():
                self.servers[alias].is_gone()
                but.add(alias)
        return response

    def _remember(self, request: HttpRequest, response: HttpResponse) -> None:
        """Have this browser read no older state than now."""
        try:
            [(position,)] = rows_of(WRITTEN, [], using=PRIMARY)
        except FAILURES:
            return
        response.set_cookie(
            COOKIE, f"{position:x}", max_age=COOKIE_SECONDS, samesite="Lax", httponly=True, secure=request.is_secure()
        )


def written(request: HttpRequest) -> int | None:
    """How far the log was when this browser wrote last, if that was just now. Who forges it reads from the primary."""
    found = request.COOKIES.get(COOKIE, "")
    return int(found, 16) if POSITION.fullmatch(found) else None
