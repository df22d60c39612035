"""An import takes no more memory for a longer file."""

import json
import tracemalloc
from pathlib import Path

import pytest

from reviews.importing.reviews import import_reviews
from tests.reviews.import_rows import a_row

pytestmark = pytest.mark.django_db

BODY = "The lamps go out one after the other. " * 20


def peak_of(number: int, folder: Path) -> int:
    """The most bytes that Python held while so many rows came in, every other one of them bad."""
    path = folder / f"{number}.jsonl"
    with path.open("w") as file:
        for n in range(number):
            rating = 11 if n % 2 else 7
            row = a_row(title=f"Film {n // 500}", author=f"Author {n % 500}", body=f"{BODY}{n}", rating=rating)
            file.write(json.dumps(row) + "\n")
    tracemalloc.start()
    try:
        outcome = import_reviews([str(path)])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (outcome.read, outcome.rejected) == (number, number // 2)
    return peak


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    # The first run also pays for what is loaded once.
    peak_of(1000, tmp_path)
    short, long = peak_of(2000, tmp_path), peak_of(20_000, tmp_path)
    assert long < short * 1.2 + 500_000, (short, long)
