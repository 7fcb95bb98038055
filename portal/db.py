"""The database: rows, moments, transactions, and what SQLite and PostgreSQL each need."""

import fcntl
import os
import select
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, TypeVarTuple, cast

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Engine, Enum, MetaData, Select, event
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.exc import TimeoutError as WaitedTooLong
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator

from portal.config import APPLICATION, Settings

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

PATIENCE = 30
"""Seconds that a transaction waits for a connection or for its turn to write."""

RESTED = 30
"""Seconds after which a connection to PostgreSQL is asked whether it is still one."""

LARGEST_ID = 2**31 - 1
"""No row has a larger one, and PostgreSQL does not even look for it."""

Columns = TypeVarTuple("Columns")
_writing: ContextVar[bool] = ContextVar("writing", default=False)
_patience: ContextVar[float | None] = ContextVar("patience", default=None)


class Moment(TypeDecorator[datetime]):
    """An aware instant in UTC; SQLite, which has no zones, keeps it as UTC without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs a zone.")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def coded(kind: type[StrEnum]) -> Enum:
    """A column of codes: kept as the code itself, so that a new code needs no migration."""
    return Enum(
        kind,
        native_enum=False,
        length=40,
        create_constraint=False,
        values_callable=lambda codes: [code.value for code in codes],
    )


def is_for_searching(name: str) -> bool:
    """An index of words, which only the migrations know: a table on SQLite, or what it shadows."""
    return name.startswith("fts_")


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={datetime: Moment(), dict[str, Any]: JSON(), list[Any]: JSON()},
    )


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class Row(Model):
    """A table whose rows are counted by `id`."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)


