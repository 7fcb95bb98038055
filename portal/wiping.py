"""What was erased leaves the files as well: free pages, the write-ahead log, dead rows.

SQLite zeroes what it deletes (`secure_delete`), but splitting a page leaves copies behind that it
does not know of, and the log keeps what pages held before. So after an erasure the file is written
anew and the log cut off. Who erases asks for it by a file, which stays until that has succeeded.
"""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

from flask import current_app
from sqlalchemy import make_url, text

from portal.config import Settings
from portal.db import Turn, db, glance

log = logging.getLogger("portal.wiping")

ASKED, UNDER_WAY = ".unwiped", ".wiping"
PATIENCE = 5.0
"""Seconds to wait for others; who reads a long list holds the log up, and it is tried again."""

WRITTEN_ANEW = 1
"""The `user_version` of a file that holds nothing from before `secure_delete` was on."""


def ask() -> None:
    """Something was erased: what is left of it in the files is to go too."""
    (_settings().data_dir / ASKED).touch(mode=0o600)


def asked_at(settings: Settings) -> float | None:
    """Since when something waits to be wiped, in seconds since 1970; None where nothing does."""
    for name in (UNDER_WAY, ASKED):
        try:
            return (settings.data_dir / name).stat().st_mtime
        except FileNotFoundError:
            continue
    return None


def wipe() -> bool:
    """Leave nothing of what was erased in the database's files; False where readers hold it up."""
    settings = _settings()
    asked, under_way = settings.data_dir / ASKED, settings.data_dir / UNDER_WAY
    if asked.exists():
        asked.replace(under_way)
    done = _postgres() if db.engine.name == "postgresql" else _sqlite(settings)
    if done:
        under_way.unlink(missing_ok=True)
    return done


def write_anew_once(settings: Settings) -> None:
    """A file from before `secure_delete` is written anew, once."""
    path = _path(settings)
    if path is None:
        return
    with closing(sqlite3.connect(path, timeout=60)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version < WRITTEN_ANEW:
            connection.execute("VACUUM")
            connection.execute(f"PRAGMA user_version={WRITTEN_ANEW}")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _sqlite(settings: Settings) -> bool:
    path = _path(settings)
    files = [
        each for each in (path, settings.data_dir / "limits.sqlite3") if each and each.exists()
    ]
    try:
        return all([_written_anew(file) for file in files])
    except sqlite3.OperationalError as error:
        log.warning("not wiped yet", exc_info=error)
        return False


def _written_anew(file: Path) -> bool:
    turn = Turn(str(file))
    turn.take(PATIENCE)
    try:
        with closing(sqlite3.connect(file, timeout=PATIENCE)) as connection:
            connection.execute("VACUUM")
            busy, _pages, _moved = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        turn.give()
    return not busy


def _postgres() -> bool:
    """Dead rows make room for others; what PostgreSQL's own files hold is its keeper's matter."""
    tables = ", ".join(sorted(db.metadata.tables))
    with glance() as connection:
        connection.execute(text(f"VACUUM (SKIP_LOCKED) {tables}"))
    return True


def _path(settings: Settings) -> Path | None:
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return Path(url.database)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["portal"]
    return settings
