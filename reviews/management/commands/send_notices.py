from typing import Any

from django.core.management.base import BaseCommand

from reviews.moderation.mailing import send_waiting


class Command(BaseCommand):
    help = "Send the mails of notices that the mail server did not take before, then end. Any number may run at once."

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"Sent: {send_waiting()}")
