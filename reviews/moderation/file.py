"""What a moderator reads before deciding a case: reports, votes, appeals, the author's record, past decisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.timesince import timesince

from accounts.models import User
from reviews.house_rules import current_rules
from reviews.models import Act, Appeal, Case, Report, Review, Rule, Vote
from reviews.moderation import deciding
from reviews.moderation.cases import others_of
from reviews.moderation.queue import ORDER, next_after, place_of, queue_for
from reviews.permissions import why_not_decide
from reviewsite.keyset import Place

# The lighter ones of a review that hundreds report tell nothing new.
MOST_REPORTS = 50
MOST_ACTS = 20
YOUNG = timedelta(days=7)
OUT_OF_SIGHT = {Review.State.HELD: Act.Kind.HOLD, Review.State.HIDDEN: Act.Kind.HIDE}


@dataclass(frozen=True)
class HeldVotes:
    """The held votes of a review in figures: how many, within which time, by what kind of accounts; without names."""

    yes: int
    no: int
    first: datetime
    last: datetime
    young: int
    silent: int

    @property
    def number(self) -> int:
        return self.yes + self.no

    @property
    def within(self) -> str:
        """In what time they were cast."""
        return timesince(self.first, max(self.last, self.first + timedelta(minutes=1)))


@dataclass(frozen=True)
class AuthorRecord:
    """How an author's reviews were received; decisions that were taken back do not count."""

    reviews: int
    helpful: int | None
    folded: int
    hidden: int
    suspended: int


@dataclass(frozen=True)
class CaseFile:
    """A case as the moderator sees it. `case` was read by `queue_for`."""

    case: Any
    moderator: User

    @classmethod
    def of(cls, pk: int, moderator: User) -> "CaseFile | None":
        case = queue_for(moderator).filter(pk=pk).first()
        return cls(case, moderator) if case else None

    @property
    def place(self) -> Place:
        return ORDER.place(self.case)

    @cached_property
    def position(self) -> tuple[int, int]:
        return place_of(self.case)

    @cached_property
    def next(self) -> Any | None:
        """The next case of the queue that is the moderator's to decide; from a decided one, the heaviest."""
        return next_after(None if self.case.closed else self.place, self.moderator)

    @cached_property
    def why_not(self) -> str | None:
        return why_not_decide(self.moderator, self.case)

    @cached_property
    def choices(self) -> list[Act.Kind]:
        return deciding.choices(self.case)

    @cached_property
    def reports(self) -> list[Any]:
        """Reports of the review, those that wait first, each with what came of its writer's others."""
        past = Report.objects.filter(reporter=OuterRef("reporter")).order_by().values("reporter")
        numbers = {
            "made_before": past.annotate(number=Count("pk")),
            "decided_before": past.annotate(number=Count("pk", filter=Q(upheld__isnull=False))),
            "upheld_before": past.annotate(number=Count("pk", filter=Q(upheld=True))),
        }
        found = Report.objects.filter(review=self.case.review_id).select_related("reporter")
        counted = found.annotate(**{name: Coalesce(Subquery(q.values("number")), 0) for name, q in numbers.items()})
        return list(counted.order_by(F("act").asc(nulls_first=True), "-weight", "made")[: MOST_REPORTS + 1])

    @property
    def shown_reports(self) -> list[Any]:
        return self.reports[:MOST_REPORTS]

    @property
    def has_more_reports(self) -> bool:
        return len(self.reports) > MOST_REPORTS

    @cached_property
    def held_votes(self) -> HeldVotes | None:
        if not self.case.held_votes:
            return None
        votes = Vote.objects.filter(review=self.case.review_id, standing=Vote.Standing.HELD)
        return HeldVotes(
            **votes.aggregate(
                yes=Count("pk", filter=Q(helpful=True)),
                no=Count("pk", filter=Q(helpful=False)),
                first=Min("cast"),
                last=Max("cast"),
                young=Count("pk", filter=Q(member__date_joined__gt=F("cast") - YOUNG)),
                silent=Count("pk", filter=Q(member__review_count=0)),
            )
        )

    @cached_property
    def appeals(self) -> Sequence[Appeal]:
        """The appeals that wait, each with the decision it is against."""
        waiting = self.case.appeals.filter(decision=None)
        return list(waiting.select_related("act__rule", "act__moderator"))

    @cached_property
    def record(self) -> AuthorRecord:
        author = self.case.author
        received = Review.objects.public().filter(author=author)
        votes = received.aggregate(helpful=Sum("helpful", default=0), all=Sum("votes", default=0))
        standing = Act.objects.filter(member=author).exclude(answered_by__overturns=True)
        kinds = {"folded": Act.Kind.FOLD, "hidden": Act.Kind.HIDE, "suspended": Act.Kind.SUSPEND}
        acts = standing.aggregate(**{name: Count("pk", filter=Q(kind=kind)) for name, kind in kinds.items()})
        share = round(100 * votes["helpful"] / votes["all"]) if votes["all"] else None
        return AuthorRecord(reviews=author.review_count, helpful=share, **acts)

    @cached_property
    def acts(self) -> list[Act]:
        """All that was done about the review or the account, the latest first."""
        acts: QuerySet[Any] = Act.objects.with_answer().select_related("moderator", "rule")
        if self.case.review_id:
            acts = acts.filter(review=self.case.review_id)
        else:
            about_the_account = Q(kind__in=[Act.Kind.SUSPEND, Act.Kind.LIFT]) | Q(review=None)
            acts = acts.filter(about_the_account, member=self.case.member_id)
        return list(acts.order_by("-pk")[:MOST_ACTS])

    @property
    def past(self) -> list[Act]:
        """Decisions; what the site's own rules did to bring this case about is told elsewhere on the page."""
        return [act for act in self.acts if act.by == Act.By.MODERATOR or act.case_number != self.case.pk]

    @property
    def out_of_sight(self) -> Act | None:
        """By what the review came out of readers' sight."""
        kind = OUT_OF_SIGHT.get(self.case.review.state) if self.case.review else None
        return next((act for act in self.acts if act.kind == kind), None)

    @cached_property
    def others(self) -> list[Case]:
        """The author's other waiting cases."""
        return list(queue_for(self.moderator).filter(pk__in=others_of(self.case, self.moderator).values("pk")))

    @cached_property
    def rules(self) -> list[Rule]:
        return list(current_rules())

    @cached_property
    def proposed_rule(self) -> Rule | None:
        """The rule of the decision that is appealed against, or the one for the heaviest reason reported."""
        appealed = [appeal.act.rule for appeal in self.appeals]
        by_reason = [rule for rule in self.rules if self.case.reason and rule.reason == self.case.reason]
        return next((rule for rule in [*appealed, *by_reason] if rule in self.rules), None)
