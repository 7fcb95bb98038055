"""Who uses a data directory: what runs shares a lock on it, and what replaces it needs it alone.

The kernel keeps the lock (flock on the directory itself) and drops it with the last process that
holds it, however that ends; no file has to be cleared away.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.config import Misconfigured

LAST_BACKUP = ".last_backup"


def share(data_dir: Path) -> None:
    """Hold the lock with others, until this process and all that it forked have ended."""
    if not _lock(data_dir, fcntl.LOCK_SH):
        raise Misconfigured([f"{data_dir} is being restored: start the portal afterwards."])


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """Hold the lock while nobody else does; whoever starts meanwhile is refused."""
    descriptor = _lock(data_dir, fcntl.LOCK_EX)
    if not descriptor:
        raise Misconfigured([f"The portal runs on {data_dir}: stop it first."])
    try:
        yield
    finally:
        os.close(descriptor)


def note_backup(data_dir: Path) -> None:
    """A backup was made: the age of a file says when."""
    (data_dir / LAST_BACKUP).touch(mode=0o600)


def last_backup(data_dir: Path) -> float | None:
    """When one was last made here, in seconds since 1970."""
    try:
        return (data_dir / LAST_BACKUP).stat().st_mtime
    except FileNotFoundError:
        return None


def _lock(data_dir: Path, how: int) -> int:
    """The descriptor that holds the lock, or 0."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(data_dir, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return 0
    return descriptor
