"""A row of a file as a review or a title, with every problem it has named."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from accounts.models import LONGEST_NAME as LONGEST_AUTHOR
from reviews.importing import fields
from reviews.importing.fields import RefusedError
from reviews.importing.formats import Fields, Problem, Row
from reviews.importing.identity import member_id
from reviews.models import RATINGS, Title
from reviews.models.reviews import LONGEST_BODY, LONGEST_HEADLINE, LONGEST_KEY
from reviews.models.titles import LONGEST_NAME as LONGEST_TITLE
from reviews.models.titles import YEARS

KINDS, DEFAULT_KIND = tuple(Title.Kind.values), Title.Kind.FILM.value
# PostgreSQL counts to 2,147,483,647 there, and two such figures are added; the rest is left to the votes cast here.
MOST_VOTES = 1_000_000_000

REVIEW_FIELDS = Fields(
    known=(
        "title", "year", "kind", "author", "author_id", "id", "date", "rating", "headline", "body", "spoiler",
        "helpful", "votes", "language",
    ),
    required=("title", "author", "date", "headline", "body"),
)  # fmt: skip


class RowRefusedError(ValueError):
    """A row that cannot be taken, for one or more reasons."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{problem.field} {problem.reason}" for problem in problems))


class Cells:
    """The cells of a row, taken one by one; `check` tells of all that was wrong with them."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self._problems: list[Problem] = []

    def __contains__(self, field: str) -> bool:
        return field in self._row.cells

    def take[T](self, field: str, convert: Callable[..., T], fallback: T, *limits: Any) -> T:
        """The cell as `convert` reads it, or the fallback (and a problem more) when it refuses."""
        try:
            return convert(self._row.cells.get(field), *limits)
        except RefusedError as problem:
            self.refuse(field, str(problem))
            return fallback

    def refuse(self, field: str, reason: str) -> None:
        self._problems.append(Problem(self._row.line, field, reason))

    def check(self) -> None:
        """Raises `RowRefusedError` unless all is good."""
        if self._row.not_utf8 and not self._problems:
            self.refuse("row", "is not UTF-8")
        if self._problems:
            raise RowRefusedError(self._problems)


class ReviewRow(NamedTuple):
    """A good row of `import_reviews`, in the order of the staging table's columns."""

    title: str
    year: int | None
    kind: str
    author: str
    source_key: str
    source_id: str | None
    created: datetime
    rating: int | None
    headline: str
    body: str
    spoiler: bool
    helpful: int
    votes: int
    language: str


def count(value: object) -> int:
    return fields.whole(value, 0, MOST_VOTES) or 0


def review_row(row: Row, now: datetime) -> ReviewRow:
    """The review that the row holds. Raises `RowRefusedError`."""
    cells = Cells(row)
    author = cells.take("author", fields.name, "", LONGEST_AUTHOR)
    author_id = cells.take("author_id", fields.key, None, LONGEST_KEY)
    member = member_id(author_id)
    # An own export comes back as it went; the votes that it tells of were cast here, and are counted here.
    name, line, paragraphs = (fields.exact,) * 3 if member else (fields.name, fields.line, fields.paragraphs)
    helpful = cells.take("helpful", count, 0)
    votes = cells.take("votes", count, MOST_VOTES)
    if helpful > votes:
        cells.refuse("helpful", f"is {helpful}, more than all votes ({votes})")
    found = ReviewRow(
        title=cells.take("title", name, "", LONGEST_TITLE),
        year=cells.take("year", fields.whole, None, YEARS[0], YEARS[-1]),
        kind=cells.take("kind", fields.choice, "", KINDS, DEFAULT_KIND),
        author=author,
        source_key=f"member:{member}" if member else f"id:{author_id}" if author_id else f"name:{author}",
        source_id=cells.take("id", fields.key, None, LONGEST_KEY),
        created=cells.take("date", fields.moment, now, now),
        rating=cells.take("rating", fields.whole, None, RATINGS[0], RATINGS[-1]),
        headline=cells.take("headline", line, "", LONGEST_HEADLINE),
        body=cells.take("body", paragraphs, "", LONGEST_BODY),
        spoiler=cells.take("spoiler", fields.flag, False),
        helpful=0 if member else helpful,
        votes=0 if member else votes,
        language=cells.take("language", fields.language, ""),
    )
    cells.check()
    return found
