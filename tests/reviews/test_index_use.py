"""Every page of a title with many reviews is a short walk along an index: no scan of the table, and nothing sorted."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reviews.generating import Amount, generate, vacuum
from reviews.models import Review, Title
from reviews.ranking import REVIEW_ORDERS
from reviews.views import review_page
from reviewsite import kept
from tests.html import tree

NEXT = re.compile(r'href="([^"]*[?&;]after=[^"]*)"')
CHOICES = ["", "&rating=8", "&spoilers=hide", "&rating=8&spoilers=hide"]
SORT_KEY, OF_MOVES = re.compile(r"Sort Key: (.*)"), re.compile(r'"U0_\d"\.id')
PATIENCE = 60
READS_REVIEWS = re.compile(r'(FROM|JOIN) "?reviews_(review|formerplace)\b')


@pytest.fixture(scope="module")
def large(django_db_setup: None, django_db_blocker: Any) -> Iterator[Title]:
    """A title with so many reviews that PostgreSQL would not read all of them to show some."""
    with django_db_blocker.unblock():
        title = generate(Amount(6_000, 12_000, 1), lambda number: None)
        Review.objects.update(votes=F("votes") + 1)  # a day on which each of them moved
        vacuum()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE reviews_formerplace")
        wait_for_those_who_began_before()
        title.refresh_from_db()
        yield title
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE reviews_title, accounts_user, reviews_sitefigures CASCADE")


def wait_for_those_who_began_before() -> None:
    """For a snapshot from before all these moves PostgreSQL rightly reads all of them; another test may hold one."""
    for _ in range(PATIENCE * 10):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT max(changed) < pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM reviews_formerplace"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.1)
    raise TimeoutError


def read(address: str) -> tuple[str, list[str]]:
    """The page's text, and how its statements that read reviews or their moves are carried out.

    A prepared statement twice: with these values, and as it is planned for all values.
    """
    asked: list[tuple[str, Any]] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if READS_REVIEWS.search(sql):
            asked.append((sql, params))
        return execute(sql, params, many, context)

    client = Client()
    with connection.execute_wrapper(listen):
        answer = client.get(address)
        assert client.get(address).status_code == 200  # as it is when it was kept
    assert answer.status_code == 200
    found = []
    with connection.cursor() as cursor:
        for sql, params in asked:
            cursor.execute(f"EXPLAIN {sql}", params)
            found.append("\n".join(line for (line,) in cursor.fetchall()))
            if "%(" in sql:
                names = [name for name in params if f"%({name})s" in sql]
                places = {name: f"${n}" for n, name in enumerate(names, 1)}
                cursor.execute(f"EXPLAIN (GENERIC_PLAN) {sql % places}")
                found.append("\n".join(line for (line,) in cursor.fetchall()))
    return answer.content.decode(), found


@pytest.mark.django_db
@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("way", ["desc", "asc"])
@pytest.mark.parametrize("sort", REVIEW_ORDERS)
def test_no_page_scans_the_table_or_sorts(large: Title, sort: str, way: str, choice: str) -> None:
    address = f"/title/{large.slug}/reviews/?sort={sort}&dir={way}{choice}"
    first, of_first = read(address)
    following = NEXT.findall(first)[0].replace("&amp;", "&")
    _, of_next = read(following)
    for plans in (of_first, of_next):
        walk_along_indexes(plans)


def walk_along_indexes(plans: list[str]) -> None:
    assert plans
    for plan in plans:
        assert "Seq Scan on reviews_review" not in plan, plan
        assert "Seq Scan on reviews_formerplace" not in plan, plan
        # The moves of one review since the reader began are sorted, if there are any.
        assert not [key for key in SORT_KEY.findall(plan) if not OF_MOVES.fullmatch(key)], plan


@pytest.mark.django_db
def test_neither_does_the_page_that_most_come_for(large: Title) -> None:
    for shelf in (kept.texts, review_page.standings, review_page.wholes):
        shelf.clear()
    _, plans = read(f"/title/{large.slug}/reviews/")
    assert ["accounts_user" in plan for plan in plans] == [True, True, False, False], (
        "all that it says; whether it holds"
    )
    walk_along_indexes(plans)


@pytest.mark.django_db
@pytest.mark.parametrize("choice", CHOICES)
def test_counts_are_exact_and_nothing_is_counted_for_them(large: Title, choice: str) -> None:
    with CaptureQueriesContext(connection) as seen:
        page = tree(Client().get(f"/title/{large.slug}/reviews/?sort=date{choice}"))
    wanted: dict[str, Any] = {"rating": 8} if "rating" in choice else {}
    if "spoilers" in choice:
        wanted["spoiler"] = False
    number = Review.objects.filter(title=large, **wanted).count()
    assert page.one("h2", id="count").text == f"{number:,} Reviews"
    counting = [query["sql"] for query in seen if "count(" in query["sql"].lower()]
    assert not [sql for sql in counting if READS_REVIEWS.search(sql)]
