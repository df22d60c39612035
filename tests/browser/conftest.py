"""A real browser before the site as it is served: WhiteNoise's files, the real policy, nothing of ours replaced.

Reading changes nothing, so all tests here share one site, made once. What a browser complains about on its console
fails the test that it happened in.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client, override_settings
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect, sync_playwright
from pytest_django import DjangoDbBlocker, Settings

from reviewsite.shapes import shapes
from tests.factories import a_member, a_rating, a_review, a_title, an_unsaved_review, members
from tests.surfaces import FORMS, LONG_BODY, READING, SIGN_IN, FilledSite, a_filled_site, a_poster, pages, see_also_of

if TYPE_CHECKING:
    from reviews.models import Title

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
# Milliseconds to wait for what should come: long, as a busy machine is slow, and only a test that fails waits so long.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)
WIDTHS = {"phone": 390, "desktop": 1280}


def browser_path() -> str | None:
    """The Chromium of $CHROMIUM or the PATH; None leaves the choice to Playwright's own."""
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "chromium-headless-shell", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), None)


@pytest.fixture(autouse=True)
def plain_static_files() -> None:
    """Here the files are as they are served."""


@pytest.fixture(scope="package")
def live_site(
    collected: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of the site, served from this process; what is in the database is gone after the last test here."""
    with ExitStack() as kept:
        patch = kept.enter_context(pytest.MonkeyPatch.context())
        # Playwright runs a loop in this thread, in which Django would refuse to ask its database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        kept.enter_context(
            override_settings(
                STATIC_ROOT=collected,
                PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
                CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
            )
        )
        # Shapes name static files: those of the tests before lie elsewhere, and those from here are none of theirs.
        shapes.clear()
        kept.callback(shapes.clear)
        kept.enter_context(django_db_blocker.unblock())
        assert connection.settings_dict["NAME"].startswith("test_"), "these tests empty the database that they use"
        # A number that is used again would show what this process has kept of the review that had it before.
        kept.callback(call_command, "flush", interactive=False, verbosity=0, reset_sequences=False)
        # WhiteNoise serves the static files, as it does outside of tests: nothing stands before the application.
        server = LiveServerThread("127.0.0.1", static_handler=lambda application: application)  # type: ignore[arg-type]
        server.daemon = True
        server.start()
        server.is_ready.wait()
        if server.error:
            raise server.error
        kept.callback(server.terminate)
        yield f"http://127.0.0.1:{server.port}"


@dataclass(frozen=True)
class Stage:
    """The site that the tests read."""

    address: str
    filled: FilledSite
    reel: "Title"
    """44 reviews: 25 and 19; long ones, spoilers, folded passages, some without rating."""
    wide: "Title"
    """Everything as long as it can be."""
    empty: "Title"
    both_ways: "Title"
    """Named and reviewed in Hebrew, with an English paragraph in between."""
    typical: "Title"
    """The demo's own reviews and poster."""
    session: str
    """The cookie of the author of one of the reviews, signed in."""

    @property
    def reviews(self) -> str:
        return f"/title/{self.reel.slug}/reviews/"

    def pages(self) -> dict[str, str]:
        """Every page there is, by name."""
        return pages(self.filled)


@pytest.fixture(scope="package")
def stage(live_site: str) -> Stage:
    filled = a_filled_site()
    member = Client()
    member.force_login(filled.author)
    session = member.cookies["sessionid"].value
    return Stage(
        live_site,
        filled,
        a_reel(),
        a_wide_title(),
        a_title("Nothing Yet"),
        a_two_way_title(),
        a_typical_title(),
        session,
    )


def a_reel() -> "Title":
    from reviews.models import Rating, Review

    title = a_title("The Long Reel", year=2004, creators="Ida Holm", minutes=96, poster=a_poster("#205070"))
    see_also_of(title)
    bodies = {1: LONG_BODY, 2: "A short one.\n\n>!The dog lives.!< Go and see.", 9: LONG_BODY.replace("\n\n", " ")}
    beginning = datetime(2006, 1, 6, tzinfo=UTC)
    writers = members(44)
    Rating.objects.bulk_create(
        Rating(title=title, member=writer, value=(8, 8, 7, 9, 4, 10)[n % 6])
        for n, writer in enumerate(writers)
        if n % 10
    )
    Review.objects.bulk_create(
        an_unsaved_review(
            title,
            writer,
            headline=f"Reel {n:02}",
            spoiler=n in {3, 7, 40},
            helpful=100 - n,
            votes=100,
            created=beginning + timedelta(days=n),
            body=bodies.get(n, f"The lamps go out one after the other, and number {n} is the last to notice."),
        )
        for n, writer in enumerate(writers)
    )
    return title


def a_wide_title() -> "Title":
    from reviews.models import Award, CriticReview, ExternalReview, FaqEntry, Genre

    word, long_name = "Donaudampfschiff" * 18 + "fahrt" * 2, "An Exceedingly Long Name for a Work " * 8
    title = a_title(
        word[:290],
        year=2004,
        original_title=long_name.strip(),
        creators=word,
        countries=word[:200],
        minutes=2_000_000,
        synopsis=f"{word} {long_name}\n\n{word}",
        poster=None,
    )
    title.genres.add(*(Genre.objects.create(name=f"{word[:55]} {n}") for n in range(3)))
    Award.objects.create(title=title, year=2004, organisation=word[:150], award=word[:150], recipient=word[:200])
    FaqEntry.objects.create(title=title, question=word, answer=f"{word} {long_name}", spoiler=False)
    FaqEntry.objects.create(title=title, question=long_name, answer=word, spoiler=True)
    ExternalReview.objects.create(
        title=title, source=word[:150], url=f"https://wick.example/{word}", language="zh-Hant-TW-x-a-very-long-code"
    )
    CriticReview.objects.create(title=title, publication=word[:150], critic=word[:150], score=100, summary=word)
    author = a_member("w" * 150, name=word[:150])
    a_review(
        title,
        author,
        rating=10,
        headline=word[:300],
        body=f"{word} {long_name}\n\n>!{word}!<\n\n{word}",
        helpful=1_234_567,
        votes=2_345_678,
    )
    a_review(title, rating=1, headline=long_name, body=f"{word} " * 9, spoiler=True)
    for value in range(1, 11):
        a_rating(title, value=value)
    return title


def a_two_way_title() -> "Title":
    title = a_title("שתיקת הים", year=1949, slug="shtikat-hayam-1949")
    author = a_member("noa", name="נועה (כהן)")
    body = "שלום עולם, זה סרט (באמת)!\n\nThis one is in English (really).\n\nמרחבא >!הגיבור!< בסוף."
    a_review(title, author, headline="סרט נהדר, 10/10!", body=body)
    return title


def a_typical_title() -> "Title":
    import json

    from django.conf import settings

    from reviews.demo import posters
    from reviews.models import Genre
    from reviews.posters import render, store

    picture = BytesIO()
    posters.draw("pusher-ii-2004").save(picture, "PNG")
    title = a_title("Pusher II", year=2004, synopsis="s" * 400, poster=store(render(picture.getvalue())))
    title.genres.add(Genre.objects.get(name="Crime"))
    rows = (settings.BASE_DIR / "reviews/demo/reviews/pusher-ii-2004.jsonl").read_text().splitlines()
    for row, writer in zip(map(json.loads, rows), members(len(rows)), strict=True):
        a_review(
            title,
            writer,
            headline=row["headline"],
            body=row["body"],
            rating=row.get("rating"),
            helpful=row["helpful"],
            votes=row["votes"],
            spoiler=bool(row.get("spoiler")),
        )
    return title


@pytest.fixture(scope="package")
def chromium(live_site: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        yield browser
        browser.close()
        # While Playwright's loop runs, this thread has another connection than before and after.
        connections.close_all()


@dataclass
class Visitor:
    """Somebody at a browser. `complaints` is what its console said; a test that provokes some clears them."""

    browser: Browser
    address: str
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, path: str, *, width: int = 1280, script: bool = True, dark: bool = False, session: str = "") -> Page:
        """A window of its own, without cache and cookies but that of the session, with that page in it."""
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
        )
        context.set_default_timeout(PATIENCE)
        if session:
            context.add_cookies([{"name": "sessionid", "value": session, "url": self.address}])
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self.said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", self.failed)
        page.goto(path)
        return page

    def said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def was_overtaken(self) -> None:
        """One may have done something anew before the answer to the first was there; htmx says that on the console."""
        self.complaints[:] = [
            said for said in self.complaints if not said.startswith(("htmx:afterRequest", "htmx:sendAbort"))
        ]

    def failed(self, request: Request) -> None:
        # A page that is left while a picture is on its way says so here; only what the site lacks is of interest.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.complaints.append(f"{request.url}: {request.failure}")


