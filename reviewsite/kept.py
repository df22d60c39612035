"""What a process keeps of pages that it put together, each by a key that names all that it depends on.

So nothing kept is ever wrong, only no longer asked for. It holds for everybody it is shown to; what does not is a gap
in it (`reviewsite.shapes`).
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

# A text in its parts: every second one is the name of a gap.
Parts = tuple[str, ...]
# About what an entry weighs besides its text, in bytes.
OVERHEAD = 600


class Shelf[Kept]:
    """What was used last, up to a number of bytes. For all threads of the process."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.used = 0
        self._entries: OrderedDict[Hashable, tuple[Kept, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Kept | None:
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries.move_to_end(key)
            return entry[0]

    def put(self, key: Hashable, value: Kept, size: int) -> None:
        with self._lock:
            if key in self._entries:
                self.used -= self._entries.pop(key)[1]
            self.used += size
            self._entries[key] = (value, size)
            while self.used > self.size:
                self.used -= self._entries.popitem(last=False)[1][1]

    def drop(self, key: Hashable) -> None:
        with self._lock:
            if key in self._entries:
                self.used -= self._entries.pop(key)[1]

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self.used = 0


# Some thousand cards, and what stands around them.
texts: Shelf[Parts] = Shelf(4 * 1024 * 1024)


def kept(key: Hashable, make: Callable[[], Parts]) -> Parts:
    """What was made under that key before, or is made now."""
    return known(key) or keep(key, make())


def known(key: Hashable) -> Parts | None:
    return texts.get(key)


def keep(key: Hashable, made: Parts) -> Parts:
    texts.put(key, made, weight(made))
    return made


def weight(parts: Parts) -> int:
    # A letter outside Latin-1 makes Python hold all of the text in two or four bytes each.
    return 2 * sum(map(len, parts)) + OVERHEAD
