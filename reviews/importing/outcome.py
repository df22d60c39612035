"""What an import did, counted, and how it tells so while it runs."""

from collections.abc import Callable
from dataclasses import dataclass, field

# A file may have a new unknown field in every row; the note names the first of them.
MOST_NAMES = 12


@dataclass
class Outcome:
    """The figures of a run. Every row read is counted once among the other four."""

    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    files_refused: int = 0
    remarks: list[str] = field(default_factory=list)

    @property
    def all_good(self) -> bool:
        return not self.rejected and not self.files_refused

    def conclude(self, *, strict: bool, dry_run: bool) -> None:
        """Say so when nothing was written. A dry run keeps the figures of what a run would do."""
        if strict and not self.all_good:
            good = self.read - self.rejected
            self.added = self.changed = 0
            self.remarks = [f"Nothing was written: with --strict every row must be good; {good} of {self.read} are."]
        elif dry_run:
            self.remarks.append("Nothing was written: this was a dry run.")

    def __str__(self) -> str:
        figures = ", ".join(f"{name} {getattr(self, name)}" for name in FIGURES)
        return "\n".join([figures, *self.remarks])


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


FIGURES = ("read", "added", "changed", "unchanged", "rejected")


def _ignore(*_: object) -> None:
    pass


@dataclass(frozen=True)
class Watcher:
    """Who hears of a run: `say` gets a line for every problem and note, `advance` the number of bytes just read.

    `all_read` is called when nothing is left to read, and the database begins to compare and to write.
    """

    say: Callable[[str], object] = _ignore
    advance: Callable[[int], object] = _ignore
    all_read: Callable[[], object] = _ignore


class UnknownFields:
    """Names, once for a file, the fields that an import leaves aside."""

    def __init__(self) -> None:
        self._names: dict[str, None] = {}

    def add(self, names: list[str]) -> None:
        if len(self._names) <= MOST_NAMES:
            self._names.update(dict.fromkeys(name for name in names if name))

    def __bool__(self) -> bool:
        return bool(self._names)

    def __str__(self) -> str:
        names = [repr(name if len(name) <= 40 else f"{name[:40]}...") for name in self._names]
        return ", ".join(names[:MOST_NAMES] + (["and more"] if len(names) > MOST_NAMES else []))