def looks_again_until(link: Locator) -> None:
    """Without a script the page does not say by itself that what it is about is ready."""
    again = link.page.get_by_role("link", name="Look again")
    for _ in range(PATIENCE // 100):
        expect(again.or_(link)).to_be_visible()
        if link.is_visible():
            return
        again.click()
        link.page.wait_for_timeout(100)


@pytest.fixture
def visitor(chromium: Browser, stage: Stage, db: None) -> Iterator[Visitor]:
    who = Visitor(chromium, stage.address)
    yield who
    for context in who.contexts:
        context.close()
    assert not who.complaints


@pytest.fixture
def no_attempts_so_far() -> None:
    cache.clear()


@pytest.fixture
def letters(settings: Settings, tmp_path: Path) -> Callable[[str], str]:
    """The letters as a site without a mail server keeps them; `letters(address)` follows the newest one's link."""
    settings.MAILERS = {
        "default": {"BACKEND": "reviewsite.letters.KeepingBackend", "OPTIONS": {"file_path": str(tmp_path)}}
    }

    def newest(address: str) -> str:
        texts = [path.read_text() for path in sorted(tmp_path.iterdir())]
        links = [
            re.search(r"^https?://[^/]+(/accounts/(?:confirm|password/reset/key)\S+)", text, re.M) for text in texts
        ]
        found = [link[1] for link, text in zip(links, texts, strict=True) if link and f"To: {address}" in text]
        assert found, texts
        return found[-1]

    return newest


def page_names() -> list[str]:
    return [*READING, *FORMS, *SIGN_IN]
