"""Django's PostgreSQL backend on the embedded server: `DATA_DIR` in `DATABASES` says in whose `postgres/` it lives."""

from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from django.db.utils import OperationalError

from reviewsite.embedded.client import DatabaseClient
from reviewsite.embedded.programs import ServerError
from reviewsite.embedded.server import Server
from reviewsite.postgresql import base as postgresql

# One a process: connections of all threads and databases share it.
server_in = cache(Server)


class DatabaseWrapper(postgresql.DatabaseWrapper):
    """A connection that starts the server when it is not running, also when it died meanwhile.

    The process holds the server from its first connection to its end. The database `NAME` is created when missing.
    """

    client_class = DatabaseClient

    @property
    def server(self) -> Server:
        return server_in(Path(self.settings_dict["DATA_DIR"]) / "postgres")

    def get_connection_params(self) -> dict[str, Any]:
        """`OperationalError` with the reason when the server cannot be started."""
        try:
            self.server.hold()
        except ServerError as problem:
            raise OperationalError(str(problem)) from problem
        # Into the settings too, where dbshell and the making of test databases look for it.
        self.settings_dict.update({name.upper(): value for name, value in self.server.cluster.address().items()})
        return super().get_connection_params()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        try:
            return super().get_new_connection(conn_params)
        except psycopg.OperationalError:
            # The server died, or the database is not there yet. When it was something else, trying again says so.
            try:
                self.server.start()
            except ServerError as problem:
                raise OperationalError(str(problem)) from problem
            if self.settings_dict["NAME"]:
                self.server.create_database(self.settings_dict["NAME"])
            return super().get_new_connection(self.get_connection_params())
