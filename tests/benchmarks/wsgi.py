"""The site, and the floors behind Django's default middleware instead of the site's."""

import os
from collections.abc import Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.settings")

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

from reviewsite.wsgi import application as site

# isort: split
from reviews.moderation import bursts  # there once the site is

DEFAULT_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

# Thousands of votes on one review within a minute count here, as they would where people have always voted so.
bursts.CHANCE = 0.0
settings.MIDDLEWARE, own = DEFAULT_MIDDLEWARE, settings.MIDDLEWARE
floors = WSGIHandler()
settings.MIDDLEWARE = own


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    behind_default = environ["PATH_INFO"].startswith(("/floor/hello", "/floor/naive", "/floor/vote"))
    return (floors if behind_default else site)(environ, start_response)
