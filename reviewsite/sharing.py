"""The memory that a process shares with those forked from it: as much of it as can be, for as long as can be.

A page of memory is shared until somebody writes to it, and Python writes to nearly all that it looks at: it counts the
references to each object within the object. Measured with two workers under load, half of what they shared was gone
after a minute, and their parent, which only waits, was left with a copy that nobody else had.
"""

import ctypes
import gc
from types import CodeType, FrameType
from typing import Any

# Of glibc's <malloc.h>; other systems' allocators have no such thing.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
MEGABYTE = 1024 * 1024
libc = ctypes.CDLL(None)


def allocate_sparingly() -> None:
    """Have all threads take their memory from one place, and give back what is free at its end; before there are any.

    Each thread has a place of its own otherwise, and what one has freed none of the others uses; at its end they keep
    twice as much as the largest piece that was ever freed. They wait for Python anyway.
    """
    if hasattr(libc, "mallopt"):
        libc.mallopt(M_ARENA_MAX, 1)
        libc.mallopt(M_TRIM_THRESHOLD, MEGABYTE)
        libc.mallopt(M_MMAP_THRESHOLD, MEGABYTE)


def share() -> None:
    """Make all that is there last for ever, so that neither counting references nor collecting garbage writes to it.

    To be called right before the first fork. Memory that is free by then would be written to as well: it goes back.
    """
    gc.collect()
    _make_immortal(gc.get_objects())
    gc.freeze()
    if hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)


def _make_immortal(objects: list[Any]) -> None:
    """Mark those objects and all that they refer to as what None is: references to them are not counted (PEP 683).

    Python does so with objects of its own and has no function for those of others. The mark is in the first bytes of an
    object; where None has none there (without the global lock they hold something else), all stays as it is.
    """
    count_of = ctypes.c_uint32.from_address
    for_ever = count_of(id(None)).value
    if for_ever < 1 << 30:
        return
    while objects:
        found = objects.pop()
        count = count_of(id(found))
        if count.value == for_ever or isinstance(found, FrameType):
            continue
        count.value = for_ever
        objects += _parts_of(found) if isinstance(found, CodeType) else gc.get_referents(found)


def _parts_of(code: CodeType) -> tuple[object, ...]:
    """What the collector cannot tell of code, as there can be no cycles in it."""
    return code.co_consts, code.co_names, code.co_filename, code.co_qualname, code.co_linetable, code.co_exceptiontable
