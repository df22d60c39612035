"""See `reviews.moderation.likeness`."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from reviews.moderation.likeness import catch_up

BATCH = 1000


class Command(BaseCommand):
    help = "Mark the texts of imported reviews, so that copies of them are found. Run it after a large import."

    def handle(self, *args: Any, **options: Any) -> None:
        number = 0
        while marked := self._a_batch():
            number += marked
        self.stdout.write(f"{number} texts marked.")

    @transaction.atomic
    def _a_batch(self) -> int:
        return catch_up(BATCH, wait=True)
