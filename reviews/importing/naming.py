"""Free addresses for what an import adds: usernames of its authors, slugs of its titles."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence

from reviewsite.texts import address

# Names that would look like the site's own, or like a page of it.
RESERVED_USERNAMES = frozenset((
    "abuse", "admin", "administrator", "anonymous", "api", "demo-admin", "demo-moderator", "demo-reader", "guest",
    "help", "login", "logout", "mail", "me", "member", "moderator", "moderators", "postmaster", "reviewsite",
    "root", "security", "settings", "signup", "staff", "support", "system", "user", "webmaster", "www",
))  # fmt: skip
# Leaves room for the longest digest within the 150 characters of a username.
LONGEST_BASE = 100


def usernames(name: str, source_key: str) -> Iterator[str]:
    """Usernames for an imported member, best first: `wren-aldous`, then with more and more of a digest of the key."""
    base = address(name, limit=LONGEST_BASE)
    if base and base not in RESERVED_USERNAMES:
        yield base
    digest = hashlib.sha256(source_key.encode()).hexdigest()
    yield from (f"{base or 'member'}-{digest[:length]}" for length in (6, 12, 32))


def choose(wanted: Sequence[Iterator[str]], taken: Callable[[Collection[str]], set[str]]) -> list[str]:
    """For each, in order, the first of its candidates that is neither taken nor chosen before it.

    `taken` tells which of some candidates are taken; it is asked once for every round of candidates.
    """
    chosen: dict[str, int] = {}
    pending = list(range(len(wanted)))
    while pending:
        candidates = {index: next(wanted[index]) for index in pending}
        unavailable = taken(set(candidates.values()))
        for index, candidate in candidates.items():
            if candidate not in unavailable:
                chosen.setdefault(candidate, index)
        pending = [index for index, candidate in candidates.items() if chosen.get(candidate) != index]
    return [candidate for candidate, _ in sorted(chosen.items(), key=lambda item: item[1])]
