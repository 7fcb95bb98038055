"""Limits that count across workers: who is counted, and where the counts are kept."""

import ipaddress
import time
from collections.abc import Callable

from flask import Flask, current_app, request
from flask_babel import lazy_gettext as _l
from flask_limiter import Limiter
from limits.storage import Storage
from sqlalchemy import Engine, Float, Integer, String, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry

from portal.config import Settings
from portal.db import Model
from portal.keeping import Keeping, Rules, Whose

UNLIMITED = "1000000000/second"


class Count(Model):
    """How often a limit's key was met until `expires_at` (seconds since 1970)."""

    __tablename__ = "limit_counts"

    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    expires_at: Mapped[float] = mapped_column(Float, index=True)


KEEPING: Rules = {
    Count: Keeping(
        Whose.VISITORS,
        what=_l("How often a network address did what is limited"),
        end=_l("when the limit’s time is over: an hour mostly, a day at most"),
        personal=("key",),
    ),
}


class Counts(Storage):
    """Counts in SQL, outside the request's transaction: a refused request counts as well.

    On SQLite they have a file of their own, since a second writer beside an open transaction
    would wait for itself; on PostgreSQL they are a table beside the others. The library has one
    storage for all applications of a process; each of these has its own counts.
    """

    STORAGE_SCHEME = ["counts"]

    @property
    def engine(self) -> Engine:
        engine: Engine = current_app.extensions["limit_counts"]
        return engine

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = time.time()
        values = {"key": key, "amount": amount, "now": now, "end": now + expiry}
        with self.engine.connect() as connection:
            count = int(connection.execute(_INCREMENT, values).scalar_one())
            if count == amount:
                connection.execute(_FORGET, {"now": now})
        return count

    def get(self, key: str) -> int:
        with self.engine.connect() as connection:
            found = connection.execute(_READ, {"key": key, "now": time.time()}).first()
        return int(found[0]) if found else 0

    def get_expiry(self, key: str) -> float:
        now = time.time()
        with self.engine.connect() as connection:
            found = connection.execute(_READ, {"key": key, "now": now}).first()
        return float(found.expires_at) if found else now

    def check(self) -> bool:
        with self.engine.connect() as connection:
            return connection.execute(text("SELECT 1")).scalar_one() == 1

    def forget(self) -> bool:
        """Remove counts whose time is over; whether there were any."""
        with self.engine.connect() as connection:
            return bool(connection.execute(_FORGET, {"now": time.time()}).rowcount)

    def reset(self) -> int | None:
        with self.engine.connect() as connection:
            return connection.execute(text("DELETE FROM limit_counts")).rowcount

    def clear(self, key: str) -> None:
        with self.engine.connect() as connection:
            connection.execute(text("DELETE FROM limit_counts WHERE key = :key"), {"key": key})


_INCREMENT = text(
    "INSERT INTO limit_counts (key, count, expires_at) VALUES (:key, :amount, :end) "
    "ON CONFLICT (key) DO UPDATE SET "
    "count = CASE WHEN limit_counts.expires_at <= :now THEN :amount "
    "ELSE limit_counts.count + :amount END, "
    "expires_at = CASE WHEN limit_counts.expires_at <= :now THEN :end "
    "ELSE limit_counts.expires_at END RETURNING count"
)
_READ = text("SELECT count, expires_at FROM limit_counts WHERE key = :key AND expires_at > :now")
_FORGET = text("DELETE FROM limit_counts WHERE expires_at <= :now")


def init_limits(app: Flask, settings: Settings, limiter: Limiter) -> None:
    """Count in the place that fits the database.

    Every limit stands at its view and counts there: what the library does before and after each
    request, in search of others, costs a fifth of a kept page.
    """
    url = settings.database_url
    if url.startswith("sqlite"):
        url = f"sqlite:///{settings.data_dir / 'limits.sqlite3'}"
    app.config["RATELIMIT_STORAGE_URI"] = "counts://"
    app.extensions["limit_counts"] = _engine(url)
    hooks = (app.before_request_funcs, app.after_request_funcs)
    before = [list(each[None]) for each in hooks]
    limiter.init_app(app)
    for each, kept_hooks in zip(hooks, before, strict=True):
        each[None] = kept_hooks  # type: ignore[index]


def network() -> str:
    """The network of the request: an IPv4 address, or the /64 that an IPv6 address is from."""
    try:
        address = ipaddress.ip_address((request.remote_addr or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))


def rate(name: str) -> Callable[[], str]:
    """The rate that the operator set for `name`, read when a request comes."""

    def configured() -> str:
        return str(current_app.extensions["portal"].limits[name] or UNLIMITED)

    return configured


def _engine(url: str) -> Engine:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", pool_size=2, max_overflow=6)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def connected(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
            cursor = connection.cursor()
            cursor.execute("PRAGMA busy_timeout=20000")
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.execute("PRAGMA secure_delete=ON")
            cursor.execute(
                "CREATE TABLE IF NOT EXISTS limit_counts (key VARCHAR(300) PRIMARY KEY, "
                "count INTEGER NOT NULL, expires_at FLOAT NOT NULL)"
            )
            cursor.close()

    return engine
