"""Erasures that people asked for, in a file beside the database: a restore makes them again.

A line holds ids, a moment and a keyed digest of the address, and nobody's data. It is written
before the erasure is committed, so that none is ever missing.
"""

from __future__ import annotations

import fcntl
import hmac
import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from flask import current_app

from portal.config import kept

FILE = "erasures"
KEY = "erasures_key"
LOCK = ".erasures.lock"

Digest = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Row:
    """A registration by what does not change while it is the same: another may get its id."""

    id: int
    event_id: int
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class Erased:
    """What was to be forgotten: these rows, and with `whole` all that there is of the address."""

    at: datetime
    digest: str
    whole: bool = False
    registrations: tuple[Row, ...] = ()
    speakers: tuple[int, ...] = ()
    speakers_codes: tuple[str, ...] = ()
    """Digests of what does not change while it is the same speaker; older lines have none."""
    invitations: tuple[int, ...] = ()
    """Of this address, whose person does not want to be invited; older lines have none."""


def note(erased: Erased) -> None:
    """One line more, on the disk when this returns."""
    data_dir = _data_dir()
    with _locked(data_dir):
        descriptor = os.open(data_dir / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, _line(erased))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def read(file: Path) -> list[Erased]:
    """All lines of a ledger, none where there is no file; half a line, cut off, is none."""
    try:
        lines = file.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    return [erased for line in lines if (erased := _erased(line))]


def unreadable(file: Path, *, ours: bool) -> list[int]:
    """The numbers of the lines that say nothing.

    In a ledger of ours the last one may be cut off: who was killed while they wrote it erased
    nothing.
    """
    lines = file.read_bytes().splitlines(keepends=True) if file.exists() else []
    if ours and lines and not lines[-1].endswith(b"\n"):
        lines.pop()
    return [number for number, line in enumerate(lines, 1) if _erased(line) is None]


def keep(data_dir: Path, entries: Iterable[Erased]) -> None:
    """These lines and no others, each once, in their order."""
    with _locked(data_dir):
        _replace(data_dir, entries)


def forget_before(moment: datetime) -> int:
    """Drop lines older than any backup that is still kept; how many there were."""
    data_dir = _data_dir()
    with _locked(data_dir):
        entries = read(data_dir / FILE)
        young = [each for each in entries if each.at >= moment]
        if len(young) < len(entries):
            _replace(data_dir, young)
    return len(entries) - len(young)


def digest(word: str) -> str:
    """What a line says of an address, or of a code: nobody can try them without the key."""
    return digest_by(key_of(_data_dir()))(word)


def digest_by(key: str) -> Digest:
    """The same by another key, for lines that come from elsewhere."""
    return lambda word: hmac.digest(key.encode(), word.strip().casefold().encode(), "sha256").hex()


def key_of(data_dir: Path) -> str:
    """The key of the digests, made where there is none."""
    return kept(data_dir / KEY, secrets.token_urlsafe(32))


def _replace(data_dir: Path, entries: Iterable[Erased]) -> None:
    draft = data_dir / f".{FILE}.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        lines = dict.fromkeys(_line(each) for each in sorted(entries, key=lambda one: one.at))
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(data_dir / FILE)


def _line(erased: Erased) -> bytes:
    values = asdict(erased)
    return json.dumps(values, default=datetime.isoformat, separators=(",", ":")).encode() + b"\n"


def _erased(line: bytes) -> Erased | None:
    try:
        values = json.loads(line)
        rows = tuple(_row(each) for each in values.pop("registrations"))
        at, speakers = datetime.fromisoformat(values.pop("at")), tuple(values.pop("speakers"))
        codes = tuple(values.pop("speakers_codes", ()))
        invited = tuple(values.pop("invitations", ()))
        return Erased(
            at=at, registrations=rows, speakers=speakers, speakers_codes=codes,
            invitations=invited, **values,
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _row(values: Mapping[str, str | int]) -> Row:
    moment = datetime.fromisoformat(str(values["registered_at"]))
    return Row(int(values["id"]), int(values["event_id"]), moment)


@contextmanager
def _locked(data_dir: Path) -> Iterator[None]:
    """One process at a time writes, and none into a file that is just being replaced."""
    descriptor = os.open(data_dir / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _data_dir() -> Path:
    directory: Path = current_app.extensions["portal"].data_dir
    return directory
