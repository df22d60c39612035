"""What the site's processes share, in a table of the database.

Limits on attempts and used codes are kept here, and two habits of Django's own table cache would be holes in them:
beyond some number of entries it drops what has not run out yet, and of two processes that add one key at once, where an
old one has run out, both are told that they were first.
"""

import base64
import pickle
import random
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import connections, router
from django.utils import timezone

from reviewsite.replicas.choice import primary_is_lost

# One write in so many clears away what has run out.
CLEARING = 100
NEVER = datetime.max.replace(microsecond=0, tzinfo=UTC)


class SharedCache(DatabaseCache):
    """A table cache that forgets nothing but what has run out, and writes in one statement."""

    def _base_set(self, mode: str, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT) -> bool:
        if mode == "touch":
            return bool(super()._base_set(mode, key, value, timeout))  # type: ignore[misc]
        if primary_is_lost():
            return False  # what only hastens pages is not kept; what limits writing is asked for where nothing can be
        connection = connections[router.db_for_write(self.cache_model_class)]
        table = connection.ops.quote_name(self._table)  # type: ignore[attr-defined]
        ends, now = self.get_backend_timeout(timeout), timezone.now().replace(microsecond=0)
        expires = NEVER if ends is None else datetime.fromtimestamp(int(ends), tz=UTC)
        packed = base64.b64encode(pickle.dumps(value, self.pickle_protocol)).decode()
        over = f" WHERE {table}.expires < %s" if mode == "add" else ""
        with connection.cursor() as cursor:
            if not random.randrange(CLEARING):  # noqa: S311 - nothing secret about it
                cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [now])  # noqa: S608 - our own table's name
            cursor.execute(
                f"INSERT INTO {table} (cache_key, value, expires) VALUES (%s, %s, %s)"  # noqa: S608
                f" ON CONFLICT (cache_key) DO UPDATE SET value = EXCLUDED.value, expires = EXCLUDED.expires{over}",
                [key, packed, expires, *([now] if over else [])],
            )
            return bool(cursor.rowcount == 1)
