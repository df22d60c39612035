"""The WSGI application that a server runs: `reviewsite.wsgi:application`."""

import os
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse

type Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

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


application = in_one_piece(get_wsgi_application())
