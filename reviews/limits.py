"""How often a member may do something in a day, the same over all processes: rows are counted, under a lock."""

from datetime import timedelta

DAY = timedelta(days=1)


class LimitReached(Exception):  # noqa: N818 - a state of affairs, not an error
    """The member has done this `most` times within a day, and may again tomorrow."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most