def init_db(app: Flask, settings: Settings) -> None:
    """Connect the application; every engine it makes behaves as `_tune` says."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(settings)
    db.init_app(app)
    with app.app_context():
        _tune(db.engine, lock=settings.lock_places)
        app.extensions["glances"] = db.engine.execution_options(**_without_transaction(db.engine))


def glance() -> Connection:
    """A connection for one small read with no transaction around it; a session costs more."""
    engine: Engine = current_app.extensions["glances"]
    return engine.connect()


class Stamp:
    """A question about a few numbers, put together once and asked of the driver itself.

    Every visit to a kept page asks it, and SQLAlchemy's own way costs five times the answer. It
    may bind nothing but text, and answers what the driver gives.
    """

    def __init__(self, question: Select[*Columns]) -> None:
        self._question = question
        self._put: dict[str, SQLCompiler] = {}

    def first(self, **values: str) -> tuple[Any, ...] | None:
        engine = db.engine
        put = self._put.get(engine.name)
        if put is None:
            put = self._put[engine.name] = self._question.compile(engine)
        bound: Any = put.construct_params(values)
        if put.positional:
            bound = [bound[name] for name in put.positiontup or ()]
        failures = cast(Any, engine.dialect.loaded_dbapi).Error
        try:
            with closing(engine.raw_connection()) as connection:
                ask = _ask_alone if engine.name == "postgresql" else _ask
                return ask(connection.driver_connection, put.string, bound)
        except failures as error:
            raise OperationalError(put.string, None, error) from error


def _ask(driver: Any, question: str, bound: Any) -> tuple[Any, ...] | None:
    found: tuple[Any, ...] | None = driver.execute(question, bound).fetchone()
    return found


def _ask_alone(driver: Any, question: str, bound: Any) -> tuple[Any, ...] | None:
    """Without a transaction around it, which would make three statements of one."""
    driver.autocommit = True
    try:
        return _ask(driver, question, bound)
    finally:
        driver.autocommit = False


@contextmanager
def writing() -> Iterator[None]:
    """Transactions that begin inside may write (on SQLite they take the write lock at once)."""
    before = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(before)


def is_writing() -> bool:
    """Whether what is read now may be taken back with the transaction in which it is read."""
    return _writing.get()


@contextmanager
def looking() -> Iterator[None]:
    """A look before the writing transaction, so that nobody waits while a form is checked.

    What was loaded stays as it was seen; what must still hold is asked again under the lock.
    """
    before = _writing.set(False)
    try:
        yield
    finally:
        db.session.expunge_all()
        db.session.rollback()
        _writing.reset(before)


@contextmanager
def transaction() -> Iterator[Session]:
    """One writing transaction, for chores, commands and the rare page that counts something."""
    session = db.session()
    session.rollback()  # a read that is under way must not turn into a write
    with writing():
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


@contextmanager
def brief_transaction(seconds: float) -> Iterator[Connection]:
    """One small write on a connection of its own, which gives up after `seconds`.

    For what is done beside an answer that must not wait for it.
    """
    before = _patience.set(seconds)
    try:
        with writing(), db.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(seconds * 1000)}")
            yield connection
    finally:
        _patience.reset(before)


def for_update(question: Select[*Columns], *, skip_locked: bool = False) -> Select[*Columns]:
    """Hold the rows until the end of the transaction; SQLite holds the whole database instead.

    Others may still write rows that refer to them: whoever holds an invitation and writes its
    letter would else wait for the event, which somebody holds who waits for the invitation.
    A test can switch it off, to see that without it too many places are given.
    """
    if current_app.extensions["portal"].lock_places:
        return question.with_for_update(skip_locked=skip_locked, key_share=True)
    return question


def _engine_options(settings: Settings) -> dict[str, Any]:
    pool = {"pool_size": 8, "max_overflow": 24, "pool_timeout": PATIENCE}
    if settings.database_url.startswith("sqlite"):
        every_thread = {"max_overflow": 64}  # those who wait for their turn hold one each
        return (
            pool
            | every_thread
            | {"connect_args": {"timeout": PATIENCE, "check_same_thread": False}}
        )
    patience = f"-c lock_timeout={PATIENCE}s"
    connect = {"connect_timeout": 5, "options": patience, "application_name": APPLICATION}
    return pool | {"connect_args": connect}


def _tune(engine: Engine, *, lock: bool) -> None:
    if engine.dialect.name == "sqlite":
        _tune_sqlite(engine, lock=lock)
    else:
        _tune_postgresql(engine)


def _tune_postgresql(engine: Engine) -> None:
    """Connections that the database closed meanwhile are made again before they are used.

    SQLAlchemy's own look (`pool_pre_ping`) asks the database at each visit, which takes as long as
    the question of a kept page; here only who rested, or whose socket has something to say, is.
    """

    @event.listens_for(engine, "checkin")
    def rests(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info["rests_since"] = monotonic()

    @event.listens_for(engine, "checkout")
    def taken(connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: Any) -> None:
        rested = monotonic() - entry.info.get("rests_since", 0.0)
        if rested < RESTED and not _has_something_to_say(connection):
            return
        failures = cast(Any, engine.dialect.loaded_dbapi).Error
        try:
            engine.dialect.do_ping(connection)
        except failures as error:
            raise DisconnectionError from error


def _has_something_to_say(connection: Any) -> bool:
    """At rest that is a farewell, or nearly always one."""
    asked = select.poll()
    asked.register(connection.pgconn.socket, select.POLLIN)
    return bool(asked.poll(0))


def _tune_sqlite(engine: Engine, *, lock: bool) -> None:
    turn = Turn(engine.url.database or "")

    @event.listens_for(engine, "connect")
    def connected(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        """A read that turns into a write fails at once, so the kind is known at the start."""
        if connection.get_execution_options().get("glance"):
            return
        if _writing.get():
            if lock:
                patience = _patience.get() or PATIENCE
                if not connection.info.get("has_turn"):
                    turn.take(patience)
                    connection.info["has_turn"] = True
                if patience != PATIENCE:
                    _wait_for_others(connection, patience)
                connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("BEGIN DEFERRED")

    @event.listens_for(engine, "checkin")
    def ended(connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        if entry.info.pop("has_turn", False):
            turn.give()
        if entry.info.pop("is_brief", False) and connection is not None:
            connection.cursor().execute(f"PRAGMA busy_timeout={PATIENCE * 1000}")


def _wait_for_others(connection: Connection, seconds: float) -> None:
    """Those who write without a turn: other programs that opened the file."""
    connection.info["is_brief"] = True
    connection.exec_driver_sql(f"PRAGMA busy_timeout={int(seconds * 1000)}")


def _without_transaction(engine: Engine) -> dict[str, Any]:
    """SQLite has no transaction but the one that `_tune` begins."""
    if engine.dialect.name == "sqlite":
        return {"glance": True}
    return {"isolation_level": "AUTOCOMMIT"}


class Turn:
    """SQLite's writers, one after the other: left to themselves they sleep, retry and starve.

    Threads of a process queue at a lock, and the first of each process at two files': who has
    just written meets the next one in the queue, and cannot take the turn again before it.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._threads = threading.Lock()
        self._held = -1

    def take(self, patience: float) -> None:
        until = monotonic() + patience
        if not self._threads.acquire(timeout=patience):
            raise WaitedTooLong(_BUSY)
        try:
            queue = _locked(f"{self._path}.queue", until)
            try:
                self._held = _locked(f"{self._path}.turn", until)
            finally:
                os.close(queue)
        except BaseException:
            self._threads.release()
            raise

    def give(self) -> None:
        os.close(self._held)
        self._threads.release()


def _locked(path: str, until: float) -> int:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while not _lock(file):
            if monotonic() >= until:
                raise WaitedTooLong(_BUSY)
            sleep(_LOOKS_AGAIN)
    except BaseException:
        os.close(file)
        raise
    return file


def _lock(file: int) -> bool:
    """At once or not at all: who waits inside the system call cannot give up."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
_BUSY = "The database is busy with other writers."
_LOOKS_AGAIN = 0.001
