"""htmx comes when it is needed: not for who reads, in time for who acts, and who is faster than it loses nothing."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Page, Request, Route, expect

from reviews.models import Vote
from tests.browser.conftest import PATIENCE, Stage, Visitor
from tests.factories import a_member

HTMX = "**/htmx-2*.js"
ARRIVED = "() => typeof window.htmx === 'object'"


@pytest.fixture(scope="module")
def sessions(stage: Stage) -> Iterator[str]:
    """Members who have not voted yet, one for every test that asks."""

    found = []
    for number in range(5):
        member = Client()
        member.force_login(a_member(f"voter{number}"))
        found.append(member.cookies["sessionid"].value)
    return iter(found)


class Traffic:
    """What a page asks for, and the arrival of htmx in one's hand."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[Request] = []
        self.held: list[Route] = []
        page.on("request", lambda request: self.asked.append(request))

    def times(self, part: str, method: str = "GET") -> int:
        return sum(part in request.url and request.method == method for request in self.asked)

    def hold(self, pattern: str = HTMX) -> None:
        self.page.route(pattern, lambda route: self.held.append(route))

    def holding(self, number: int) -> list[Route]:
        """What is held, once it is at least so many."""
        for _ in range(PATIENCE // 50):
            if len(self.held) >= number:
                break
            self.page.wait_for_timeout(50)
        assert len(self.held) >= number
        return self.held

    def release(self) -> None:
        self.page.wait_for_timeout(100)
        for route in self.holding(1):
            route.continue_()

    def stays(self) -> None:
        self.page.evaluate("window.stayed = true")

    def stayed(self) -> bool:
        return bool(self.page.evaluate("window.stayed === true"))


def opened(visitor: Visitor, path: str, session: str = "") -> tuple[Page, Traffic]:
    page = visitor.open("/about/", session=session)
    traffic = Traffic(page)
    page.goto(path)
    traffic.stays()
    return page, traffic


# Who reads


def test_who_only_reads_does_not_fetch_it(visitor: Visitor, stage: Stage) -> None:
    page, traffic = opened(visitor, f"{stage.reviews}?sort=date&dir=asc")
    page.get_by_text("Show the review").first.click()
    page.get_by_text("Read on").first.click()
    page.mouse.wheel(0, 3000)
    page.get_by_role("link", name="Reel 02").hover()
    page.get_by_role("link", name="Reel 02").click()
    page.go_back()
    page.get_by_role("link", name="Awards").first.click()
    page.wait_for_load_state("networkidle")
    assert traffic.times("site.") > 0
    assert traffic.times("htmx") == 0


# Who acts


@pytest.mark.parametrize("way", ["points", "moves the focus"])
def test_it_comes_before_a_choice_is_made(visitor: Visitor, stage: Stage, way: str) -> None:
    page, traffic = opened(visitor, stage.reviews)
    if way == "points":
        page.locator("#sort").hover()
    else:
        page.locator("#sort").focus()
    page.wait_for_function(ARRIVED)
    page.select_option("#sort", "date")
    page.wait_for_url(lambda address: "sort=date" in address)
    assert traffic.stayed()
    assert traffic.times("htmx-2") == 1


def test_it_comes_for_who_votes(visitor: Visitor, stage: Stage, sessions: Iterator[str]) -> None:
    page, traffic = opened(visitor, stage.reviews, next(sessions))
    assert traffic.times("htmx") == 0
    page.get_by_role("button", name="Yes").first.hover()
    page.wait_for_function(ARRIVED)
    page.get_by_role("button", name="Yes").first.click()
    expect(page.locator("#announced")).to_have_text(re.compile("found this helpful"))
    assert traffic.times("htmx-2") == 1
    assert traffic.stayed()


def test_of_two_votes_on_a_review_at_once_the_second_counts_and_is_shown(
    visitor: Visitor, stage: Stage, sessions: Iterator[str]
) -> None:
    page, traffic = opened(visitor, stage.reviews, next(sessions))
    line = page.locator(".vote-line").last
    no = line.get_by_role("button", name="No")
    no.hover()
    page.wait_for_function(ARRIVED)
    traffic.hold("**/vote/")
    line.get_by_role("button", name="Yes").click()
    no.click()
    first, second = traffic.holding(2)
    second.continue_()
    expect(no).to_have_attribute("value", "none")
    first.continue_()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    expect(no).to_have_attribute("aria-pressed", "true")
    expect(line.get_by_role("alert")).to_be_hidden()
    assert Vote.objects.latest("pk").helpful is False
    visitor.was_overtaken()


# Who is faster than it


def test_a_vote_before_it_is_there_waits_and_is_sent_once(
    visitor: Visitor, stage: Stage, sessions: Iterator[str]
) -> None:
    page, traffic = opened(visitor, stage.reviews, next(sessions))
    traffic.hold()
    before = Vote.objects.count()
    for review in (0, 1):
        yes = page.locator("article").nth(review).get_by_role("button", name="Yes")
        yes.click()
        yes.click()
    page.wait_for_timeout(200)
    assert traffic.times("/vote/", "POST") == 0
    traffic.release()
    for review in (0, 1):
        yes = page.locator("article").nth(review).get_by_role("button", name="Yes")
        expect(yes).to_have_attribute("aria-pressed", "true")
        expect(yes).to_have_attribute("value", "none")
    assert traffic.stayed()
    assert traffic.times("/vote/", "POST") == 2
    assert Vote.objects.count() == before + 2


def test_choices_before_it_is_there_wait_and_apply_together(visitor: Visitor, stage: Stage) -> None:
    page, traffic = opened(visitor, stage.reviews)
    traffic.hold()
    page.select_option("#sort", "date")
    page.select_option("#rating", "8")
    traffic.release()
    page.wait_for_url(lambda address: "sort=date" in address and "rating=8" in address)
    expect(page.locator("#count")).to_have_text("14 Reviews")
    assert traffic.stayed()
    assert traffic.times("rating=8") == 1


def test_what_is_pressed_before_the_page_is_complete_waits_for_it(visitor: Visitor, stage: Stage) -> None:
    page = visitor.open("/about/")
    traffic = Traffic(page)
    traffic.hold("**/poster/**")
    page.goto(stage.reviews, wait_until="domcontentloaded")
    traffic.stays()
    page.get_by_role("link", name="Load More").click()
    assert traffic.times("after=") == 0
    traffic.release()
    expect(page.locator("#reviews article")).to_have_count(44)
    assert traffic.stayed()


def test_a_link_opened_elsewhere_does_not_wait(visitor: Visitor, stage: Stage) -> None:
    page, traffic = opened(visitor, stage.reviews)
    traffic.hold()
    with page.context.expect_page() as new:
        page.get_by_role("link", name="Load More").click(modifiers=["ControlOrMeta"])
    new.value.wait_for_load_state()
    assert "after=" in new.value.url
    assert traffic.stayed()
    traffic.release()


# Where it does not come


def cannot_come(page: Page, failure: str) -> None:
    if failure == "no network":
        page.route(HTMX, lambda route: route.abort("internetdisconnected"))
    else:
        page.route(HTMX, lambda route: None)


FAILURE = pytest.mark.parametrize("failure", ["no network", "no answer"])


@FAILURE
def test_without_it_a_vote_is_sent_as_without_a_script(
    visitor: Visitor, stage: Stage, sessions: Iterator[str], failure: str
) -> None:
    page, traffic = opened(visitor, stage.reviews, next(sessions))
    cannot_come(page, failure)
    page.get_by_role("button", name="Yes").first.click()
    yes = page.get_by_role("button", name="Yes").first
    expect(yes).to_have_attribute("aria-pressed", "true")
    assert not traffic.stayed()
    assert traffic.times("/vote/", "POST") == 1
    visitor.complaints.clear()


@FAILURE
def test_without_it_a_choice_is_sent_as_without_a_script(visitor: Visitor, stage: Stage, failure: str) -> None:
    page, traffic = opened(visitor, stage.reviews)
    cannot_come(page, failure)
    page.select_option("#sort", "date")
    page.wait_for_url(lambda address: "sort=date" in address)
    assert not traffic.stayed()
    assert page.locator("#reviews .headline").first.inner_text() == "Reel 43"
    page.get_by_role("link", name="Load More").click()
    page.wait_for_url(lambda address: "after=" in address)
    expect(page.locator("#reviews article")).to_have_count(19)
    visitor.complaints.clear()


# Back


def test_back_after_the_page_was_loaded_anew_shows_what_the_address_says(visitor: Visitor, stage: Stage) -> None:
    page, traffic = opened(visitor, stage.reviews)
    page.select_option("#sort", "date")
    page.wait_for_url(lambda address: "sort=date" in address)
    page.reload()
    assert traffic.times("htmx-2") == 1
    page.go_back()
    expect(page.locator("#reviews .headline").first).to_have_text("Reel 01")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#sort")).to_have_value("featured")


def test_back_from_a_place_on_the_page_loads_nothing(visitor: Visitor, stage: Stage) -> None:
    page, traffic = opened(visitor, stage.reviews)
    page.goto(f"{stage.reviews}#reviews")
    page.go_back()
    assert not page.url.endswith("#reviews")
    assert traffic.stayed()
