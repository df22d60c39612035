from reviews.importing.commands import ImportCommand
from reviews.importing.outcome import Outcome, Watcher
from reviews.importing.titles import import_titles


class Command(ImportCommand):
    help = "Import titles from JSON Lines or CSV: title, year, kind, genres (a|b), synopsis, minutes, poster and more."

    def import_files(self, names: list[str], *, strict: bool, dry_run: bool, watcher: Watcher) -> Outcome:
        return import_titles(names, strict=strict, dry_run=dry_run, watcher=watcher)
