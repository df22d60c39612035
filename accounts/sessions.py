"""Sessions in the database, as Django keeps them. Signed-in requests begin with one statement that reads the session
and, beside it, its member; those of one moment with one for all."""

import json
from collections.abc import Sequence
from functools import cache, lru_cache
from threading import local
from types import SimpleNamespace
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.sessions.backends import db
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.models import User
from reviewsite.postgresql.gathered import Gathered
from reviewsite.postgresql.prepared import rows_of, statement_of
from reviewsite.replicas.choice import primary_is_lost, reading_strictly

CONFIRMED = Exists(EmailAddress.objects.filter(user=OuterRef("pk"), verified=True))
HAS_RIGHTS = Q(Exists(User.groups.through.objects.filter(user=OuterRef("pk")))) | Q(
    Exists(User.user_permissions.through.objects.filter(user=OuterRef("pk")))
)
COLUMNS = [field.attname for field in User._meta.concrete_fields]
# Stands for a member's id.
MEMBER = -30_001


class _Beside(local):
    member: Sequence[Any] = ()
    """The row of the member whose session this thread has just read."""


beside = _Beside()


class SessionStore(db.SessionStore):
    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """What it holds. That the site signed it is proven once for what has not changed since: proving takes a
        twentieth of a request."""
        held: dict[str, Any] = json.loads(_proven(session_data))
        return held

    def _get_session_from_db(self) -> Any:
        beside.member = ()
        key = self.session_key or ""
        found = gathered(key, reading_strictly()) if key.isascii() and key.isalnum() else None
        if not found:
            # A replica that stands in for the primary may not have it yet: the browser keeps its cookie.
            if not primary_is_lost():
                self._session_key = None
            return None
        data, *beside.member = found
        return SimpleNamespace(session_data=data)


@lru_cache(maxsize=1000)
def _proven(session_data: bytes | str) -> str:
    return json.dumps(db.SessionStore().decode(session_data))


def read_member(pk: int) -> User | None:
    """The member with that id, with whether an address is confirmed (`address_confirmed`), and whether there are any
    rights to ask for (`has_rights`). Straight after their session was read that costs nothing."""
    found, beside.member = beside.member, ()
    if not found or found[COLUMNS.index("id")] != pk:
        rows = rows_of(_member_statement(), {"member": pk}, using=reading_strictly())
        if not rows:
            return None
        found = rows[0]
    *values, confirmed, rights = found
    member = User.from_db(reading_strictly(), COLUMNS, values)
    member.address_confirmed, member.has_rights = confirmed, rights  # type: ignore[attr-defined]
    return member


def _read_together(keys: Sequence[str], using: str) -> Sequence[Sequence[Any] | None]:
    """Of each key the session's data and its member's row; None where there is no session, or no more."""
    found = rows_of(_session_statement(), {"keys": ",".join(keys), "now": timezone.now()}, using=using)
    sessions = {key: row for key, *row in found}
    return [sessions.get(key) for key in keys]


def _read_alone(key: str, using: str) -> Sequence[Any] | None:
    return _read_together([key], using)[0]


gathered = Gathered[str, Sequence[Any] | None](_read_together, _read_alone)


@cache
def _session_statement() -> str:
    member = statement_of(_members(RawSQL("used.user_id", [])), {})
    # The keys stand in a query of their own: seen by the planner, how many there are would have it plan each time anew.
    return (  # of our own making
        "SELECT session.session_key, session.session_data, member.* FROM django_session AS session"  # noqa: S608
        " LEFT JOIN usersessions_usersession AS used ON used.session_key = session.session_key"
        f" LEFT JOIN LATERAL ({member}) AS member ON true"
        " WHERE session.session_key = ANY ((SELECT string_to_array(%(keys)s, ','))::text[])"
        " AND session.expire_date > %(now)s"
    )


@cache
def _member_statement() -> str:
    return statement_of(_members(MEMBER), {MEMBER: "member"})


def _members(pk: Any) -> Any:
    members = User.objects.filter(pk=pk).annotate(address_confirmed=CONFIRMED, has_rights=HAS_RIGHTS)
    return members.values_list(*COLUMNS, "address_confirmed", "has_rights")
