"""Writing in a real browser, with a script and without: from the first word to the undone deletion, nothing is lost."""

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection
from django.test import Client
from playwright.sync_api import Browser, Dialog, Locator, Page, Route, expect

from tests.browser.conftest import PATIENCE, Stage, Visitor
from tests.browser.test_accessibility import sound
from tests.factories import PASSWORD, a_member, a_title

if TYPE_CHECKING:
    from accounts.models import User
    from reviews.models import Title

HEADLINE = "The last lamp on the harbour"
BODY = (
    "Nobody on this coast would climb to the lamplighter for company, and the film knows it: for an hour we hear "
    "gulls, boots on iron and one kettle. Then a letter comes which was meant for his brother, and he reads it aloud "
    "to the lamp.\n\nHe stops. >!Then the dog lives!<, which nobody expects."
)
# What a browser writes on its console about answers that are as they should be.
EXPECTED = re.compile(r"status of (401|403|409|422)|ERR_FAILED|ERR_INTERNET_DISCONNECTED|net::ERR")
SCRIPTS = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


def apart[T](act: Callable[[], T]) -> T:
    """Do it on a connection of its own, where it is committed: the server does not see what the test's own does."""

    def do() -> T:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(do).result()


@dataclass
class Desk:
    """A member at their browsers, about to review a title."""

    visitor: Visitor
    member: "User"
    title: "Title"

    @property
    def path(self) -> str:
        return f"/title/{self.title.slug}/reviews/write/"

    def open(self, path: str = "", **options: Any) -> Page:
        """A browser of its own, signed in, with the form in it or what the path names."""
        page = self.visitor.open("/about/", **options)
        client = Client()
        apart(lambda: client.force_login(self.member))
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.visitor.address}])
        page.goto(path or self.path)
        return page

    def stored(self) -> str | None:
        from reviews.models import Draft

        return Draft.objects.filter(member=self.member).values_list("body", flat=True).first()


def gone(thing: "Title | User") -> None:
    """Deleted, though what was saved on leaving may still arrive."""
    for _ in range(100):
        with suppress(IntegrityError):
            thing.delete()
            return
        time.sleep(0.1)
    thing.delete()


@pytest.fixture
def desk(chromium: Browser, stage: Stage, db: None) -> Iterator[Desk]:
    """What is written here is taken away again: other tests share the site."""
    member, title = apart(lambda: (a_member(name="Ines Halloran"), a_title("The Lighthouse", year=1974)))
    who = Desk(Visitor(chromium, stage.address), member, title)
    yield who
    for context in who.visitor.contexts:
        context.close()
    apart(lambda: gone(title))
    apart(lambda: gone(member))
    assert [said for said in who.visitor.complaints if not EXPECTED.search(said)] == []


def rate(page: Page, rating: int | str) -> None:
    """As one does: at what stands there for it, once it stands still."""
    page.locator(f"label:has(#rating-{rating})").click()


def fill(page: Page, *, rating: str = "8", headline: str = HEADLINE, body: str = BODY) -> None:
    rate(page, rating)
    expect(page.locator(f"#rating-{rating}")).to_be_checked()
    page.fill("#id_headline", headline)
    page.fill("#id_body", body)


def note(page: Page) -> Locator:
    return page.locator("#draft-note")


def publish(page: Page) -> None:
    page.locator("#write .main-act").click()


def focused(page: Page, selector: str) -> bool:
    return bool(page.evaluate("selector => document.activeElement.matches(selector)", selector))


