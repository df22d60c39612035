from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from reviews.erasing import erase_outdated


class Command(BaseCommand):
    help = (
        "Erase for good what is kept for a time only: reviews that their authors deleted 30 days ago, with versions "
        "and votes, exports of a week ago, sessions that ended, posters that were taken away, names and addresses of "
        "who reported without an account. `serve` does so every hour; elsewhere, run it daily."
    )

    def handle(self, **options: Any) -> None:
        call_command("clearsessions")
        self.stdout.write(f"Reviews erased: {erase_outdated()}")
