"""Django's PostgreSQL backend with a health check that costs no round trip, and with prepared statements allowed."""

import select
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from django.db.backends.postgresql import base as postgresql


class DatabaseWrapper(postgresql.DatabaseWrapper):
    """Looks at a kept connection before each request: nothing may be waiting to be read on it.

    PostgreSQL says nothing of itself on an idle connection but that it ends: when the server stops or is killed, the
    end of the stream is there to be read. Only where something is, the connection is asked with a statement.
    """

    def get_connection_params(self) -> dict[str, Any]:
        """Django allows none by itself. Statements of its own it does not prepare; those of `prepared` are, unless a
        pooler hands each transaction another connection (`prepare_threshold` None in `OPTIONS`)."""
        threshold = self.settings_dict["OPTIONS"].get("prepare_threshold", 0)
        return {**super().get_connection_params(), "prepare_threshold": threshold}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self.may_plan = conn_params["prepare_threshold"] is not None
        # The statements of `prepared` that this connection's server has planned, and what it knows them by.
        self.planned: OrderedDict[tuple[bytes, Sequence[int] | None], bytes] = OrderedDict()
        return super().get_new_connection(conn_params)

    def is_usable(self) -> bool:
        if self.connection.closed:
            return False
        waiting = select.poll()
        waiting.register(self.connection.fileno(), select.POLLIN)
        return not waiting.poll(0) or super().is_usable()
