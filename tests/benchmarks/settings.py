"""The site's own settings, and the addresses of the floors beside its own."""

from pathlib import Path

from reviewsite.settings import *  # noqa: F403
from reviewsite.settings import BASE_DIR

ROOT_URLCONF = "tests.benchmarks.urls"
WSGI_APPLICATION = "tests.benchmarks.wsgi.application"
TEMPLATES[0]["DIRS"] = [BASE_DIR / "templates", Path(__file__).parent / "templates"]  # noqa: F405
