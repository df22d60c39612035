"""`make bench`: each goal beside what was reached, in one run of bounded length."""

import argparse
import json
import os
import platform
import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- the table of the last run -->\n", "<!-- until here -->\n"


@dataclass(frozen=True)
class Row:
    """A goal and what was reached: `ratio` against `goal`, which is the least, or with `most` the most."""

    what: str
    figure: str
    ratio: float
    goal: float
    of: str
    most: bool = False

    @property
    def met(self) -> bool:
        return self.ratio <= self.goal if self.most else self.ratio >= self.goal

    def __str__(self) -> str:
        bound = "at most" if self.most else "at least"
        met = "met" if self.met else "**missed**"
        return f"| {self.what} | {self.figure} | {self.ratio:,.3g} {self.of} | {bound} {self.goal:,g} | {met} |"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="How fast the site is, beside its goals.")
    parser.add_argument("--title-reviews", type=int, default=1_000_000, help="reviews of the large title")
    parser.add_argument("--votes", type=int, default=20_000_000, help="votes on them")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="how long each case is measured in each round")
    parser.add_argument("--port", type=int, default=8471)
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "bench.json", help="where the figures go")
    parser.add_argument("--docs", action="store_true", help="put the table into docs/performance.md")
    parser.add_argument("--quick", action="store_true", help="20,000 reviews, 100,000 votes, 3 rounds of 2 seconds")
    parser.add_argument("--steps", action="store_true", help="what replicas, PgBouncer and a shared cache cost instead")
    given = parser.parse_args()
    if given.quick:
        given.title_reviews, given.votes, given.rounds, given.seconds = 20_000, 100_000, 3, 2
    return given


def main() -> None:
    given = arguments()
    os.environ.update(DJANGO_SETTINGS_MODULE="tests.benchmarks.settings", DEMO="yes", DEBUG="no")
    if given.steps:
        from tests.benchmarks import steps

        print("\n".join(steps.run(given, os.environ["WRK"])))
        return
    os.environ.setdefault("DATA_DIR", str(ROOT / "var" / "bench"))
    import django

    django.setup()
    from tests.benchmarks.measuring import run

    figures, rows = run(given, os.environ["WRK"])
    lines = [
        f"{datetime.now(UTC):%-d %B %Y}, {os.cpu_count()} processors, Python {platform.python_version()}, "
        f"{given.title_reviews:,} reviews and {given.votes:,} votes on the large title, "
        f"{given.rounds} rounds of {given.seconds} s; medians.",
        "",
        "| | measured | ratio | goal | |",
        "|---|---|---|---|---|",
        *map(str, rows),
    ]
    print("\n".join(lines))
    given.json.parent.mkdir(parents=True, exist_ok=True)
    rows_of: list[dict[str, Any]] = [{**asdict(row), "met": row.met} for row in rows]
    given.json.write_text(json.dumps({"loads": figures, "goals": rows_of}, indent=2))
    if given.docs:
        text = DOCS.read_text()
        before, after = text[: text.index(BEGIN) + len(BEGIN)], text[text.index(END) :]
        DOCS.write_text(before + "\n" + "\n".join(lines) + "\n\n" + after)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BENCH_FOLDER"] = folder
        main()
