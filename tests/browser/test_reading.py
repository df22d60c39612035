"""Reading the reviews in a browser: choosing, loading more, folds, and what happens when the network fails."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Stage, Visitor

SHOWN = re.compile(r"\d+ of \d+ shown")


def headlines(page: Page) -> list[str]:
    """Those of the whole page: of one that is still being read there are fewer."""
    page.wait_for_load_state("domcontentloaded")
    return page.locator("#reviews .headline").all_inner_texts()


def chosen(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


# Without a script


def test_without_a_script_apply_sends_what_is_chosen(visitor: Visitor, stage: Stage) -> None:
    page = visitor.open(stage.reviews, script=False)
    assert len(headlines(page)) == 25
    page.select_option("#sort", "date")
    page.check("#dir-asc")
    page.select_option("#rating", "8")
    page.check("#spoilers")
    page.get_by_role("button", name="Apply").click()
    assert chosen(page) == {"sort": "date", "dir": "asc", "rating": "8", "spoilers": "hide"}
    found = headlines(page)
    assert found == sorted(found)
    expect(page.locator("#count")).to_have_text(f"{len(found)} Reviews")
    assert page.locator("#sort").input_value() == "date"
    assert page.locator("#dir-asc").is_checked()


def test_without_a_script_load_more_is_a_link_to_the_rest(visitor: Visitor, stage: Stage) -> None:
    page = visitor.open(f"{stage.reviews}?sort=date&dir=asc", script=False)
    first = headlines(page)
    expect(page.locator(".shown")).to_have_text("25 of 44 shown")
    page.get_by_role("link", name="Load More").click()
    rest = headlines(page)
    assert first + rest == [f"Reel {n:02}" for n in range(44)]
    expect(page.locator(".shown")).to_have_text("That is all of them: 44 of 44.")
    page.get_by_role("link", name="Back to the first reviews").click()
    assert headlines(page) == first


def test_without_a_script_a_bar_of_the_histogram_filters(visitor: Visitor, stage: Stage) -> None:
    page = visitor.open(f"{stage.reviews}?sort=votes", script=False)
    bar = page.get_by_role("link", name=re.compile(r"Rated 4: \d+ reviews"))
    number = int(re.findall(r"\d+", bar.get_attribute("aria-label") or "")[1])
    bar.click()
    assert chosen(page) == {"sort": "votes", "rating": "4"}
    expect(page.locator("#count")).to_have_text(f"{number} Reviews")
    assert len(headlines(page)) == number


def test_without_a_script_folds_open(visitor: Visitor, stage: Stage) -> None:
    page = visitor.open(f"{stage.reviews}?sort=date&dir=asc", script=False)
    folds_open_and_close(page)


# Folds


def folds_open_and_close(page: Page) -> None:
    spoiler = page.locator("article", has_text="Reel 03").locator("details.spoiler")
    text = spoiler.locator(".prose")
    expect(text).to_be_hidden()
    spoiler.get_by_text("Show the review").click()
    expect(text).to_be_visible()
    expect(spoiler.locator(".redacted")).to_be_hidden()
    spoiler.get_by_text("Fold it again").click()
    expect(text).to_be_hidden()

    passage = page.locator("article", has_text="Reel 02").locator("details.passage")
    expect(passage.locator("span")).to_be_hidden()
    # What is folded does not end the line that it stands in.
    line = passage.locator("xpath=..").bounding_box()
    assert line
    assert line["height"] < 45
    passage.locator("summary").click()
    expect(passage.locator("span")).to_have_text("The dog lives.")
    expect(passage.locator("span")).to_be_visible()

    for name in ("Reel 01", "Reel 09"):
        long = page.locator("article", has_text=name)
        end = long.locator(".rest .p").last
        expect(end).to_be_hidden()
        expect(long.get_by_text(re.compile(r"^\d+ more words$"))).to_be_visible()
        long.get_by_text("Read on").click()
        expect(end).to_be_visible()
        expect(long.get_by_text("Read on")).to_be_hidden()
        less = long.get_by_text("Show less")
        end_box, less_box = end.bounding_box(), less.bounding_box()
        assert end_box
        assert less_box
        assert less_box["y"] >= end_box["y"] + end_box["height"] - 1, "Show less does not stand at the end"
        less.click()
        expect(end).to_be_hidden()


def test_spoilers_passages_and_long_texts_open_and_close(visitor: Visitor, stage: Stage) -> None:
    folds_open_and_close(visitor.open(f"{stage.reviews}?sort=date&dir=asc"))


def test_show_less_leads_back_to_where_the_text_was_cut(visitor: Visitor, stage: Stage) -> None:
    page = visitor.open(f"{stage.reviews}?sort=date&dir=asc", width=390)
    page.set_viewport_size({"width": 390, "height": 320})
    long = page.locator("article", has_text="Reel 01")
    long.get_by_text("Read on").click()
    long.get_by_text("Show less").click()
    expect(long.get_by_text("Read on")).to_be_in_viewport()
    expect(long.locator(".rest > summary")).to_be_focused()


# Choosing with a script


@pytest.mark.parametrize(
    ("control", "value", "expected"),
    [
        ("#sort", "votes", {"sort": "votes", "dir": "desc"}),
        ("#rating", "8", {"sort": "featured", "dir": "desc", "rating": "8"}),
        ("#dir-asc", None, {"sort": "featured", "dir": "asc"}),
        ("#spoilers", None, {"sort": "featured", "dir": "desc", "spoilers": "hide"}),
    ],
)
def test_a_choice_applies_at_once_keeps_the_focus_and_is_announced(
    visitor: Visitor, stage: Stage, control: str, value: str | None, expected: dict[str, str]
) -> None:
    page = visitor.open(stage.reviews)
    page.evaluate("window.stayed = true")
    page.locator(control).focus()
    if value:
        page.select_option(control, value)
    else:
        page.locator(control).press("Space")
    page.wait_for_url(lambda address: "?" in address)
    assert chosen(page) == expected
    assert page.evaluate("window.stayed"), "the whole page was loaded anew"
    expect(page.locator(control)).to_be_focused()
    number = page.locator("#count").inner_text()
    assert number == {"rating": "14 Reviews", "spoilers": "41 Reviews"}.get(list(expected)[-1], "44 Reviews")
    expect(page.locator("#announced")).to_have_text(re.compile(rf"^{number}"))
    assert page.locator("#announced").get_attribute("role") == "status"
    expect(page.locator("#reviews article")).to_have_count(min(25, int(number.split()[0])))


def test_signing_in_after_a_choice_comes_back_to_what_was_chosen(visitor: Visitor, stage: Stage) -> None:
    page = visitor.open(stage.reviews)
    page.select_option("#sort", "date")
    page.wait_for_url(lambda address: "sort=date" in address)
    page.select_option("#rating", "8")
    page.wait_for_url(lambda address: "rating=8" in address)
    here = urlsplit(page.url)
    links = page.get_by_role("link", name="Sign in")
    expect(links).to_have_count(15)
    for link in links.all():
        back = urlsplit(parse_qs(urlsplit(link.get_attribute("href") or "").query)["next"][0])
        assert (back.path, back.query) == (here.path, here.query)


def test_apply_does_the_same_with_a_script(visitor: Visitor, stage: Stage) -> None:
    page = visitor.open(stage.reviews)
    page.evaluate("window.stayed = true")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url(lambda address: "sort=featured" in address)
    assert page.evaluate("window.stayed")
    expect(page.locator("#reviews article")).to_have_count(25)


def test_a_chosen_state_can_be_shared_and_loaded_anew(visitor: Visitor, stage: Stage) -> None:
    page = visitor.open(stage.reviews)
    page.select_option("#sort", "date")
    page.wait_for_url(lambda address: "sort=date" in address)
    page.select_option("#rating", "8")
    page.wait_for_url(lambda address: "rating=8" in address)
    there = headlines(page)
    assert headlines(visitor.open(page.url)) == there
    page.reload()
    assert headlines(page) == there


@pytest.mark.parametrize("moment", ["while the first is on its way", "as soon as the first is shown"])
def test_a_second_choice_is_not_lost(visitor: Visitor, stage: Stage, moment: str) -> None:
    page = visitor.open(stage.reviews)
    page.evaluate("window.stayed = true")
    held: list[Route] = []
    if moment == "while the first is on its way":
        page.route("**/*sort=date&dir=desc&rating=", lambda route: held.append(route))
        page.select_option("#sort", "date")
        expect(page.locator("#choices")).to_contain_class("htmx-request")
        page.select_option("#rating", "8")
    else:
        page.evaluate(
            """addEventListener("htmx:pushedIntoHistory", () => setTimeout(() => {
                const rating = document.querySelector("#rating");
                rating.value = "8";
                rating.dispatchEvent(new Event("change", { bubbles: true }));
            }), { once: true })"""
        )
        page.select_option("#sort", "date")
    page.wait_for_url(lambda address: "sort=date" in address and "rating=8" in address)
    expect(page.locator("#count")).to_have_text("14 Reviews")
    expect(page.locator("#sort")).to_have_value("date")
    expect(page.locator("#rating")).to_have_value("8")
    assert page.evaluate("window.stayed")
    assert len(held) == (moment == "while the first is on its way")
    page.unroute_all()
    visitor.was_overtaken()


def test_back_and_forward_after_choosing_give_whole_pages(visitor: Visitor, stage: Stage) -> None:
    page = visitor.open(stage.reviews)
    first = headlines(page)
    page.select_option("#sort", "date")
    page.wait_for_url(lambda address: "sort=date" in address)
    newest = headlines(page)
    page.select_option("#rating", "8")
    page.wait_for_url(lambda address: "rating=8" in address)
    for move, expected, sort, rating in [
        (page.go_back, newest, "date", ""),
        (page.go_back, first, "featured", ""),
        (page.go_forward, newest, "date", ""),
    ]:
        move()
        expect(page.locator("#reviews .headline")).to_have_text(expected)
        expect(page.locator(".site-header")).to_have_count(1)
        expect(page.locator(".site-footer")).to_have_count(1)
        expect(page.locator("#sort")).to_have_value(sort)
        expect(page.locator("#rating")).to_have_value(rating)


def test_leaving_and_coming_back_gives_the_whole_page(visitor: Visitor, stage: Stage) -> None:
    page = visitor.open(stage.reviews)
    page.select_option("#rating", "8")
    page.wait_for_url(lambda address: "rating=8" in address)
    page.get_by_role("link", name="Awards").first.click()
    expect(page.locator("h2#awards")).to_be_visible()
    page.go_back()
    expect(page.locator("#count")).to_have_text("14 Reviews")
    expect(page.locator(".site-header")).to_have_count(1)


def test_browsing_applies_a_choice_at_once(visitor: Visitor, stage: Stage) -> None:
    page = visitor.open("/titles/")
    page.locator("#kind").focus()
    page.select_option("#kind", "book")
    page.wait_for_url(lambda address: "kind=book" in address)
    expect(page.locator("#results .poster-link")).to_have_count(1)
    expect(page.locator("#kind")).to_be_focused()
    page.select_option("#kind", "")
    page.locator("#q").fill("reel")
    page.locator("#q").press("Enter")
    page.wait_for_url(lambda address: "q=reel" in address)
    expect(page.locator("#results .poster-link")).to_have_count(1)
    expect(page.locator("#results")).to_contain_text("The Long Reel")
    # Enter is a change and a submission.
    visitor.was_overtaken()


# Load More


def test_load_more_appends_says_so_and_goes_to_the_first_new_headline(visitor: Visitor, stage: Stage) -> None:
    page = visitor.open(f"{stage.reviews}?sort=date&dir=asc")
    expect(page.locator(".shown")).to_have_text("25 of 44 shown")
    page.get_by_role("link", name="Load More").click()
    expect(page.locator("#reviews article")).to_have_count(44)
    assert headlines(page) == [f"Reel {n:02}" for n in range(44)]
    expect(page.get_by_role("link", name="Reel 25")).to_be_focused()
    expect(page.locator("#announced")).to_have_text("That is all of them: 44 of 44.")
    expect(page.locator(".all-shown")).to_contain_text("That is all of them: 44 of 44. Back to the top")
    assert page.url.endswith("?sort=date&dir=asc")
    page.get_by_role("link", name="Back to the top").click()
    assert page.evaluate("window.scrollY") < 200


def test_load_more_goes_on_in_what_was_just_chosen(visitor: Visitor, stage: Stage) -> None:
    page = visitor.open(stage.reviews)
    page.select_option("#sort", "date")
    page.wait_for_url(lambda address: "sort=date" in address)
    page.get_by_role("link", name="Load More").click()
    expect(page.locator("#reviews article")).to_have_count(44)
    assert headlines(page) == [f"Reel {n:02}" for n in range(43, -1, -1)]


@pytest.mark.parametrize("failure", ["no network", "our fault", "gone"])
def test_when_loading_more_fails_nothing_is_lost_and_it_can_be_tried_again(
    visitor: Visitor, stage: Stage, failure: str
) -> None:
    page = visitor.open(f"{stage.reviews}?sort=date&dir=asc")
    asked: list[str] = []

    def fail(route: Route) -> None:
        asked.append(route.request.url)
        if failure == "no network":
            route.abort("internetdisconnected")
        else:
            route.fulfill(status={"our fault": 500, "gone": 404}[failure], body="<h1>Something went wrong</h1>")

    page.route("**/*after=*", fail)
    page.get_by_role("link", name="Load More").click()
    message = page.get_by_role("alert")
    expect(message).to_contain_text("An error has occurred. Please try again.")
    expect(page.locator("#reviews article")).to_have_count(25)
    assert "Something went wrong" not in page.locator("body").inner_text()
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_focused()
    again.press("Enter")
    expect(message).to_be_visible()
    expect(page.locator("#load-more")).not_to_contain_class("loading")
    assert len(asked) == 2, "Try again did not try"
    page.unroute("**/*after=*")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#reviews article")).to_have_count(44)
    assert headlines(page) == [f"Reel {n:02}" for n in range(44)]
    expect(page.get_by_role("link", name="Reel 25")).to_be_focused()
    assert len(visitor.complaints) >= 2
    visitor.complaints.clear()


def test_while_loading_it_says_so_and_asks_once(visitor: Visitor, stage: Stage) -> None:
    page = visitor.open(f"{stage.reviews}?sort=date&dir=asc")
    held: list[Route] = []
    page.route("**/*after=*", lambda route: held.append(route))
    link = page.locator(".more-link")
    link.click()
    expect(link).to_have_text("Loading")
    link.dispatch_event("click")
    expect(page.locator("#load-more")).to_contain_class("loading")
    held[0].continue_()
    expect(page.locator("#reviews article")).to_have_count(44)
    assert len(held) == 1, "it was asked for twice"
    assert len(set(headlines(page))) == 44
    page.unroute("**/*after=*")


def test_a_choice_that_fails_leaves_the_page_as_it_was_and_says_so(visitor: Visitor, stage: Stage) -> None:
    page = visitor.open(stage.reviews)
    before = headlines(page)
    page.route("**/*sort=votes*", lambda route: route.abort("internetdisconnected"))
    page.select_option("#sort", "votes")
    expect(page.get_by_text("Please try again.").locator("visible=true")).to_be_visible()
    assert headlines(page) == before
    page.unroute("**/*sort=votes*")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url(lambda address: "sort=votes" in address)
    assert len(headlines(page)) == 25
    visitor.complaints.clear()


# From page to page


def test_a_title_is_found_from_home_by_its_name(visitor: Visitor, stage: Stage) -> None:
    page = visitor.open("/")
    page.get_by_role("searchbox").first.fill("long re")
    page.get_by_role("button", name="Find").first.click()
    page.get_by_role("link", name=re.compile("The Long Reel")).click()
    expect(page.locator("h1")).to_have_text("The Long Reel (2004)")
    page.get_by_role("navigation", name="The Long Reel").get_by_role("link", name="User Reviews").click()
    expect(page.locator("#count")).to_have_text("44 Reviews")


def test_what_was_looked_at_is_shown_as_recently_viewed(visitor: Visitor, stage: Stage) -> None:
    page = visitor.open(f"/title/{stage.reel.slug}/")
    page.goto(f"/title/{stage.empty.slug}/")
    expect(page.locator(".recent")).to_contain_text("The Long Reel (2004)")
    page.goto(f"/title/{stage.filled.title.slug}/")
    assert [name.split(" (")[0] for name in page.locator(".recent .poster-name").all_inner_texts()] == [
        "Nothing Yet",
        "The Long Reel",
    ]


def test_a_permalinks_place_in_the_list_is_marked(visitor: Visitor, stage: Stage) -> None:
    page = visitor.open(stage.reviews)
    article = page.locator("article").nth(2)
    name = article.get_attribute("id")
    page.goto(f"{stage.reviews}#{name}")
    width = page.evaluate("name => getComputedStyle(document.getElementById(name), '::before').width", name)
    assert width == "3px"
    assert article.evaluate("node => node.getBoundingClientRect().top") < 900


LEFT = "node => node.getBoundingClientRect().left"
EDGES = """node => {
  const text = document.createRange(), box = node.getBoundingClientRect();
  text.selectNodeContents(node);
  const drawn = text.getBoundingClientRect();
  return [Math.round(drawn.left - box.left) < 2, Math.round(box.right - drawn.right) < 2];
}"""


@pytest.mark.parametrize("width", [390, 1280])
def test_each_paragraph_begins_at_the_side_its_language_begins_at(visitor: Visitor, stage: Stage, width: int) -> None:
    page = visitor.open(f"/title/{stage.both_ways.slug}/reviews/", width=width)
    review = page.locator(".review")
    edges = [text.evaluate(EDGES) for text in review.locator(".headline, .p").all()]
    assert edges == [[False, True], [False, True], [True, False], [False, True]]
    name, year = (page.locator(f".title-name {part}").evaluate(LEFT) for part in ("h1 a", ".year"))
    assert year >= name
