"""The importing of reviews."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from reviews.importing.applying import DEMO_REVIEWS, apply_plan
from reviews.importing.fields import shown
from reviews.importing.files import good_rows
from reviews.importing.outcome import Outcome, Watcher, counted
from reviews.importing.plan import TABLES, make_plan
from reviews.importing.rows import REVIEW_FIELDS, ReviewRow, review_row
from reviews.importing.staging import batches, copy, drop
from reviews.importing.transactions import in_one_transaction, on_one_connection
from reviews.sql import execute, fetch

STAGE = """
CREATE TEMPORARY TABLE import_row (
    n bigint, file int, line bigint, title text, year smallint, kind text, author text, source_key text, source_id text,
    created timestamptz, rating smallint, headline text, body text, spoiler boolean, helpful int, votes int,
    language text
)
"""
COLUMNS = ("n", "file", "line", *ReviewRow._fields)

CONTRADICTIONS = """
SELECT p.n, r.file, r.line, r.source_id, p.here_source, rival.file, rival.line, rival.source_id
    FROM import_plan p JOIN import_row r USING (n) LEFT JOIN import_row rival ON rival.n = p.rival_n
    WHERE p.n > %s AND p.verdict = 'rejected' ORDER BY p.n
"""


@on_one_connection
def import_reviews(
    names: Sequence[str],
    *,
    strict: bool = False,
    dry_run: bool = False,
    demo: bool = False,
    watcher: Watcher = Watcher(),  # noqa: B008
) -> Outcome:
    """Add and change reviews as the files say; all of it in one transaction, or nothing.

    `strict` writes only if every row is good, `dry_run` never. The authors that `demo` adds are members of the demo;
    without it, reviews of the demo make way where others are added. `watcher` hears of every problem.
    """
    outcome = Outcome()
    stage(names, outcome, watcher)
    watcher.all_read()

    def write() -> dict[str, int]:
        make_plan()
        verdicts = dict(fetch("SELECT verdict, count(*) FROM import_plan GROUP BY verdict"))
        making_way = 0 if demo else len(fetch(DEMO_REVIEWS))
        if not dry_run and not (strict and (verdicts.get("rejected") or not outcome.all_good)):
            apply_plan(demo=demo)
        return {**verdicts, "making way": making_way}

    count(in_one_transaction(write), outcome)
    for rows in batches(CONTRADICTIONS):
        for row in rows:
            watcher.say(contradiction(names, *row[1:]))
    drop("import_row", *TABLES)
    outcome.conclude(strict=strict, dry_run=dry_run)
    return outcome


def stage(names: Sequence[str], outcome: Outcome, watcher: Watcher) -> None:
    """Read the files into `import_row`, numbered in order, with the place of each row in its file."""
    now = timezone.now()
    drop("import_row", *TABLES)
    execute(STAGE)
    rows = good_rows(names, REVIEW_FIELDS, lambda row, _: review_row(row, now), outcome, watcher)
    copy("import_row", COLUMNS, ((n, file, line, *row) for n, (file, line, row) in enumerate(rows, 1)))
    execute("ANALYZE import_row")


def count(figures: dict[str, int], outcome: Outcome) -> None:
    left, making_way = figures.get("left", 0), figures["making way"]
    outcome.added = figures.get("added", 0)
    outcome.changed = figures.get("changed", 0)
    outcome.unchanged = figures.get("unchanged", 0) + left
    outcome.rejected += figures.get("rejected", 0)
    if left:
        outcome.remarks.append(f"{counted(left, 'review')} that had been deleted here stayed deleted.")
    if making_way:
        outcome.remarks.append(f"{counted(making_way, 'review')} of the demo made way.")


def contradiction(
    names: Sequence[str], file: int, line: int, source_id: str, here_source: str | None, *rival: Any
) -> str:
    """Why two ids cannot both be right, with the place of the row that came first or the id that is there."""
    rival_file, rival_line, rival_id = rival
    reason = f"{names[file]}:{line}: id: is {shown(source_id)}, but this author's review of this title is "
    if rival_line is not None:
        return f"{reason}{shown(rival_id)} in {names[rival_file]}:{rival_line}"
    return f"{reason}there under the id {shown(here_source)}" if here_source else f"{reason}there without an id"
