"""What a process keeps of pages that it rendered, and the gaps that it leaves in them.

What is kept holds for everybody it is shown to: a template is rendered for keeping with stand-ins for request and
reader, which have nothing personal to give away, and with gaps where something has to be put in at each request
(`{% live %}`). Keys name all that the text depends on, so that nothing kept is ever wrong, only no longer asked for.
"""

import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from django.template.loader import get_template

# Stands around the name of a gap. Nobody can guess it, and it passes through escaping, addresses and whatever groups
# digits unchanged.
MARK = f"x{secrets.token_hex(12)}"
# The gap "number", where only a number may stand: as an id, in an address.
NUMBER = 10**17 + secrets.randbelow(10**17)


def gap(name: str) -> str:
    """Rendered, a gap: to be filled by that name."""
    return f"{MARK}{name}{MARK}"


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


# How the templates are indented is of no use to readers; in no text that is kept does more than one space show.
INDENT = re.compile(r"[ \t]*\n[ \t\n]*")
# A text in its parts: every second one is the name of a gap.
Parts = tuple[str, ...]
# Some thousand cards with their lines of votes.
texts: Shelf[Parts] = Shelf(8 * 1024 * 1024)
# About what an entry weighs besides its text, in bytes.
OVERHEAD = 600


def kept(template: str, key: Hashable, context: Callable[[], Mapping[str, Any]]) -> Parts:
    """The template rendered for keeping, now or before under the same key; `key` says all that it depends on."""
    found = texts.get((template, key))
    if found is None:
        found = rendered(template, context())
        # A letter outside Latin-1 makes Python hold all of the text in two or four bytes each.
        texts.put((template, key), found, 2 * sum(map(len, found)) + OVERHEAD)
    return found


def rendered(template: str, context: Mapping[str, Any]) -> Parts:
    """The template rendered as for keeping, for once."""
    text = str(get_template(template).render({**context, "keeping": True}))
    return tuple(INDENT.sub("\n", text).replace(str(NUMBER), gap("number")).split(MARK))


def is_kept(template: str, key: Hashable) -> bool:
    return texts.get((template, key)) is not None


def filled(parts: Parts, gaps: Mapping[str, str]) -> str:
    """The text, its gaps filled."""
    if len(parts) == 1:
        return parts[0]
    return "".join([gaps[part] if at % 2 else part for at, part in enumerate(parts)])
