"""What the database alone does: the statements of every page of the large title, and one vote beside pgbench."""

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from django.db import connection, connections, transaction
from django.db.models import F
from django.test import Client

from accounts.models import User
from reviews import voting
from reviews.models import Review, Title, Vote
from reviews.ranking import REVIEW_ORDERS
from reviewsite.embedded.programs import Programs

READS = re.compile(r'FROM "?reviews_(title|review|formerplace|vote)\b')
CHOICES = ["", "&rating=8", "&spoilers=hide", "&rating=8&spoilers=hide"]
VOTERS, VOTED_ON, CLIENTS = 2000, 20_000, 4
# Seconds of votes before any is counted, which write whole pages of the indexes to the log for those that follow.
WARM_UP = 5


def addresses(title: Title) -> Iterator[str]:
    for sort in REVIEW_ORDERS:
        for way in ("desc", "asc"):
            yield from (f"/title/{title.slug}/reviews/?sort={sort}&dir={way}{choice}" for choice in CHOICES)


def slowest_statement(pages: list[str]) -> tuple[float, str]:
    """Milliseconds in the server, the median of five, of the slowest statement of those pages, and which page."""
    return max((_slowest_of(page), page) for page in pages)


def _slowest_of(page: str) -> float:
    asked: list[tuple[str, Any]] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if READS.search(sql):
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(listen):  # one connection for all statements
        Client(headers={"Host": "127.0.0.1"}).get(page)
    return max(median(_milliseconds(sql, params) for _ in range(5)) for sql, params in asked)


def _milliseconds(sql: str, params: Any) -> float:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF) {sql}", params)
        return float(str(cursor.fetchall()[-1][0]).split()[-2])


def date_back(members: list[User]) -> None:
    """What they voted, they voted long ago: a member may not vote as often in a day as is measured."""
    Vote.objects.filter(member__in=members).update(cast=F("cast") - timedelta(days=30))


def votes_a_second(title: Title, rounds: int, seconds: float) -> tuple[float, float]:
    """Votes by as many clients on the title's reviews: through `voting.cast`, and by pgbench with its statement. Both
    choose by chance, in turn; medians."""
    reviews = list(Review.objects.filter(title=title).order_by("pk").values_list("pk", flat=True)[:VOTED_ON])
    members = list(User.objects.filter(username__startswith="bench-")[:VOTERS])
    date_back(members)
    _by_pgbench(reviews, members, WARM_UP)
    both = [(_by_us(reviews, members, seconds), _by_pgbench(reviews, members, seconds)) for _ in range(rounds)]
    ours, pgbench = (median(found) for found in zip(*both, strict=True))
    return ours, pgbench


def _by_us(reviews: list[int], members: list[User], seconds: float) -> float:
    until = time.monotonic() + seconds

    def vote(_: int) -> int:
        chance, n = Random(), 0  # noqa: S311 - nobody has to guess
        while time.monotonic() < until:
            voting.cast(chance.choice(members), chance.choice(reviews), helpful=chance.random() < 0.5)
            n += 1
        connections.close_all()
        return n

    with ThreadPoolExecutor(CLIENTS) as clients:
        return sum(clients.map(vote, range(CLIENTS))) / seconds


def _by_pgbench(reviews: list[int], members: list[User], seconds: float) -> float:
    choose = [
        f"\\set review random({min(reviews)}, {max(reviews)})",
        f"\\set member random({min(m.pk for m in members)}, {max(m.pk for m in members)})",
        "\\set yes random(0, 1)",
    ]
    ids = {name: f"CAST(:{name} AS bigint)" for name in ("review", "member")}
    sql = voting.CAST % {**ids, **voting.bounds(), "helpful": "CAST(:yes AS int) = 1"}
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "vote.sql")
        script.write_text("\n".join(choose) + "\n" + " ".join(sql.split()) + ";\n")
        given = connection.settings_dict
        program = str(Programs.find(Path(given["DATA_DIR"]) / "postgres" / "data").folder / "pgbench")
        where = ["-h", str(given["HOST"]), "-p", str(given["PORT"] or 5432), "-U", given["USER"], given["NAME"]]
        environment = {**os.environ, "PGPASSWORD": str(given["PASSWORD"])}
        how = ["-n", "-M", "prepared", f"-c{CLIENTS}", "-j2", f"-T{int(seconds)}", "-f", str(script)]
        out = subprocess.run(
            [program, *how, *where], env=environment, capture_output=True, text=True, check=True
        ).stdout
    return float(re.search(r"tps = ([\d.]+)", out)[1])  # type: ignore[index]
