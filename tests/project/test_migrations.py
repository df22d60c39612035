"""The migrations say what the models say, in one line for each app."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

OURS = {"accounts", "reviews"}


@pytest.mark.django_db
def test_no_migration_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    except SystemExit:
        pytest.fail(capsys.readouterr().out)


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
def test_an_empty_database_comes_to_the_last_of_them() -> None:
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    applied = executor.loader.applied_migrations
    assert {app for app, _ in applied} >= OURS
