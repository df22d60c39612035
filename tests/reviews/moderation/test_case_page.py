"""A case: what a moderator reads there, and deciding it by the form."""

from datetime import timedelta
from typing import Any
from unittest.mock import ANY

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from reviews.models import Act, Appeal, Case, HouseRules, Report, Review, Rule, Version, Vote
from reviews.moderation import bursts, holding, reporting
from reviews.moderation.appealing import appeal
from reviews.moderation.deciding import Decision, decide
from reviews.moderation.reporting import Outsider
from tests.factories import a_case, a_member, a_review, a_title, a_trusted_member, a_vote, members
from tests.html import Node, tree

pytestmark = pytest.mark.django_db
Kind = Act.Kind


@pytest.fixture
def desk(client: Client, moderator: User) -> Client:
    """The moderator's browser."""
    client.force_login(moderator)
    return client


@pytest.fixture
def case(review: Review) -> Case:
    """The one that most tests are about: reported once, as an insult."""
    return a_case(review, words="He calls them names.")


def page(desk: Client, case: Case) -> Node:
    response = desk.get(case.get_absolute_url())
    assert response.status_code == 200
    return tree(response)


def send(desk: Client, case: Case, kind: Act.Kind | str, **more: Any) -> Any:
    """Send the form as the page of the case gave it."""
    case.refresh_from_db()
    fields = {"version": case.version, "kind": kind, "reason": "Because of the lamps.", **more}
    return desk.post(f"{case.get_absolute_url()}decide/", fields)


def rule_for(reason: str) -> Rule:
    return Rule.objects.get(reason=reason)


def figures(found: Node) -> dict[str, str]:
    return {cell.one("dt").text: cell.one("dd").text for cell in found.one("dl", cls="four").all("div")}


def section(found: Node, name: str) -> Node:
    return found.one("section", aria_labelledby=name)


def offered(found: Node) -> list[tuple[str, str]]:
    rows = found.one(id="id_kind").all("label", cls="row")
    return [(row.one("span").text, row.one("kbd").text) for row in rows if row.all("kbd")]


# What the page says.


def test_the_band_says_which_case_it_is(desk: Client, review: Review) -> None:
    a_case(a_review(), a_trusted_member())
    for who in (a_trusted_member(), a_trusted_member(), a_trusted_member()):
        held = a_case(review, who, reason="spoiler")
    band = page(desk, held).one("header", cls="case-band")
    assert band.one(cls="way").text == "Queue · case 1 of 2"
    assert band.one("h1").text == "Unmarked spoiler, 3 reports"
    facts = band.one(cls="facts").text
    assert facts.startswith("Held Weight 9.0. Out of readers’ sight since ")
    assert ", by rule." in facts
    assert f"{review.title.name} (1974)" in facts


def test_a_hidden_review_names_who_hid_it(desk: Client, second: User, review: Review, case: Case) -> None:
    act = decide(case.pk, second, 0, Decision(Kind.HIDE, reason="So."))
    again = appeal(act, review.author, Appeal.Kind.OBJECTION, "No.").case
    facts = page(desk, again).one(cls="facts").text
    assert facts.startswith("Hidden Weight 4.0. Out of readers’ sight since ")
    assert ", by second." in facts


def test_the_review_stands_as_readers_saw_it_with_its_folds_open(desk: Client, author: User) -> None:
    spoiled = a_review(author=author, rating=3, spoiler=True, body="He goes. >!For good.!< So.", helpful=2, votes=17)
    shown = page(desk, a_case(spoiled)).one("article", cls="review")
    assert "open" in shown.one("details", cls="spoiler").attrs
    assert "open" in shown.one("details", cls="passage").attrs
    assert shown.one(cls="rating").text == "Rated 3/10"
    assert shown.one(cls="tally").text == "2 out of 17 found this helpful."
    assert not shown.all("button")


