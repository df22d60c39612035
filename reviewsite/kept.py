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
# The part of a shelf that is for what was asked for again.
AGAIN = 0.75


class Shelf[Kept]:
    """What was used last, up to a number of bytes. For all threads of the process.

    What was asked for again is kept before what was not: who looks at everything once, as crawlers do, has nothing
    forgotten that others come back for (a segmented LRU).
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.used = self._used_again = 0
        self._once: OrderedDict[Hashable, tuple[Kept, int]] = OrderedDict()
        self._again: OrderedDict[Hashable, tuple[Kept, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Kept | None:
        with self._lock:
            if entry := self._again.get(key):
                self._again.move_to_end(key)
            elif entry := self._once.pop(key, None):
                self._keep_again(key, entry)
            return entry[0] if entry else None

    def put(self, key: Hashable, value: Kept, size: int) -> None:
        with self._lock:
            again = key in self._again
            self._drop(key)
            if size > self.size:
                return
            while self.used + size > self.size:
                self._drop(next(iter(self._once or self._again)))
            self.used += size
            if again:
                self._keep_again(key, (value, size))
            else:
                self._once[key] = (value, size)

    def drop(self, key: Hashable) -> None:
        with self._lock:
            self._drop(key)

    def clear(self) -> None:
        with self._lock:
            self._once.clear()
            self._again.clear()
            self.used = self._used_again = 0

    def _keep_again(self, key: Hashable, entry: tuple[Kept, int]) -> None:
        """And have what was not asked for any more for longest give way to it."""
        self._again[key] = entry
        self._used_again += entry[1]
        while self._used_again > AGAIN * self.size:
            oldest, its = self._again.popitem(last=False)
            self._used_again -= its[1]
            self._once[oldest] = its

    def _drop(self, key: Hashable) -> None:
        if entry := self._once.pop(key, None):
            self.used -= entry[1]
        elif entry := self._again.pop(key, None):
            self.used -= entry[1]
            self._used_again -= entry[1]


# Some hundreds of cards, and what stands around them.
texts: Shelf[Parts] = Shelf(5 * 512 * 1024)


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
