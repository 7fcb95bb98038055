"""Whether anybody wrote anything: one small question in the place of many that find nothing."""

from contextlib import closing
from typing import Any, cast

from sqlalchemy.exc import OperationalError

from portal.db import db


class Pulse:
    """Two equal beats mean that nothing was committed between them, by whomever.

    PostgreSQL says which transactions have ended and which are under way; SQLite counts what others
    have committed, for each connection anew, so that it is asked on one that is kept for it.
    """

    def __init__(self) -> None:
        self._kept: Any = None
        self._connections = 0

    def beat(self) -> tuple[int, Any]:
        engine = db.engine
        failures = cast(Any, engine.dialect.loaded_dbapi).Error
        try:
            return self._of_server() if engine.name == "postgresql" else self._of_file()
        except failures as error:
            self.close()
            raise OperationalError("the pulse", None, error) from error

    def close(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def _of_server(self) -> tuple[int, Any]:
        with closing(db.engine.raw_connection()) as connection:
            driver: Any = connection.driver_connection
            driver.autocommit = True
            try:
                return 0, driver.execute("SELECT pg_current_snapshot()::text").fetchone()[0]
            finally:
                driver.autocommit = False

    def _of_file(self) -> tuple[int, Any]:
        if self._kept is None:
            self._kept = db.engine.raw_connection()
            self._connections += 1
        found = self._kept.driver_connection.execute("PRAGMA data_version").fetchone()
        return self._connections, found[0]
