"""Several machines on one: PostgreSQL with its replicas, web processes, a browser that meets another one each time."""

import http.client
import itertools
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import make_conninfo

from reviews.management.commands.serve import end_with_parent, server_command
from reviewsite.embedded.server import Server
from tests.project.processes import ROOT, environment, eventually, free_port, is_at_rest, parents, postmaster

PATIENCE = 30
TOKEN = "t" * 32
NAME = "reviewsite"
POOLER = """
[databases]
{name} = host={host} user={user} password='{password}' dbname={name}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {connections}
"""


class Database:
    """One PostgreSQL server, which the test holds."""

    def __init__(self, home: Path) -> None:
        self.server = Server(home)
        self.server.hold()

    @property
    def address(self) -> dict[str, str]:
        return self.server.cluster.address()

    @property
    def url(self) -> str:
        parts = {name: quote(value, safe="") for name, value in self.address.items()}
        return f"postgres://{parts['user']}:{parts['password']}@{parts['host']}/{NAME}"

    def connection(self) -> psycopg.Connection[Any]:
        return psycopg.connect(make_conninfo(**self.address, dbname=NAME), autocommit=True)

    def ask(self, sql: str, *params: Any) -> Any:
        """The first value of the first row."""
        with closing(self.connection()) as connection:
            found = connection.execute(sql, params)
            row = found.fetchone() if found.description else None
        return row[0] if row else None

    @classmethod
    def new(cls, home: Path) -> Self:
        database = cls(home)
        database.server.create_database(NAME)
        # Processes are killed here, never the machine: nothing has to wait for the disk.
        database.ask("ALTER SYSTEM SET fsync = off")
        database.ask("SELECT pg_reload_conf()")
        return database

    def replicate(self, home: Path) -> "Database":
        """A streaming replica in `home`, which has caught up."""
        replica = self.copy(home, "--write-recovery-conf")
        assert eventually(lambda: replica.has_seen(self), PATIENCE)
        return replica

    def copy(self, home: Path, *options: str) -> "Database":
        """Another server in `home`, with the same data."""
        home.mkdir(mode=0o700)
        copy = home / "cluster"
        identity, cluster = Server(home).cluster.identity, self.server.cluster
        copy.mkdir(mode=0o700)
        identity.give(copy)
        command = [
            cluster.program("pg_basebackup"), f"--pgdata={copy / 'data'}", f"--dbname={make_conninfo(**self.address)}",
            "--checkpoint=fast", "--no-sync", *options,
        ]  # fmt: skip
        subprocess.run(identity.command(*command), check=True, cwd="/", env=environment(), **identity.process())
        (copy / "password").write_text(self.address["password"])
        return Database(home)

    def has_seen(self, primary: "Database") -> bool:
        """Has this replica replayed all that the primary has written?"""
        here = primary.ask("SELECT pg_current_wal_flush_lsn()::text")
        return bool(self.ask("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", here))

    def signal_all(self, number: int) -> None:
        """To each process of the server."""
        first = postmaster(self.server.home)
        for process in (first, *(child for child, parent in parents().items() if parent == first)):
            os.kill(process, number)

    def kill(self) -> None:
        os.kill(postmaster(self.server.home), signal.SIGKILL)


@contextmanager
def a_folder() -> Iterator[Path]:
    """A folder for servers, in a short path, gone afterwards with all that ran in it."""
    path = Path(tempfile.mkdtemp(prefix="reviewsite-test-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        for home in path.glob("*/start.lock"):
            assert eventually(partial(is_at_rest, home.parent), PATIENCE), "a server was left running"
        shutil.rmtree(path)


@contextmanager
def a_cache(folder: Path) -> Iterator[str]:
    """A Redis or Valkey of our own; yields its address."""
    program = shutil.which("valkey-server") or shutil.which("redis-server")
    assert program, "neither valkey-server nor redis-server is installed: sh requirements/test_servers.sh"
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield f"redis://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(PATIENCE)


@contextmanager
def pooled(folder: Path, database: Database, connections: int) -> Iterator[str]:
    """A PgBouncer with so many connections to the database; yields the address by way of it."""
    program = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
    assert program, "pgbouncer is not installed: sh requirements/test_servers.sh"
    port, identity = free_port(), database.server.cluster.identity
    configuration = folder / "pgbouncer.ini"
    configuration.touch(mode=0o600)
    configuration.write_text(POOLER.format(name=NAME, listen=port, connections=connections, **database.address))
    identity.give(configuration)
    with (folder / "pgbouncer.log").open("w") as log:
        process = subprocess.Popen(
            identity.command(program, str(configuration)),
            cwd="/", env=environment(), stdout=log, stderr=log, **identity.process(),
        )  # fmt: skip
        try:
            url = f"postgres://anybody@127.0.0.1:{port}/{NAME}"
            assert eventually(lambda: connects(url), PATIENCE), (folder / "pgbouncer.log").read_text()
            yield url
        finally:
            process.terminate()
            process.wait(PATIENCE)


def connects(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def served(folder: Path, static: Path, **variables: str) -> Iterator[int]:
    """A web process with files of its own in `folder`; yields its port."""
    folder.mkdir()
    (folder / "static").symlink_to(static)
    port = free_port()
    command = server_command(port, "reviewsite.wsgi:application")
    command += ["--workers", "1"]
    settings = environment(DATA_DIR=str(folder), SECRET_KEY="s" * 40, **variables)
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=log, stderr=log, preexec_fn=end_with_parent)
        try:
            assert eventually(lambda: answers(port), PATIENCE), (folder / "log").read_text()
            yield port
        finally:
            process.terminate()
            process.wait(PATIENCE)


def answers(port: int) -> bool:
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as client:
            client.request("GET", "/about/")
            return client.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False


def manage(folder: Path, *words: str, **variables: str) -> str:
    """What a command of the site says."""
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT, env=environment(DATA_DIR=str(folder), SECRET_KEY="s" * 40, **variables),
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def in_shell(folder: Path, script: str, **variables: str) -> Any:
    return json.loads(manage(folder, "shell", "--verbosity=0", "--command", script, **variables))


class Answer:
    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.status, self.headers = answer.status, answer.headers
        self.text = answer.read().decode(errors="replace")

    def votes_of(self, review: int) -> str:
        """How many found the review helpful, as the page says it: 3 out of 5."""
        found = re.search(rf'id="review-{review}".*?<p class="tally"><b>(.*?)</b>', self.text, re.DOTALL)
        return found[1] if found else ""


class Browser:
    """Keeps cookies, and meets another web process at each request, as behind a proxy that shares them out."""

    def __init__(self, ports: Sequence[int], session: str = "") -> None:
        self.ports = itertools.cycle(random.sample(ports, len(ports)))
        self.cookies = {"csrftoken": TOKEN, **({"sessionid": session} if session else {})}

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask(
            "POST", path, urlencode({**fields, "csrfmiddlewaretoken": self.cookies["csrftoken"]}), {**form, **headers}
        )

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        with closing(http.client.HTTPConnection("127.0.0.1", next(self.ports), timeout=PATIENCE)) as client:
            client.request(method, path, body, {"Cookie": cookie, **headers})
            answer = Answer(client.getresponse())
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer
