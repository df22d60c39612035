from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker, Settings

from reviewsite.postgresql import lending
from tests import factories

if TYPE_CHECKING:
    from accounts.models import User

# A slow machine is no fault of the code; examples that share a fixture undo what they did to it.
hypothesis_settings.register_profile(
    "site", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
hypothesis_settings.load_profile("site")


@pytest.fixture(autouse=True)
def cheap_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def plain_static_files(settings: Settings) -> None:
    """Pages name static files as they lie in the tree, so that no test waits until they are collected."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.STATIC_ROOT = settings.BASE_DIR / "static"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Tests in transactions of their own empty all tables afterwards, which the record of moderation refuses."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE reviews_act DISABLE TRIGGER acts_are_final")
    yield
    lending.close_all()  # or the database could not be dropped


@pytest.fixture(scope="session")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the site's own static files as `collectstatic` makes them: named by digest, compressed."""
    folder = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=folder):
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["admin", "account"])
    return folder


@pytest.fixture
def author(db: None) -> "User":
    """Who writes the reviews."""
    return factories.a_member("author")


@pytest.fixture
def reader(db: None) -> "User":
    """Who reads and votes."""
    return factories.a_member("reader")


@pytest.fixture
def stranger(db: None) -> "User":
    """Somebody else who signed in."""
    return factories.a_member("stranger")
