"""The memory of a process with many threads, and what it shares with those forked from it."""

import ctypes
import gc
import os
import threading
import time

# Of glibc's <malloc.h>; other systems' allocators have no such thing.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
MEGABYTE = 1024 * 1024
# Garbage is collected once so many more objects are there than at the last time; seen so often, once more with those
# that were left then; and so on. With the 2000 and 10 of Python 3.13, what many requests at once leave lies about among
# what stays, and a worker takes a few megabytes more; it is no slower for it.
COLLECTED_AT = 500, 5, 5
# Seconds between two looks at what is free, which take a millisecond.
GIVEN_BACK_EVERY = 10
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
    """Set what is there apart from what is collected later; to be called right before the first fork.

    A page of memory stays shared until it is written to, and collecting garbage writes to all objects that it looks at.
    Memory that is free by then would be written to as well: it goes back.
    """
    gc.set_threshold(*COLLECTED_AT)
    gc.collect()
    gc.freeze()
    if hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)
        os.register_at_fork(after_in_child=lambda: threading.Thread(target=_give_back, daemon=True).start())


def _give_back() -> None:
    """Have the system take what is free in the midst of what is not, now and then."""
    while True:
        time.sleep(GIVEN_BACK_EVERY)
        libc.malloc_trim(0)
