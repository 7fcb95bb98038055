"""Whether the portal can do its work: it can save, and its tables are those of this version."""

import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from portal.config import ROOT
from portal.db import db
from portal.heartbeat import beat, last_beat
from portal.outbox.queries import figures

PATIENCE = 3.0

_probes = ThreadPoolExecutor(max_workers=1, thread_name_prefix="readiness")
_waiting: list[Future[bool]] = []


@dataclass(frozen=True)
class Readiness:
    """`writes` and `migrated` decide; the rest is for whoever watches."""

    writes: bool
    migrated: bool
    worker_heartbeat_seconds: float | None = None
    oldest_waiting_letter_seconds: float | None = None
    free_disk_bytes: int = 0

    @property
    def ready(self) -> bool:
        return self.writes and self.migrated


def readiness(app: Flask, now: datetime) -> Readiness:
    """Ask the database and the disk; never slower than a few seconds."""
    free = _free_bytes(app.extensions["portal"].data_dir)
    if not _can_write(app, now):
        return Readiness(writes=False, migrated=False, free_disk_bytes=free)
    return Readiness(
        writes=True,
        migrated=_is_migrated(),
        worker_heartbeat_seconds=_since(last_beat(), now),
        oldest_waiting_letter_seconds=_since(figures().oldest, now),
        free_disk_bytes=free,
    )


def wait_for_probes() -> None:
    """Until no probe hangs any more."""
    for probe in _waiting:
        probe.result()


def _can_write(app: Flask, now: datetime) -> bool:
    """A real commit, which a full disk or a lock refuses; one at a time, and not waited for long.

    While an earlier one still hangs, the answer is no.
    """
    _waiting[:] = [probe for probe in _waiting if not probe.done()]
    if _waiting:
        return False
    probe = _probes.submit(_write, app, now)
    _waiting.append(probe)
    try:
        return probe.result(timeout=PATIENCE)
    except TooSlow:
        return False


def _write(app: Flask, now: datetime) -> bool:
    with app.app_context():
        try:
            beat(now, "readiness")
        except SQLAlchemyError as error:
            app.logger.error("readiness: cannot write", exc_info=error)
            return False
    return True


def _is_migrated() -> bool:
    return set(MigrationContext.configure(db.session.connection()).get_current_heads()) == _heads()


@lru_cache(maxsize=1)
def _heads() -> set[str]:
    return set(ScriptDirectory(str(ROOT / "migrations")).get_heads())


def _since(moment: datetime | None, now: datetime) -> float | None:
    return None if moment is None else round(max((now - moment).total_seconds(), 0.0), 1)


def _free_bytes(directory: Path) -> int:
    there = next(path for path in (directory, *directory.parents) if path.exists())
    return shutil.disk_usage(there).free


def as_json(state: Readiness) -> dict[str, Any]:
    """What `/readyz` says."""
    return {
        "ready": state.ready,
        "writes": state.writes,
        "migrated": state.migrated,
        "worker_heartbeat_seconds": state.worker_heartbeat_seconds,
        "oldest_waiting_letter_seconds": state.oldest_waiting_letter_seconds,
        "free_disk_bytes": state.free_disk_bytes,
    }
