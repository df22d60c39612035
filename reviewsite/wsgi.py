"""The WSGI application that a server runs: `reviewsite.wsgi:application`."""

import os
import re
from collections.abc import Iterable
from contextlib import closing
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse

from reviewsite.bodies import Application, complete

CHARSET = re.compile(r";\s*charset\*?\s*=[^;]*", re.IGNORECASE)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewsite.settings")


def in_one_piece(django: Application) -> Application:
    """The same, but an answer that is there whole goes to the server as a list of one, with nothing left to be done.

    A server asks Django's response for one part after the other, then for the next and closes it, and the connection
    waits for that: behind whatever else wants Python's lock by then.
    """

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        response = django(environ, start_response)
        if not isinstance(response, HttpResponse):
            return response
        with closing(response):
            return [response.content]

    return answer


def in_utf_8(site: Application) -> Application:
    """The same, whatever a request says that it is written in: Django would read it so, and some of what Python knows
    is no alphabet (`hex`, `idna`) or reads what nothing can write."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if ";" in (kind := environ.get("CONTENT_TYPE", "")):
            environ["CONTENT_TYPE"] = CHARSET.sub("", kind)
        return site(environ, start_response)

    return answer


application = complete(in_utf_8(in_one_piece(get_wsgi_application())))
