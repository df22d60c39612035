"""Acts at the same moment, and what each was told."""

from collections.abc import Callable

from tests.reviews.test_counters import together


def outcomes(*acts: Callable[[], object], told: tuple[type[Exception], ...]) -> list[Exception | None]:
    """Do these at once; for each which of the exceptions in `told` it met, or None. Any other fails."""
    met: list[Exception | None] = [None] * len(acts)

    def attempt(number: int) -> None:
        try:
            acts[number]()
        except told as problem:
            met[number] = problem

    together(*(lambda number=number: attempt(number) for number in range(len(acts))))
    return met
