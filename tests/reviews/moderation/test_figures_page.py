"""The transparency page: every figure is what the rows of the record add up to."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from reviews.models import Act, Appeal, Case, HouseRules, Report, Rule
from reviews.moderation.appealing import appeal
from reviews.moderation.deciding import Decision, decide
from reviews.moderation.figures import periods
from tests.factories import a_case, a_member, a_review
from tests.html import Node, tree

pytestmark = pytest.mark.django_db
PAGE = "/moderation/figures/"
Kind = Act.Kind


def an_act(year: int, **fields: Any) -> Act:
    return Act.objects.create(**{"kind": Kind.HIDE, "at": datetime(year, 12, 31, 23, 59, tzinfo=UTC), **fields})


def rule(number: int) -> Rule:
    return Rule.objects.get(house_rules__number=1, number=number)


def section(client: Client, name: str) -> Node:
    return tree(client.get(PAGE)).one("section", aria_labelledby=name)


def rows(node: Node) -> dict[str, list[str]]:
    return {
        row.one("th", scope="row").text: [cell.text for cell in row.all("td")]
        for row in node.all("tr")
        if row.all("td")
    }


def numbers(node: Node) -> dict[str, str]:
    return {pair.one("dt").text: pair.one("dd").text for pair in node.one("dl").all("div")}


def test_an_empty_site_has_figures_too(client: Client) -> None:
    page = tree(client.get(PAGE))
    assert len(page.all("section", cls="period")) == 1
    assert numbers(page) == {
        "Reports": "0",
        "Acts": "0",
        "Median time to decide": "–",
        "Overturned on appeal": "–",
    }
    assert {cell for row in rows(page).values() for cell in row} == {"0"}


def test_the_figures_of_two_years_and_of_both(client: Client) -> None:
    an_act(2025, rule=rule(2), reports=3, waited=timedelta(hours=5))
    hidden = an_act(2025, rule=rule(2), reports=1, waited=timedelta(hours=7))
    an_act(2025, kind=Kind.HOLD, by=Act.By.REPORTS)
    an_act(2026, kind=Kind.RESTORE, waited=timedelta(days=10), answers=hidden, overturns=True)
    an_act(2026, kind=Kind.UPHOLD, waited=timedelta(days=12), answers=an_act(2026), overturns=False)
    an_act(2026, kind=Kind.HOLD_VOTES, by=Act.By.VOTES, votes=14)
    an_act(2026, kind=Kind.SUSPEND, rule=rule(5), waited=timedelta(hours=2))
    last, this, both = (section(client, name) for name in ("year-2025", "year-2026", "in-all"))
    assert numbers(last) == {
        "Reports": "4",
        "Acts": "3",
        "Median time to decide": "6 hours",
        "Overturned on appeal": "–",
    }
    assert rows(last) == {
        "Reports decided": ["4"],
        "Reports that wait": ["0"],
        "Acts of moderators": ["2"],
        "Acts of the site’s own rules": ["1"],
        "Appeals decided": ["0"],
        "Decisions overturned": ["0"],
        "Suspensions": ["0"],
        "Votes held": ["0"],
        "Hidden": ["2", "0", "2"],
        "Held": ["0", "1", "1"],
        "Hard on works, fair to people": ["2"],
    }
    assert numbers(this)["Overturned on appeal"] == "50 %"
    assert numbers(this)["Median time to decide"] == "10 days"
    this_year = rows(this.all("table")[0])
    assert [this_year[name] for name in ("Suspensions", "Votes held", "Appeals decided")] == [["1"], ["14"], ["2"]]
    assert numbers(both) == {
        "Reports": "4",
        "Acts": "8",
        "Median time to decide": "7 hours",
        "Overturned on appeal": "50 %",
    }
    assert rows(both)["Hidden"] == ["3", "0", "3"]


def test_a_year_begins_at_midnight_utc(client: Client) -> None:
    an_act(2025)
    Act.objects.create(kind=Kind.HIDE, at=datetime(2026, 1, 1, tzinfo=UTC))
    assert [period.year for period in periods()] == [None, 2026, 2025]


def test_a_report_counts_once_whatever_is_done_with_its_case(moderator: User, second: User) -> None:
    review = a_review()
    for _ in range(2):
        a_case(review)
    waiting = a_case(a_review())
    assert (periods()[0].reports, periods()[0].reports_waiting) == (3, 3)
    for kind, more in ((Kind.HOLD, {}), (Kind.SUSPEND, {"suspension": "week", "hide": True})):
        case = Case.objects.get(review=review, closed=None)
        decide(case.pk, moderator, case.version, Decision(kind, reason="Rude.", **more))  # type: ignore[arg-type]
        assert periods()[0].reports == 3
    assert (periods()[0].reports_decided, periods()[0].reports_waiting) == (2, 1)
    appeal(Act.objects.get(kind=Kind.HIDE), review.author, Appeal.Kind.OBJECTION, "No.")
    case = Case.objects.get(review=review, closed=None)
    decide(case.pk, second, case.version, Decision(Kind.RESTORE, reason="Not rude."))
    every = periods()[0]
    assert (every.reports, every.appeals, every.overturned, every.suspensions) == (3, 1, 1, 1)
    assert every.by_moderators == every.acts == 4
    # Only what ended a wait has a time: not the hold, not the hiding that went with the suspension.
    assert Act.objects.exclude(waited=None).count() == 2
    assert Report.objects.filter(case=waiting, act=None).exists()


def test_reports_stay_counted_when_review_and_reporter_are_gone(moderator: User) -> None:
    review, reporter = a_review(), a_member()
    case = a_case(review, reporter)
    decide(case.pk, moderator, case.version, Decision(Kind.HIDE, reason="Rude."))
    reporter.delete()
    review.author.delete()
    assert (Report.objects.count(), periods()[0].reports) == (0, 1)


def test_a_rule_of_the_same_name_is_one_rule_in_all_versions(client: Client) -> None:
    an_act(2026, rule=rule(2))
    newer = HouseRules.objects.create(number=2)
    an_act(2026, rule=Rule.objects.create(house_rules=newer, number=1, name=rule(2).name, text="The same."))
    an_act(2026, rule=rule(7))
    table = section(client, "in-all").one("table", cls="by-rule")
    assert rows(table) == {"Hard on works, fair to people": ["2"], "Within the law": ["1"]}
    assert [link.attrs["href"] for link in table.all("a")] == ["/about/rules/2/#rule-1", "/about/rules/1/#rule-7"]


@pytest.mark.parametrize(
    ("waited", "words"),
    [
        (timedelta(0), "0 minutes"),
        (timedelta(seconds=61), "1 minute"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(hours=2), "2 hours"),
        (timedelta(hours=47, minutes=59), "47 hours"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=400), "400 days"),
    ],
)
def test_a_time_is_said_in_the_unit_that_fits(client: Client, waited: timedelta, words: str) -> None:
    an_act(2026, waited=waited)
    assert numbers(section(client, "in-all"))["Median time to decide"] == words


def test_it_asks_no_more_for_ten_years_than_for_one(client: Client) -> None:
    counted = []
    for years in (range(2020, 2021), range(2010, 2020)):
        for year in years:
            an_act(year, rule=rule(1), waited=timedelta(hours=1))
            an_act(year, rule=rule(year % 8 + 1), kind=Kind.FOLD)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 6


def test_acts_are_counted_by_the_database_and_none_of_them_is_fetched(client: Client) -> None:
    rules = list(Rule.objects.all())
    Act.objects.bulk_create(
        Act(
            kind=Kind.values[number % 11],
            at=datetime(2016 + number % 10, 5, 1, tzinfo=UTC),
            rule=rules[number % 8],
            reports=number % 3,
            waited=timedelta(minutes=number % 5000),
        )
        for number in range(10_000)
    )
    with CaptureQueriesContext(connection) as queries:
        assert client.get(PAGE).status_code == 200
    of_acts = [query["sql"] for query in queries if "reviews_act" in query["sql"]]
    assert of_acts
    assert all("GROUP BY" in sql or "percentile_cont" in sql for sql in of_acts), of_acts
    assert periods()[0].acts == 10_000
