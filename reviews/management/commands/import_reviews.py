from reviews.importing.commands import ImportCommand
from reviews.importing.outcome import Outcome, Watcher
from reviews.importing.reviews import import_reviews


class Command(ImportCommand):
    help = "Import reviews from JSON Lines or CSV. Importing again changes what changed and adds nothing twice."

    def import_files(self, names: list[str], *, strict: bool, dry_run: bool, watcher: Watcher) -> Outcome:
        return import_reviews(names, strict=strict, dry_run=dry_run, watcher=watcher)