def test_reports_are_listed_without_names(desk: Client, review: Review) -> None:
    seasoned = a_trusted_member("hawkeye")
    for upheld in (True, True, False):
        act = decide(a_case(a_review(), seasoned).pk, a_member(), 0, Decision(Kind.NO_ACTION))
        Report.objects.filter(act=act).update(upheld=upheld)
    a_case(review, seasoned, reason="spoiler", words="The ending is in the headline.")
    a_case(review, a_member("novice"), reason="insult")
    reporting.report(review.pk, Outsider("Ada Quill", "ada@private.example"), "law", "It is forbidden.")  # type: ignore[arg-type]
    case = Case.objects.get(review=review)
    found = page(desk, case)
    rows = [[cell.text for cell in row.all("td")] for row in section(found, "reports").one("tbody").all("tr")]
    year = timezone.now().year
    assert rows == [
        ["Unmarked spoiler“The ending is in the headline.”", f"member since {year - 3}, 2 of 3 reports upheld", ANY],
        ["Insult or hate", f"member since {year}, first report", "Weight 1.0"],
        ["Against the law“It is forbidden.”", "without an account", "Weight 1.0"],
    ]
    for name in ("hawkeye", "novice", "Ada Quill", "private.example"):
        assert name not in found.text


def test_of_hundreds_of_reports_the_heaviest_are_shown(desk: Client, case: Case) -> None:
    Report.objects.bulk_create(
        Report(case=case, review=case.review, reporter=member, reason="other", weight=1) for member in members(60)
    )
    found = section(page(desk, case), "reports")
    assert len(found.one("tbody").all("tr")) == 50
    assert "There are more" in found.text


def test_held_votes_in_figures(desk: Client, review: Review) -> None:
    old = [a_trusted_member() for _ in range(3)]
    for voter in [*old, *members(6)]:
        a_vote(review, voter, helpful=False)
    Vote.objects.filter(member=old[0]).update(cast=timezone.now() - timedelta(minutes=40, seconds=30))
    assert bursts.hold(review.pk, helpful=False)
    found = section(page(desk, Case.objects.get()), "votes")
    assert figures(found) == {
        "No": "9",
        "Cast within": "40 minutes",
        "Accounts under a week old": "6",
        "Accounts without a review": "9",
    }


def test_an_appeal_stands_with_the_decision_it_is_against(
    desk: Client, second: User, review: Review, case: Case
) -> None:
    rule = rule_for("copied")
    act = decide(case.pk, second, 0, Decision(Kind.HIDE, rule, "It is from a book."))
    again = appeal(act, review.author, Appeal.Kind.OBJECTION, "The book is mine.").case
    found = page(desk, again)
    words = section(found, "appeals").text
    assert "“The book is mine.”" in words
    assert "Against: Hidden" in words
    assert "by second" in words
    assert "Rule 3. Your own words" in words
    assert found.one("select", id="id_rule").one("option", selected="").text == str(rule)
    assert offered(found) == [("Restore", "R"), ("Uphold the decision", "U"), ("Fold as spoiler", "F")]
    assert "“It is from a book.”" in section(found, "past").text


def test_the_authors_record_leaves_out_what_was_taken_back(
    desk: Client, second: User, review: Review, author: User
) -> None:
    a_review(author=author, helpful=61, votes=100)
    for kind in (Kind.FOLD, Kind.HIDE, Kind.HIDE):
        decide(a_case(other := a_review(author=author)).pk, second, 0, Decision(kind, reason="So."))
    taken_back = appeal(Act.objects.order_by("-pk")[0], author, Appeal.Kind.OBJECTION, "No.").case
    decide(taken_back.pk, a_member(), 0, Decision(Kind.RESTORE, reason="Yes."))
    other.refresh_from_db()
    assert other.state == "published"
    found = section(page(desk, a_case(review)), "author")
    assert figures(found) == {"Reviews": "4", "Found helpful": "61 %", "Folded before": "1", "Hidden before": "1"}
    assert found.one("a").attrs["href"] == "/user/author/"


def test_an_author_without_votes_and_past(desk: Client, case: Case) -> None:
    found = page(desk, case)
    assert figures(section(found, "author"))["Found helpful"] == "–"
    assert section(found, "past").text == "Past decisions on this review None."


def test_a_case_about_an_account(desk: Client, second: User, case: Case, author: User) -> None:
    act = decide(case.pk, second, 0, Decision(Kind.SUSPEND, reason="So.", suspension="week"))
    found = page(desk, appeal(act, author, Appeal.Kind.OBJECTION, "I was away.").case)
    assert found.one("h1").text == "Appeal against a suspension"
    assert "Suspended until" in section(found, "as-read").text
    assert "“I was away.”" in section(found, "appeals").text
    assert offered(found) == [("Lift the suspension", "L"), ("Uphold the decision", "U")]
    assert "by second, until " in section(found, "past").text


