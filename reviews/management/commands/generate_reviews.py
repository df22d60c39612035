"""Many made-up reviews and votes of one title, to measure with."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from reviews.generating import VOTES_A_REVIEW, AlreadyThereError, Amount, generate, vacuum


class Command(BaseCommand):
    help = "Fills the database with a title of many made-up reviews and votes; the same seed makes the same."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--title-reviews", type=int, default=10_000, help="reviews of the title (10,000)")
        parser.add_argument("--votes", type=int, help="votes on them (5.2 a review)")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *, title_reviews: int, votes: int | None, seed: int, **options: Any) -> None:
        votes = round(title_reviews * VOTES_A_REVIEW) if votes is None else votes
        if title_reviews < 2 or votes < 0:
            raise CommandError("It takes two reviews or more, and no less than no votes.")
        amount = Amount(title_reviews, votes, seed)
        try:
            with tqdm(total=amount.rows, unit=" rows", file=sys.stderr, disable=not sys.stderr.isatty()) as bar:
                title = generate(amount, bar.update)
                bar.set_postfix_str("tidying up")
                vacuum()
        except AlreadyThereError as problem:
            raise CommandError(f"There is a title “{problem}” already. Another --seed makes another.") from problem
        except ValueError as problem:
            raise CommandError(f"{problem}.") from problem
        self.stdout.write(f"{title_reviews:,} reviews, {votes:,} votes: {title.get_absolute_url()}reviews/")
