"""What a load balancer asks. Without the primary, but with replicas: `tests.many.test_replicas`."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.project.processes import ROOT, environment, free_port

ASK = """
import django
django.setup()
from django.test import Client
response = Client(raise_request_exception=False, headers={"host": "127.0.0.1"}).get("/health/")
print(response.status_code, response["Retry-After"])
"""

pytestmark = pytest.mark.django_db


def test_a_process_that_can_answer_says_so_and_nobody_keeps_it(client: Client) -> None:
    response = client.get("/health/")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert response["Content-Type"] == "text/plain"
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies


def test_it_may_be_asked_without_the_proxy_that_speaks_https(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/").status_code == 301
    assert Client().get("/health/").status_code == 200


def test_without_any_database_it_is_to_be_tried_again(collected: Path, tmp_path: Path) -> None:
    (tmp_path / "static").symlink_to(collected)
    nobody = f"postgres://nobody:nothing@127.0.0.1:{free_port()}/nothing"
    told = {"DJANGO_SETTINGS_MODULE": "reviewsite.settings", "DATA_DIR": str(tmp_path), "DATABASE_URL": nobody}
    settings = environment(**told, SECRET_KEY="s" * 40)
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=settings, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "503 30\n"