def test_past_decisions_say_what_became_of_them(desk: Client, second: User, review: Review, case: Case) -> None:
    act = decide(case.pk, second, 0, Decision(Kind.HIDE, reason="Too much."))
    again = appeal(act, review.author, Appeal.Kind.OBJECTION, "No.").case
    decide(again.pk, a_member(), 0, Decision(Kind.RESTORE, reason="Fine after all."))
    words = section(page(desk, a_case(review)), "past").text
    assert "“Too much.” Taken back after an appeal." in words
    assert "“Fine after all.”" in words


def test_a_hidden_review_its_page_and_its_versions_are_open_to_moderators(
    desk: Client, second: User, reader: User, review: Review, case: Case
) -> None:
    now = timezone.now()
    Version.objects.create(
        review=review, number=1, headline="WITHHELDHEADLINE", body="b", spoiler=False, published=now, replaced=now,
        helpful=0, votes=0, withheld=True,
    )  # fmt: skip
    Review.objects.filter(pk=review.pk).update(version=2)
    decide(case.pk, second, 0, Decision(Kind.HIDE, reason="So."))
    links = page(desk, case).one("section", cls="as-read").one(cls="over").all("a")
    assert [link.text for link in links] == ["Versions (2)", "Permalink"]
    for link in links:
        assert desk.get(link.attrs["href"]).status_code == 200
    assert "WITHHELDHEADLINE" in tree(desk.get(f"/review/{review.pk}/history/")).text
    other = Client()
    other.force_login(reader)
    for link in links:
        assert other.get(link.attrs["href"]).status_code == 404


