"""Who PostgreSQL's programs run as. They refuse to run as root, so root runs them as somebody else.

First choice is a user namespace in which root's own id has another number: the programs see an ordinary user, the
files stay root's, and nothing is left on the system. Where the kernel or a container refuses that, it is a system user
that exists already. Once there are files, their owner decides.
"""

import os
import pwd
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewsite.embedded.programs import ServerError

IN_NAMESPACE = (sys.executable, "-I", "-S", str(Path(__file__).with_name("in_namespace.py")))
SYSTEM_USERS = ("postgres", "nobody")


@dataclass(frozen=True)
class Identity:
    """Whom the files belong to, and what starts a program in that name."""

    uid: int
    gid: int
    before: tuple[str, ...] = ()

    def command(self, *words: str) -> list[str]:
        return [*self.before, *words]

    def process(self) -> dict[str, Any]:
        """Arguments for `subprocess` that change to this user, where that takes a change."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, path: Path) -> None:
        """Makes `path` this user's."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)

    def can_work(self, home: Path, program: str) -> bool:
        """Whether this user can run `program` and write in the folder `home`."""
        test = self.command("/bin/sh", "-c", 'cd "$1" && test -w . && "$2" --version', "sh", str(home), program)
        return subprocess.run(test, capture_output=True, cwd="/", **self.process()).returncode == 0


def choose(home: Path, program: str) -> Identity:
    """Who runs the programs on the data in `home`, which is given to that user if it is new."""
    if os.geteuid() != 0:
        return Identity(os.getuid(), os.getgid())
    owner = home.stat()
    if owner.st_uid != 0:
        return Identity(owner.st_uid, owner.st_gid)
    namespace = Identity(0, owner.st_gid, IN_NAMESPACE)
    if (home / "cluster").exists() or namespace.can_work(home, program):
        return namespace
    for candidate in _candidates(home):
        candidate.give(home)
        if candidate.can_work(home, program):
            return candidate
        namespace.give(home)
    raise ServerError(
        f"PostgreSQL does not run as root, and no other user can reach both {home} and {program}. Start the site as an "
        "ordinary user, set DATA_DIR to a folder that others can reach, or set DATABASE_URL to a server you have."
    )


def _candidates(home: Path) -> list[Identity]:
    """The user in whose folder we are, if any, then those a system has for such things."""
    owners = (folder.stat() for folder in home.parents)
    found = [Identity(owner.st_uid, owner.st_gid) for owner in owners if owner.st_uid != 0][:1]
    entries = (entry for entry in pwd.getpwall() if entry.pw_name in SYSTEM_USERS)
    ranked = sorted(entries, key=lambda entry: SYSTEM_USERS.index(entry.pw_name))
    return found + [Identity(entry.pw_uid, entry.pw_gid) for entry in ranked]
