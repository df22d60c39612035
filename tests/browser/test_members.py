"""Members in a real browser, with and without a script: their page, blocking, taking along, leaving."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tests.browser.conftest import Stage, Visitor, looks_again_until
from tests.browser.test_accessibility import violations
from tests.factories import PASSWORD, a_member, a_review

SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])


@dataclass
class Person:
    username: str
    session: str


@pytest.fixture(scope="module")
def people(stage: Stage) -> Iterator[Person]:
    """Members with a review each, one for every test that asks: what a test does to one stays done."""

    def made() -> Iterator[Person]:
        for number in range(24):
            member = a_member(f"person{number}", name=f"Person {number}")
            a_review(author=member, rating=7, headline=f"By person {number}", body=f"WORDSOF{number} and more.")
            a_review(author=member, rating=4, headline=f"Again by person {number}")
            client = Client()
            client.force_login(member)
            yield Person(member.username, client.cookies["sessionid"].value)

    return iter(list(made()))


def sound(page: Page) -> None:
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} scrolls at {width}"


@SCRIPT
def test_a_members_reviews_are_sorted_and_filtered(visitor: Visitor, people: Iterator[Person], script: bool) -> None:
    person = next(people)
    page = visitor.open(f"/user/{person.username}/", script=script)
    page.get_by_label("Filter by Rating").select_option("7")
    if not script:
        page.get_by_role("button", name="Apply").click()
    expect(page.locator("#count")).to_have_text("1 Review")
    assert "rating=7" in page.url
    expect(page.locator("h1")).to_be_visible()
    page.get_by_role("link", name="Show all 2").click()
    expect(page.locator("#count")).to_have_text("2 Reviews")


@SCRIPT
@pytest.mark.parametrize("place", ["theirs", "newest"])
def test_reviews_are_voted_on_where_they_are_read(
    visitor: Visitor, people: Iterator[Person], script: bool, place: str
) -> None:
    reader, author = next(people), next(people)
    path = f"/user/{author.username}/" if place == "theirs" else "/reviews/"
    page = visitor.open(path, script=script, session=reader.session)
    yes = page.get_by_role("button", name="Yes").first
    expect(yes).to_have_attribute("aria-pressed", "false")
    yes.click()
    expect(yes).to_have_attribute("aria-pressed", "true")
    assert page.url.partition("#")[0].endswith(path)
    if script:
        sound(page)


@SCRIPT
def test_blocking_folds_and_unblocking_opens(visitor: Visitor, people: Iterator[Person], script: bool) -> None:
    reader, blocked = next(people), next(people)
    number = blocked.username.removeprefix("person")
    page = visitor.open(f"/user/{blocked.username}/", script=script, session=reader.session)
    page.get_by_role("button", name="Block this member").click()
    expect(page.get_by_text("You blocked this member.")).to_be_visible()
    fold = page.locator("details.blocked", has_text=f"WORDSOF{number}")
    expect(fold.get_by_text(f"WORDSOF{number}")).to_be_hidden()
    if script:
        sound(page)
    fold.locator(":scope > summary").press("Enter")
    expect(fold.get_by_text(f"WORDSOF{number}")).to_be_visible()
    if script:
        sound(page)
    page.get_by_role("button", name="Unblock").click()
    expect(page.get_by_text(f"WORDSOF{number}")).to_be_visible()
    expect(page.locator("details.blocked")).to_have_count(0)


@SCRIPT
def test_the_settings_list_whom_one_blocked_and_unblock(
    visitor: Visitor, people: Iterator[Person], script: bool
) -> None:
    reader, blocked = next(people), next(people)
    page = visitor.open(f"/user/{blocked.username}/", script=script, session=reader.session)
    page.get_by_role("button", name="Block this member").click()
    page.goto("/accounts/settings/")
    page.get_by_role("link", name="Members you blocked").click()
    name = blocked.username.replace("person", "Person ")
    expect(page.locator(".listed")).to_contain_text(name)
    if script:
        sound(page)
    page.get_by_role("button", name=f"Unblock {name}", exact=True).click()
    expect(page.get_by_role("status").get_by_text(f"{name} is not blocked any more.")).to_be_visible()
    expect(page.locator("main")).to_contain_text("You have blocked nobody.")
    if script:
        sound(page)
    page.goto(f"/user/{blocked.username}/")
    expect(page.locator("details.blocked")).to_have_count(0)


@SCRIPT
def test_everything_is_packed_and_downloaded(visitor: Visitor, people: Iterator[Person], script: bool) -> None:
    page = visitor.open("/accounts/settings/export/", script=script, session=next(people).session)
    if script:
        sound(page)
    page.get_by_role("button", name="Pack it").click()
    link = page.get_by_role("link", name="Download")
    if not script:
        looks_again_until(link)
    expect(link).to_be_visible()
    if script:
        sound(page)
    with page.expect_download() as download:
        link.click()
    archive = zipfile.ZipFile(download.value.path())
    assert archive.testzip() is None
    assert archive.read("reviews.jsonl").count(b"\n") == 2


@SCRIPT
def test_the_account_is_deleted_in_two_steps(visitor: Visitor, people: Iterator[Person], script: bool) -> None:
    person = next(people)
    page = visitor.open("/accounts/settings/delete/", script=script, session=person.session)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("h1")).to_have_text("Delete the account")
    if script:
        sound(page)
    page.get_by_role("radio", name="go too").check()
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("h1")).to_have_text("Delete it for good?")
    if script:
        sound(page)
    page.get_by_role("button", name="Delete the account").click()
    expect(page.locator("h1")).to_have_text("Your account is deleted")
    if script:
        sound(page)
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    page.goto("/reviews/")
    expect(page.get_by_text(f"By person {person.username.removeprefix('person')}", exact=True)).to_have_count(0)
