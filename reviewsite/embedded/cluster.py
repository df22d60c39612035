"""The files of one PostgreSQL under one folder, and its programs run on them. Knows nothing of other processes.

HOME/cluster/data       PostgreSQL's data directory
HOME/cluster/password   of the only user, made at random
HOME/socket             the only way in: nothing listens on the network
HOME/log                what the server said, cut to its end at a start when it has grown past LOG_BYTES
"""

import os
import secrets
import shlex
import shutil
import stat
import subprocess
import tempfile
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from reviewsite.embedded import identity
from reviewsite.embedded.programs import Programs, ServerError

USER = "postgres"
PORT = 5432  # part of the socket's name, nothing more
SOCKET_NAME = f".s.PGSQL.{PORT}"
SOCKET_PATH_BYTES = 103  # macOS; Linux has 107
LOG_BYTES = 256 * 1024
START_SECONDS = 60
CONTAINER_MEMORY = Path("/sys/fs/cgroup/memory.max")


def shared_buffers() -> str:
    """What PostgreSQL keeps of its tables in memory of its own: an eighth of the machine's, 128 MB to 2 GB.

    What does not fit comes from the system and goes back to it at each change, which costs more than the change. Memory
    that nothing has been read into yet is not taken.
    """
    megabytes = min(max(memory() // 8 // 1024**2, 128), 2048)
    return f"{megabytes // 1024}GB" if megabytes % 1024 == 0 else f"{megabytes}MB"


def memory() -> int:
    """Bytes of it that there are: of the machine, or in a container as many as it may take."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        return min(machine, int(CONTAINER_MEMORY.read_text()))
    except (OSError, ValueError):  # there is no such file, or it says "max"
        return machine


# For data that must survive a crash of the machine: fsync stays on.
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": shared_buffers(),
    # The first change to a page after a checkpoint writes all of it to the log. Compressing those pages, by the only
    # method in the wheel, took more than half of the time of a vote among many; seldom checkpoints make them few.
    "checkpoint_timeout": "15min",
    "max_wal_size": "4GB",
    "jit": "off",
    # The errors of single statements are their sender's; here they would grow the log and keep people's data in it.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    "log_autovacuum_min_duration": "-1",
}


class Cluster:
    """The data directory under `home` and what can be done with it. Callers see to it that they do it one at a time."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.data = home / "cluster" / "data"

    @cached_property
    def identity(self) -> identity.Identity:
        """Who the programs run as; for a new folder this decides it."""
        return identity.choose(self.home, self.program("postgres"))

    @cached_property
    def _programs(self) -> Programs:
        return Programs.find(self.data)

    def program(self, name: str) -> str:
        """The path of one of PostgreSQL's programs: psql, pg_dump, ..."""
        return str(self._programs.folder / name)

    def address(self) -> dict[str, str]:
        """Where the running server is reached, as libpq's connection parameters."""
        password = (self.home / "cluster" / "password").read_text()
        return {"host": str(self._socket_folder()), "port": str(PORT), "user": USER, "password": password}

    def make(self) -> None:
        """Makes the data directory, unless there is one.

        It is made aside and renamed when complete: being killed in the middle leaves nothing half made.
        """
        if self.data.exists():
            return
        for left_over in self.home.glob("new-*"):
            shutil.rmtree(left_over, ignore_errors=True)
        draft = Path(tempfile.mkdtemp(prefix="new-", dir=self.home))
        password = draft / "password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(32))
        self.identity.give(draft)
        self.identity.give(password)
        # C.UTF-8 is built into PostgreSQL: the same order and the same letters on every system.
        self._run(
            "initdb", "--no-instructions", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8", f"--username={USER}", "--auth=scram-sha-256", f"--pwfile={password}",
            f"--pgdata={draft / 'data'}",
        )  # fmt: skip
        draft.rename(self.home / "cluster")

    def launch(self, running: int) -> None:
        """Starts the server, none being there, and waits for it. All its processes inherit the descriptor `running`."""
        self._forget_the_dead()
        log = self.home / "log"
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.write_bytes(log.read_bytes()[-LOG_BYTES // 2 :])
        sockets = '"{}"'.format(str(self._make_socket_folder()).replace('"', '""'))
        settings = {**SETTINGS, "unix_socket_directories": sockets}
        options = shlex.join(word for name, value in settings.items() for word in ("-c", f"{name}={value}"))
        self._run(
            "pg_ctl", "start", "--wait", f"--timeout={START_SECONDS}", "--silent", f"--pgdata={self.data}",
            f"--log={log}", f"--options={options}", inherits=(running,),
        )  # fmt: skip

    def shut_down(self) -> None:
        """Stops the running server: ends its connections, writes everything, waits for it."""
        self._run("pg_ctl", "stop", "--mode=fast", "--wait", "--silent", f"--pgdata={self.data}")

    def accepts_connections(self) -> bool:
        if not (self.data / "postmaster.pid").exists():
            return False
        question = [self.program("pg_isready"), "--quiet", f"--host={self._socket_folder()}", f"--port={PORT}"]
        return subprocess.run(question, env=environment()).returncode == 0

    def end_of_log(self) -> str:
        try:
            return "\n".join((self.home / "log").read_text(errors="replace").splitlines()[-10:])
        except FileNotFoundError:
            return ""

    def _forget_the_dead(self) -> None:
        """Takes away the pid file of a crashed server whose number another program has by now.

        PostgreSQL does that itself, unless a process with that number exists: after a restart of the machine that is
        likely, and it would refuse to start. A server started by hand, which no lock of ours knows, is left alone.
        """
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists() or not Path("/proc/self/cwd").exists():
            return
        process = Path("/proc", pid_file.read_text().split("\n", 1)[0])
        try:
            alive = (process / "cwd").readlink() == self.data.resolve()
        except OSError:  # there is none, or it is not ours to look at
            alive = False
        if not alive:
            for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
                (self._socket_folder() / name).unlink(missing_ok=True)
            pid_file.unlink()

    def _make_socket_folder(self) -> Path:
        """HOME/socket, or one of ours among the temporary files where that path does not do.

        A socket's path must be short, and to libpq a comma in it separates two hosts.
        """
        folder = self.home / "socket"
        if len(os.fsencode(folder / SOCKET_NAME)) > SOCKET_PATH_BYTES or "," in str(folder):
            digest = sha256(os.fsencode(self.home.resolve())).hexdigest()[:16]
            folder = Path(tempfile.gettempdir()) / f"reviewsite-{self.identity.uid}-{digest}"
        try:
            folder.mkdir(mode=0o700)
            self.identity.give(folder)
        except FileExistsError:
            # Anyone may make folders among the temporary files: this one must be ours alone, and no link.
            found = folder.lstat()
            if found.st_uid != self.identity.uid or found.st_mode != stat.S_IFDIR | 0o700:
                raise ServerError(f"{folder} is in the way: the database needs it as a folder of its own.") from None
        return folder

    def _socket_folder(self) -> Path:
        """Where the running server has its socket: the fifth line of its pid file, which is empty while it starts."""
        lines = (self.data / "postmaster.pid").read_text().split("\n")
        return Path(lines[4]) if len(lines) > 4 and lines[4] else self.home / "socket"

    def _run(self, name: str, *words: str, inherits: tuple[int, ...] = ()) -> None:
        """Runs one of PostgreSQL's programs; `ServerError` with what it said when it fails."""
        done = subprocess.run(
            self.identity.command(self.program(name), *words),
            cwd=self.home,
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            pass_fds=inherits,
            **self.identity.process(),
        )
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip()
            raise ServerError(f"The database in {self.home}: {name} failed.\n{said}\n{self.end_of_log()}".strip())


def environment() -> dict[str, str]:
    """Ours without PGPORT, PGDATA and the like, which are meant for somebody's other server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}
