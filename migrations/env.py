"""Runs migrations over the portal's own connection, on both databases."""

from typing import Any

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, Enum

from portal.db import Moment, db, is_for_searching, writing


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | bool:
    """A migration names plain types, so that it stays true when our own change."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    return False


def compare_type(context: Any, column: Any, target: Any, found: Any, wanted: Any) -> bool | None:
    """Codes are kept as text, and a moment as what the database has for it."""
    return False if isinstance(wanted, Moment | Enum) else None


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_item=render_item,
        compare_type=compare_type,
        include_name=lambda name, _kind, _parents: not is_for_searching(name or ""),
        render_as_batch=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


def migrate_sqlite(connection: Connection) -> None:
    """A table that is rebuilt under foreign keys loses its children: off before, checked after."""
    _foreign_keys(connection, "OFF")
    migrate(connection)
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        connection.rollback()
        raise RuntimeError(f"The migration would leave {len(broken)} rows without their parent.")
    connection.commit()
    _foreign_keys(connection, "ON")


def _foreign_keys(connection: Connection, switch: str) -> None:
    """Said to the driver itself: within a transaction SQLite does not listen."""
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA foreign_keys={switch}")
    (state,) = driver.execute("PRAGMA foreign_keys").fetchone()
    if state != (switch == "ON"):
        raise RuntimeError(f"SQLite did not switch foreign keys {switch}.")


with writing(), db.engine.connect() as connection:
    if connection.dialect.name == "sqlite":
        migrate_sqlite(connection)
    else:
        migrate(connection)
        connection.commit()
