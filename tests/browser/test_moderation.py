"""The moderators' pages in a real browser: by keyboard alone, without a script, by two at once."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import User
from reviews.models import Act, Appeal, Case, Review
from reviews.moderation import bursts, holding
from reviews.moderation.appealing import appeal
from reviews.moderation.deciding import Decision, decide
from tests.browser.conftest import Stage, Visitor
from tests.browser.test_accessibility import violations
from tests.browser.test_keyboard import REACHABLE, walk
from tests.browser.test_widths import SMALL, misfits
from tests.factories import a_case, a_member, a_moderator, a_review, a_trusted_member, a_vote

SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])


@dataclass
class Desk:
    """The cookies of two moderators, signed in."""

    first: str
    second: str


@pytest.fixture(scope="module")
def desk(stage: Stage) -> Desk:
    def session(name: str) -> str:
        client = Client()
        client.force_login(a_moderator(name, name=f"Moderator {name}"))
        return client.cookies["sessionid"].value

    return Desk(session("odd"), session("even"))


# What the browser is to see has to be there before the test's own transaction: these come before the visitor.


@pytest.fixture
def queue(desk: Desk) -> Iterator[list[Case]]:
    """Three cases wait, and nothing else; what is left of them goes."""
    reviews = [a_review(rating=3, headline=f"Number {number}") for number in range(3)]
    cases = [a_case(review, reason="spoiler") for review in reviews]
    a_case(reviews[0], a_trusted_member(), reason="spoiler")
    a_case(reviews[1], reason="spoiler")
    yield cases
    Case.objects.all().delete()


def press_until(page: Page, key: str, selector: str, most: int = 60) -> None:
    """Press the key until what it finds has the focus."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
    raise AssertionError(f"{key} does not lead to {selector}")


def acts() -> list[tuple[str, str, str]]:
    return list(
        Act.objects.filter(by="moderator").order_by("-pk").values_list("kind", "review__headline", "reason")[:3]
    )


def test_the_queue_is_worked_through_by_keyboard_alone(queue: list[Case], visitor: Visitor, desk: Desk) -> None:
    page = visitor.open("/", session=desk.first)
    press_until(page, "Tab", ".menu summary")
    page.keyboard.press("Enter")
    press_until(page, "Tab", ".menu a[href='/moderation/']")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Moderation")
    press_until(page, "Tab", ".case-row a")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Unmarked spoiler, 2 reports")
    expect(page.locator(".main-act")).to_have_text("Decide")
    page.wait_for_load_state()  # the keys come with the script
    page.keyboard.press("f")
    expect(page.get_by_role("radio", name="Fold as spoiler")).to_be_checked()
    expect(page.get_by_role("radio", name="Fold as spoiler")).to_be_focused()
    expect(page.locator(".main-act")).to_have_text("Fold as spoiler")
    press_until(page, "Tab", "#id_reason")
    page.keyboard.type("It tells how the film ends, no less.")
    # Typed letters are no keys.
    expect(page.get_by_role("radio", name="Fold as spoiler")).to_be_checked()
    expect(page.locator("#reason-length")).to_have_text("36 of 1,000")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message")).to_have_text("Folded as spoiler: “Number 0”")
    expect(page.locator("h1")).to_have_text("Unmarked spoiler, 2 reports")
    page.wait_for_load_state()
    page.keyboard.press("n")
    press_until(page, "Tab", ".main-act")
    expect(page.locator(".main-act")).to_have_text("No action")
    page.keyboard.press("Enter")
    expect(page.locator(".message")).to_have_text("No action: “Number 1”")
    page.wait_for_load_state()
    page.keyboard.press("s")
    expect(page.locator(".for-how-long")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name="A day")).to_be_checked()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="A week")).to_be_checked()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".sentence")).to_have_text("Nothing waits.")
    assert [act[:2] for act in acts()] == [("suspend", "Number 2"), ("hide", "Number 2"), ("no_action", "Number 1")]
    assert Act.objects.get(review=queue[0].review).reason == "It tells how the film ends, no less."


