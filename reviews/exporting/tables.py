"""What an export holds: a table for each kind of thing, as its own file in the archive."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Model, QuerySet
from django.urls import reverse

from accounts.models import User
from reviews.importing.fields import escaped
from reviews.importing.identity import author_id
from reviews.models import Appeal, Block, Draft, Notice, Rating, Report, Review, Version, Vote
from reviews.moderation.telling import told

type Cell = str | int | float | bool | None

# Not the member's to take along: how a password is kept, and what the site notes about an account for itself.
OF_THE_SITE = {"id", "password", "is_superuser", "is_staff", "is_active", "is_demo", "former", "source_key"}
SETTINGS = [field.attname for field in User._meta.concrete_fields if field.attname not in OF_THE_SITE]


@dataclass(frozen=True)
class Table:
    """Rows of one kind: where a member's are found, and by column what each holds (an attribute, or a function).

    `imports` marks the one that `import_reviews` reads, in whose texts entities would be resolved.
    """

    name: str
    rows: Callable[[User], QuerySet[Any]]
    columns: Mapping[str, str | Callable[[Any], Any]]
    imports: bool = False

    def cells(self, row: Model) -> dict[str, Cell]:
        return {column: self._cell(row, value) for column, value in self.columns.items()}

    def _cell(self, row: Model, value: str | Callable[[Any], Any]) -> Cell:
        found: Any = attrgetter(value)(row) if isinstance(value, str) else value(row)
        if isinstance(found, datetime):
            return found.isoformat()
        return escaped(found) if self.imports and isinstance(found, str) else found


def _of_title(path: str = "") -> dict[str, str]:
    return {"title": f"{path}title.name", "year": f"{path}title.year", "kind": f"{path}title.kind"}


TEXT = {"rating": "rating", "headline": "headline", "body": "body", "spoiler": "spoiler"}
VOTES = {"helpful": "helpful", "votes": "votes"}
REVIEW = _of_title() | {"date": "created"} | TEXT | VOTES | {"language": "language"}


def _unpublished(member: User) -> QuerySet[Review]:
    return Review.objects.filter(author=member).exclude(state=Review.State.PUBLISHED).with_title()


TABLES = [
    Table(
        "reviews",
        lambda member: Review.objects.public().filter(author=member).with_title(),
        REVIEW | {"author": "author.shown_name", "author_id": lambda review: author_id(review.author)},
        imports=True,
    ),
    Table("unpublished", _unpublished, {"state": "state", **REVIEW}),
    Table(
        "versions",
        lambda member: Version.objects.filter(review__author=member).select_related("review__title").order_by("pk"),
        {
            "review": lambda version: version.review.get_absolute_url(),
            **_of_title("review."),
            "number": "number",
            **TEXT,
            **VOTES,
            "published": "published",
            "replaced": "replaced",
        },
    ),
    Table(
        "drafts",
        lambda member: Draft.objects.filter(member=member).select_related("title"),
        _of_title() | TEXT | {"saved": "saved"},
    ),
    Table(
        "ratings",
        lambda member: Rating.objects.filter(member=member).select_related("title"),
        _of_title() | {"rating": "value", "rated": "rated"},
    ),
    Table(
        "votes",
        lambda member: Vote.objects.filter(member=member).select_related("review__title"),
        {
            "review": lambda vote: vote.review.get_absolute_url(),
            **_of_title("review."),
            "helpful": "helpful",
            "cast": "cast",
        },
    ),
    Table(
        "blocks",
        lambda member: Block.objects.filter(member=member).select_related("blocked"),
        {"username": "blocked.username", "since": "since"},
    ),
    Table(
        "reports",
        lambda member: Report.objects.filter(reporter=member).select_related("review__title"),
        {
            "review": lambda report: report.review.get_absolute_url(),
            **_of_title("review."),
            "reason": "reason",
            "words": "words",
            "made": "made",
            "upheld": "upheld",
        },
    ),
    Table(
        "notices",
        lambda member: Notice.objects.of(member).with_subjects(),
        {
            "at": "at",
            "told": told,
            "decision": lambda notice: notice.act.get_absolute_url() if notice.act and not notice.report_id else None,
            "rule": lambda notice: str(notice.act.rule) if notice.act and notice.act.rule else None,
            "reason": lambda notice: notice.act.reason if notice.act else None,
            "until": lambda notice: notice.act.until if notice.act else None,
            "read": "read",
        },
    ),
    Table(
        "appeals",
        lambda member: Appeal.objects.filter(member=member).select_related("decision"),
        {
            "decision": lambda appeal: reverse("decision", args=[appeal.act_id]),
            "kind": "kind",
            "words": "words",
            "made": "made",
            "answer": lambda appeal: appeal.decision.get_absolute_url() if appeal.decision else None,
        },
    ),
    Table(
        "emails",
        lambda member: EmailAddress.objects.filter(user=member),
        {"email": "email", "confirmed": "verified", "first": "primary"},
    ),
    Table("settings", lambda member: User.objects.filter(pk=member.pk), {name: name for name in SETTINGS}),
]
