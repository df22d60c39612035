"""The physical lines of a file: decoded, numbered, none too long to hold in memory."""

import codecs
import io
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

# In characters. The longest body there may be takes 1.2 million in JSON when every letter of it is written as \uXXXX.
LONGEST_LINE = 2_000_000

STDIN = "-"


class FileRefusedError(ValueError):
    """The whole file cannot be read; the words say why."""


class LineTooLongError(ValueError):
    """A line was skipped because of its length."""

    def __init__(self) -> None:
        super().__init__(f"is longer than {LONGEST_LINE:,} characters")


class Lines(Iterator[str]):
    """The lines of a text file, each with its line break.

    `number` is that of the line given last. Bytes that are not UTF-8 stand in the text as lone surrogates, so that the
    field they are in can be named. Raises `LineTooLongError` in place of an overlong line, and goes on with the next.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        # None stands for an overlong line, here and in the row.
        self._again: deque[str | None] = deque()
        self._row: list[str | None] = []
        self.number = 0

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read()
        if line == "":
            raise StopIteration
        self.number += 1
        self._row.append(line)
        if line is None:
            raise LineTooLongError
        return line

    def _read(self) -> str | None:
        line = self._file.readline(LONGEST_LINE + 1)
        if len(line) <= LONGEST_LINE:
            return line
        while line and not line.endswith(("\n", "\r")):
            line = self._file.readline(LONGEST_LINE)
        return None

    def begin_row(self) -> None:
        """A row begins with the next line."""
        self._row.clear()

    @property
    def row_number(self) -> int:
        """The number of the first line of the row."""
        return self.number - len(self._row) + 1

    @property
    def not_utf8(self) -> bool:
        """Whether the row has bytes that are not UTF-8."""
        return not all(line is None or line.isascii() or _is_utf8(line) for line in self._row)

    def give_up_row(self) -> None:
        """The row is broken: go on with its second line, lest an unclosed quote swallow the rows after it."""
        self._again.extendleft(reversed(self._row[1:]))
        self.number = self.row_number
        del self._row[1:]


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class _CountedFile(io.FileIO):
    """A file that tells how many bytes were read from it."""

    def __init__(self, path: Path, advance: Callable[[int], object]) -> None:
        super().__init__(path)
        self._advance = advance

    def readinto(self, buffer: "bytearray | memoryview", /) -> int | None:  # type: ignore[override]
        count = super().readinto(buffer)
        self._advance(count or 0)
        return count


@contextmanager
def opened(name: str, advance: Callable[[int], object]) -> Iterator[tuple[IO[str], bytes]]:
    """The text of the file (`-`: of standard input) and a look at its first bytes; `advance` hears of bytes read.

    Raises `FileRefusedError` when there is no such file, or it is UTF-16.
    """
    try:
        own = io.FileIO(0, closefd=False) if name == STDIN else _CountedFile(Path(name), advance)
        raw = io.BufferedReader(own)
        start = raw.peek(64)
    except OSError as problem:
        raise FileRefusedError(f"cannot be read: {problem.strerror}") from problem
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileRefusedError("is in UTF-16; save it as UTF-8")
    with io.TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
        yield text, start.removeprefix(codecs.BOM_UTF8).lstrip()
