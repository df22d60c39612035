"""The archive of an export: a zip with each table as JSON Lines and as CSV."""

import csv
import io
import json
import shutil
from collections.abc import Callable
from tempfile import TemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from accounts.models import User
from reviews.exporting.tables import TABLES, Cell, Table

README = """\
Everything of yours on Reviewsite, each kind of thing twice: .jsonl (JSON Lines, exact) and .csv (for spreadsheets).

reviews       what is published; `manage.py import_reviews` reads either file as it is
unpublished   reviews that are held, hidden or deleted, and which of it
versions      reviews as they stood before an edit
drafts        what you began to write
ratings       how you rated titles, with and without a review
votes         which reviews you found helpful, and which not
blocks        whom you blocked
reports       which reviews you reported, and whether a moderator agreed
notices       what you were told of decisions
appeals       which decisions you wanted to be looked at again
emails        your e-mail addresses
settings      your account

Times are in UTC. In the reviews, an ampersand that could be taken for the beginning of an HTML entity is written
&amp;. In CSV, a first character that a spreadsheet would take for the beginning of a formula is written as its number,
as in &#61; for the equals sign. Imports resolve both.
"""

ROWS_AT_A_TIME = 500
# What makes a formula of a cell, in wide letters too, and what spreadsheets strip before they look.
BEGIN_FORMULAS = "=+-@\uff1d\uff0b\uff0d\uff20\t\r\n"


def write_archive(member: User, file: IO[bytes], advance: Callable[[int], object]) -> None:
    """Write the zip into the file, in memory that does not grow with it; `advance` hears of rows packed."""
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", README)
        for table in TABLES:
            # A zip takes one file after the other: the CSV waits beside it until the JSON Lines are in.
            with TemporaryFile() as aside:
                with archive.open(f"{table.name}.jsonl", "w") as lines:
                    _write_rows(table, member, lines, aside, advance)
                aside.seek(0)
                with archive.open(f"{table.name}.csv", "w") as cells:
                    shutil.copyfileobj(aside, cells)


def count_rows(member: User) -> int:
    return sum(table.rows(member).count() for table in TABLES)


def _write_rows(
    table: Table, member: User, lines: IO[bytes], aside: IO[bytes], advance: Callable[[int], object]
) -> None:
    # With a mark of its encoding, or Excel takes it for something older.
    sheet = io.TextIOWrapper(aside, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(sheet)
    writer.writerow(table.columns)
    packed = 0
    for row in table.rows(member).order_by("pk").iterator(ROWS_AT_A_TIME):
        cells = table.cells(row)
        lines.write(f"{json.dumps(cells, ensure_ascii=False)}\n".encode())
        writer.writerow(_in_csv(cell) for cell in cells.values())
        packed += 1
        if packed % ROWS_AT_A_TIME == 0:
            advance(ROWS_AT_A_TIME)
    advance(packed % ROWS_AT_A_TIME)
    sheet.detach()


def _in_csv(cell: Cell) -> Cell:
    """The cell as no spreadsheet computes it. `import_reviews` resolves the entity, so what it reads is the same."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str) and cell.startswith(tuple(BEGIN_FORMULAS)):
        return f"&#{ord(cell[0])};{cell[1:]}"
    return cell