@SCRIPTS
def test_from_the_first_word_to_the_undone_deletion(desk: Desk, script: bool) -> None:
    page = desk.open(f"/title/{desk.title.slug}/reviews/", script=script)
    page.get_by_role("link", name="Review this title").first.click()
    fill(page)
    page.get_by_role("button", name="Preview").click()
    preview = page.locator("#preview")
    expect(preview.get_by_role("heading", name=HEADLINE)).to_be_visible()
    expect(preview.locator("details.passage")).to_have_attribute("open", "")
    expect(page.locator("#id_body")).to_have_value(BODY)
    publish(page)
    expect(page.locator(".message[role=status]")).to_have_text("Your review is published. See it in place")
    page.get_by_role("link", name="See it in place").click()
    expect(page.locator(".review:target .headline")).to_have_text(HEADLINE)

    page.locator(".review:target").get_by_role("link", name="Edit").click()
    expect(page.locator("#rating-8")).to_be_checked()
    page.fill("#id_body", BODY.replace("lamplighter", "watchman"))
    publish(page)
    page.locator(".byline").get_by_role("link", name=re.compile("^edited ")).click()
    page.locator("details.spoiler summary").first.click()
    expect(page.locator("ins")).to_have_text(["watchman"])
    expect(page.locator("del")).to_have_text(["lamplighter"])

    page.goto(desk.path)
    page.get_by_role("link", name="Delete review").click()
    page.get_by_role("button", name="Delete review").click()
    expect(page.locator("main .message[role=status]")).to_contain_text("Your review is deleted.")
    page.get_by_role("button", name="Bring it back").click()
    expect(page.locator("main .message[role=status]")).to_have_text("Your review is back where it was.")
    expect(page.locator(".review .rating")).to_contain_text("8/10")


@SCRIPTS
def test_a_refused_form_keeps_the_text_and_takes_the_focus_to_what_is_wrong(desk: Desk, script: bool) -> None:
    page = desk.open(script=script)
    fill(page, rating="3", headline="", body="Too short.")
    page.locator("#id_spoiler").check()
    publish(page)
    expect(page).to_have_title(re.compile("^Two things need another look · "))
    assert focused(page, ".summary")
    expect(page.locator("#id_body")).to_have_value("Too short.")
    expect(page.locator("#rating-3")).to_be_checked()
    expect(page.locator("#id_spoiler")).to_be_checked()
    page.get_by_role("link", name="Write 190 more characters: 10 so far, 200 is the least.").click()
    assert focused(page, "#id_body")


def test_the_counters_count_as_the_server_does(desk: Desk) -> None:
    page = desk.open()
    for typed, count in [("", "0"), ("  two\n\nlines \u3000", "10"), ("😀é", "2"), ("w" * 10_001, "10,001")]:
        page.fill("#id_body", typed)
        expect(page.locator("#body-length")).to_have_text(f"{count} of 10,000")
    page.fill("#id_headline", HEADLINE)
    expect(page.locator("#headline-length")).to_have_text("28 of 150")


def test_enter_in_the_headline_goes_on_to_the_text(desk: Desk) -> None:
    page = desk.open()
    page.locator("#id_headline").type("One line")
    page.keyboard.press("Enter")
    page.keyboard.type("Then the text")
    expect(page.locator("#id_headline")).to_have_value("One line")
    expect(page.locator("#id_body")).to_have_value("Then the text")


# What is typed is kept


def test_a_draft_survives_a_closed_browser(desk: Desk) -> None:
    page = desk.open()
    expect(page.get_by_role("link", name="Discard draft")).to_be_hidden()
    fill(page)
    expect(note(page)).to_have_text(
        re.compile(r"\s*Draft saved at \d\d:\d\d\. It waits for you here, signed out or not\.")
    )
    expect(page.get_by_role("link", name="Discard draft")).to_be_visible()
    page.context.close()
    page = desk.open()
    expect(page.locator("#id_body")).to_have_value(BODY)
    expect(page.locator("#rating-8")).to_be_checked()
    page.goto(f"/title/{desk.title.slug}/reviews/")
    expect(page.get_by_role("link", name="Continue your draft").first).to_be_visible()


def leave(page: Page) -> None:
    page.goto("/about/")


def close(page: Page) -> None:
    page.close(run_before_unload=True)