def test_a_case_is_decided_without_a_script(queue: list[Case], visitor: Visitor, desk: Desk) -> None:
    page = visitor.open(queue[0].get_absolute_url(), session=desk.first, script=False)
    # Keys that would do nothing are not shown, nor the way to turn them off.
    expect(page.locator("kbd").first).to_be_hidden()
    expect(page.locator(".keys")).to_be_hidden()
    expect(page.locator("#reason-length")).to_have_text("1,000 at most")
    expect(page.locator(".for-how-long")).to_be_hidden()
    page.get_by_role("radio", name="Suspend the author").check()
    expect(page.locator(".for-how-long")).to_be_visible()
    page.get_by_role("button", name="Decide").click()
    expect(page.locator(".summary")).to_contain_text("Choose for how long.")
    expect(page.get_by_role("radio", name="Suspend the author")).to_be_checked()
    page.get_by_role("radio", name="Hide", exact=True).check()
    page.get_by_role("button", name="Decide").click()
    expect(page.locator(".message")).to_have_text("Hidden: “Number 0”")
    kind, headline, reason = acts()[0]
    assert (kind, headline) == ("hide", "Number 0")
    # The rule for the reports was chosen beforehand, and its words are told.
    assert reason.startswith("Whoever gives something away")
    visitor.complaints[:] = [said for said in visitor.complaints if "422" not in said]


def test_the_keys_can_be_turned_off_and_stay_off(queue: list[Case], visitor: Visitor, desk: Desk) -> None:
    page = visitor.open(queue[0].get_absolute_url(), session=desk.first)
    page.get_by_role("button", name="Turn the keys off").click()
    expect(page.locator("kbd").first).to_be_hidden()
    page.keyboard.press("h")
    expect(page.locator("[name=kind]:checked")).to_have_count(0)
    page.goto(queue[1].get_absolute_url())
    page.keyboard.press("h")
    expect(page.locator("[name=kind]:checked")).to_have_count(0)
    page.get_by_role("button", name="Turn the keys on").click()
    page.keyboard.press("h")
    expect(page.get_by_role("radio", name="Hide", exact=True)).to_be_checked()
    # With another key it is the browser's, and in the search it is typed.
    page.keyboard.press("Alt+f")
    page.locator("#site-search").focus()
    page.keyboard.type("nf")
    expect(page.locator("#site-search")).to_have_value("nf")
    expect(page.get_by_role("radio", name="Hide", exact=True)).to_be_checked()


@SCRIPT
def test_the_second_of_two_moderators_is_told(queue: list[Case], visitor: Visitor, desk: Desk, script: bool) -> None:
    path = queue[0].get_absolute_url()
    one = visitor.open(path, session=desk.first, script=script)
    other = visitor.open(path, session=desk.second, script=script)
    one.get_by_role("radio", name="Fold as spoiler").check()
    other.get_by_role("radio", name="Hide", exact=True).check()
    other.locator("#id_reason").fill("My own words, which took a while.")
    one.locator(".main-act").click()
    expect(one.locator(".message")).to_have_text("Folded as spoiler: “Number 0”")
    other.locator(".main-act").click()
    panel = other.locator(".decide")
    expect(panel).to_contain_text("Decided meanwhile; yours was not carried out.")
    expect(panel).to_contain_text("by Moderator odd")
    expect(panel.get_by_label("What you had written")).to_have_value("My own words, which took a while.")
    expect(panel.locator("button")).to_have_count(0)
    if script:
        assert violations(other) == []
    panel.locator("a[rel=next]").click()
    expect(other.locator("h1")).to_have_text("Unmarked spoiler, 2 reports")
    assert Review.objects.get(cases=queue[0]).state == "published"
    visitor.complaints[:] = [said for said in visitor.complaints if "409" not in said]


@pytest.fixture
def spam(queue: list[Case]) -> list[Case]:
    """Three cases of one author."""
    spammer = a_member()
    return [a_case(a_review(author=spammer, headline=f"Tickets {n}"), reason="advertising") for n in range(3)]


