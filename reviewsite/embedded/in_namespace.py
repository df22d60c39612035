"""Becomes PROGRAM in a user namespace where root has the number of an ordinary user: in_namespace.py PROGRAM ARG...

A program of its own, since a process with threads must not change its namespace between fork and exec.
"""

import os
import pwd
import sys


def main(command: list[str]) -> None:
    if not hasattr(os, "unshare"):
        sys.exit("This system has no user namespaces.")
    # initdb looks its user up by number, so it must be one that exists.
    stand_in = next((entry for entry in pwd.getpwall() if entry.pw_uid == 65534), None)
    stand_in = stand_in or next(entry for entry in pwd.getpwall() if entry.pw_uid != 0)
    own_uid, own_gid = os.geteuid(), os.getegid()
    try:
        os.unshare(os.CLONE_NEWUSER)
        for name, line in (
            ("setgroups", "deny"),  # the kernel asks for this before it takes a gid_map
            ("uid_map", f"{stand_in.pw_uid} {own_uid} 1"),
            ("gid_map", f"{stand_in.pw_gid} {own_gid} 1"),
        ):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(line)
    except OSError as problem:
        sys.exit(f"No user namespace: {problem}")
    os.execv(command[0], command)  # noqa: S606 - that there is no shell in between is meant


if __name__ == "__main__":
    main(sys.argv[1:])
