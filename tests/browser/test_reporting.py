"""Reporting, notices and appeals as people do them: with and without a script, by keyboard, on all widths."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page, expect

from tests.browser.conftest import Stage, Visitor
from tests.browser.test_accessibility import sound
from tests.browser.test_widths import SMALL, misfits
from tests.browser.test_writing import apart
from tests.factories import a_decision_on, a_member, a_moderator, a_review, a_trusted_member

if TYPE_CHECKING:
    from accounts.models import User
    from reviews.models import Act, Review

WORD = "Donaudampfschiff" * 12


@dataclass
class Told:
    """An author with decisions of every kind, and a review of somebody else's to report."""

    author: "User"
    session: str
    review: "Review"
    hidden: "Act"


def session_of(member: "User") -> str:
    client = Client()
    client.force_login(member)
    return client.cookies["sessionid"].value


def made() -> Told:
    from reviews.models import Reason
    from reviews.moderation.reporting import report

    author, moderator = a_member(name=WORD[:150]), a_moderator()
    hidden = a_decision_on(a_review(author=author, headline=WORD), moderator, reason=f"{WORD}\n\nAnd so on.")
    a_decision_on(a_review(author=author), moderator, kind="fold")
    held = a_review(author=author)
    for _ in range(3):
        report(held.pk, a_trusted_member(), Reason.INSULT)
    report(a_review().pk, author, Reason.SPOILER)
    return Told(author, session_of(author), a_review(headline="To be reported"), hidden)


@pytest.fixture
def told(stage: Stage, db: None) -> Told:
    cache.clear()
    return apart(made)


def choose(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).check()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_visitor_reports_a_review(visitor: Visitor, told: Told, script: bool) -> None:
    page = visitor.open(told.review.get_absolute_url(), script=script, width=390)
    page.get_by_role("link", name="Report", exact=True).click()
    page.get_by_role("button", name="Send report").click()
    expect(page.locator(".summary")).to_contain_text("Four things need another look")
    choose(page, "Something else")
    page.get_by_label("In a few words").fill("It is a recipe.")
    page.get_by_label("Your name").fill("Ida Holm")
    page.get_by_label("Your e-mail address").fill("ida@example.org")
    page.get_by_role("button", name="Send report").click()
    expect(page.locator(".summary")).to_contain_text("One thing needs another look")
    expect(page.get_by_label("In a few words")).to_have_value("It is a recipe.")
    expect(page.get_by_role("radio", name="Something else")).to_be_checked()
    page.get_by_role("checkbox").last.check()
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_role("status").filter(has_text="Thank you")).to_be_visible()
    visitor.complaints[:] = [said for said in visitor.complaints if "422" not in said]


def test_a_link_of_the_summary_leads_to_its_field(visitor: Visitor, told: Told) -> None:
    page = visitor.open(f"/review/{told.review.pk}/report/")
    page.get_by_role("button", name="Send report").click()
    expect(page.locator(".summary")).to_be_focused()
    for words, field in (("Give your name.", "name"), ("Give your e-mail", "email"), ("Tick this", "good_faith")):
        page.locator(".summary").get_by_role("link", name=words).click()
        expect(page.locator(f"#id_{field}")).to_be_focused()
    visitor.complaints.clear()


def test_words_are_counted_as_one_types(visitor: Visitor, told: Told) -> None:
    page = visitor.open(f"/review/{told.review.pk}/report/")
    expect(page.locator("#words-length")).to_have_text("0 of 500")
    page.get_by_label("In a few words").fill("one 🏮")
    expect(page.locator("#words-length")).to_have_text("5 of 500")


def test_a_visitor_signs_in_to_report_as_a_member(visitor: Visitor, told: Told) -> None:
    from tests.factories import PASSWORD

    page = visitor.open(f"/review/{told.review.pk}/report/")
    page.get_by_role("link", name="sign in to report as a member").click()
    expect(page.locator("main")).to_contain_text("You were about to report a review of")
    page.get_by_label("Username or e-mail").fill(told.author.username)
    page.locator("main input[type=password]").fill(PASSWORD)
    page.locator("main form .main-act").first.click()
    expect(page.get_by_label("Your e-mail address")).to_have_count(0)
    choose(page, "Copied")
    page.get_by_role("button", name="Send report").click()
    page.get_by_role("link", name="See it among your notices").click()
    expect(page.locator(".notice").first).to_contain_text("has arrived")
    page.goto(f"/review/{told.review.pk}/report/")
    expect(page.locator("main")).to_contain_text("You reported this review on")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_an_author_reads_why_and_appeals(visitor: Visitor, told: Told, script: bool) -> None:
    page = visitor.open("/", session=told.session, script=script)
    page.locator(".menu summary").click()
    page.get_by_role("link", name="Notices 4 unread").click()
    page.locator(".notice", has_text="is hidden").get_by_role("link", name="The decision").click()
    expect(page.locator(".particulars")).to_contain_text("1. About the work")
    page.get_by_role("button", name="Appeal").click()
    expect(page.locator(".summary")).to_contain_text("One thing needs another look")
    page.get_by_label("Why should it be looked at again?").fill("It is about the work.")
    page.get_by_role("button", name="Appeal").click()
    expect(page.locator("main")).to_contain_text("It waits.")
    expect(page.get_by_role("button", name="Appeal")).to_have_count(0)
    page.goto("/notices/")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.locator(".notice.unread")).to_have_count(0)
    page.locator(".menu summary").click()
    expect(page.get_by_role("link", name="Notices", exact=True)).to_be_visible()
    visitor.complaints[:] = [said for said in visitor.complaints if "422" not in said]


def own_pages(told: Told) -> dict[str, str]:
    return {
        "notices": "/notices/",
        "a hidden review": f"/review/{told.hidden.review_id}/",
        "its decision": told.hidden.get_absolute_url(),
        "drafts": "/drafts/",
        "a report": f"/review/{told.review.pk}/report/",
    }


def test_all_of_it_is_sound(visitor: Visitor, told: Told) -> None:
    page = visitor.open("/", session=told.session)
    for name, path in own_pages(told).items():
        page.goto(path)
        sound(page, name)
    page.goto(told.hidden.get_absolute_url())
    page.get_by_role("button", name="Appeal").click()
    sound(page, "a refused appeal")
    page.goto(f"/review/{told.review.pk}/report/")
    page.get_by_role("button", name="Send report").click()
    sound(page, "a refused report")
    visitor.complaints[:] = [said for said in visitor.complaints if "422" not in said]


def test_a_suspended_members_pages_are_sound(visitor: Visitor, told: Told) -> None:
    act = apart(lambda: a_decision_on(a_review(author=told.author), kind="suspend", suspension="week"))
    page = visitor.open("/suspension/", session=told.session)
    title = told.review.title
    for path in (act.get_absolute_url(), title.get_absolute_url(), f"/title/{title.slug}/reviews/write/"):
        page.goto(path)
        sound(page, f"suspended: {path}")
    page.goto(f"/review/{told.review.pk}/report/")
    expect(page.locator("main")).to_contain_text("You are suspended until")
    sound(page, "a report of who is suspended")


@pytest.mark.parametrize("width", [320, 390, 820])
def test_nothing_scrolls_sideways_and_targets_are_large_enough(visitor: Visitor, told: Told, width: int) -> None:
    page, found = visitor.open("/", session=told.session, width=width), list[Any]()
    for name, path in own_pages(told).items():
        page.goto(path)
        found += misfits(page, name)
        found += page.evaluate(SMALL)
    assert not found