@pytest.mark.parametrize("go", [leave, close])
def test_what_was_typed_the_moment_before_leaving_is_kept(desk: Desk, go: Callable[[Page], None]) -> None:
    page = desk.open()
    fill(page)
    other = page.context.new_page()
    go(page)
    other.goto(desk.path)
    for _ in range(PATIENCE // 100):
        if desk.stored():
            break
        other.wait_for_timeout(100)
    assert desk.stored() == BODY


def test_a_save_that_fails_is_tried_again_and_nothing_is_sent_meanwhile(desk: Desk) -> None:
    page = desk.open()
    page.route("**/draft/", lambda route: route.abort())
    fill(page)
    expect(note(page)).to_have_text("Not saved yet. Trying again.")
    publish(page)
    expect(page.locator("#write .main-act")).to_have_text("Publish review")
    assert page.url.endswith(desk.path), "the page stays where the text is"
    page.unroute("**/draft/")
    expect(note(page)).to_contain_text("Draft saved at")
    publish(page)
    expect(page.locator(".message[role=status]")).to_contain_text("Your review is published.")


def test_without_a_connection_nothing_is_sent_and_the_text_stays(desk: Desk) -> None:
    page = desk.open()
    fill(page)
    expect(note(page)).to_contain_text("Draft saved at")
    page.context.set_offline(True)
    publish(page)
    expect(note(page)).to_contain_text("nothing was published")
    expect(page.locator("#announced")).to_contain_text("nothing was published")
    expect(page.locator("#id_body")).to_have_value(BODY)
    assert page.url.endswith(desk.path)
    page.context.set_offline(False)
    publish(page)
    expect(page.locator(".message[role=status]")).to_contain_text("Your review is published.")


def test_leaving_is_questioned_only_while_something_could_not_be_saved(desk: Desk) -> None:
    asked = list[str]()

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page = desk.open()
    page.on("dialog", agree)
    fill(page)
    page.goto("/about/")
    assert asked == []
    page.goto(desk.path)
    page.route("**/draft/", lambda route: route.abort())
    page.locator("#id_body").type("One more word.")
    expect(note(page)).to_have_text("Not saved yet. Trying again.")
    page.goto("/about/")
    assert asked == ["beforeunload"]


def test_a_save_whose_answer_was_lost_is_no_conflict(desk: Desk) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page = desk.open()
    page.route("**/draft/", lose, times=1)
    fill(page)
    expect(note(page)).to_have_text("Not saved yet. Trying again.")
    page.locator("#id_body").press("End")
    page.locator("#id_body").type("!")
    expect(note(page)).to_contain_text("Draft saved at")
    expect(page.locator("#conflict")).to_be_hidden()


def test_signing_in_anew_elsewhere_makes_no_old_form(desk: Desk) -> None:
    page = desk.open()
    page.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    fill(page)
    expect(note(page)).to_contain_text("Draft saved at")
    publish(page)
    expect(page.locator(".message[role=status]")).to_contain_text("Your review is published.")


def sign_in(page: Page, desk: Desk) -> None:
    page.fill("[name=login]", desk.member.username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")


def test_after_an_ended_session_one_signs_in_and_goes_on(desk: Desk) -> None:
    page = desk.open()
    apart(Session.objects.all().delete)
    fill(page)
    said = page.locator("#signed-out")
    expect(said).to_contain_text("Your session had ended. Your text is safe")
    sound(page, "a session that ended")
    said.get_by_role("link", name="Sign in").click()
    sign_in(page, desk)
    expect(page.locator("#id_body")).to_have_value(BODY)
    expect(note(page)).to_contain_text("Draft saved at")


@SCRIPTS
def test_publishing_after_an_ended_session_loses_nothing(desk: Desk, script: bool) -> None:
    page = desk.open(script=script)
    fill(page)
    apart(Session.objects.all().delete)
    publish(page)
    sign_in(page, desk)
    expect(page.locator("#id_body")).to_have_value(BODY)
    publish(page)
    expect(page.locator(".message[role=status]")).to_contain_text("Your review is published.")


@SCRIPTS
@pytest.mark.parametrize("kept", ["The draft from elsewhere", "The text in this tab"])
def test_of_two_tabs_the_later_one_is_shown_both_and_either_can_be_kept(desk: Desk, script: bool, kept: str) -> None:
    first, later = desk.open(script=script), desk.open(script=script)
    for page, body, words in ((first, BODY, "Draft saved at"), (later, f"Mine. {BODY}", "There are two texts now")):
        fill(page, body=body)
        if not script:
            page.get_by_role("button", name="Preview").click()
        else:
            expect(page.locator("#draft-note, #conflict").filter(has_text=words)).to_be_visible()
    assert desk.stored() == BODY
    conflict = later.locator("#conflict")
    expect(conflict.locator(".prose")).to_contain_text("Nobody on this coast")
    expect(later.locator("#id_body")).to_have_value(f"Mine. {BODY}")
    if script:
        assert focused(later, "#conflict")
        sound(later, "two texts")
        later.locator("#id_body").type("More ")
        later.wait_for_timeout(2500)
        assert desk.stored() == BODY, "nothing is overwritten while nobody has chosen"
    conflict.locator("header").filter(has_text=kept).get_by_role("button", name="Keep this one").click()
    expect(later.locator("#conflict")).to_be_hidden()
    mine = kept == "The text in this tab"
    expect(later.locator("#id_body")).to_have_value(re.compile("Mine" if mine else "^Nobody on this coast"))
    assert str(desk.stored()).startswith("Mine." if mine else "Nobody on this coast")
    assert str(desk.stored()).endswith("More" if mine and script else "expects.")


# Rating


def test_a_rating_counts_at_once_and_the_focus_stays(desk: Desk) -> None:
    page = desk.open(f"/title/{desk.title.slug}/")
    expect(page.get_by_role("button", name="Rate", exact=True)).to_be_hidden()
    page.locator("#rating-none").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#announced")).to_have_text("You rated it 10.")
    expect(page.locator("#figures .average")).to_contain_text("10.0/10")
    assert focused(page, "#rating-10")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#announced")).to_have_text("You rated it 9.")
    page.get_by_text("No rating", exact=True).click()
    expect(page.locator("#announced")).to_have_text("Your rating is taken back.")
    expect(page.locator("#figures")).to_contain_text("No ratings yet")


@pytest.mark.parametrize("failure", ["no network", "our fault"])
def test_a_rating_that_fails_says_so_and_goes_back_to_the_one_that_is_saved(desk: Desk, failure: str) -> None:
    page = desk.open(f"/title/{desk.title.slug}/")
    rate(page, 7)
    expect(page.locator("#announced")).to_have_text("You rated it 7.")
    message = page.locator(".own-rating").get_by_role("alert")
    expect(message).to_be_hidden()
    at = re.compile("/rate/$")
    page.route(at, lambda route: route.abort() if failure == "no network" else route.fulfill(status=500))
    rate(page, 3)
    expect(message).to_have_text("Your rating was not saved. Please try again.")
    expect(page.locator("#rating-7")).to_be_checked()
    page.unroute(at)
    assert desk.visitor.complaints
    desk.visitor.complaints.clear()
    rate(page, 3)
    expect(page.locator("#announced")).to_have_text("You rated it 3.")
    expect(message).to_be_hidden()
    expect(page.locator("#rating-3")).to_be_checked()


def test_without_a_script_a_rating_is_sent(desk: Desk) -> None:
    page = desk.open(f"/title/{desk.title.slug}/", script=False)
    rate(page, 8)
    page.get_by_role("button", name="Rate", exact=True).click()
    expect(page.locator("#rating-8")).to_be_checked()
    expect(page.locator("#figures .average")).to_contain_text("8.0/10")


# Every state is sound, and no wider than a small phone


def narrow(page: Page, state: str) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, f"{state} scrolls sideways"


def test_every_state_of_writing_is_sound(desk: Desk) -> None:
    from reviews.models import Review

    page = desk.open()

    def look(state: str) -> None:
        sound(page, state)
        narrow(page, state)

    look("the empty form")
    fill(page, headline="w" * 151, body="Too short.")
    publish(page)
    expect(page.locator(".summary")).to_be_visible()
    look("the refused form")
    fill(page, headline="Donaudampfschifffahrtsgesellschaft" * 4)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview .headline")).to_be_visible()
    look("a preview")
    page.get_by_role("link", name="Discard draft").click()
    look("asking before a draft goes")
    page.goto("/drafts/")
    look("drafts")
    page.goto(desk.path)
    publish(page)
    expect(page.locator(".message[role=status]")).to_be_visible()
    look("just published")
    review = Review.objects.get(author=desk.member)
    page.goto(desk.path)
    fill(page, body=BODY.replace("lamplighter", "watchman"))
    publish(page)
    expect(page.locator(".message[role=status]")).to_contain_text("Your changes are published.")
    look("an edited review of one's own")
    page.goto(f"/review/{review.pk}/history/")
    look("a history")
    page.goto(f"/title/{desk.title.slug}/")
    look("an overview with the scale")
    page.goto(f"/review/{review.pk}/delete/")
    look("asking before a review goes")
    page.get_by_role("button", name="Delete review").click()
    expect(page.locator("main .message[role=status]")).to_be_visible()
    look("a deleted review")
    page.goto("/drafts/")
    look("deleted reviews")
    page.goto(desk.path)
    look("the form after a deletion")
