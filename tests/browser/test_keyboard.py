"""With the keyboard alone: everything can be reached, is seen to be reached, and left again."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Stage, Visitor, page_names

# What has the focus: a name for it, whether it shows, and its ring (or that of what is drawn in its place).
FOCUSED = """() => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  const rings = [node, node.closest("label"), node.closest("li")].filter(Boolean).map(one => {
    const style = getComputedStyle(one);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
  const box = (node.closest("label") ?? node).getBoundingClientRect();
  const style = getComputedStyle(node);
  return {
    number: [...document.body.querySelectorAll("*")].indexOf(node),
    name: node.outerHTML.slice(0, 120),
    ring: rings.some(Boolean),
    seen: box.width > 1 && box.height > 1 && style.visibility === "visible"
      && box.bottom > 0 && box.right > 0 && box.left < innerWidth && box.top < innerHeight,
  };
}"""
CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary"
REACHABLE = f"""() => [...document.querySelectorAll("{CONTROLS}")]
  .filter(node => node.tabIndex >= 0 && !node.disabled && node.checkVisibility({{visibilityProperty: true}}))
  .filter(node => node.type !== "radio" || node.checked)
  .map(node => [...document.body.querySelectorAll("*")].indexOf(node))"""


def walk(page: Page, most: int = 400) -> list[int]:
    """Tab through the whole page; where the focus was, in order."""
    found: list[int] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if at is None or at["number"] in found:
            return found
        assert at["ring"], f"no ring is seen on {at['name']}"
        assert at["seen"], f"the focus is out of sight on {at['name']}"
        found.append(at["number"])
    raise AssertionError("the page has no end for the keyboard")


@pytest.mark.parametrize("width", [390, 1280])
def test_everything_on_the_review_page_is_reached_in_order_and_left(visitor: Visitor, stage: Stage, width: int) -> None:
    page = visitor.open(f"/title/{stage.filled.title.slug}/reviews/", width=width)
    found = walk(page)
    assert sorted(found) == sorted(page.evaluate(REACHABLE))
    assert len(found) > 30


def test_the_menu_closes_by_escape_by_going_on_and_by_a_click_elsewhere(visitor: Visitor, stage: Stage) -> None:
    page = visitor.open(f"/title/{stage.filled.title.slug}/", session=stage.session)
    name, menu = page.locator(".menu > summary"), page.locator(".menu > ul")
    name.press("Enter")
    page.keyboard.press("Tab")
    expect(menu.get_by_role("link").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(name).to_be_focused()
    name.press("Enter")
    expect(menu).to_be_visible()
    page.keyboard.press("Shift+Tab")
    expect(menu).to_be_hidden()
    name.click()
    expect(menu).to_be_visible()
    page.locator("h1").click()
    expect(menu).to_be_hidden()


@pytest.mark.parametrize("name", page_names())
def test_nothing_traps_the_keyboard(visitor: Visitor, stage: Stage, name: str) -> None:
    page = visitor.open(stage.pages()[name], width=820)
    if page.evaluate("document.activeElement !== document.body"):
        page.evaluate("document.activeElement.blur()")
    found = walk(page)
    assert set(page.evaluate(REACHABLE)) <= set(found)


@pytest.mark.parametrize("script", [True, False])
def test_the_first_stop_leads_past_the_header(visitor: Visitor, stage: Stage, script: bool) -> None:
    page = visitor.open(stage.reviews, script=script)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    inside = page.locator("main :focus")
    expect(inside).to_have_count(1)


def test_a_spoiler_is_opened_and_a_sort_chosen_by_keys(visitor: Visitor, stage: Stage) -> None:
    page = visitor.open(f"{stage.reviews}?sort=date&dir=asc")
    fold = page.locator("details.spoiler").first
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(fold.locator(".prose")).to_be_visible()
    page.keyboard.press("Space")
    expect(fold.locator(".prose")).to_be_hidden()
    page.locator("#dir-asc").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(lambda address: "dir=desc" in address)
    expect(page.locator("#reviews .headline").first).to_have_text("Reel 43")
    expect(page.locator("#dir-desc")).to_be_focused()


def test_load_more_works_by_keys(visitor: Visitor, stage: Stage) -> None:
    page = visitor.open(f"{stage.reviews}?sort=date&dir=asc")
    page.locator(".more-link").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Reel 25")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('article').textContent.includes('Reel 25')")
