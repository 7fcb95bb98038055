"""Whether the portal can do its work: it can save, and its tables are those of this version.

How the worker, the letters and the disk stand is told beside it, and never makes the answer no.
"""

import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from portal import maintenance
from portal.config import ROOT
from portal.db import db
from portal.heartbeat import beat, last_beat
from portal.outbox.queries import figures

PATIENCE = 3.0
"""Seconds that a probe may take until the answer is no."""

KEPT = 1.0
"""Seconds for which a probe's answer is everybody's."""

OLDEST_HEARTBEAT, OLDEST_LETTER, LEAST_DISK = 60.0, 600.0, 1024**3
"""Seconds, seconds and octets; what is beyond them is told as a warning."""

_pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="readiness")


@dataclass(frozen=True)
class Readiness:
    """`writes` and `migrated` are the database, and decide; the rest is for whoever watches."""

    writes: bool
    migrated: bool
    worker_heartbeat_seconds: float | None = None
    oldest_waiting_letter_seconds: float | None = None
    free_disk_bytes: int = 0
    maintenance: bool = False

    @property
    def ready(self) -> bool:
        return self.writes and self.migrated

    @property
    def warnings(self) -> list[str]:
        """What a person should look at, by codes that stay."""
        return list(self._warnings())

    def _warnings(self) -> Iterator[str]:
        if self.maintenance:
            yield "maintenance"
        beat = self.worker_heartbeat_seconds
        if self.writes and (beat is None or beat > OLDEST_HEARTBEAT):
            yield "worker_heartbeat_old"
        if (self.oldest_waiting_letter_seconds or 0) > OLDEST_LETTER:
            yield "letters_wait_long"
        if self.free_disk_bytes < LEAST_DISK:
            yield "disk_nearly_full"


def readiness(app: Flask, now: datetime) -> Readiness:
    """Ask the database and the disk; never slower than a few seconds."""
    data_dir = app.extensions["portal"].data_dir
    free, closed = free_bytes(data_dir), maintenance.current(data_dir) is not None
    if not latest_probe(app, now).answer():
        return Readiness(writes=False, migrated=False, free_disk_bytes=free, maintenance=closed)
    return Readiness(
        writes=True,
        migrated=_is_migrated(),
        worker_heartbeat_seconds=seconds_since(last_beat(), now),
        oldest_waiting_letter_seconds=seconds_since(figures().oldest, now),
        free_disk_bytes=free,
        maintenance=closed,
    )


class Probe:
    """A real commit, which a full disk or a lock refuses."""

    def __init__(self, app: Flask, now: datetime) -> None:
        self._app = app
        self._now = now
        self._begun = monotonic()
        self._ended: float | None = None
        self._answer: Future[bool] = _pool.submit(self._write)

    @property
    def is_fresh(self) -> bool:
        """Whether it is under way, or has only just ended."""
        return self._ended is None or monotonic() - self._ended < KEPT

    def answer(self) -> bool:
        """Whether it could save; one that has hung for long is not waited for."""
        patience = PATIENCE - (monotonic() - self._begun)
        try:
            return self._answer.result(timeout=max(0.0, patience))
        except TooSlow:
            return False

    def wait(self) -> None:
        """Until it does not hang any more, however long that takes."""
        self._answer.result()

    def _write(self) -> bool:
        try:
            with self._app.app_context():
                beat(self._now, "readiness")
        except SQLAlchemyError as error:
            self._app.logger.error("readiness: cannot write", exc_info=error)
            return False
        finally:
            self._ended = monotonic()
        return True


_lock = Lock()


def latest_probe(app: Flask, now: datetime) -> Probe:
    """One at a time, and one a second, however many ask."""
    with _lock:
        probe: Probe | None = app.extensions.get("readiness")
        if probe is None or not probe.is_fresh:
            probe = app.extensions["readiness"] = Probe(app, now)
    return probe


def _is_migrated() -> bool:
    from alembic.migration import MigrationContext  # a tenth of the start, for a rare question

    return set(MigrationContext.configure(db.session.connection()).get_current_heads()) == _heads()


@lru_cache(maxsize=1)
def _heads() -> set[str]:
    from alembic.script import ScriptDirectory

    return set(ScriptDirectory(str(ROOT / "migrations")).get_heads())


def seconds_since(moment: datetime | None, now: datetime) -> float | None:
    """How long ago that was; a clock that runs behind makes no negative time of it."""
    return None if moment is None else round(max((now - moment).total_seconds(), 0.0), 1)


def free_bytes(directory: Path) -> int:
    """What is left on the disk that keeps the data."""
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
        "maintenance": state.maintenance,
        "warnings": state.warnings,
    }
