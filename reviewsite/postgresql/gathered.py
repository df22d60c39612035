"""Statements that many threads ask at the same moment, each about something of its own, asked as one."""

import logging
from collections.abc import Callable, Sequence

from django.db import DatabaseError, DataError, ProgrammingError, connections

from reviewsite.together import Together

log = logging.getLogger(__name__)


class Gathered[Item, Answer]:
    """Asks about many at once: one round trip for all threads that come while the one before is on its way.

    `together` answers for several, in their order; `alone` for one; `apart` is that of `Together`. Within a transaction
    each asks alone, as others have no part in it, and so does each where asking together fails: nobody meets the
    failure of another.
    """

    def __init__(
        self,
        together: Callable[[Sequence[Item], str], Sequence[Answer]],
        alone: Callable[[Item, str], Answer],
        apart: Callable[[int, float], float] | None = None,
    ) -> None:
        self.together, self.alone = together, alone
        self.rounds = Together[Item, Answer](apart)

    def __call__(self, item: Item, using: str) -> Answer:
        """The answer for the item of the database `using`."""
        if connections[using].in_atomic_block:
            return self.alone(item, using)
        try:
            return self.rounds.do(using, item, lambda items: self.together(items, using))
        except DatabaseError as problem:
            if isinstance(problem, (DataError, ProgrammingError)):
                # The statement's own fault, which would otherwise show as slowness alone.
                log.warning("What several asked together is asked one by one: %s", problem)
            return self.alone(item, using)
