"""Was it the server that failed, or what was asked of it?"""

from django.db import InterfaceError, InternalError, OperationalError

# The server ends, starts, refuses, or is one that takes no writes. Anything else was said by a server that is there:
# two writers who waited for one another, a statement that took too long.
GONE = {"57P01", "57P02", "57P03", "57P05", "53300", "25006"}


def is_lost(problem: BaseException | None) -> bool:
    """Is the database out of reach, for writing at least?"""
    if not isinstance(problem, (InterfaceError, InternalError, OperationalError)):
        return False
    state = getattr(problem.__cause__, "sqlstate", None)
    if state is None:
        return not isinstance(problem, InternalError)
    return state in GONE or state.startswith("08")
