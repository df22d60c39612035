"""What may wait, done in a thread of its own, so seldom that what may not wait does not notice."""

import threading
import time
from collections.abc import Callable

# It rests so many times as long as that took: a fiftieth of one processor at most, whatever there is to do. What took
# long only waited for a processor, and nobody wants that to go on for an hour.
REST, LONGEST_REST = 50, 60


class Aside:
    """One thing at a time, and a rest after it."""

    def __init__(self) -> None:
        self._busy = threading.Lock()
        self._rests_until = 0.0

    def do(self, act: Callable[[], None]) -> bool:
        """Begin with it and say so; or not, while there is another or it rests."""
        if time.monotonic() < self._rests_until or not self._busy.acquire(blocking=False):
            return False
        try:
            threading.Thread(target=self._do, args=(act,), daemon=True).start()
        except RuntimeError:  # the system has no thread left
            self._busy.release()
            return False
        return True

    def _do(self, act: Callable[[], None]) -> None:
        begun = time.monotonic()
        try:
            act()
        finally:
            now = time.monotonic()
            self._rests_until = now + min(REST * (now - begun), LONGEST_REST)
            self._busy.release()
