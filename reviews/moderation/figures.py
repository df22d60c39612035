"""The record in figures: what the transparency page says, made from the rows that cannot be changed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, Q, Sum
from django.db.models.functions import ExtractYear

from reviews.figures import whole_percents
from reviews.models import Act, Report, Rule

Kind = Act.Kind


class Median(Aggregate):
    """PostgreSQL's continuous median; between two middle values their mean."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass
class KindRow:
    """How often one kind of act was done by moderators, and by rules of the site."""

    name: str
    by_moderators: int = 0
    by_rules: int = 0

    @property
    def number(self) -> int:
        return self.by_moderators + self.by_rules


@dataclass
class Period:
    """A year of moderation, or all of them (`year` is None)."""

    year: int | None
    reports_decided: int = 0
    reports_waiting: int = 0
    appeals: int = 0
    overturned: int = 0
    held_votes: int = 0
    median: timedelta | None = None
    kinds: dict[str, KindRow] = field(default_factory=dict)
    rules: Counter[Rule] = field(default_factory=Counter)

    def add(self, row: Any, rule: Rule | None) -> None:
        """Count the acts of one kind, doer and rule."""
        self.reports_decided += row["reports"]
        self.appeals += row["answered"]
        self.overturned += row["overturned"]
        kind = self.kinds.setdefault(row["kind"], KindRow(str(Kind(row["kind"]).label)))
        if row["by"] == Act.By.MODERATOR:
            kind.by_moderators += row["number"]
        else:
            kind.by_rules += row["number"]
        if row["kind"] == Kind.HOLD_VOTES:
            self.held_votes += row["votes"]
        if rule:
            self.rules[rule] += row["number"]

    @property
    def reports(self) -> int:
        return self.reports_decided + self.reports_waiting

    @property
    def by_kind(self) -> list[KindRow]:
        return [self.kinds[kind] for kind in Kind.values if kind in self.kinds]

    @property
    def by_rule(self) -> list[tuple[Rule, int]]:
        return sorted(self.rules.items(), key=lambda pair: (-pair[1], pair[0].number))

    @property
    def acts(self) -> int:
        return sum(row.number for row in self.kinds.values())

    @property
    def by_moderators(self) -> int:
        return sum(row.by_moderators for row in self.kinds.values())

    @property
    def by_rules(self) -> int:
        return self.acts - self.by_moderators

    @property
    def overturned_percent(self) -> str:
        return whole_percents([self.overturned, self.appeals - self.overturned])[0]

    @property
    def suspensions(self) -> int:
        return self.kinds[Kind.SUSPEND].number if Kind.SUSPEND in self.kinds else 0


def periods() -> list[Period]:
    """All years together, then each year that has anything, the newest first. Five queries, whatever the number."""
    every, years = Period(None), dict[int, Period]()
    rules = _rules()
    for row in _acts():
        for period in (every, years.setdefault(row["year"], Period(row["year"]))):
            period.add(row, rules.get(row["rule"]))
    for year, waiting in _waiting():
        for period in (every, years.setdefault(year, Period(year))):
            period.reports_waiting += waiting
    every.median = Act.objects.aggregate(median=Median("waited"))["median"]
    for year, median in _medians():
        years[year].median = median
    return [every, *(years[year] for year in sorted(years, reverse=True))]


def _acts() -> Iterable[Any]:
    return (
        Act.objects.values("kind", "by", "rule", year=ExtractYear("at"))
        .annotate(
            number=Count("pk"),
            votes=Sum("votes"),
            reports=Sum("reports"),
            answered=Count("answers"),
            overturned=Count("pk", filter=Q(overturns=True)),
        )
        .order_by()
    )


def _rules() -> dict[int, Rule]:
    """Each rule by its id, as its newest version has it: a rule of the same name is the same rule."""
    rules = list(Rule.objects.select_related("house_rules").order_by("house_rules__number"))
    newest = {rule.name: rule for rule in rules}
    return {rule.pk: newest[rule.name] for rule in rules}


def _waiting() -> Iterable[tuple[int, int]]:
    waiting = Report.objects.filter(act=None).order_by().values_list(ExtractYear("made"))
    return waiting.annotate(number=Count("pk"))


def _medians() -> Iterable[tuple[int, timedelta]]:
    waited = Act.objects.filter(waited__isnull=False).order_by().values_list(ExtractYear("at"))
    return waited.annotate(median=Median("waited"))
