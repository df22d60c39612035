"""`make run` ends here: brings everything the site needs up to date, then serves it until Ctrl-C."""

import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress
from hashlib import sha256
from io import StringIO
from types import FrameType
from typing import Any, NoReturn

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from accounts.models import User
from reviews.demo import DEMO_SIGN_INS
from reviews.models import Title

HOST = "127.0.0.1"
START_SECONDS = 60
AN_HOUR = 60 * 60
# Longer than the workers get.
STOP_SECONDS = 10


class Stopped(KeyboardInterrupt):
    """The command was asked to end, by Ctrl-C or otherwise. A statement that runs is cancelled."""


class Command(BaseCommand):
    asked_to_stop = False
    help = "Prepares the database, the demo (with DEMO=yes) and the static files where needed, then serves the site."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: object, port: int, **options: Any) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.stop)
        try:
            require_free(port)
            for prepare in (self.migrate, self.load_demo, self.collect_static):
                prepare()
                self.stop_if_asked()
            self.serve(port)
        except Stopped:
            self.say("Stopped.")
        finally:
            connections.close_all()

    def migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.say("Bringing the tables up to date ...")
            call_command("migrate", verbosity=0, interactive=False)

    def load_demo(self) -> None:
        if settings.DEMO and not Title.objects.exists():
            self.say("Loading the demo ...")
            call_command("load_demo", stdout=StringIO())  # what it says of the sign-ins comes at the end

    def collect_static(self) -> None:
        """Collects only when a file changed since the last time: with their digests it takes some seconds."""
        done = settings.DATA_DIR / "static-collected"
        state = state_of_static_files()
        if not done.exists() or done.read_text() != state:
            self.say("Collecting the static files ...")
            call_command("collectstatic", verbosity=0, interactive=False)
            done.write_text(state)

    def serve(self, port: int) -> None:
        """Runs the web server as a child until it or we are told to end."""
        # A session of its own: Ctrl-C reaches us alone, and we end the children in order.
        server = subprocess.Popen(
            server_command(port, "reviewsite.wsgi:application"),
            cwd=settings.BASE_DIR,
            env={"SITE_URL": f"http://{HOST}:{port}", **os.environ},
            start_new_session=True,
            preexec_fn=end_with_parent,  # there is one thread here, so this is safe
        )
        try:
            wait_until_it_answers(server, port)
            self.say(f"\nThe site is at http://{HOST}:{port}/")
            self.say(f"With passkeys, which need a name: http://localhost:{port}/\n")
            self.show_sign_ins()
            self.say("Ctrl-C ends it.")
            while server.poll() is None:
                self.erase_outdated()
                self.stop_if_asked()
                with suppress(subprocess.TimeoutExpired):
                    server.wait(AN_HOUR)
            raise CommandError(f"The web server ended by itself with status {server.returncode}.")
        finally:
            end(server)

    def erase_outdated(self) -> None:
        """Erases what may be kept no longer. Where the database is not there, the next time will do."""
        try:
            call_command("erase_outdated", stdout=StringIO())
        except DatabaseError as problem:
            self.say(f"Nothing could be erased now: {problem}")
        finally:
            connection.close()

    def show_sign_ins(self) -> None:
        if not settings.DEMO:
            return
        names = [username for username, _, _ in DEMO_SIGN_INS]
        if User.objects.filter(username__in=names).exists():
            self.say("Demo sign-ins:")
            width = max(map(len, names))
            for username, password, what in DEMO_SIGN_INS:
                self.say(f"  {username:<{width}}   {password}   {what}")
            self.say("")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def stop(self, number: int, frame: FrameType | None) -> NoReturn:
        # Once is enough: what follows is the orderly end, which a second Ctrl-C must not cut short.
        for again in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(again, signal.SIG_IGN)
        self.asked_to_stop = True
        raise Stopped

    def stop_if_asked(self) -> None:
        """For when it could not be raised at once: Python ignores what is raised where it tidies up, as in imports."""
        if self.asked_to_stop:
            raise Stopped


def server_command(port: int, application: str) -> list[str]:
    """The web server as the site runs it, for an application given as `module:name`."""
    # Where within a line something went wrong is not kept: that saves the workers a twentieth of their memory.
    python = [sys.executable, "-X", "no_debug_ranges"]
    return [*python, "-m", "reviewsite.server", "--port", str(port), "--application", application]


def require_free(port: int) -> None:
    with closing(socket.socket()) as test:
        test.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            test.bind((HOST, port))
        except OSError as problem:
            raise CommandError(
                f"Port {port} cannot be used: {problem.strerror}. Choose another: make run PORT={port + 1}"
            ) from problem
        except OverflowError as problem:
            raise CommandError(f"PORT={port} is no port; choose one from 1024 to 65535.") from problem


def state_of_static_files() -> str:
    """Changes when any static file of the project or of a package does."""
    state = sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            state.update(f"{storage.path(name)} {storage.get_modified_time(name)} {storage.size(name)}\n".encode())
    return state.hexdigest()


def wait_until_it_answers(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise CommandError(f"The web server did not start (status {server.returncode}).")
        try:
            with closing(http.client.HTTPConnection(HOST, port, timeout=max(1, deadline - time.monotonic()))) as client:
                client.request("HEAD", "/")
                client.getresponse()
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
    raise CommandError(f"The web server did not answer within {START_SECONDS} seconds.")


def end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def end_with_parent() -> None:
    """Asks Linux to end this process when its parent dies, be it by kill -9; other systems have no such thing."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
