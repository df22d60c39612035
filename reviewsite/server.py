"""The web server of a machine: granian, its workers forked from a process in which the site is loaded already.

    python -m reviewsite.server [--port 8000] [--workers 2] [--application reviewsite.wsgi:application]

So they share the memory that the code takes, and one that takes the place of a dead one is there at once. Nothing
that belongs to one process alone may be made while the site is loaded, connections above all.
"""

import argparse
import logging
import multiprocessing
import os
import sys
from contextlib import suppress
from importlib import import_module
from urllib.parse import unquote_to_bytes
from wsgiref.util import setup_testing_defaults

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import mp

from reviewsite.environment import flag
from reviewsite.sharing import allocate_sparingly, share

HOST = "127.0.0.1"
# Votes and sessions of as many requests at once take one statement for all of them. While votes wait for their turn
# there are threads left for those who read. Each may come to keep two connections: of four workers that are 96 of
# the 97 that PostgreSQL allows by itself.
THREADS = 12
# granian warns of so many where there are few processors, as it cannot know what they wait for.
WARNING_OF_THREADS = "Configuration allows spawning up to"
# Seconds for which a thread may keep Python from the others. Mostly it gives way sooner by itself, when it waits for
# the database; made to in the middle, after 5 ms as is usual, it only comes back later to what it had begun.
LONGEST_TURN = 0.05
KILL_SECONDS = 5
# Nobody who asks for a page waits longer for a row that somebody holds, an import perhaps, and takes up a thread: they
# are told to try again. For libpq; PgBouncer takes no such settings.
NOT_FOR_EVER = "-c lock_timeout=3s"


def main() -> None:
    parser = argparse.ArgumentParser(description="Serves the site, which is prepared already, until it is told to end.")
    parser.add_argument("--host", default=HOST)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--application", default="reviewsite.wsgi:application")
    given = parser.parse_args()
    logging.getLogger("_granian").addFilter(lambda record: WARNING_OF_THREADS not in record.msg)
    allocate_sparingly()
    multiprocessing.set_start_method("fork")
    if not flag("DATABASE_POOLER", default=False):
        os.environ.setdefault("PGOPTIONS", NOT_FOR_EVER)
    load(given.application)
    rehearse(given.application)
    share()
    sys.setswitchinterval(LONGEST_TURN)
    mp.WorkerProcess = Worker  # type: ignore[misc]
    Granian(
        given.application,
        address=given.host,
        port=given.port,
        interface=Interfaces.WSGI,
        workers=given.workers,
        blocking_threads=THREADS,
        workers_kill_timeout=KILL_SECONDS,
        respawn_failed_workers=True,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


class Worker(mp.WorkerProcess):
    """Is known to have ended when it has. Two threads of granian wait for each worker: one that stops it, and one that
    looks whether it ends by itself. The system tells one of them, and until that one has passed it on the other takes
    the worker for one that refuses to end, and warns of having to kill it."""

    def is_alive(self) -> bool:
        return bool(self.inner.is_alive()) and _is_there(self.inner.pid)


def _is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def load(application: str) -> None:
    """Import the site with all that the first requests would import."""
    import_module(application.partition(":")[0])
    from django.urls import get_resolver

    _ = get_resolver().url_patterns


def rehearse(application: str) -> None:
    """Answer once what most will ask for, before there is any worker, so that all of them share what comes of it.

    Without a database, or a title in it, they share less; that is all. So they do where there are replicas, which are
    watched from the first request on by threads, and threads are not forked.
    """
    from django.conf import settings
    from django.db import DatabaseError, connection, connections

    from reviewsite.postgresql import lending

    if len(settings.DATABASES) > 1:
        return
    options = connection.settings_dict["OPTIONS"]
    given = {**options}
    options |= {"connect_timeout": 2, "options": f"{options.get('options', '')} -c statement_timeout=2s"}
    try:
        _rehearse(application)
    except DatabaseError:
        pass
    finally:
        # A connection belongs to the process that opened it. A database of the site's own is held by all from now on.
        connections.close_all()
        lending.close_all()
        options.clear()
        options |= given


def _rehearse(application: str) -> None:
    from django.conf import settings
    from django.utils.module_loading import import_string

    module, _, name = application.partition(":")
    answer = getattr(import_module(module), name)
    host = settings.ALLOWED_HOSTS[0].lstrip(".").replace("*", "localhost")
    scheme = "https" if settings.SECURE_SSL_REDIRECT else "http"
    asked = {"HTTP_HOST": host, "HTTP_X_FORWARDED_PROTO": scheme, "wsgi.url_scheme": scheme, "QUERY_STRING": ""}
    for page in import_string(settings.REHEARSAL)():
        environ = {**asked, "HTTP_ACCEPT_ENCODING": "br", "PATH_INFO": unquote_to_bytes(page).decode("latin-1")}
        setup_testing_defaults(environ)
        # What fails here fails for whoever asks for it, and says so there.
        with suppress(Exception):
            body = answer(environ, lambda status, headers: None)
            b"".join(body)
            getattr(body, "close", int)()


if __name__ == "__main__":
    main()
