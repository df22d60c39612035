"""What the server does before it has workers."""

import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import connection

from reviews.management.commands import serve
from reviews.views import review_page
from reviewsite import server
from reviewsite.postgresql import lending
from tests.factories import a_review, a_title
from tests.project.processes import ROOT, environment, free_port

SITE = "reviewsite.wsgi:application"
REHEARSE = f"from reviewsite import server; server.load('{SITE}'); server.rehearse('{SITE}'); print('ready')"

AWAITED_BY_ANOTHER = """
import multiprocessing, os, time
from reviewsite.server import Worker
multiprocessing.set_start_method("fork")
worker = Worker(None, 0, time.sleep, [30])
worker.inner.start()
there = worker.is_alive()
worker.kill()
os.waitpid(worker.inner.pid, 0)
print(there, worker.is_alive())
"""


@pytest.mark.django_db(transaction=True)
def test_the_page_that_most_come_for_is_there_before_anybody_asks_and_no_connection_is_left_to_share() -> None:
    a_title("Harbour Lights")
    a_review(a_title("灯籠"), headline="Before anybody asks")
    review_page.wholes.clear()
    threads = threading.enumerate()
    server.rehearse(SITE)
    assert connection.connection is None
    assert not any(lending._idle.values())
    assert "connect_timeout" not in connection.settings_dict["OPTIONS"]
    assert threads == threading.enumerate(), "a fork takes no threads along"
    shelf = review_page.wholes
    [(whole, read)] = [kept for kept, _ in (*shelf._once.values(), *shelf._again.values())]
    assert whole.size
    assert len(read.here.entries) == 1


def test_a_worker_that_somebody_else_waited_for_is_not_taken_for_one_that_refuses_to_end() -> None:
    done = subprocess.run(
        [sys.executable, "-c", AWAITED_BY_ANOTHER], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "True False\n", done.stderr


def test_without_a_database_the_server_starts_all_the_same(collected: Path, tmp_path: Path) -> None:
    (tmp_path / "static").symlink_to(collected)
    nobody = f"postgres://nobody:nothing@127.0.0.1:{free_port()}/nothing"
    settings = environment(DATA_DIR=str(tmp_path), DATABASE_URL=nobody, SECRET_KEY="s" * 40)
    done = subprocess.run(
        [sys.executable, "-c", REHEARSE], cwd=ROOT, env=settings, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "ready\n", done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_that_takes_connections_and_never_answers_is_not_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(serve, "START_SECONDS", 1)
    with socket.socket() as listening, subprocess.Popen(["sleep", "60"]) as server:
        listening.bind((serve.HOST, 0))
        listening.listen()
        try:
            with pytest.raises(CommandError, match="did not answer within 1 seconds"):
                serve.wait_until_it_answers(server, listening.getsockname()[1])
        finally:
            server.kill()
