"""Sessions in the database, as Django keeps them, read with a prepared statement: each signed-in request begins so."""

from types import SimpleNamespace
from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

from reviewsite.postgresql.prepared import rows_of
from reviewsite.replicas.choice import reading_strictly

SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Any:
        found = rows_of(SESSION, [self.session_key, timezone.now()], using=reading_strictly())
        if not found:
            self._session_key = None
            return None
        return SimpleNamespace(session_data=found[0][0])
