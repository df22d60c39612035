"""The counting of the database (migration `counters`), where many rows come or go at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from reviews.sql import execute


@contextmanager
def counting_at_rest() -> Iterator[None]:
    """Let the row-by-row counting rest within, in the caller's transaction, and go on afterwards.

    Whoever lets it rest sees to the figures: brings them along, has them counted anew before the end, or changes
    nothing that is counted. After an error nothing is set back: the transaction, or its savepoint, does that.
    """
    execute("SET LOCAL reviewsite.bulk = 'on'")
    yield
    execute("SET LOCAL reviewsite.bulk = 'off'")


def recount_titles(ids: list[int]) -> None:
    """Count reviews and ratings of these titles anew. Locks the titles, then the site's figures."""
    execute("SELECT reviews_recount_titles(%s::bigint[])", ids)
