"""axe-core on every page in every state, at two widths, light and dark."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import WIDTHS, Stage, Visitor, page_names

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
axe = Axe()


def violations(page: Page, only: list[str] | None = None) -> list[str]:
    run: dict[str, Any] = {"type": "rule", "values": only} if only else {"type": "tag", "values": RULES}
    found = axe.run(page, options={"runOnly": run, "resultTypes": ["violations"]})
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary'][:200]}"
        for rule in found.response["violations"]
        for node in rule["nodes"][:4]
    ]


def look(page: Page, width: str, *, dark: bool = False) -> None:
    page.set_viewport_size({"width": WIDTHS[width], "height": 900})
    page.emulate_media(color_scheme="dark" if dark else "light")


def sound(page: Page, state: str) -> None:
    """The page as it stands, in both widths, and its colours in the dark; with its folds closed and open."""
    look(page, "phone")
    assert violations(page) == [], f"{state} on a phone"
    look(page, "desktop", dark=True)
    assert violations(page, ["color-contrast"]) == [], f"{state} in the dark"
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    look(page, "desktop")
    assert violations(page) == [], f"{state} at a desk, with its folds open"
    if page.locator("details").count():
        look(page, "phone", dark=True)
        assert violations(page, ["color-contrast"]) == [], f"{state} in the dark, with its folds open"


@pytest.mark.parametrize("name", page_names())
def test_each_page_is_sound(visitor: Visitor, stage: Stage, name: str) -> None:
    sound(visitor.open(stage.pages()[name]), name)


@pytest.mark.parametrize("name", ["home", "title_reviews", "review", "member"])
def test_each_page_of_a_member_is_sound(visitor: Visitor, stage: Stage, name: str) -> None:
    page = visitor.open(stage.pages()[name], session=stage.session)
    expect(page.locator(".site-header details")).to_be_visible()
    sound(page, f"{name} of a member")


STATES = {
    "filtered": "{filled}reviews/?rating=8&spoilers=hide&sort=votes&dir=asc",
    "a rating without reviews": "{filled}reviews/?rating=2",
    "an empty title": "{empty}",
    "an empty list of reviews": "{empty}reviews/",
    "no awards": "{empty}awards/",
    "no questions": "{empty}faq/",
    "no ratings": "{empty}ratings/",
    "no critics": "{empty}critic-reviews/",
    "no links": "{empty}external-reviews/",
    "nothing found": "/titles/?q=zzz",
    "found": "/titles/?q=lamp&kind=film",
    "sign in on the way": "/accounts/login/?next={filled}reviews/",
    "all as long as it can be": "{wide}reviews/",
}


@pytest.mark.parametrize("state", STATES)
def test_each_state_is_sound(visitor: Visitor, stage: Stage, state: str) -> None:
    titles = {"filled": stage.filled.title, "empty": stage.empty, "wide": stage.wide}
    path = STATES[state].format(**{name: f"/title/{title.slug}/" for name, title in titles.items()})
    sound(visitor.open(path), state)


def test_the_page_that_is_not_found_is_sound(visitor: Visitor) -> None:
    sound(visitor.open("/nothing/here/"), "not found")
    visitor.complaints[:] = [said for said in visitor.complaints if "404" not in said]


def test_a_refused_sign_in_is_sound(visitor: Visitor) -> None:
    page = visitor.open("/accounts/login/")
    page.locator("main input[type=password]").fill("not the password")
    page.locator("main input[type=password]").press("Enter")
    expect(page.locator("main .summary")).to_be_visible()
    sound(page, "a refused sign-in")


def test_a_form_that_grew_old_is_sound(visitor: Visitor) -> None:
    page = visitor.open("/accounts/login/")
    page.context.clear_cookies()
    page.locator("main input[type=password]").fill("anything at all")
    page.locator("main input[type=password]").press("Enter")
    expect(page.locator("h1")).to_have_text("This form has grown old.")
    sound(page, "a form that grew old")
    visitor.complaints[:] = [said for said in visitor.complaints if "403" not in said]


LOOKS = """all => all.map(one => {
  const style = getComputedStyle(one);
  return [style.backgroundColor, style.borderBottomColor, style.borderBottomWidth, style.fill].join();
})"""
# What is chosen and what could be.
CHOSEN = [
    (".tabs a[aria-current]", ".tabs a:not([aria-current])"),
    (".chosen svg", "li:has(a):not(.chosen) > .column svg"),
    (".direction label:has(:checked)", ".direction label:not(:has(:checked))"),
    (".vote[aria-pressed=true]", ".vote[aria-pressed=false]"),
    (".scale label:has(:checked)", ".scale label:not(:has(:checked))"),
]


@pytest.mark.parametrize("dark", [False, True])
def test_what_is_chosen_is_seen_in_the_readers_own_colours(visitor: Visitor, stage: Stage, dark: bool) -> None:
    title = stage.typical.get_absolute_url()
    page = visitor.open(f"{title}reviews/?rating=8", session=stage.session, dark=dark)
    page.emulate_media(forced_colors="active")
    page.locator(".vote").first.evaluate("one => { one.ariaPressed = true }")
    for chosen, others in CHOSEN:
        if chosen.startswith(".scale"):
            page.goto(title)
            page.locator(".scale input").first.evaluate("one => { one.checked = true }")
        assert page.locator(chosen).count(), chosen
        looks = set(page.locator(others).evaluate_all(LOOKS))
        assert len(looks) == 1, others
        assert looks.isdisjoint(page.locator(chosen).evaluate_all(LOOKS)), chosen
    page.locator(".tabs a").last.focus()
    assert page.locator(":focus").evaluate("one => getComputedStyle(one).outlineStyle") == "solid"


def test_loading_more_and_its_failure_are_sound(visitor: Visitor, stage: Stage) -> None:
    page = visitor.open(stage.reviews)
    held: list[Route] = []
    page.route("**/*after=*", lambda route: held.append(route))
    page.locator(".more-link").click()
    expect(page.locator(".more-link")).to_have_text("Loading")
    assert violations(page) == []
    held[0].abort("internetdisconnected")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, ["color-contrast"]) == []
    visitor.complaints.clear()


def test_the_check_itself_finds_what_is_wrong(visitor: Visitor) -> None:
    page = visitor.open("/about/")
    page.evaluate("document.querySelector('main').innerHTML += '<img src=\"/static/x.svg\" hidden><a href=\"/\"></a>'")
    page.evaluate("document.querySelector('main p').style.color = '#ccc'")
    found = " ".join(violations(page))
    assert "link-name" in found
    assert "color-contrast" in found
    visitor.complaints.clear()
