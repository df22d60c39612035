"""The whole way of a member through the site, from joining to leaving, with a script and without."""

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Stage, Visitor, looks_again_until
from tests.browser.test_accounts import confirm_password, join, main
from tests.factories import a_review, a_title
from tests.reviews.test_counters import recounted, stored

if TYPE_CHECKING:
    from reviews.models import Review

pytestmark = pytest.mark.usefixtures("no_attempts_so_far")

HEADLINE = "The last lamp on the harbour"
# With a script and without: a copy of another member's text would wait for a moderator.
BEGINNINGS = {
    True: "The lamplighter repairs a net for ninety minutes, and I would have watched three hours of it. His hands "
    "know what they do, and so does the sea, which we only hear; when the radio names the boats, you count along.\n\n",
    False: "Half the village says that nobody needs a lamplighter since the war, the other half still sets its clocks "
    "by him. Between the two the film finds a whole winter of small talk, most of it about bread and paraffin.\n\n",
}
ENDING = "He stops. >!Then the dog lives!<, which nobody expects."


@pytest.fixture(scope="module")
def reviews(stage: Stage) -> Iterator["Review"]:
    """Somebody's review of a title of its own, for each walk another."""
    return iter([a_review(a_title(f"The Harbour Walk {number}"), rating=6, helpful=3, votes=5) for number in range(2)])


@dataclass
class Walk:
    """One newcomer at one browser."""

    page: Page
    visitor: Visitor
    review: "Review"
    script: bool

    @property
    def beginning(self) -> str:
        return BEGINNINGS[self.script]

    @property
    def title_page(self) -> str:
        return f"/title/{self.review.title.slug}/"

    def votes_and_changes_the_vote(self) -> None:
        self.page.goto(f"{self.title_page}reviews/")
        line = self.page.locator(f"#review-{self.review.pk} .vote-line")
        for choice, tally in (("Yes", "4 out of 6"), ("No", "3 out of 6")):
            line.get_by_role("button", name=choice, exact=True).click()
            expect(line.locator(".tally")).to_contain_text(tally)
            expect(line.get_by_role("button", name=choice, exact=True)).to_have_attribute("aria-pressed", "true")

    def writes_until_the_connection_is_lost(self) -> None:
        """The beginning is on the server by then: by itself with a script, by Preview without."""
        self.page.get_by_role("link", name="Review this title").first.click()
        self.page.locator(".scale label", has=self.page.locator("#rating-8")).click()
        expect(self.page.locator("#rating-8")).to_be_checked()
        self.page.fill("#id_headline", HEADLINE)
        self.page.fill("#id_body", self.beginning)
        if not self.script:
            self.page.get_by_role("button", name="Preview").click()
        expect(self.page.locator("#draft-note")).to_contain_text("Draft saved")
        self.page.context.set_offline(True)
        self.page.fill("#id_body", self.beginning + ENDING)
        if self.script:
            expect(self.page.locator("#draft-note")).to_contain_text("Not saved yet. Trying again.")
            self.page.locator("#write .main-act").click()
            expect(self.page.locator("#id_body")).to_have_value(self.beginning + ENDING)
        else:
            with self.page.expect_event("requestfailed"):
                self.page.locator("#write .main-act").click(no_wait_after=True)

    def comes_back_to_the_draft(self) -> None:
        self.page.context.set_offline(False)
        if self.script:
            expect(self.page.locator("#draft-note")).to_contain_text("Draft saved")
        self.page.goto("/drafts/")
        self.page.locator("main").get_by_role("link", name="Continue").click()
        expect(self.page.locator("#id_headline")).to_have_value(HEADLINE)
        expect(self.page.locator("#rating-8")).to_be_checked()
        kept = self.beginning + ENDING if self.script else self.beginning
        assert self.page.locator("#id_body").input_value().strip() == kept.strip()
        # What offline means to a browser stands on its console.
        self.visitor.complaints[:] = [said for said in self.visitor.complaints if "DISCONNECTED" not in said]
        self.visitor.complaints[:] = [said for said in self.visitor.complaints if "htmx:" not in said]

    def publishes_with_a_spoiler_inside(self) -> None:
        self.page.fill("#id_body", self.beginning + ENDING)
        self.page.locator("#write .main-act").click()
        expect(self.page.locator(".message[role=status]")).to_contain_text("Your review is published.")
        self.page.goto(f"{self.title_page}reviews/?sort=date")
        review = self.page.locator(".review", has_text=HEADLINE)
        expect(review).to_contain_text("You cannot vote on your own review.")
        expect(review.get_by_text("Then the dog lives")).to_be_hidden()
        review.locator("details.passage > summary").press("Enter")
        expect(review.get_by_text("Then the dog lives")).to_be_visible()
        expect(self.page.locator(".average")).to_contain_text("7.0/10")

    def edits_and_sees_the_history(self) -> None:
        self.page.locator(".review", has_text=HEADLINE).get_by_role("link", name="Edit").click()
        self.page.fill("#id_body", self.beginning.replace("lamplighter", "watchman") + ENDING)
        self.page.locator("#write .main-act").click()
        expect(self.page.locator(".message[role=status]")).to_contain_text("Your changes are published.")
        self.page.locator(".review .byline").get_by_role("link", name=re.compile("^edited")).click()
        expect(self.page.locator("#version-2, #version-1")).to_have_count(2)
        newest = self.page.locator("#version-2")
        newest.locator("details.spoiler > summary").press("Enter")
        expect(newest.locator("ins")).to_have_text("watchman")
        expect(newest.locator("del")).to_have_text("lamplighter")

    def takes_everything_along(self) -> None:
        self.page.goto("/accounts/settings/export/")
        self.page.get_by_role("button", name="Pack it").click()
        link = self.page.get_by_role("link", name="Download")
        if not self.script:
            looks_again_until(link)
        with self.page.expect_download() as download:
            link.click()
        with zipfile.ZipFile(download.value.path()) as archive:
            assert archive.testzip() is None
            assert b"watchman" in archive.read("reviews.jsonl")
            assert b"lamplighter" in archive.read("versions.jsonl")
            assert archive.read("votes.jsonl").count(b"\n") == 1
            assert archive.read("ratings.jsonl").count(b"\n") == 1

    def deletes_the_account(self) -> None:
        self.page.goto("/accounts/settings/delete/")
        if self.page.get_by_role("heading", level=1).inner_text() == "Is it you?":
            confirm_password(self.page)
        self.page.get_by_role("radio", name="goes too").check()
        main(self.page, "Go on")
        main(self.page, "Delete the account")
        expect(self.page.locator("h1")).to_have_text("Your account is deleted")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_from_joining_to_leaving(
    visitor: Visitor, letters: Callable[[str], str], reviews: Iterator["Review"], script: bool
) -> None:
    name = "walker" if script else "wanderer"
    page = visitor.open("/", script=script)
    walk = Walk(page, visitor, next(reviews), script)
    join(page, name)
    page.goto(letters(f"{name}@example.org"))
    main(page, "Confirm")
    walk.votes_and_changes_the_vote()
    walk.writes_until_the_connection_is_lost()
    walk.comes_back_to_the_draft()
    walk.publishes_with_a_spoiler_inside()
    walk.edits_and_sees_the_history()
    walk.takes_everything_along()
    assert stored() == recounted()
    walk.deletes_the_account()
    assert stored() == recounted()
    walk.review.refresh_from_db()
    walk.review.title.refresh_from_db()
    assert (walk.review.helpful, walk.review.votes) == (3, 5)
    assert (walk.review.title.review_count, walk.review.title.mean) == (1, 6.0)
