"""Which transactions a query sees, in PostgreSQL's own terms: on the primary, and on a replica.

A snapshot's text names the first transaction still running, the first not yet begun, and those running between them.
"""

import re
from typing import Any

from django.db.models import BooleanField, CharField, Func

from reviewsite.replicas.choice import ask_elsewhere

# One that long has hundreds of writers at once; a longer one is not ours.
SNAPSHOT = re.compile(r"([0-9]{1,18}):([0-9]{1,18}):([0-9]{1,18}(?:,[0-9]{1,18})*)?")
LONGEST_SNAPSHOT = 4000

# On a replica `pg_current_snapshot()` names the same first and next transaction as the query sees them, but none of
# those running in between: all of them would count as seen. So there they are worked out. Of the transactions that
# moved a review of what is read, those that are seen have left a row in `FormerPlace` that is seen; all others between
# the first and the last of these are written down as running, whether they are or have nothing to do with it. They
# come in order, as a snapshot wants them.
ON_REPLICA = """
    SELECT CASE
        WHEN last_seen - first > {most} THEN concat('{inexact}', first, ':', first, ':')
        ELSE concat(first, ':', coalesce(last_seen + 1, first), ':', array_to_string(ARRAY(
            SELECT number FROM generate_series(first, last_seen) AS number WHERE number <> ALL (seen)
        ), ',')) END
    FROM (
        SELECT first, seen, (SELECT max(number) FROM unnest(seen) AS number) AS last_seen FROM (
            SELECT first, ARRAY(
                SELECT changed FROM reviews_formerplace
                    WHERE {whose} = %(expressions)s AND changed >= first AND changed < next
            ) AS seen FROM (
                SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS first,
                    pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next
            ) AS of_query
        ) AS seen_by_query
    ) AS on_replica
"""
MOST_RUNNING, INEXACT = 200, "~"


class CurrentSnapshot(Func):
    """Which transactions this query sees, of those that move reviews of something: `CurrentSnapshot(title_id=F("pk"))`.

    On a replica that cannot say so shortly it is an earlier one, and marked: `exact` wants to see it first.
    """

    output_field = CharField()

    def __init__(self, **of: Any) -> None:
        [(column, whose)] = of.items()
        super().__init__(whose)
        on_replica = ON_REPLICA.format(most=MOST_RUNNING, inexact=INEXACT, whose=column)
        self.template = f"CASE WHEN pg_is_in_recovery() THEN ({on_replica}) ELSE pg_current_snapshot()::text END"


class IsBehind(Func):
    """Is this a replica that may not have seen yet all that a snapshot saw, whose next transaction is given?"""

    template = (
        "(pg_is_in_recovery() AND pg_snapshot_xmin(pg_current_snapshot())::text::bigint < (%(expressions)s)::bigint)"
    )
    output_field = BooleanField()


def exact(snapshot: str) -> str:
    """A `CurrentSnapshot`. Where it is not the exact one, another server is asked for the page, if there is any."""
    if snapshot.startswith(INEXACT):
        ask_elsewhere()
    return snapshot.removeprefix(INEXACT)


class SeenBy(Func):
    """Whether a snapshot (second) saw what a transaction (first, its number) did."""

    template = "pg_visible_in_snapshot(%(expressions)s::pg_snapshot)"
    arg_joiner = "::text::xid8, "
    output_field = BooleanField()


def valid_snapshot(text: str) -> bool:
    """Is this a snapshot as PostgreSQL writes it? It reads no other, and would answer with an error."""
    found = SNAPSHOT.fullmatch(text) if len(text) <= LONGEST_SNAPSHOT else None
    if not found:
        return False
    first, next_, running = (
        int(found[1]),
        int(found[2]),
        [int(number) for number in (found[3] or "").split(",") if number],
    )
    # PostgreSQL numbers no transaction so that the lower half of the number is 0.
    bounds = first <= next_ and all(number % 2**32 for number in (first, next_))
    return bounds and running == sorted(set(running)) and all(first <= number < next_ for number in running)
