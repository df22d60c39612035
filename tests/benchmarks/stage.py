"""The site as in production, with data to measure on: two workers, debug off, a database of its own."""

import http.client
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F, Model

from accounts.models import User
from accounts.sessions import SessionStore
from reviews import ranking
from reviews.counting import counting_at_rest, recount_titles
from reviews.generating import Amount
from reviews.management.commands.serve import server_command
from reviews.models import Rating, Review, Title
from reviews.sql import execute
from reviewsite.keyset import Cursor
from tests.benchmarks import database

SECRET = "abcdefghijabcdefghijabcdefghijab"
SMALL = "pusher-ii-2004"
COPIES = 1000


def prepare(amount: Amount) -> Title:
    """Tables, the demo, the static files and the large title; what is there from the last run stays."""
    call_command("migrate", verbosity=0, interactive=False)
    if not Title.objects.filter(slug=SMALL).exists():
        call_command("load_demo", stdout=StringIO())
    call_command("collectstatic", verbosity=0, interactive=False)
    if not Title.objects.filter(name=amount.name).exists():
        print(f"Making {amount.reviews:,} reviews and {amount.votes:,} votes ...", flush=True)
        call_command("generate_reviews", title_reviews=amount.reviews, votes=amount.votes, seed=amount.seed)
    copies(Title.objects.get(slug=SMALL))
    return Title.objects.get(name=amount.name)


def tidy() -> None:
    """Have PostgreSQL clear up now after what was made, and what the last run left. Whenever it chose to do so
    by itself, whatever is measured at that time would be slower for minutes."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def copies(title: Title) -> list[Title]:
    """Titles of which each has the same reviews, and which are several times as many as two processes keep pages of:
    asked for in turn, each is forgotten again by then."""
    slugs = [f"{title.slug}-copy-{n}" for n in range(COPIES)]
    there = set(Title.objects.filter(slug__in=slugs).values_list("slug", flat=True))
    if missing := [slug for slug in slugs if slug not in there]:
        _copy(title, missing)
    found = Title.objects.in_bulk(slugs, field_name="slug")
    return [found[slug] for slug in slugs]


@transaction.atomic
def _copy(title: Title, slugs: list[str]) -> None:
    reviews = list(Review.objects.filter(title=title))
    ratings = list(Rating.objects.filter(title=title))
    with counting_at_rest():
        made = Title.objects.bulk_create(_like(title, slug=slug, name=slug) for slug in slugs)
        for copy in made:
            Review.objects.bulk_create(_like(review, title_id=copy.pk, source_id=None) for review in reviews)
            Rating.objects.bulk_create(_like(rating, title_id=copy.pk) for rating in ratings)
        execute("SELECT reviews_recount_authors(%s)", sorted(review.author_id for review in reviews))
        recount_titles([copy.pk for copy in made])


def _like[Row: Model](row: Row, **but: Any) -> Row:
    fields = [field for field in row._meta.concrete_fields if not field.generated and not field.primary_key]
    return type(row)(**{field.attname: getattr(row, field.attname) for field in fields} | but)


@contextmanager
def served(port: int, **told: str) -> Iterator[int]:
    """The site at that port, which is `told` these settings too; yields the process id of the server."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings", **told}
    command = server_command(port, "tests.benchmarks.wsgi:application")
    server = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment)
    try:
        for _ in range(300):
            try:
                with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as client:
                    client.request("GET", "/floor/hello/")
                    client.getresponse()
                    break
            except OSError:
                time.sleep(0.1)
        yield server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def voters(number: int) -> list[str]:
    """Cookies of browsers in which that many members have signed in. How they voted before, they did long ago."""
    names = [f"bench-{n}" for n in range(number)]
    there = set(User.objects.filter(username__in=names).values_list("username", flat=True))
    User.objects.bulk_create([User(username=name, password="!") for name in names if name not in there])
    members = list(User.objects.filter(username__in=names))
    database.date_back(members)
    sessions = [a_session(member) for member in members]
    SessionStore.get_model_class().objects.bulk_create(sessions)
    UserSession.objects.bulk_create(
        UserSession(user=member, session_key=session.session_key, ip="127.0.0.1", user_agent="wrk")
        for member, session in zip(members, sessions, strict=True)
    )
    viewed = Title.objects.get(slug=SMALL).pk
    return [f"sessionid={session.session_key}; csrftoken={SECRET}; viewed={viewed}" for session in sessions]


def a_session(member: User) -> Any:
    """Of somebody who has just signed in; not saved yet."""
    store = SessionStore()
    store._session_key = store._get_new_session_key()  # type: ignore[attr-defined]
    backend = settings.AUTHENTICATION_BACKENDS[0]
    proof = member.get_session_auth_hash()
    return store.create_model_instance(
        {SESSION_KEY: str(member.pk), BACKEND_SESSION_KEY: backend, HASH_SESSION_KEY: proof}
    )


def vote_script(folder: Path, name: str, address: str, reviews: list[int], cookies: list[str]) -> Path:
    """For wrk: each request a vote of one of the members on one of the reviews, now yes, now no; others each time, as
    a vote that is cast once more changes nothing."""
    lua = f"""
local cookies = {{{", ".join(f'"{cookie}"' for cookie in cookies)}}}
local reviews = {{{", ".join(map(str, reviews))}}}
math.randomseed({time.time_ns() % 2**31})
request = function()
    local headers = {{["Cookie"] = cookies[math.random(#cookies)], ["X-CSRFToken"] = "{SECRET}",
        ["HX-Request"] = "true", ["Content-Type"] = "application/x-www-form-urlencoded"}}
    local vote = math.random(2) == 1 and "vote=yes" or "vote=no"
    return wrk.format("POST", string.format("{address}", reviews[math.random(#reviews)]), headers, vote)
end
"""
    path = folder / f"{name}.lua"
    path.write_text(lua)
    return path


def read_script(folder: Path, name: str, addresses: list[str], *, in_turn: bool = False) -> Path:
    """For wrk: each request one of the addresses, by chance or in turn."""
    lua = f"""
local addresses = {{{", ".join(f'"{address}"' for address in addresses)}}}
local at = 0
math.randomseed(1)
request = function()
    at = {"at % #addresses + 1" if in_turn else "math.random(#addresses)"}
    return wrk.format("GET", addresses[at])
end
"""
    path = folder / f"{name}.lua"
    path.write_text(lua)
    return path


def page_after(title: Title, number: int) -> str:
    """The address of the page after that many reviews, most votes first."""
    order = ranking.review_order("votes")
    rows = order.arrange(Review.objects.public().filter(title=title)).annotate(snapshot=F("pk"))
    place = order.place(rows[number - 1])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        snapshot = cursor.fetchone()[0]
    return f"/title/{title.slug}/reviews/?sort=votes&after={Cursor(place, number, snapshot).encode(order)}"


def memory(server: int) -> list[float]:
    """Megabytes of the server and of each of its workers, shared pages divided among them (proportional set size)."""
    pids = [server, *(int(pid) for pid in Path(f"/proc/{server}/task/{server}/children").read_text().split())]
    rollups = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids]
    return [int(line.split()[1]) / 1024 for text in rollups for line in text.splitlines() if line.startswith("Pss:")]
