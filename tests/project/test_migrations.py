"""The migrations lead to what the code counts on, in one line for each app."""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from pytest_django import DjangoDbBlocker

from reviews.models.reviews import SEEN_ON_THE_CARD

OURS = {"accounts", "reviews"}


# All that the migrations made, a row each: what it is, its name, what it says.
SCHEMA = """
SELECT 'column', attrelid::regclass || '.' || attname,
       concat_ws(' ', attnum, format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated,
                 pg_get_expr(adbin, adrelid))
    FROM pg_attribute JOIN pg_class c ON c.oid = attrelid LEFT JOIN pg_attrdef ON (adrelid, adnum) = (attrelid, attnum)
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
UNION ALL SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'function', oid::regprocedure::text, pg_get_functiondef(oid)
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'trigger', tgrelid::regclass || '.' || tgname, concat_ws(' ', tgenabled, pg_get_triggerdef(oid))
    FROM pg_trigger WHERE NOT tgisinternal
"""


@pytest.fixture
def empty(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The alias of a database with nothing in it, beside that of the tests."""
    alias, name = "empty", f"{connection.settings_dict['NAME']}_empty"
    with django_db_blocker.unblock():
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
        other = connection.copy(alias)
        other.settings_dict["NAME"] = name
        connections[alias], connections.settings[alias] = other, other.settings_dict
        yield alias
        other.close()
        del connections[alias], connections.settings[alias]
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def schema(alias: str) -> dict[tuple[str, str], str]:
    with connections[alias].cursor() as cursor:
        cursor.execute(SCHEMA)
        return {(kind, name): words for kind, name, words in cursor.fetchall()}


def migrate(alias: str, *where: str) -> None:
    call_command("migrate", *where, database=alias, verbosity=0)


def test_all_goes_back_and_comes_to_the_same_again(empty: str) -> None:
    migrate(empty)
    there = schema(empty)
    assert {("function", "reviews_count_vote()"), ("trigger", "reviews_vote.count_vote")} <= set(there)
    migrate(empty, "accounts", "zero")
    left = {name for kind, name in schema(empty) if kind in ("column", "function")}
    assert left
    assert {name.split("_")[0] for name in left} <= {"auth", "django"}
    migrate(empty)
    assert schema(empty) == there


def test_each_app_has_one_last_migration() -> None:
    graph = MigrationLoader(None).graph
    visited = {app for app, _ in graph.nodes}
    assert visited >= OURS
    for app in visited:
        assert len(graph.leaf_nodes(app)) == 1, app
    with_models = {config.label for config in apps.get_app_configs() if any(config.get_models())}
    assert with_models <= visited


def test_our_migrations_have_names() -> None:
    names = [name for app, name in MigrationLoader(None).graph.nodes if app in OURS]
    assert len(names) >= 4
    assert not [name for name in names if "_auto_" in name]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("trigger", "listed", "compared"),
    [("new_look", SEEN_ON_THE_CARD, SEEN_ON_THE_CARD), ("new_look_of_title", (*SEEN_ON_THE_CARD, "look"), ("look",))],
)
def test_the_database_watches_the_columns_that_are_seen_on_a_card(
    trigger: str, listed: tuple[str, ...], compared: tuple[str, ...]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = 'reviews_review'::regclass AND tgname = %s",
            [trigger],
        )
        (definition,) = cursor.fetchone()
    columns = re.search(r"UPDATE OF (.+?) ON", definition)
    assert columns
    assert set(columns[1].split(", ")) == set(listed)
    for row in ("old", "new"):
        assert set(re.findall(rf"\b{row}\.(\w+)", definition)) == set(compared)
