"""From three reports to the restored review: the whole way of moderation as those on it walk it, each in a browser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Stage, Visitor
from tests.browser.test_reporting import session_of
from tests.browser.test_writing import apart
from tests.factories import a_member, a_moderator, a_review, a_title, a_trusted_member

if TYPE_CHECKING:
    from reviews.models import Review

REASON = "It calls those who liked the film names. Say what the film does instead."
HEADLINE = "Nobody in this harbour is worth a lamp"


@dataclass
class Cast:
    """Who takes part, by their sessions, and the review that it is about."""

    review: "Review"
    author: str
    members: list[str]
    moderator: str
    second: str


def gathered() -> Cast:
    author = a_member(name="Blunt Instrument")
    body = "Whoever likes this film has never met a harbour, a lamp or a human being, and should be made to. " * 3
    review = a_review(a_title(), author, rating=2, headline=HEADLINE, body=body)
    members = [session_of(a_trusted_member()) for _ in range(3)]
    return Cast(review, session_of(author), members, session_of(a_moderator()), session_of(a_moderator()))


@pytest.fixture
def people(stage: Stage, db: None) -> Iterator[Cast]:
    """What is left of the case goes, so that the next one waits alone."""
    cast = apart(gathered)
    yield cast
    apart(cast.review.delete)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_reported_held_hidden_edited_appealed_and_restored(visitor: Visitor, people: Cast, script: bool) -> None:
    review, permalink = people.review, people.review.get_absolute_url()

    def opened(path: str, session: str = "") -> Page:
        return visitor.open(path, script=script, session=session)

    def as_strangers_see_it() -> int:
        answer = opened("/about/").request.get(permalink)
        return answer.status

    for number, member in enumerate(people.members):
        assert as_strangers_see_it() == 200, number
        page = opened(permalink, member)
        page.get_by_role("link", name="Report").click()
        page.get_by_role("radio", name="Insult or hate").check()
        page.get_by_label("In a few words").fill("“Should be made to” reads as a threat.")
        page.get_by_role("button", name="Send report").click()
        expect(page.locator("h1")).to_have_text(re.compile("report", re.I))
    assert as_strangers_see_it() == 404

    page = opened("/moderation/", people.moderator)
    page.get_by_role("link", name="Insult or hate, 3 reports").click()
    expect(page.locator("h1")).to_have_text("Insult or hate, 3 reports")
    expect(page.locator(".page, header").filter(has_text="Held").first).to_be_visible()
    page.get_by_role("radio", name="Hide", exact=True).check()
    page.locator("#id_reason").fill(REASON)
    page.locator(".main-act").click()
    expect(page.locator(".message")).to_contain_text(HEADLINE)

    page = opened("/notices/", people.author)
    expect(page.locator(".notice").first).to_contain_text(REASON)
    page.get_by_role("link", name="The decision, and what you can do").first.click()
    expect(page.locator("dd.reason")).to_have_text(REASON)
    expect(page.locator(".particulars")).to_contain_text("Hard on works, fair to people")
    page.get_by_role("link", name="Edit it").click()
    kinder = "I have never met a harbour like this one, nor its lamps, and the film did not make me want to. " * 3
    page.locator("#id_body").fill(kinder)
    page.locator(".main-act").click()
    expect(page.locator(".message").first).to_contain_text("ask for another look")
    decision = visitor.open("/notices/", script=script, session=people.author)
    decision.get_by_role("link", name="The decision, and what you can do").first.click()
    decision.get_by_label("Why should it be looked at again?").fill("I took out what was about people.")
    decision.get_by_role("button", name="Appeal").click()
    expect(decision.locator(".appeal")).to_contain_text("It waits.")
    assert as_strangers_see_it() == 404

    case = (
        opened("/moderation/", people.moderator)
        .get_by_role("link", name=re.compile("^Appeal,|^Appeal$|Appeal against"))
        .first
    )
    case.click()
    expect(case.page.get_by_text("It is an appeal against your own decision.")).to_be_visible()
    expect(case.page.locator(".main-act")).to_have_count(0)

    page = opened("/moderation/", people.second)
    page.get_by_role("link", name="Appeal against a hide").click()
    page.get_by_role("radio", name=re.compile("^Restore")).check()
    page.locator("#id_reason").fill("It is about the film now.")
    page.locator(".main-act").click()
    expect(page.locator(".message")).to_contain_text(HEADLINE)
    assert as_strangers_see_it() == 200

    page = opened("/notices/", people.author)
    expect(page.locator(".notice").first).to_contain_text("It is about the film now.")
    for member in people.members:
        expect(opened("/notices/", member).locator(".notice").first).to_contain_text(REASON)

    page = opened(f"/moderation/log/?title={review.title.name}")
    acts = page.locator("main ol > li, main ul > li").filter(has=page.locator("h3"))
    expect(acts.locator("h3")).to_have_text([re.compile("Restored"), re.compile("Hidden"), re.compile("Held")])
    expect(acts.nth(1)).to_contain_text(REASON)
    expect(acts.nth(1)).to_contain_text("Overturned on appeal")
    expect(acts.nth(2)).to_contain_text("weight of reports")
    words = page.locator("main").inner_text()
    assert "Blunt Instrument" not in words
    assert HEADLINE not in words
