"""Django on the embedded server: nothing to do beforehand, and nothing to do after a crash."""

import os
import subprocess
import sys
from pathlib import Path

from tests.project.processes import ROOT, is_running

CRASH = """
import os, signal, sys
from pathlib import Path
import django
from django.conf import settings
settings.configure(DATABASES={"default": {"ENGINE": "reviewsite.embedded", "NAME": "site", "DATA_DIR": sys.argv[1]}})
django.setup()
from django.db import OperationalError, connection

def ask(question):
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]

assert ask("SELECT current_database()") == "site"
os.kill(int(Path(sys.argv[1], "postgres/cluster/data/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
connection.close()
print(ask("SELECT current_database()"))
"""


def run(home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "DATA_DIR": str(home.parent), "DATABASE_URL": ""}
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )


def test_the_next_connection_after_a_crash_finds_the_server_running(home: Path) -> None:
    done = run(home, "-c", CRASH, str(home.parent))
    assert (done.stdout, done.returncode) == ("site\n", 0), done.stderr
    assert not is_running(home)


def test_dbshell_needs_no_psql_on_the_machine(home: Path) -> None:
    question = "SELECT current_database() || ' at ' || current_setting('data_directory')"
    done = run(home, "manage.py", "dbshell", "--", "-At", "-c", question)
    assert done.stdout == f"reviewsite at {home}/cluster/data\n", done.stderr


def test_why_it_cannot_start_is_said_in_the_error(home: Path) -> None:
    home.write_text("in the way")
    done = run(home, "manage.py", "dbshell")
    assert f"The database cannot be kept in {home}: File exists." in done.stderr
