"""What the two commands that import have in common."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from tqdm import tqdm

from reviews.importing.outcome import Outcome, Watcher

INTERRUPTED = 130


class ImportCommand(BaseCommand):
    """Runs `import_files` over the files that were named, and exits with 1 if any row was bad."""

    def import_files(self, names: list[str], *, strict: bool, dry_run: bool, watcher: Watcher) -> Outcome:
        raise NotImplementedError

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="JSON Lines (.jsonl) or CSV (.csv); - is stdin")
        parser.add_argument("--strict", action="store_true", help="write nothing unless every row is good")
        parser.add_argument("--dry-run", action="store_true", help="write nothing, but report what would be")

    def handle(self, *, files: list[str], strict: bool, dry_run: bool, **options: Any) -> None:
        try:
            with self.watched(files) as watcher:
                outcome = self.import_files(files, strict=strict, dry_run=dry_run, watcher=watcher)
        except KeyboardInterrupt:
            self.stderr.write("Interrupted. Nothing was written.")
            sys.exit(INTERRUPTED)
        except Error as problem:
            raise CommandError(f"Nothing was written. The database said: {problem}") from problem
        self.stdout.write(str(outcome))
        if not outcome.all_good:
            sys.exit(1)

    @contextmanager
    def watched(self, files: list[str]) -> Iterator[Watcher]:
        """Problems go to stderr, above a bar of bytes read when that is a terminal."""
        size = sum(os.path.getsize(name) for name in files if os.path.isfile(name))
        with tqdm(total=size, unit="B", unit_scale=True, file=sys.stderr, disable=not sys.stderr.isatty()) as bar:

            def say(line: str) -> None:
                with tqdm.external_write_mode():
                    self.stderr.write(line, str)

            yield Watcher(say, bar.update, lambda: bar.set_postfix_str("writing"))
