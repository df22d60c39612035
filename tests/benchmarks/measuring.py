"""What is measured, in which order, and what it is compared with."""

import argparse
import http.client
import os
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

from reviews.generating import Amount
from reviews.models import Review, Title
from tests.benchmarks import browser, database, stage
from tests.benchmarks.__main__ import Row
from tests.benchmarks.load import BROWSER, PAUSE, Case, Load, begin, end, measure

# The first votes after a while write whole pages of the indexes to the log; so do those right after a checkpoint.
WARM_UP = {"vote": 15, "vote by hand": 15}
PAGE = f"/title/{stage.SMALL}/reviews/"


def run(given: argparse.Namespace, wrk: str) -> tuple[dict[str, Any], list[Row]]:
    large = stage.prepare(Amount(given.title_reviews, given.votes, 1))
    site = f"http://127.0.0.1:{given.port}"
    with stage.served(given.port) as server:
        cookies = stage.voters(database.VOTERS)
        stage.tidy()

        def cases() -> list[Case]:
            return all_cases(given.port, large, Path(os.environ["BENCH_FOLDER"]), cookies)

        loads = rounds(wrk, site, cases, given.rounds, given.seconds)
        quiet_beside = beside_votes(wrk, site, cases(), given.rounds, given.seconds)
        megabytes = stage.memory(server)
        time.sleep(1)
        visit = browser.visit(site + PAGE)
        small = size_of(given.port, PAGE)
    slow, where = database.slowest_statement(statements(large))
    ours, pgbench = database.votes_a_second(large, given.rounds, given.seconds)
    figures = {name: [vars(load) for load in found] for name, found in loads.items()}
    rows = [
        *goals({name: middle(found) for name, found in loads.items()}, quiet_beside),
        Row(
            f"slowest SQL of the large title ({where.partition('?')[2].partition('after=')[0]})",
            f"{slow:.2f} ms",
            slow,
            0.5,
            "ms",
            most=True,
        ),
        Row("a vote's statement beside pgbench", f"{ours:,.0f} a second", ours / pgbench, 0.6, "of pgbench"),
        Row(
            "memory, two workers",
            f"{sum(megabytes[1:]):.0f} MB, and {megabytes[0]:.0f} of their parent",
            sum(megabytes[1:]),
            120,
            "MB",
            most=True,
        ),
        Row("HTML, compressed", f"{small:,} bytes", small / 1000, 11, "kB", most=True),
        Row("first visit", f"{visit.first:,} bytes", visit.first / 1000, 60, "kB", most=True),
        Row("a later visit", f"{visit.again:,} bytes", visit.again / small, 1.1, "of the HTML", most=True),
        Row("largest contentful paint", f"{visit.lcp:,.0f} ms", visit.lcp / 1000, 1.2, "s", most=True),
        Row("layout shift", f"{visit.shift:.3f}", visit.shift, 0, "", most=True),
        Row(
            "blocking time",
            f"{visit.blocked:,.0f} ms ({visit.before:,.0f} before the first paint)",
            visit.blocked,
            0,
            "ms",
            most=True,
        ),
    ]
    return figures, rows


def all_cases(port: int, large: Title, folder: Path, cookies: list[str]) -> list[Case]:
    """The cases as of now: readers who begin now have the tags and the places of now."""
    member = {"Cookie": cookies[0]}
    reviews = list(Review.objects.filter(title=large).values_list("pk", flat=True)[: database.VOTED_ON])
    far, small = large.review_count - 25, Title.objects.get(slug=stage.SMALL)
    unkept = [f"/title/{copy.slug}/reviews/" for copy in stage.copies(small)]

    def every(name: str, title: Title) -> Path:
        return stage.read_script(folder, name, list(database.addresses(title)))

    def votes(name: str, address: str, on: list[int]) -> Path:
        return stage.vote_script(folder, name, address, on, cookies)

    return [
        Case("hello", "/floor/hello/"),
        Case("naive", f"/floor/naive/{stage.SMALL}/"),
        Case("naive, signed in", f"/floor/naive/{stage.SMALL}/", member),
        Case("page", PAGE),
        Case("page, known", PAGE, {"If-None-Match": tag_of(port, PAGE)}),
        Case("page, nothing kept", "", script=stage.read_script(folder, "nothing-kept", unkept, in_turn=True)),
        Case("page, signed in", PAGE, member),
        Case("page 2", stage.page_after(small, 19)),
        Case("large page", f"/title/{large.slug}/reviews/"),
        Case("page, every order and filter", "", script=every("small-choices", small)),
        Case("large page, every order and filter", "", script=every("large-choices", large)),
        Case("large page after 10,000", stage.page_after(large, min(10_000, far))),
        Case("large page, the last", stage.page_after(large, far)),
        Case("vote by hand", "", script=votes("by-hand", "/floor/vote/%d/", reviews)),
        Case("vote", "", script=votes("votes", "/review/%d/vote/", reviews)),
        Case("vote on one review", "", script=votes("one", "/review/%d/vote/", small_reviews()[:1])),
    ]


