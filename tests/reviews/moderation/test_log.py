"""The public log: what, when, by which rule and why; nobody's name, and nothing of what is hidden."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from reviews.models import Act, Appeal, Case, HouseRules, Review, Rule, Title
from reviews.moderation import reporting
from reviews.moderation.appealing import appeal
from reviews.moderation.deciding import Decision, decide
from tests.factories import a_case, a_member, a_moderator, a_review, a_title, a_trusted_member
from tests.html import Node, tree

pytestmark = pytest.mark.django_db
LOG = "/moderation/log/"
Kind = Act.Kind
BEGINNING = datetime(2026, 3, 1, 12, tzinfo=UTC)


def an_act(number: int = 0, **fields: Any) -> Act:
    return Act.objects.create(**{"kind": Kind.HIDE, "at": BEGINNING + timedelta(minutes=number), **fields})


def acts(response: Any) -> list[Node]:
    return [node for node in tree(response).all("li") if node.attrs.get("id", "").startswith("act-")]


def headings(response: Any) -> list[str]:
    return [act.one("h3").text for act in acts(response)]


def decided(review: Review, moderator: User, kind: Act.Kind, **more: Any) -> Act:
    case = Case.objects.filter(review=review, closed=None).first() or a_case(review)
    return decide(case.pk, moderator, case.version, Decision(kind, **{"reason": "Names a neighbour.", **more}))


def rule(number: int) -> Rule:
    return Rule.objects.get(house_rules__number=1, number=number)


def test_an_act_says_what_when_which_rule_why_and_of_which_title(
    client: Client, review: Review, moderator: User
) -> None:
    decided(review, moderator, Kind.HIDE, rule=rule(6))
    entry = acts(client.get(LOG))[0]
    assert entry.one("h3").text == "Hidden"
    assert "Names a neighbour." in entry.text
    links = {link.text: link.attrs["href"] for link in entry.all("a")}
    assert links[str(review.title)] == review.title.get_absolute_url()
    assert links["6. Private lives stay private"] == "/about/rules/1/#rule-6"
    assert "by a moderator" in entry.text
    assert "1 report" in entry.text
    assert entry.one("time").attrs["datetime"] == Act.objects.get().at.isoformat()


def test_nobody_is_named_and_nothing_of_a_hidden_review_is_told(client: Client) -> None:
    people = [a_member(f"secret-{role}", name=f"Secret {role}") for role in ("author", "reporter")]
    review = a_review(a_title("Harbour"), people[0], headline="SECRETHEADLINE", body="SECRETWORDS and so on.")
    a_case(review, people[1], words="SECRETREPORT")
    decided(review, a_moderator("secret-moderator", name="Secret moderator"), Kind.HIDE)
    for path in (LOG, f"{LOG}?act={Act.objects.get().pk}", f"{LOG}feed/", "/moderation/figures/"):
        page = client.get(path).content.decode()
        assert "secret" not in page.lower(), path
    assert f"/review/{review.pk}/" not in client.get(LOG).content.decode()


@pytest.mark.parametrize(("state", "linked"), [("published", True), ("held", False), ("hidden", False)])
def test_the_review_is_linked_while_it_is_public(client: Client, review: Review, state: str, linked: bool) -> None:
    an_act(review=review, title=review.title)
    Review.objects.filter(pk=review.pk).update(state=state)
    assert (f"/review/{review.pk}/" in client.get(LOG).content.decode()) == linked


def test_an_act_stays_readable_when_its_review_title_and_people_are_gone(client: Client) -> None:
    an_act(review_id=10**6, title_id=10**6, member_id=10**6, moderator_id=10**6, reason="Was an advertisement.")
    entry = acts(client.get(LOG))[0]
    assert "Was an advertisement." in entry.text
    assert client.get(f"{LOG}feed/").status_code == 200


def test_an_appeal_is_told_with_both_its_ends(client: Client, review: Review, moderator: User, second: User) -> None:
    for kind, outcome in ((Kind.UPHOLD, "Upheld on appeal"), (Kind.RESTORE, "Overturned on appeal")):
        other = a_review(author=review.author)
        hidden = decided(other, moderator, Kind.HIDE)
        assert "on appeal" not in acts(client.get(LOG))[0].text
        appeal(hidden, review.author, Appeal.Kind.OBJECTION, "It is not so.")
        case = Case.objects.get(review=other, closed=None)
        decide(case.pk, second, case.version, Decision(kind, reason="Looked at again."))
        answer, first = acts(client.get(LOG))[:2]
        assert outcome in first.text
        assert "on appeal" in answer.text


def test_the_log_tells_the_whole_story_of_a_case(client: Client, moderator: User, second: User) -> None:
    """Three members report, the review is held, hidden, appealed about, restored."""
    review = a_review()
    for _ in range(3):
        reporting.report(review.pk, a_trusted_member(), "insult")  # type: ignore[arg-type]
    decided(review, moderator, Kind.HIDE, rule=rule(2))
    appeal(Act.objects.get(kind=Kind.HIDE), review.author, Appeal.Kind.OBJECTION, "No.")
    case = Case.objects.get(closed=None)
    decide(case.pk, second, case.version, Decision(Kind.RESTORE, reason="Harsh, and about the work."))
    response = client.get(LOG)
    assert headings(response) == ["Restored", "Hidden", "Held"]
    newest, hidden, held = acts(response)
    decided(a_review(), moderator, Kind.FOLD)
    for act in Act.objects.filter(review=review):
        assert headings(client.get(f"{LOG}?act={act.pk}")) == ["Restored", "Hidden", "Held"]
    assert "by a rule: weight of reports" in held.text
    assert "Overturned on appeal" in hidden.text
    assert "3 reports" in hidden.text
    assert f"/review/{review.pk}/" in [link.attrs["href"] for link in newest.all("a")]


@pytest.mark.parametrize(
    ("length", "words"), [("day", "Author suspended for 1 day"), ("month", "for 30 days"), ("good", ", for good")]
)
def test_a_suspension_says_how_long_it_lasts(
    client: Client, review: Review, moderator: User, length: str, words: str
) -> None:
    decided(review, moderator, Kind.SUSPEND, suspension=length)
    assert words in headings(client.get(LOG))[0]


def test_what_gives_something_away_is_folded(client: Client) -> None:
    an_act(reason="It tells that >!the dog dies!< at once.")
    passage = acts(client.get(LOG))[0].one("details")
    assert "the dog dies" in passage.text
    assert "the dog dies" not in client.get(f"{LOG}feed/").content.decode()


HOSTILE = "<script>alert(1)</script> & \"'> {{ 7|add:7 }} ]]>"


def test_hostile_words_stay_words(client: Client) -> None:
    an_act(reason=HOSTILE, title=a_title(HOSTILE))
    page = client.get(LOG)
    assert b"<script>alert" not in page.content
    assert acts(page)[0].text.count(HOSTILE) == 2


def test_leafing_is_by_newer_and_older_and_keeps_what_was_chosen(client: Client) -> None:
    for number in range(60):
        an_act(number, kind=Kind.FOLD if number % 2 else Kind.HIDE, reason=f"act {number}.")
    seen, page = list[str](), tree(client.get(f"{LOG}?what=hide"))
    numbers = [act.one(cls="prose").text for act in page.all("li") if "id" in act.attrs]
    assert [link.text for link in page.one(cls="pages").all("a")] == ["Older"]
    assert numbers == [f"act {number}." for number in range(58, 8, -2)]
    older = page.one(cls="pages").one("a").attrs["href"]
    assert "what=hide" in older
    seen = headings(client.get(older))
    assert seen == ["Hidden"] * 5
    page = tree(client.get(older))
    assert [link.text for link in page.one(cls="pages").all("a")] == ["Newer"]
    newer = client.get(page.one(cls="pages").one("a").attrs["href"])
    assert [act.one(cls="prose").text for act in acts(newer)] == numbers


def test_acts_of_one_moment_each_have_their_place(client: Client) -> None:
    for _ in range(30):
        an_act()
    page = tree(client.get(LOG))
    second = client.get(page.one(cls="pages").one("a").attrs["href"])
    ids = [node.attrs["id"] for response in (client.get(LOG), second) for node in acts(response)]
    assert len(ids) == len(set(ids)) == 30


@pytest.fixture
def some_acts(db: None) -> dict[str, Act]:
    title = a_title("The Ferry")
    hidden = an_act(1, rule=rule(2), title=title, case_number=7)
    folded = an_act(2, kind=Kind.FOLD, rule=rule(4), case_number=8)
    return {
        "hidden": hidden,
        "folded": folded,
        "held": an_act(3, kind=Kind.HOLD, by=Act.By.REPORTS, case_number=7, title=title),
        "restored": an_act(4, kind=Kind.RESTORE, answers=hidden, overturns=True, case_number=7),
        "upheld": an_act(5, kind=Kind.UPHOLD, answers=folded, overturns=False, case_number=8),
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["upheld", "restored", "held", "folded", "hidden"]),
        ("?what=fold", ["folded"]),
        ("?rule=Endings+are+folded", ["folded"]),
        ("?by=person", ["upheld", "restored", "folded", "hidden"]),
        ("?by=site", ["held"]),
        ("?outcome=overturned", ["hidden"]),
        ("?outcome=upheld", ["folded"]),
        ("?title=ferry", ["held", "hidden"]),
        ("?title=ferr&by=site", ["held"]),
        ("?act=999999999", []),
        ("?what=hide&outcome=upheld", []),
        ("?what=nonsense&rule=none&by=x&outcome=y&act=-3", ["upheld", "restored", "held", "folded", "hidden"]),
        ("?act=99999999999999999999&after=x&before=y", ["upheld", "restored", "held", "folded", "hidden"]),
        ("?title=%00&act=%D9%A1%D9%A2x", ["upheld", "restored", "held", "folded", "hidden"]),
    ],
)
def test_the_log_is_filtered_by_plain_addresses(
    client: Client, some_acts: dict[str, Act], query: str, found: list[str]
) -> None:
    ids = [int(node.attrs["id"].removeprefix("act-")) for node in acts(client.get(LOG + query))]
    assert ids == [some_acts[name].pk for name in found]


def test_a_rule_is_found_in_all_its_versions(client: Client) -> None:
    second = HouseRules.objects.create(number=2)
    renamed = Rule.objects.create(house_rules=second, number=1, name="Endings are folded", text="Still.")
    an_act(1, rule=rule(4))
    an_act(2, rule=renamed)
    an_act(3, rule=rule(1))
    page = client.get(f"{LOG}?rule=Endings+are+folded")
    assert len(acts(page)) == 2
    options = [option.text for option in tree(page).one("select", id="rule").all("option")]
    assert options[:3] == ["All", "Endings are folded", "About the work"]
    assert options.count("Endings are folded") == 1


def test_what_was_chosen_is_shown_and_taken_back_in_one_step(client: Client, some_acts: dict[str, Act]) -> None:
    page = tree(client.get(f"{LOG}?what=hide&title=ferry"))
    assert [option.text for option in page.all("option", selected="")] == ["Hidden"]
    assert page.one("input", id="title").attrs["value"] == "ferry"
    links = {link.text: link.attrs["href"] for link in page.one(id="results").one(cls="in-words").all("a")}
    assert links == {"Show all": LOG, "Feed of this choice": f"{LOG}feed/?what=hide&title=ferry"}


def test_an_empty_log_and_an_empty_choice_say_so(client: Client) -> None:
    assert "Nothing has been moderated yet." in tree(client.get(LOG)).text
    an_act()
    assert "Nothing in the record is like that." in tree(client.get(f"{LOG}?what=lift")).text


def test_script_gets_the_results_alone(client: Client) -> None:
    an_act()
    part = client.get(LOG, headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith('<div id="results">')
    assert "HX-Request" in client.get(LOG)["Vary"]


@pytest.mark.parametrize("query", ["", "?what=hide", "?rule=About+the+work", "?outcome=overturned", "?title=lamp"])
def test_a_page_of_the_log_asks_no_more_for_many_than_for_few(client: Client, query: str) -> None:
    counted = []
    for more in (2, 20):
        for number in range(more):
            review = a_review(a_title(f"Lamp {more} {number}"))
            hidden = an_act(number, review=review, title=review.title, member=review.author, rule=rule(1))
            an_act(number, kind=Kind.RESTORE, answers=hidden, overturns=True)
        with CaptureQueriesContext(connection) as queries:
            assert len(acts(client.get(LOG + query))) >= 2
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 4


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("", "act_newest"),
        ("?what=lift", "act_of_kind"),
        ("?title=ferry", "act_of_title"),
    ],
)
def test_the_log_is_read_from_an_index(client: Client, query: str, index: str) -> None:
    title = a_title("The Ferry")
    titles = [title, *Title.objects.bulk_create(Title(name=f"T{n}", slug=f"t{n}", kind="film") for n in range(400))]
    Act.objects.bulk_create(
        Act(
            kind=Kind.LIFT if number % 500 == 0 else Kind.HIDE,
            at=BEGINNING + timedelta(minutes=number),
            case_number=number,
            title=titles[number % 401],
        )
        for number in range(20_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE reviews_act, reviews_title")
    with CaptureQueriesContext(connection) as queries:
        client.get(LOG + query)
    asked = next(
        query["sql"] for query in queries if 'FROM "reviews_act"' in query["sql"] and "LIMIT 26" in query["sql"]
    )
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {asked}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert index in plan
    assert "Seq Scan on reviews_act" not in plan


def test_the_story_of_an_account_is_that_of_its_case(client: Client) -> None:
    suspended = an_act(1, kind=Kind.SUSPEND, case_number=9)
    an_act(2, kind=Kind.LIFT, case_number=9)
    an_act(3, kind=Kind.SUSPEND, case_number=10)
    alone = an_act(4)
    assert headings(client.get(f"{LOG}?act={suspended.pk}")) == ["Suspension lifted", "Author suspended, for good"]
    assert len(acts(client.get(f"{LOG}?act={alone.pk}"))) == 1


def test_the_answer_to_an_appeal_belongs_to_the_story_of_the_review(
    client: Client, review: Review, moderator: User, second: User
) -> None:
    suspended = decided(review, moderator, Kind.SUSPEND, suspension="week")
    appeal(suspended, review.author, Appeal.Kind.OBJECTION, "No.")
    case = Case.objects.get(member=review.author, closed=None)
    decide(case.pk, second, case.version, Decision(Kind.LIFT, reason="Enough."))
    assert headings(client.get(f"{LOG}?act={suspended.pk}")) == ["Suspension lifted", "Author suspended for 7 days"]
