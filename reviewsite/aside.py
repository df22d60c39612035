"""What may wait, done in a thread of its own, so seldom that what may not wait does not notice."""

import threading
import time
from collections.abc import Callable

# It rests so many times as long as it worked: a fiftieth of one processor, whatever there is to do.
REST = 50


class Aside:
    """One thing at a time, and a rest after it."""

    def __init__(self) -> None:
        self._busy = threading.Lock()
        self._rests_until = 0.0

    def do(self, act: Callable[[], None]) -> bool:
        """Begin with it and say so; or not, while there is another or it rests."""
        if time.monotonic() < self._rests_until or not self._busy.acquire(blocking=False):
            return False
        threading.Thread(target=self._do, args=(act,), daemon=True).start()
        return True

    def _do(self, act: Callable[[], None]) -> None:
        begun = time.monotonic()
        try:
            act()
        finally:
            now = time.monotonic()
            self._rests_until = now + REST * (now - begun)
            self._busy.release()
