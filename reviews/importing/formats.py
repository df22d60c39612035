"""Rows out of JSON Lines and CSV, one at a time; what is no row is a problem that names its line."""

import csv
import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reviews.importing.lines import STDIN, FileRefusedError, Lines, LineTooLongError, opened

# Python refuses to read longer numbers; as text they reach the check of their field, which says so.
MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is refused: in which field (or `row`) and for what reason."""

    line: int
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """What one row holds, by field, and the line it begins on."""

    line: int
    cells: dict[str, Any]
    not_utf8: bool = False


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields an import knows, and those among them without which no row is good."""

    known: Collection[str]
    required: Collection[str]
    ignored: Collection[str] = field(default=())

    def unknown(self, names: Collection[str]) -> list[str]:
        return [name for name in names if name not in self.known and name not in self.ignored]


def rows_of(name: str, fields: Fields, advance: Callable[[int], object]) -> Iterator[Row | Problem]:
    """The rows of the file, in constant memory. Raises `FileRefusedError` when it cannot be read as a whole."""
    with opened(name, advance) as (file, start):
        lines = Lines(file)
        yield from json_rows(lines) if _is_json(name, start) else csv_rows(lines, fields)


def _is_json(name: str, start: bytes) -> bool:
    """By the name of the file, and where that says nothing by how it begins."""
    suffix = Path(name).suffix.lower()
    if suffix in {".jsonl", ".csv"}:
        return suffix == ".jsonl"
    if start.startswith(b"["):
        raise FileRefusedError("is one JSON list; JSON Lines has one object a line")
    return name == STDIN or start.startswith(b"{")


def json_rows(lines: Lines) -> Iterator[Row | Problem]:
    while True:
        lines.begin_row()
        try:
            line = next(lines)
        except StopIteration:
            return
        except LineTooLongError as problem:
            yield Problem(lines.number, "row", str(problem))
            continue
        if not line.isspace():
            yield _json_row(line, lines)


def _json_row(line: str, lines: Lines) -> Row | Problem:
    try:
        cells = _decoder.decode(line.rstrip())
    except json.JSONDecodeError as problem:
        what = problem.msg.removesuffix(" at").removesuffix(" starting")
        reason = f"is broken JSON: {what} in column {problem.colno}"
    except RecursionError:
        reason = "is broken JSON: nested too deeply"
    else:
        if isinstance(cells, dict):
            return Row(lines.number, cells, lines.not_utf8)
        reason = "is not a JSON object: it must stand in { }"
    return Problem(lines.number, "row", "is not UTF-8" if lines.not_utf8 else reason)


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= MOST_DIGITS else digits


# NaN and Infinity, which are not JSON, stay text and are refused by their field.
_decoder = json.JSONDecoder(parse_int=_integer, parse_constant=str)


def csv_rows(lines: Lines, fields: Fields) -> Iterator[Row | Problem]:
    header: list[str] | None = None
    for cells in _csv_cells(lines):
        if isinstance(cells, Problem):
            yield cells
        elif header is None:
            header = _header(cells, fields)
        elif len(cells) == len(header):
            yield Row(lines.row_number, dict(zip(header, cells, strict=True)), lines.not_utf8)
        else:
            yield Problem(lines.row_number, "row", f"has {len(cells)} cells; the header row has {len(header)}")


def _csv_cells(lines: Lines) -> Iterator[list[str] | Problem]:
    """The cells of every row that is not blank; `lines` stands at the row."""
    reader = csv.reader(lines, strict=True)
    while True:
        lines.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (LineTooLongError, csv.Error) as problem:
            reason = str(problem) if isinstance(problem, LineTooLongError) else _csv_reason(problem)
            lines.give_up_row()
            yield Problem(lines.number, "row", reason)
            continue
        if any(cell and not cell.isspace() for cell in cells):
            yield cells


def _csv_reason(problem: csv.Error) -> str:
    if "field limit" in str(problem):
        return f"has a cell of more than {csv.field_size_limit():,} characters; is a quote left open?"
    if "unexpected end of data" in str(problem):
        return "has a quote that is never closed"
    return f"is broken CSV: {problem}"


def _header(cells: list[str], fields: Fields) -> list[str]:
    """The names of the columns. Raises `FileRefusedError` when they cannot be those of an import."""
    names = [cell.strip().casefold() for cell in cells]
    if not any(name in fields.known for name in names):
        raise FileRefusedError(f"has no header row: it must name {', '.join(fields.required)}, separated by commas")
    if missing := [name for name in fields.required if name not in names]:
        raise FileRefusedError(f"has no column {', '.join(missing)} in its header row")
    if twice := [name for name in fields.known if names.count(name) > 1]:
        raise FileRefusedError(f"has the column {', '.join(twice)} twice in its header row")
    return names
