"""Was it the server that failed, or what was asked of it?"""

from django.db import InterfaceError, InternalError, OperationalError

# The server ends, starts, refuses, has no room left (class 53) or is one that takes no writes. Anything else was said
# by a server that is there: two writers waited for one another, a statement took too long.
BUSY = {"40P01", "55P03"}
GONE = {"57P01", "57P02", "57P03", "57P05", "25006"}


def is_lost(problem: BaseException | None) -> bool:
    """Is the database out of reach, for writing at least?"""
    if not isinstance(problem, (InterfaceError, InternalError, OperationalError)):
        return False
    state = getattr(problem.__cause__, "sqlstate", None)
    if state is None:
        return not isinstance(problem, InternalError)
    return state in GONE or state.startswith(("08", "53"))


def may_do_later(problem: BaseException | None) -> bool:
    """Would the same succeed a moment later? Then somebody held a row for too long, or two waited for one another."""
    return getattr(getattr(problem, "__cause__", None), "sqlstate", None) in BUSY