@SCRIPT
def test_several_cases_go_in_one_act(spam: list[Case], visitor: Visitor, desk: Desk, script: bool) -> None:
    page = visitor.open(spam[0].get_absolute_url(), session=desk.first, script=script)
    page.get_by_role("radio", name="Suspend the author").check()
    page.get_by_role("radio", name="For good").check()
    page.get_by_role("checkbox", name="Decide 2 other cases of this author the same way").check()
    page.locator(".main-act").click()
    expect(page.locator(".message")).to_contain_text("Author suspended: 3 cases of")
    assert set(Review.objects.filter(cases__in=spam).values_list("state", flat=True)) == {"hidden"}


@pytest.fixture
def states(queue: list[Case]) -> dict[str, str]:
    """Cases of every kind, by what they are; and the queue with all of them."""
    moderator = a_moderator()
    word = "Donaudampfschifffahrtsgesellschaft" * 8
    wide = a_review(
        author=a_member(name=word[:150]), rating=10, spoiler=True, headline=word[:300], body=f"{word} >!{word}!<"
    )
    held = a_case(wide, words=word)
    holding.hold(wide, Act.By.LINKS)
    other = a_case(a_review(author=wide.author, headline=word))
    votes = a_review()
    for _ in range(9):
        a_vote(votes, helpful=False)
    bursts.hold(votes.pk, helpful=False)
    hidden = a_case(a_review(headline="Gone"))
    act = decide(hidden.pk, moderator, 0, Decision(Act.Kind.HIDE, reason=word))
    objection = appeal(act, act.member, Appeal.Kind.OBJECTION, word)  # type: ignore[arg-type]
    threat = a_case(a_review())
    act = decide(threat.pk, moderator, 0, Decision(Act.Kind.SUSPEND, reason="So.", suspension="good"))
    account = appeal(act, act.member, Appeal.Kind.OBJECTION, "No.")  # type: ignore[arg-type]
    own = a_case(a_review(author=User.objects.get(username="odd")))
    cases = {
        "held, with everything long": held,
        "one of two of an author": other,
        "held votes": Case.objects.get(review=votes, closed=None),
        "an appeal": objection.case,
        "an account": account.case,
        "decided": hidden,
        "not one's own": own,
    }
    return {"the queue": "/moderation/", **{name: case.get_absolute_url() for name, case in cases.items()}}


def test_each_page_is_sound_and_fits(states: dict[str, str], visitor: Visitor, desk: Desk) -> None:
    page = visitor.open("/", session=desk.first)
    found: list[str] = []
    for name, path in {**states, "nothing like that": "/moderation/?about=nothing"}.items():
        page.goto(path)
        suspend = page.get_by_role("radio", name="Suspend the author")
        if suspend.count():
            suspend.check()
        for width in (320, 390, 820, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            found += misfits(page, f"{name} at {width}")
        found += [f"{name}: {small}" for small in page.evaluate(SMALL)]
        for width, dark in ((390, False), (1280, True)):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme="dark" if dark else "light")
            found += [f"{name} at {width}: {problem}" for problem in violations(page)]
    assert not found, "\n".join(found)


def test_a_refused_form_is_sound(queue: list[Case], visitor: Visitor, desk: Desk) -> None:
    page = visitor.open(queue[0].get_absolute_url(), session=desk.first)
    page.locator(".main-act").click()
    expect(page.locator(".summary")).to_be_focused()
    expect(page).to_have_title("One thing needs another look · Unmarked spoiler, 2 reports · Moderation · Reviewsite")
    assert violations(page) == []
    page.locator(".summary a").click()
    expect(page.locator("#id_kind")).to_be_focused()
    visitor.complaints[:] = [said for said in visitor.complaints if "422" not in said]


def test_an_empty_queue_is_sound(visitor: Visitor, desk: Desk) -> None:
    page = visitor.open("/moderation/", session=desk.first)
    expect(page.locator(".sentence")).to_have_text("Nothing waits.")
    assert violations(page) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_on_a_case_traps_the_keyboard(queue: list[Case], visitor: Visitor, desk: Desk, width: int) -> None:
    page = visitor.open(queue[0].get_absolute_url(), session=desk.first, width=width)
    # Not by a click: the walk begins where one was.
    for value in ("suspend", "week"):
        page.evaluate("value => { document.querySelector(`[value=${value}]`).checked = true }", value)
    expect(page.locator(".for-how-long")).to_be_visible()
    found = walk(page)
    assert set(page.evaluate(REACHABLE)) <= set(found)