def small_reviews() -> list[int]:
    return list(Review.objects.filter(title__slug=stage.SMALL).order_by("-featured").values_list("pk", flat=True))


def rounds(wrk: str, site: str, cases: Callable[[], list[Case]], number: int, seconds: float) -> dict[str, list[Load]]:
    """Every case in every round, one after the other, so that what the machine does besides hits all alike."""
    found: dict[str, list[Load]] = defaultdict(list)
    for case in cases():
        measure(wrk, site, case, WARM_UP.get(case.name, 1))
    for _ in range(number):
        time.sleep(PAUSE)  # a vote that is answered late would make old what these readers begin with
        for case in cases():
            found[case.name].append(measure(wrk, site, case, seconds))
    return found


def beside_votes(wrk: str, site: str, cases: list[Case], number: int, seconds: float) -> list[Load]:
    """The page of the review that everybody votes on, meanwhile."""
    page, votes = (next(case for case in cases if case.name == name) for name in ("page", "vote on one review"))
    found = []
    for _ in range(number):
        voting = begin(wrk, site, votes, seconds + 1)
        time.sleep(0.5)
        found.append(measure(wrk, site, page, seconds))
        end(votes, voting)
    return found


def middle(found: list[Load]) -> Load:
    return Load(*(median(getattr(load, name) for load in found) for name in ("rate", "p50", "p99")))


def goals(load: dict[str, Load], beside: list[Load]) -> list[Row]:
    def row(name: str, floor: str, goal: float) -> Row:
        one = load[name]
        figure = f"{one.rate:,.0f} a second, p50 {one.p50:.1f}, p99 {one.p99:.1f} ms"
        return Row(f"{name}", figure, one.rate / load[floor].rate, goal, f"of {floor}")

    page, hello, naive = load["page"], load["hello"], load["naive"]
    return [
        Row("hello", f"{hello.rate:,.0f} a second", 1, 1, "(a floor)"),
        Row("naive", f"{naive.rate:,.0f} a second", 1, 1, "(a floor)"),
        row("page", "hello", 0.30),
        row("page", "naive", 13),
        Row("page, p99", f"{page.p99:.1f} ms", page.p99 / page.p50, 3, "of p50", most=True),
        row("page, known", "page", 1.3),
        row("page, nothing kept", "naive", 3),
        row("page, signed in", "hello", 0.12),
        row("page, signed in", "naive, signed in", 7),
        row("large page", "page", 0.9),
        row("large page, every order and filter", "page, every order and filter", 0.9),
        row("large page after 10,000", "page 2", 0.9),
        row("large page, the last", "page 2", 0.9),
        row("vote", "hello", 0.13),
        row("vote", "vote by hand", 3),
        row("vote on one review", "vote", 0.9),
        Row(
            "page, while all vote on one of its reviews",
            f"{middle(beside).rate:,.0f} a second",
            middle(beside).rate / page.rate,
            0.5,
            "of page",
        ),
    ]


def statements(large: Title) -> list[str]:
    far = stage.page_after(large, large.review_count - 25)
    return [*database.addresses(large), stage.page_after(large, min(10_000, large.review_count // 2)), far]


def ask(port: int, path: str) -> tuple[dict[str, str], bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as client:
        client.request("GET", path, headers=BROWSER)
        answer = client.getresponse()
        return dict(answer.getheaders()), answer.read()


def tag_of(port: int, path: str) -> str:
    headers = {name.lower(): value for name, value in ask(port, path)[0].items()}
    return headers["etag"]


def size_of(port: int, path: str) -> int:
    """Bytes of the page when it has stood for eight seconds, in either worker; after five it may become smaller."""
    sizes = []
    for _ in range(400):
        sizes.append(len(ask(port, path)[1]))
        time.sleep(0.02)
    return min(sizes[-20:])
