"""Free addresses for what an import adds: usernames of its authors, slugs of its titles."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence

from accounts.usernames import RESERVED_SKELETONS, skeletons
from reviewsite.texts import address

# Leaves room for the longest digest within the 150 characters of a username.
LONGEST_BASE = 100


def usernames(name: str, source_key: str) -> Iterator[str]:
    """Usernames for an imported member, best first: `wren-aldous`, then with more and more of a digest of the key.

    None of them is, or looks like, a name of the site's own.
    """
    base = address(name, limit=LONGEST_BASE)
    if base and not skeletons(base) & RESERVED_SKELETONS:
        yield base
    digest = hashlib.sha256(source_key.encode()).hexdigest()
    yield from (f"{base or 'member'}-{digest[:length]}" for length in (6, 12, 32))


def choose(wanted: Sequence[Iterator[str]], taken: Callable[[Collection[str]], set[str]]) -> list[str]:
    """For each, in order, the first of its candidates that is neither taken nor, in whatever case, chosen before it.

    `taken` tells which of some candidates are taken; it is asked once for every round of candidates.
    """
    chosen: dict[int, str] = {}
    used: set[str] = set()
    pending = list(range(len(wanted)))
    while pending:
        candidates = {index: next(wanted[index]) for index in pending}
        unavailable = taken(set(candidates.values()))
        for index, candidate in candidates.items():
            if candidate not in unavailable and candidate.upper() not in used:
                used.add(candidate.upper())
                chosen[index] = candidate
        pending = [index for index in pending if index not in chosen]
    return [chosen[index] for index in range(len(wanted))]
