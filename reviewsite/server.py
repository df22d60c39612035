"""The web server of a machine: granian, its workers forked from a process in which the site is loaded already.

    python -m reviewsite.server [--port 8000] [--workers 2] [--application reviewsite.wsgi:application]

So they share the memory that the code takes, and one that takes the place of a dead one is there at once. Nothing
that belongs to one process alone may be made while the site is loaded, connections above all.
"""

import argparse
import multiprocessing
from importlib import import_module

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from reviewsite.sharing import allocate_sparingly, share

HOST = "127.0.0.1"
# Each keeps a connection to the database; more of them in one process wait for each other rather than for the database.
THREADS = 4
KILL_SECONDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description="Serves the site, which is prepared already, until it is told to end.")
    parser.add_argument("--host", default=HOST)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--application", default="reviewsite.wsgi:application")
    given = parser.parse_args()
    allocate_sparingly()
    multiprocessing.set_start_method("fork")
    load(given.application)
    share()
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


def load(application: str) -> None:
    """Import the site with all that the first requests would import."""
    import_module(application.partition(":")[0])
    from django.urls import get_resolver

    _ = get_resolver().url_patterns


if __name__ == "__main__":
    main()