def test_a_deleted_review_is_open_to_moderators_while_its_case_waits(
    desk: Client, second: User, review: Review, case: Case
) -> None:
    Review.objects.filter(pk=review.pk).update(state="deleted", state_before="published", deleted=timezone.now())
    assert "by its author" in page(desk, case).one(cls="facts").text
    assert desk.get(review.get_absolute_url()).status_code == 200
    decide(case.pk, second, 0, Decision(Kind.NO_ACTION))
    assert desk.get(review.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("number", [1, 6])
def test_a_case_costs_the_same_however_much_is_in_it(
    desk: Client, second: User, review: Review, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(number):
        case = a_case(review, a_trusted_member() if number < 3 else None)
        a_case(a_review(author=review.author))
        past = a_case(other := a_review(author=review.author))
        decide(past.pk, second, 0, Decision(Kind.NO_ACTION))
        Act.objects.filter(review=other)
    page(desk, case)
    with django_assert_num_queries(17):
        page(desk, case)


# Deciding.


def test_a_decision_leads_to_the_next_case(desk: Client, review: Review, case: Case, moderator: User) -> None:
    first = a_case(review, a_trusted_member())
    following = a_case(a_review())
    assert first == case
    found = page(desk, case)
    onward = found.one(cls="onward").one("a")
    assert onward.attrs["href"] == following.get_absolute_url()
    assert "Skip this case" in onward.text
    assert "Next: Insult or hate, weight 1.0" in onward.text
    answer = send(desk, case, Kind.HIDE)
    assert (answer.status_code, answer["Location"]) == (302, following.get_absolute_url())
    act = Act.objects.get()
    assert (act.kind, act.moderator, act.review, act.reason) == ("hide", moderator, review, "Because of the lamps.")
    assert page(desk, following).one("p", cls="message").text == f"Hidden: “{review.headline}”"


def test_after_the_last_one_comes_the_queue(desk: Client, case: Case) -> None:
    answer = send(desk, case, Kind.NO_ACTION)
    assert answer["Location"] == "/moderation/"
    assert "No action: " in tree(desk.get("/moderation/")).one("p", cls="message").text


def test_the_next_case_is_one_that_one_may_decide(desk: Client, case: Case, moderator: User, review: Review) -> None:
    a_case(review, a_trusted_member())
    a_case(a_review(author=moderator), a_trusted_member())
    theirs = a_case(a_review())
    assert page(desk, case).one(cls="onward").one("a").attrs["href"] == theirs.get_absolute_url()


def test_the_rule_for_the_heaviest_reason_is_chosen_beforehand(desk: Client, review: Review) -> None:
    a_case(review, a_trusted_member(), reason="spoiler")
    found = page(desk, a_case(review, reason="insult"))
    assert found.one("select", id="id_rule").one("option", selected="").text == "4. Endings are folded"


def test_without_words_of_ones_own_the_rules_are_told(desk: Client, case: Case) -> None:
    rule = rule_for("insult")
    send(desk, case, Kind.HIDE, reason="  ", rule=rule.pk)
    act = Act.objects.get()
    assert (act.rule, act.reason) == (rule, rule.text)


def test_a_decision_that_takes_nothing_names_no_rule(desk: Client, case: Case) -> None:
    send(desk, case, Kind.NO_ACTION, reason="", rule=rule_for("insult").pk)
    act = Act.objects.get()
    assert (act.rule, act.reason) == (None, "")


def refused(answer: Any, field: str) -> str:
    """What the page says beside the field; everything typed is still there."""
    assert answer.status_code == 422
    assert not Act.objects.exists()
    found = tree(answer)
    assert found.one("div", cls="summary").one("li").one("a").attrs["href"] == f"#id_{field}"
    assert found.all(id=f"id_{field}")
    return found.one(id=f"{field}-error").text


@pytest.mark.parametrize("kind", [Kind.FOLD, Kind.HIDE])
def test_what_takes_something_needs_a_reason_or_a_rule(desk: Client, case: Case, kind: Act.Kind) -> None:
    assert "Write a reason, or choose a rule" in refused(send(desk, case, kind, reason="\n "), "reason")


@pytest.mark.parametrize("kind", ["", "nonsense", "restore", "hold_votes", "count_votes"])
def test_only_what_is_offered_can_be_chosen(desk: Client, case: Case, kind: str) -> None:
    answer = send(desk, case, kind)
    assert "Choose what to do." in refused(answer, "kind")
    assert tree(answer).one("textarea", id="id_reason").text == "Because of the lamps."


def test_a_rule_of_an_older_version_is_refused(desk: Client, case: Case) -> None:
    old = rule_for("insult")
    newer = HouseRules.objects.create(number=2)
    Rule.objects.create(house_rules=newer, number=1, name="Be kind", text="Do.", reason="insult")
    answer = send(desk, case, Kind.HIDE, rule=old.pk)
    assert "Choose one of the rules as they are now." in refused(answer, "rule")
    options = [option.text for option in page(desk, case).one("select", id="id_rule").all("option")]
    assert options == ["None of them", "1. Be kind"]


@pytest.mark.parametrize("rule", ["x", "0", "9" * 30, "-1"])
def test_a_rule_that_is_none_is_refused(desk: Client, case: Case, rule: str) -> None:
    assert "Choose one of the rules" in refused(send(desk, case, Kind.HIDE, rule=rule), "rule")


def test_a_reason_may_be_so_long_and_no_longer(desk: Client, case: Case, settings: Settings) -> None:
    settings.REASON_LENGTH = 20
    answer = send(desk, case, Kind.HIDE, reason="x" * 21)
    assert refused(answer, "reason").endswith("Take out 1 character: 21 so far, 20 is the most.")
    assert tree(answer).one("textarea", id="id_reason").text == "x" * 21
    assert send(desk, case, Kind.HIDE, reason="x" * 20).status_code == 302


def test_control_characters_are_refused(desk: Client, case: Case) -> None:
    assert "U+0000" in refused(send(desk, case, Kind.HIDE, reason="a\0b"), "reason")


def test_markup_in_words_is_text(desk: Client, review: Review) -> None:
    case = a_case(review, words="<script>alert(1)</script>")
    answer = send(desk, case, "", reason="</textarea><script>alert(2)</script>")
    assert b"<script>alert" not in answer.content
    assert "<script>alert(2)" in tree(answer).one("textarea", id="id_reason").text


@pytest.mark.parametrize(("length", "days"), [("day", 1), ("week", 7), ("month", 30), ("good", None)])
def test_a_suspension(desk: Client, case: Case, author: User, length: str, days: int | None) -> None:
    send(desk, case, Kind.SUSPEND, suspension=length, hide="1")
    author.refresh_from_db()
    act = Act.objects.get(kind="suspend")
    assert author.is_suspended
    assert (act.until is None) == (days is None)
    if act.until and days:
        assert timedelta(days=days - 1) < act.until - timezone.now() <= timedelta(days=days)
    assert Review.objects.get(author=author).state == "hidden"


def test_a_suspension_alone_leaves_the_review(desk: Client, case: Case, author: User) -> None:
    assert "checked" in page(desk, case).one("input", name="hide").attrs
    send(desk, case, Kind.SUSPEND, suspension="day")
    assert Review.objects.get(author=author).state == "published"


@pytest.mark.parametrize("length", ["", "year"])
def test_a_suspension_needs_a_length(desk: Client, case: Case, length: str) -> None:
    answer = send(desk, case, Kind.SUSPEND, suspension=length)
    assert "Choose for how long." in refused(answer, "suspension")
    assert "checked" not in tree(answer).one("input", name="hide").attrs


def test_a_hide_takes_no_suspension_along(desk: Client, case: Case, author: User) -> None:
    send(desk, case, Kind.HIDE, suspension="good", hide="1", moderator="1", by="reports")
    author.refresh_from_db()
    act = Act.objects.get()
    assert (author.suspended, act.until, act.by) == (False, None, "moderator")


def test_held_votes_are_voided(desk: Client, review: Review) -> None:
    for _ in range(9):
        a_vote(review, helpful=False)
    bursts.hold(review.pk, helpful=False)
    case = Case.objects.get()
    assert offered(page(desk, case))[:2] == [("Count the votes", "C"), ("Void the votes", "V")]
    send(desk, case, Kind.VOID_VOTES)
    assert set(Vote.objects.values_list("standing", flat=True)) == {"voided"}


def test_a_held_review_can_be_held_for_longer(desk: Client, review: Review) -> None:
    holding.hold(review, Act.By.LINKS)
    case = Case.objects.get()
    assert ("Hold for longer", "L") in offered(page(desk, case))
    assert ("Hold", "L") in offered(page(desk, a_case(a_review())))
    send(desk, case, Kind.HOLD, reason="")
    case.refresh_from_db()
    assert (case.closed, Review.objects.get(pk=review.pk).state) == (None, "held")


# The author's other cases.


@pytest.fixture
def spam(author: User) -> list[Case]:
    return [a_case(a_review(a_title(), author), reason="advertising") for _ in range(3)]


def seen(cases: list[Case]) -> list[str]:
    return [f"{case.pk}-{case.version}" for case in cases]


def test_several_cases_of_one_author_go_in_one_act(desk: Client, spam: list[Case]) -> None:
    found = page(desk, spam[0]).one("div", cls="others")
    assert found.one("label").text == "Decide 2 other cases of this author the same way"
    assert [link.attrs["href"] for link in found.all("a")] == [case.get_absolute_url() for case in spam[1:]]
    assert [field.attrs["value"] for field in found.all("input", name="other")] == seen(spam[1:])
    answer = send(desk, spam[0], Kind.HIDE, together="1", other=seen(spam[1:]))
    assert answer["Location"] == "/moderation/"
    assert set(Review.objects.values_list("state", flat=True)) == {"hidden"}
    assert Case.objects.filter(closed=None).count() == 0
    assert tree(desk.get("/moderation/")).one("p", cls="message").text == "Hidden: 3 cases of author."


def test_without_the_tick_the_others_wait_on(desk: Client, spam: list[Case]) -> None:
    send(desk, spam[0], Kind.HIDE, other=seen(spam[1:]))
    assert Case.objects.filter(closed=None).count() == 2


def test_cases_of_others_are_not_taken_along(desk: Client, spam: list[Case]) -> None:
    foreign = a_case(a_review())
    send(desk, spam[0], Kind.HIDE, together="1", other=[*seen([*spam[1:], foreign]), "x", "1", "1-", "-", "9" * 40])
    foreign.refresh_from_db()
    assert foreign.closed is None
    assert Case.objects.filter(closed=None).count() == 1


def test_a_suspension_hides_what_goes_with_it(desk: Client, spam: list[Case], author: User) -> None:
    more = {"suspension": "good", "together": "1", "other": seen(spam[1:])}
    assert "Hide this one too" in refused(send(desk, spam[0], Kind.SUSPEND, **more), "together")
    send(desk, spam[0], Kind.SUSPEND, hide="1", **more)
    author.refresh_from_db()
    assert author.is_suspended
    assert set(Review.objects.values_list("state", flat=True)) == {"hidden"}
    assert Act.objects.filter(kind="suspend").count() == 1


def test_what_cannot_be_decided_together_is_not(desk: Client, spam: list[Case]) -> None:
    other = spam[1].review
    assert other
    holding.hold(other, Act.By.LINKS)
    answer = send(desk, spam[0], Kind.NO_ACTION, together="1", other=seen(spam[1:]))
    assert answer.status_code == 422
    assert "decided this way" in tree(answer).one(id="together-error").text
    assert not Act.objects.filter(by="moderator").exists()


def test_one_of_the_others_was_decided_meanwhile(desk: Client, second: User, spam: list[Case]) -> None:
    listed = seen(spam[1:])
    decide(spam[2].pk, second, 0, Decision(Kind.HOLD))
    answer = send(desk, spam[0], Kind.HIDE, together="1", other=listed)
    assert answer.status_code == 409
    found = tree(answer)
    assert "One of them was decided meanwhile" in found.one(id="together-error").text
    assert found.one("textarea", id="id_reason").text == "Because of the lamps."
    assert Act.objects.count() == 1


# Two moderators, and who may not decide.


def test_the_second_is_told_what_the_first_did(desk: Client, second: User, case: Case, review: Review) -> None:
    decide(case.pk, second, 0, Decision(Kind.FOLD, reason="It tells the end."))
    answer = desk.post(f"{case.get_absolute_url()}decide/", {"version": 0, "kind": "hide", "reason": "My own words."})
    assert answer.status_code == 409
    found = tree(answer).one("aside", cls="decide")
    assert "Decided meanwhile; yours was not carried out." in found.one("div", cls="message").text
    assert "Folded as spoiler, " in found.text
    assert "by second" in found.text
    assert "“It tells the end.”" in found.text
    assert found.one("textarea", id="id_reason").text == "My own words."
    assert not found.all("button")
    review.refresh_from_db()
    assert (review.state, Act.objects.count()) == ("published", 1)


def test_a_case_held_for_longer_meanwhile_can_be_looked_at_again(desk: Client, second: User, case: Case) -> None:
    decide(case.pk, second, 0, Decision(Kind.HOLD))
    answer = desk.post(f"{case.get_absolute_url()}decide/", {"version": 0, "kind": "hide", "reason": "So."})
    assert answer.status_code == 409
    assert tree(answer).one("a", cls="act").attrs["href"] == case.get_absolute_url()
    assert send(desk, case, Kind.HIDE).status_code == 302


@pytest.mark.parametrize("version", ["", "x", "-1", "1", "9" * 30])
def test_a_form_that_has_not_seen_the_case_decides_nothing(desk: Client, case: Case, version: str) -> None:
    assert send(desk, case, Kind.HIDE, version=version).status_code == 409
    assert not Act.objects.exists()


def test_a_decided_case_says_so(desk: Client, second: User, case: Case) -> None:
    decide(case.pk, second, 0, Decision(Kind.HIDE, reason="It was one."))
    found = page(desk, case)
    assert found.one("h1").text == "A decided case"
    panel = found.one("aside", cls="decide")
    assert "Hidden, " in panel.text
    assert "“It was one.”" in panel.text
    assert not panel.all("form")
    assert not panel.all("textarea")


def test_nobody_decides_on_their_own(desk: Client, moderator: User) -> None:
    case = a_case(a_review(author=moderator))
    panel = page(desk, case).one("aside", cls="decide")
    assert "It is your own review." in panel.text
    assert not panel.all("form")
    assert not panel.all("input")
    answer = send(desk, case, Kind.NO_ACTION)
    assert answer.status_code == 403
    assert "It is your own review." in tree(answer).text
    assert not Act.objects.exists()


def test_nobody_decides_on_an_appeal_against_themselves(
    desk: Client, moderator: User, case: Case, review: Review
) -> None:
    act = decide(case.pk, moderator, 0, Decision(Kind.HIDE, reason="So."))
    again = appeal(act, review.author, Appeal.Kind.OBJECTION, "No.").case
    assert "Another moderator decides." in page(desk, again).one("aside", cls="decide").text
    assert send(desk, again, Kind.UPHOLD).status_code == 403


def test_who_may_decide(client: Client, case: Case, reader: User, review: Review) -> None:
    path = f"{case.get_absolute_url()}decide/"
    answer = client.post(path, {"version": 0, "kind": "hide", "reason": "So."})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=")
    assert "decide" not in answer["Location"]
    client.force_login(reader)
    assert client.post(path, {"version": 0, "kind": "hide", "reason": "So."}).status_code == 403
    client.force_login(review.author)
    assert client.post(path, {"version": 0, "kind": "no_action"}).status_code == 403
    admin = a_member("chief", is_superuser=True)
    client.force_login(admin)
    assert client.get(path).status_code == 405
    assert client.post(path, {"version": 0, "kind": "hide", "reason": "So."}).status_code == 302
    assert client.post("/moderation/case/999999/decide/", {"version": 0}).status_code == 404
    assert Act.objects.get().moderator == admin
