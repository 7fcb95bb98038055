"""The whole database into a directory and back, consistent while others write to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, LiteralString, Protocol

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from portal.config import APPLICATION, Misconfigured

Dump = dict[str, Any]
Migrate = Callable[[str], None]
BLOCK = 1 << 20
REFUSALS = (sqlite3.Error, psycopg.Error)


class Database(Protocol):
    """What a backup asks of a database; a dump's facts travel in the archive's manifest."""

    kind: str

    def is_empty(self) -> bool: ...

    def sessions(self) -> int:
        """How many connections of a portal it sees."""

    def write(self, directory: Path) -> Dump: ...

    def read(self, directory: Path, dump: Dump, migrate: Migrate) -> None: ...


def database_at(url: str) -> Database:
    if url.startswith("sqlite"):
        return Sqlite(Path(make_url(url).database or ""))
    return Postgres(make_url(url).set(drivername="postgresql").render_as_string(False))


class Sqlite:
    """One file; copying it byte by byte would lose what is in the write-ahead log."""

    kind = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path

    def is_empty(self) -> bool:
        if not self.path.exists():
            return True
        with closing(sqlite3.connect(self.path)) as connection:
            return not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]

    def sessions(self) -> int:
        """Nobody can tell by the file; the lock on the data directory does."""
        return 0

    def write(self, directory: Path) -> Dump:
        copy = directory / "portal.sqlite3"
        with closing(sqlite3.connect(self.path, timeout=60)) as connection:
            connection.execute("VACUUM INTO ?", (str(copy),))
        with closing(sqlite3.connect(copy)) as connection:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
            if verdict != "ok":
                raise Misconfigured([f"The database is damaged: {verdict}."])
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        return {"kind": self.kind, "revision": revision}

    def read(self, directory: Path, dump: Dump, migrate: Migrate) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        copy = directory / "portal.sqlite3"
        copy.chmod(0o600)
        copy.replace(self.path)
        migrate("head")


class Postgres:
    """Tables copied out of one snapshot, and into tables that the migrations made."""

    kind = "postgresql"

    def __init__(self, url: str) -> None:
        self.url = url

    def is_empty(self) -> bool:
        with psycopg.connect(self.url) as connection:
            return not _column(connection, ALL_TABLES)

    def sessions(self) -> int:
        with psycopg.connect(self.url) as connection:
            return len(_column(connection, SESSIONS, APPLICATION))

    def write(self, directory: Path) -> Dump:
        with psycopg.connect(self.url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            revision = _column(connection, "SELECT version_num FROM alembic_version")[0]
            tables = {table: _columns(connection, table) for table in _tables(connection)}
            for table, columns in tables.items():
                _copy_out(connection, table, columns, directory / f"{table}.copy")
            sequences: dict[str, int | None] = dict(connection.execute(SEQUENCES).fetchall())
        return {
            "kind": self.kind,
            "revision": revision,
            "tables": tables,
            "sequences": sequences,
        }

    def read(self, directory: Path, dump: Dump, migrate: Migrate) -> None:
        with psycopg.connect(self.url) as connection:
            for statement in _column(connection, ALL_THAT_IS_THERE):
                connection.execute(statement.encode())
        migrate(dump["revision"])
        with psycopg.connect(self.url) as connection, _unhindered(connection):
            for table in _tables(connection):
                _run(connection, "TRUNCATE {} CASCADE", table)
            for table, columns in dump["tables"].items():
                _copy_in(connection, table, columns, directory / f"{table}.copy")
            for sequence, last in dump["sequences"].items():
                if last is not None:
                    name = sql.Identifier(sequence).as_string(connection)
                    connection.execute("SELECT setval(%s::regclass, %s)", (name, last))
        migrate("head")


ALL_TABLES: LiteralString = """
    SELECT relname FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
    ORDER BY relname
"""
SESSIONS: LiteralString = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = %s
"""
ALL_THAT_IS_THERE: LiteralString = """
    WITH ours AS (
        SELECT 1 AS turn, 'pg_class'::regclass AS catalogue, oid, CASE relkind
            WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
            ELSE 'TABLE' END AS kind, oid::regclass::text AS name
        FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace
        AND relkind IN ('r', 'p', 'v', 'm', 'S')
        UNION ALL
        SELECT 2, 'pg_proc'::regclass, oid, 'ROUTINE', oid::regprocedure::text
        FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
        UNION ALL
        SELECT 3, 'pg_type'::regclass, oid, 'TYPE', oid::regtype::text
        FROM pg_type WHERE typnamespace = current_schema()::regnamespace
        AND typtype IN ('e', 'd', 'r')
    )
    SELECT format('DROP %s IF EXISTS %s CASCADE', kind, name) FROM ours
    WHERE NOT EXISTS (
        SELECT FROM pg_depend
        WHERE classid = ours.catalogue AND objid = ours.oid AND deptype = 'e'
    )
    ORDER BY turn, kind <> 'TABLE', name
"""
COLUMNS: LiteralString = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    ORDER BY attnum
"""
SEQUENCES: LiteralString = """
    SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()
"""
FOREIGN_KEYS: LiteralString = """
    SELECT conrelid::regclass::text, conname FROM pg_constraint
    WHERE contype = 'f' AND NOT condeferrable
    AND connamespace = current_schema()::regnamespace
"""


@contextmanager
def _unhindered(connection: psycopg.Connection) -> Iterator[None]:
    """Rows may come in any order, and no trigger counts them as changes."""
    tables, keys = _tables(connection), connection.execute(FOREIGN_KEYS).fetchall()
    for table in tables:
        _run(connection, "ALTER TABLE {} DISABLE TRIGGER USER", table)
    for table, key in keys:
        _run(
            connection,
            "ALTER TABLE {} ALTER CONSTRAINT {} DEFERRABLE INITIALLY DEFERRED",
            table.strip('"'),
            key,
        )
    yield
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table, key in keys:
        _run(connection, "ALTER TABLE {} ALTER CONSTRAINT {} NOT DEFERRABLE", table.strip('"'), key)
    for table in tables:
        _run(connection, "ALTER TABLE {} ENABLE TRIGGER USER", table)


def _tables(connection: psycopg.Connection) -> list[str]:
    return [table for table in _column(connection, ALL_TABLES) if table != "alembic_version"]


def _columns(connection: psycopg.Connection, table: str) -> list[str]:
    return _column(connection, COLUMNS, sql.Identifier(table).as_string(connection))


def _column(connection: psycopg.Connection, query: LiteralString, *values: str) -> list[str]:
    return [row[0] for row in connection.execute(query, values or None).fetchall()]


def _run(connection: psycopg.Connection, statement: LiteralString, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _copy(statement: LiteralString, table: str, columns: list[str]) -> sql.Composed:
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL(statement).format(sql.Identifier(table), listed)


def _copy_out(connection: psycopg.Connection, table: str, columns: list[str], path: Path) -> None:
    statement = _copy("COPY {} ({}) TO STDOUT", table, columns)
    with connection.cursor().copy(statement) as copy, path.open("wb") as file:
        for block in copy:
            file.write(block)


def _copy_in(connection: psycopg.Connection, table: str, columns: list[str], path: Path) -> None:
    statement = _copy("COPY {} ({}) FROM STDIN", table, columns)
    with connection.cursor().copy(statement) as copy, path.open("rb") as file:
        while block := file.read(BLOCK):
            copy.write(block)
