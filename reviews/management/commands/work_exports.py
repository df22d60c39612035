from typing import Any

from django.core.management.base import BaseCommand

from reviews.exporting.work import work_off


class Command(BaseCommand):
    help = (
        "Pack the exports that wait, also those that a killed worker left behind, then end. Any number may run at once."
    )

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"Packed: {work_off()}")
