"""The importing of titles: a catalogue of works with their facts and posters.

A field that is missing or empty leaves what the title has, so a catalogue may bring only what it knows.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from reviews.importing import fields
from reviews.importing.catalogue import apply_titles
from reviews.importing.fields import RefusedError
from reviews.importing.files import good_rows
from reviews.importing.formats import Fields, Row
from reviews.importing.lines import STDIN
from reviews.importing.outcome import Outcome, Watcher
from reviews.importing.rows import DEFAULT_KIND, KINDS, Cells
from reviews.importing.staging import copy, drop
from reviews.importing.transactions import in_one_transaction, on_one_connection
from reviews.models import Genre
from reviews.models.titles import LONGEST_COUNTRIES, LONGEST_CREATORS, LONGEST_GENRE, LONGEST_NAME, YEARS
from reviews.posters import PosterRefused, Rendered, render
from reviews.sql import execute

TITLE_FIELDS = Fields(
    known=("title", "year", "kind", "genres", "synopsis", "original_title", "minutes", "poster", "by", "country"),
    required=("title",),
)
MOST_GENRES = 20
LONGEST_SYNOPSIS = 20_000
MOST_MINUTES = 100_000


class TitleRow(NamedTuple):
    """A good row of `import_titles`, in the order of the staging table's columns."""

    title: str
    year: int | None
    kind: str
    genres: list[str]
    synopsis: str
    original_title: str
    creators: str
    countries: str
    minutes: int | None
    digest: str | None
    large: bytes | None
    small: bytes | None


STAGE = """
CREATE TEMPORARY TABLE import_title_row (
    n bigint, title text, year smallint, kind text, genres text[], synopsis text, original_title text, creators text,
    countries text, minutes int, digest text, large bytea, small bytea
)
"""


@on_one_connection
def import_titles(
    names: Sequence[str],
    *,
    strict: bool = False,
    dry_run: bool = False,
    also_known: Sequence[str] = (),
    watcher: Watcher = Watcher(),  # noqa: B008
) -> Outcome:
    """Add and change titles as the files say; all of it in one transaction, or nothing.

    `strict` writes only if every row is good, `dry_run` never. Fields in `also_known` are somebody else's to read.
    """
    outcome = Outcome()
    drop("import_title_row")
    execute(STAGE)
    known = Fields(TITLE_FIELDS.known, TITLE_FIELDS.required, also_known)
    rows = good_rows(names, known, title_row, outcome, watcher)
    copy("import_title_row", ("n", *TitleRow._fields), ((n, *row) for n, (_, _, row) in enumerate(rows, 1)))
    watcher.all_read()

    def write() -> dict[str, int]:
        figures = apply_titles()
        if dry_run or (strict and not outcome.all_good):
            transaction.set_rollback(True)
        return figures

    figures = in_one_transaction(write)
    outcome.added, outcome.changed, outcome.unchanged = (figures[name] for name in ("added", "changed", "unchanged"))
    drop("import_title_row")
    outcome.conclude(strict=strict, dry_run=dry_run)
    return outcome


def title_row(row: Row, name: str) -> TitleRow:
    """The title that the row of the file of that name holds. Raises `RowRefusedError`."""
    cells = Cells(row)
    poster = cells.take("poster", poster_of, None, Path() if name == STDIN else Path(name).parent)
    found = TitleRow(
        title=cells.take("title", fields.name, "", LONGEST_NAME),
        year=cells.take("year", fields.whole, None, YEARS[0], YEARS[-1]),
        kind=cells.take("kind", fields.choice, "", KINDS, DEFAULT_KIND),
        genres=cells.take("genres", genres, []),
        synopsis=cells.take("synopsis", fields.optional_paragraphs, "", LONGEST_SYNOPSIS),
        original_title=cells.take("original_title", fields.optional_line, "", LONGEST_NAME),
        creators=cells.take("by", fields.optional_line, "", LONGEST_CREATORS),
        countries=cells.take("country", fields.optional_line, "", LONGEST_COUNTRIES),
        minutes=cells.take("minutes", fields.whole, None, 1, MOST_MINUTES),
        digest=poster and poster.digest,
        large=poster and poster.large,
        small=poster and poster.small,
    )
    cells.check()
    return found


def genres(value: object) -> list[str]:
    """Names of genres, separated by `|`; the same genre twice, in whatever spelling, is one."""
    found: dict[str, str] = {}
    for part in fields.as_text(value).split("|"):
        if name := fields.optional_line(part, LONGEST_GENRE):
            slug = Genre.address_of(name)
            if not slug:
                raise RefusedError(f"has {fields.shown(name)}, which has no letter and no digit")
            found.setdefault(slug, name)
    if len(found) > MOST_GENRES:
        raise RefusedError(f"has {len(found)} genres; it must have at most {MOST_GENRES}")
    return list(found.values())


def poster_of(value: object, folder: Path) -> Rendered | None:
    """The picture in the file of that name, which lies in the folder or below it; None when empty."""
    if not (name := fields.as_text(value).strip()):
        return None
    try:
        path = (folder / name).resolve()
        # A catalogue from elsewhere should not be able to publish a picture of this machine's.
        if not path.is_relative_to(folder.resolve()):
            raise RefusedError(f"is {fields.shown(name)}, which lies outside the folder of the file")
        if not path.is_file():
            raise RefusedError(f"is {fields.shown(name)}; there is no such file")
        with path.open("rb") as file:
            return render(file.read(settings.POSTER_MAX_BYTES + 1))
    except PosterRefused as problem:
        raise RefusedError(f"is {fields.shown(name)}, which {problem}") from problem
    except OSError as problem:
        raise RefusedError(f"is {fields.shown(name)}, which cannot be read: {problem.strerror}") from problem
