from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from reviews.demo import DEMO_SIGN_INS, loading


class Command(BaseCommand):
    help = "Load the demo: films, reviews, posters and three sign-ins. A second load changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--remove", action="store_true", help="take the demo away again")

    def handle(self, *, remove: bool, **options: Any) -> None:
        if remove:
            members, films = loading.remove()
            self.stdout.write(f"Removed {members} members of the demo with all they wrote, and {films} films.")
            return
        titles, reviews = loading.load(self.stderr.write)
        self.stdout.write(f"Titles: {titles}\nReviews: {reviews}")
        for username, password, what in DEMO_SIGN_INS:
            self.stdout.write(f"Sign in as {username} ({what}) with the password {password}")
