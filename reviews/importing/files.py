"""The good rows of some files; everything else about them is reported on the way."""

from collections.abc import Callable, Iterable, Iterator

from reviews.importing.formats import Fields, Problem, Row, rows_of
from reviews.importing.lines import FileRefusedError
from reviews.importing.outcome import Outcome, UnknownFields, Watcher
from reviews.importing.rows import RowRefusedError


def good_rows[T](
    names: Iterable[str], fields: Fields, convert: Callable[[Row, str], T], outcome: Outcome, watcher: Watcher
) -> Iterator[tuple[int, int, T]]:
    """What `convert` makes of each row, with the number of its file (from 0) and its line.

    Counts what was read and rejected. A file that cannot be read, or not to its end, does not stop the others.
    """
    for number, name in enumerate(names):
        unknown = UnknownFields()
        try:
            for item in rows_of(name, fields, watcher.advance):
                outcome.read += 1
                try:
                    if isinstance(item, Problem):
                        raise RowRefusedError([item])
                    unknown.add(fields.unknown(item.cells))
                    good = convert(item, name)
                except RowRefusedError as refused:
                    outcome.rejected += 1
                    for problem in refused.problems:
                        watcher.say(f"{name}:{problem.line}: {problem.field}: {problem.reason}")
                else:
                    yield number, item.line, good
        except (FileRefusedError, OSError) as problem:
            outcome.files_refused += 1
            watcher.say(f"{name}: {problem}")
        if unknown:
            watcher.say(f"{name}: note: fields that an import does not know were left aside: {unknown}")
