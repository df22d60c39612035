"""The embedded server is there for all who use it, survives what happens to processes, and ends with its last user."""

import os
import signal
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from reviewsite.embedded import cluster, identity
from reviewsite.embedded.cluster import SETTINGS
from reviewsite.embedded.programs import ServerError
from reviewsite.embedded.server import Server
from tests.project.processes import Holder, eventually, is_at_rest, is_running, postmaster

FORK_AND_LEAVE = """
import os, sys
from pathlib import Path
from reviewsite.embedded.server import Server
Server(Path(sys.argv[1])).hold()
if os.fork() == 0:
    print("holding", flush=True)
    sys.stdin.read()
    os._exit(0)
"""


def ask(server: Server, question: str) -> str:
    with psycopg.connect(make_conninfo(**server.cluster.address(), dbname="postgres")) as connection:
        answer = connection.execute(question.encode()).fetchone()
    assert answer is not None
    return str(answer[0])


def test_two_processes_that_start_at_once_share_one_server(home: Path) -> None:
    first, second = Holder(home), Holder(home)
    first.wait_until_it_holds()
    one = postmaster(home)
    second.wait_until_it_holds()
    assert postmaster(home) == one
    first.end()
    second.end()


def test_the_last_one_out_stops_it(home: Path) -> None:
    first, second = Holder(home).wait_until_it_holds(), Holder(home).wait_until_it_holds()
    first.end()
    assert is_running(home)
    second.end()
    assert not is_running(home)


def test_a_killed_process_leaves_the_others_their_server(home: Path) -> None:
    killed, other = Holder(home).wait_until_it_holds(), Holder(home).wait_until_it_holds()
    before = postmaster(home)
    killed.kill()
    assert not eventually(lambda: not is_running(home), seconds=1)
    assert postmaster(home) == before
    other.end()
    assert not is_running(home)


def test_it_does_not_outlive_a_last_user_that_was_killed(home: Path) -> None:
    Holder(home).wait_until_it_holds().kill()
    assert eventually(lambda: not is_running(home))


def test_a_forked_child_keeps_it_when_its_parent_has_ended(home: Path) -> None:
    holder = Holder(home, FORK_AND_LEAVE).wait_until_it_holds()
    assert holder.process.wait(30) == 0
    assert is_running(home)
    holder.process.communicate()
    assert eventually(lambda: not is_running(home))


def test_killed_while_the_data_directory_is_made_it_starts_anew(home: Path) -> None:
    unlucky = Holder(home)
    assert eventually(lambda: any(home.glob("new-*/data/base/1")))
    unlucky.kill()
    assert not (home / "cluster").exists()
    Holder(home).wait_until_it_holds().end()
    assert not list(home.glob("new-*"))


def test_after_a_crash_it_waits_for_what_is_left_of_the_old_server(server: Server, home: Path) -> None:
    crashed = postmaster(home)
    busy = psycopg.connect(make_conninfo(**server.cluster.address(), dbname="postgres"), autocommit=True)
    # It looks up from its counting only when done, and until then no new server may touch the data.
    busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 20000000)")
    os.kill(crashed, signal.SIGKILL)
    server.start()
    assert postmaster(home) != crashed
    assert ask(server, "SELECT 1") == "1"
    busy.close()


def test_the_number_of_a_crashed_server_may_belong_to_another_process(server: Server, home: Path) -> None:
    pid_file = home / "cluster/data/postmaster.pid"
    left = pid_file.read_text().split("\n")
    server.leave()
    pid_file.write_text("\n".join([str(os.getpid()), *left[1:]]))
    server.hold()
    assert postmaster(home) != os.getpid()


@pytest.mark.parametrize("name", ["with a space, a 'quote' and ünïcödé", "long" * 50])
def test_any_path_will_do(home: Path, name: str) -> None:
    server = Server(home / name)
    server.hold()
    assert ask(server, "SHOW data_directory") == str(home / name / "cluster/data")
    server.leave()
    assert eventually(lambda: is_at_rest(home / name))


def test_it_is_closed_to_others(server: Server, home: Path) -> None:
    for folder in (home, home / "cluster", home / "cluster/data", home / "socket"):
        assert folder.stat().st_mode & 0o777 == 0o700
    assert (home / "cluster/password").stat().st_mode & 0o777 == 0o600
    assert ask(server, "SHOW listen_addresses") == ""
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(make_conninfo(**{**server.cluster.address(), "password": "guess"}, dbname="postgres"))


def test_it_is_set_up_to_keep_what_was_committed(server: Server, home: Path) -> None:
    assert [ask(server, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")] == ["on"] * 3
    assert {name: ask(server, f"SHOW {name}") for name in SETTINGS} == SETTINGS
    assert ask(server, "SELECT datlocale FROM pg_database WHERE datname = 'postgres'") == "C.UTF-8"


@pytest.mark.parametrize(
    ("limit", "share"), [("268435456\n", "128MB"), ("1610612736\n", "192MB"), ("2147483648\n", "256MB")]
)
def test_in_a_container_it_takes_its_share_of_what_the_container_may_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, share: str
) -> None:
    monkeypatch.setattr(cluster, "CONTAINER_MEMORY", tmp_path / "memory.max")
    machine = cluster.shared_buffers()
    assert machine.endswith(("MB", "GB"))
    (tmp_path / "memory.max").write_text("max\n")
    assert cluster.shared_buffers() == machine
    (tmp_path / "memory.max").write_text(limit)
    assert cluster.shared_buffers() == share


def test_a_failed_start_says_what_the_server_said(home: Path) -> None:
    Holder(home).wait_until_it_holds().end()
    (home / "cluster/data/postgresql.conf").write_text("no_such_setting = 1\n")
    server = Server(home)
    with pytest.raises(ServerError, match='unrecognized configuration parameter "no_such_setting"'):
        server.hold()


def test_data_of_another_version_are_left_alone_and_the_way_out_is_said(home: Path) -> None:
    Holder(home).wait_until_it_holds().end()
    (home / "cluster/data/PG_VERSION").write_text("9\n")
    with pytest.raises(ServerError, match=r"made by PostgreSQL 9; installed is 18.*pg_dump"):
        Server(home).hold()


def test_its_files_belong_to_whoever_started_it_root_included(server: Server, home: Path) -> None:
    assert ask(server, "SELECT 1") == "1"
    server.leave()
    assert (home / "cluster/data").stat().st_uid == os.geteuid()  # root's server runs in a namespace of its own


def test_where_namespaces_are_refused_root_uses_a_system_user_or_says_what_to_do(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "IN_NAMESPACE", ("/bin/false",))
    server = Server(home)
    server.hold()
    assert ask(server, "SELECT 1") == "1"
    owner = (home / "cluster/data").stat().st_uid
    server.leave()
    if os.geteuid() != 0:  # anybody else needs neither
        assert owner == os.geteuid()
        return
    assert owner != 0
    home.parent.chmod(0o700)
    with pytest.raises(ServerError, match="Start the site as an ordinary user, set DATA_DIR"):
        Server(home.with_name("unreachable")).hold()
