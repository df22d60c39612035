"""The pages for 400, 403, 404, 429, 500 and 503: what happened, what to do now, and the search."""

import sys
from collections.abc import Iterator
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from reviewsite.postgresql.lost import is_lost, may_do_later

# In seconds: about as long as it takes until another server has taken over.
TRY_AGAIN_AFTER = 30
# What was sent from pages with passwords is not shown again.
SECRET = ("/accounts/", "/admin/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """The page for a limit on attempts that was met. Those that answer with it count over a minute (settings.py)."""
    response = render(request, "429.html", status=429)
    response.headers["Retry-After"] = "60"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for a fault of ours. It asks nothing of the database or the session, which may be what failed."""
    problem = sys.exc_info()[1]
    if is_lost(problem) or may_do_later(problem):
        return out_of_reach(request, busy=not is_lost(problem))
    return HttpResponse(render_to_string("500.html"), status=500)


class Sent(NamedTuple):
    """A field that was sent; `rows` high where it is shown again, 0 where it only goes along."""

    name: str
    value: str
    rows: int


def out_of_reach(request: HttpRequest, *, busy: bool = False) -> HttpResponse:
    """The page for when the database cannot be reached, or with replicas only be read, or is `busy` with just what was
    asked of it. What was sent is given back."""
    writing = request.method == "POST"
    sent = list(_sent(request)) if writing and not request.path_info.startswith(SECRET) else []
    if busy:
        sentence = _("Others are busy with this at the moment.")
    elif writing and settings.REPLICAS:
        sentence = _("The site can only be read at the moment.")
    else:
        sentence = _("The site is out of reach at the moment.")
    if not writing:
        way_on = _("Nothing that was written before is lost. Try again in a minute.")
    elif any(field.rows for field in sent):
        way_on = _("What you sent was not saved: here it is. Send it again in a minute, or copy it.")
    else:
        way_on = _("What you sent was not saved; nothing from before is lost. Try again in a minute.")
    context = {"sentence": sentence, "way_on": way_on, "sent": sent, "action": request.get_full_path()}
    page = render_to_string("503.html", {**context, "token": get_token(request) if sent else ""})
    return HttpResponse(page, status=503, headers={"Retry-After": str(TRY_AGAIN_AFTER)})


def _sent(request: HttpRequest) -> Iterator[Sent]:
    for name, values in request.POST.lists():
        if name != "csrfmiddlewaretoken":
            for value in map(str, values):
                worded = any(letter.isspace() for letter in value.strip())
                yield Sent(name, value, rows=0 if not worded else 2 if len(value) < settings.HEADLINE_LENGTH else 9)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without its token: most often a page left open for days, or cookies switched off."""
    return render(request, "403_csrf.html", status=403)
