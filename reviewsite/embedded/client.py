"""`manage.py dbshell` with the psql of the embedded server."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.backends.postgresql import client as postgresql

if TYPE_CHECKING:
    from reviewsite.embedded.base import DatabaseWrapper


class DatabaseClient(postgresql.DatabaseClient):
    connection: "DatabaseWrapper"

    def runshell(self, parameters: Iterable[str]) -> None:
        self.connection.ensure_connection()
        self.executable_name = self.connection.server.cluster.program("psql")
        super().runshell(parameters)
