"""Files to import, and what the commands say about them."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import transaction

from reviews.models import Review

GOOD: dict[str, Any] = {
    "title": "The Lamplighter",
    "year": 1974,
    "author": "Ada Winterbourne",
    "date": "2006-03-11",
    "rating": 8,
    "headline": "Better by candlelight",
    "body": "It begins in the dark.\n\nIt ends there too.",
    "helpful": 3,
    "votes": 4,
}


def a_row(**changes: Any) -> dict[str, Any]:
    """A good row but for the changes; a field changed to `...` is left out."""
    return {field: value for field, value in {**GOOD, **changes}.items() if value is not ...}


def jsonl(rows: Iterable[Mapping[str, Any] | str]) -> str:
    """The rows as JSON Lines; a string is a line as it stands."""
    return "".join(f"{row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)}\n" for row in rows)


def as_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    rows = list(rows)
    file = io.StringIO()
    writer = csv.DictWriter(file, fieldnames=list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def a_file(folder: Path, content: str | bytes, name: str = "reviews.jsonl") -> str:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    out: str
    err: str
    status: int

    @property
    def figures(self) -> dict[str, int]:
        """The summary: read, added, changed, unchanged, rejected."""
        pairs = (pair.split() for pair in self.out.splitlines()[0].split(", "))
        return {name: int(number) for name, number in pairs}

    def __contains__(self, words: str) -> bool:
        return words in self.out or words in self.err


def run(*arguments: str, command: str = "import_reviews") -> Said:
    out, err, status = io.StringIO(), io.StringIO(), 0
    try:
        call_command(command, *arguments, stdout=out, stderr=err)
    except SystemExit as end:
        status = int(end.code or 0)
    return Said(out.getvalue(), err.getvalue(), status)


def imported(folder: Path, *rows: Mapping[str, Any] | str) -> Said:
    """Import the rows, all of which must be good."""
    said = run(a_file(folder, jsonl(rows)))
    assert said.status == 0, said.err
    return said


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside has not happened afterwards: every example of a property begins with an empty database.

    An import leaves locks on its temporary tables until the test's transaction ends; hundreds of them are too many.
    """
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def figures(**some: int) -> dict[str, int]:
    """A whole summary: what is not named is 0, and `read` is the sum."""
    whole = {name: some.get(name, 0) for name in ("added", "changed", "unchanged", "rejected")}
    return {"read": sum(whole.values()), **whole}


def the_review(**wanted: Any) -> Review:
    return Review.objects.select_related("title", "author").get(**wanted)
