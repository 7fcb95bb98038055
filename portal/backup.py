"""Everything the portal keeps in one archive: database, uploads and keys, named with checksums."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask

from portal import clock, ledger, maintenance, running
from portal.config import Misconfigured, Settings, data_directory
from portal.db import db
from portal.dump import REFUSALS, Database, database_at
from portal.ledger import Erased
from portal.prepare import knows, migrate

FORMAT = 1
MANIFEST = "manifest.json"
KEYS = ("*_key", "instance")
NOT_KEPT = ("mail", "metrics", maintenance.FILE, "*.sqlite3*", ".*")

Manifest = dict[str, Any]


def write_backup(settings: Settings, file: Path) -> Manifest:
    """Write the archive; the database first, so that every upload it names is there too."""
    if file.exists():
        raise Misconfigured([f"{file} exists: name a new file."])
    with _workplace(file.absolute().parent) as place:
        (place / "database").mkdir()
        dump = database_at(settings.database_url).write(place / "database")
        _collect(settings.data_dir, place / "data")
        manifest = {
            "format": FORMAT,
            "made_at": clock.now().isoformat(timespec="seconds"),
            "database": dump,
            "keys": [path.name for path in sorted((place / "data").iterdir()) if _is_key(path)],
            "uploads": sum(path.is_file() for path in (place / "data/uploads").rglob("*")),
            "files": {name: _checksum(place / name) for name in _files(place)},
        }
        (place / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        _pack(place, file)
    running.note_backup(settings.data_dir)
    return manifest


def restore_backup(
    environ: Mapping[str, str], file: Path, *, force: bool = False, erasures: Path | None = None
) -> int:
    """Bring an archive back, and make the erasures since then again; how many those were.

    They stand in the ledger that is replaced, and in another one where it is named. Nothing is
    touched before all of the archive was checked, and nothing while the portal runs, whatever was
    forced: it would write on into what is replaced.
    """
    data_dir = data_directory(environ)
    with running.alone(data_dir), _workplace(data_dir.parent) as place:
        manifest = _unpack(file, place)
        if not force and _holds_something(data_dir):
            raise Misconfigured([f"{data_dir} is not empty: restore elsewhere, or use --force."])
        database = database_at(Settings.from_environ(environ).database_url)
        _ensure_it_may_be_replaced(database, manifest, force=force)
        entries, keys = _ledgers(data_dir, place / "data", erasures)
        _put_back(place / "data", data_dir)
        ledger.keep(data_dir, entries)
        app = _app(Settings.from_environ(environ))
        try:
            database.read(place / "database", manifest["database"], lambda to: migrate(app, to))
        except REFUSALS as error:
            reason = str(error).splitlines()[0]
            raise Misconfigured([f"The database refused the backup: {reason}"]) from None
        return _erase_again(app, entries, keys)


def _ledgers(data_dir: Path, archived: Path, named: Path | None) -> tuple[list[Erased], set[str]]:
    """Every erasure that is known, and the keys by which their addresses may be digested."""
    ours = data_dir / ledger.FILE, archived / ledger.FILE
    files = [*ours, *([named] if named else [])]
    for file in files:
        _ensure_it_can_be_read(file, ours=file in ours)
    entries = [entry for file in files for entry in ledger.read(file)]
    keys = {ledger.key_of(place) for place in (data_dir, archived) if _has_key(place)}
    return entries, keys


def _ensure_it_can_be_read(file: Path, *, ours: bool) -> None:
    """A line that is passed over would bring somebody back."""
    if numbers := ledger.unreadable(file, ours=ours):
        lines = "line" if len(numbers) == 1 else f"{len(numbers)} lines, the first of them"
        raise Misconfigured([f"{file}: {lines} {numbers[0]} cannot be read as an erasure."])


def _has_key(place: Path) -> bool:
    return (place / ledger.KEY).exists()


def _erase_again(app: Flask, entries: list[Erased], keys: set[str]) -> int:
    from portal.subjects import replay

    if not entries:
        return 0
    with app.app_context():
        made = replay.again(entries, [ledger.digest_by(key) for key in keys], now=clock.now())
        db.session.remove()
        db.engine.dispose()
    return made


def _ensure_it_may_be_replaced(database: Database, manifest: Manifest, *, force: bool) -> None:
    kind, sessions = manifest["database"]["kind"], database.sessions()
    if database.kind != kind:
        raise Misconfigured([f"This backup is of {kind}, not of {database.kind}."])
    if sessions:
        where = f"The portal uses this database from elsewhere, by {sessions} connections"
        raise Misconfigured([f"{where}: stop it first."])
    if not force and not database.is_empty():
        raise Misconfigured(["The database is not empty: use another one, or --force."])


def _app(settings: Settings) -> Flask:
    from portal.app import create_app

    return create_app(settings)


@contextmanager
def _workplace(directory: Path) -> Iterator[Path]:
    """A directory for this process alone, on the same disk as its results."""
    place = Path(tempfile.mkdtemp(dir=directory, prefix=".portal-backup-"))
    try:
        yield place
    finally:
        shutil.rmtree(place)


def _collect(data_dir: Path, target: Path) -> None:
    """Copy what is kept as files; one that vanishes meanwhile was deleted rightly."""
    target.mkdir()
    for source in _kept(data_dir):
        copy = target / source.relative_to(data_dir)
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copy2(source, copy)
        except FileNotFoundError:
            copy.unlink(missing_ok=True)


def _kept(data_dir: Path) -> Iterator[Path]:
    for entry in sorted(data_dir.iterdir()):
        if any(entry.match(pattern) for pattern in NOT_KEPT) or entry.is_symlink():
            continue
        if entry.is_dir():
            yield from (path for path in sorted(entry.rglob("*")) if path.is_file())
        else:
            yield entry


def _files(place: Path) -> list[str]:
    return sorted(str(path.relative_to(place)) for path in place.rglob("*") if path.is_file())


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pack(place: Path, file: Path) -> None:
    draft = place.parent / f"{place.name}.tar.gz"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as archive:
                names = [name for name in _files(place) if name != MANIFEST]
                for name in (MANIFEST, *names):
                    archive.add(place / name, arcname=name)
            raw.flush()
            os.fsync(raw.fileno())
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)


def _unpack(file: Path, place: Path) -> Manifest:
    try:
        with tarfile.open(file) as archive:
            archive.extractall(place, filter="data")
        manifest: Manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, tarfile.TarError, EOFError, ValueError) as error:
        raise Misconfigured([f"{file} cannot be read as a backup: {error}."]) from None
    if manifest.get("format") != FORMAT:
        raise Misconfigured([f"{file} has a format that this version does not know."])
    if not knows(manifest["database"]["revision"]):
        newer = f"{file} was made by a newer version of the portal"
        raise Misconfigured([f"{newer}: install that version and restore with it."])
    expected = manifest["files"]
    if set(_files(place)) - {MANIFEST} != set(expected):
        raise Misconfigured([f"{file} does not hold the files that it names."])
    if damaged := [name for name in expected if _checksum(place / name) != expected[name]]:
        raise Misconfigured([f"{file} is damaged: {', '.join(damaged)}."])
    return manifest


def _holds_something(data_dir: Path) -> bool:
    """Keys alone, made by an earlier command, guard nothing while the database is empty."""
    entries = (path for path in data_dir.iterdir() if not path.name.startswith("."))
    return any(
        path.is_file() and not _is_key(path) and path.name != maintenance.FILE
        for entry in entries
        for path in (entry, *entry.rglob("*"))
    )


def _is_key(path: Path) -> bool:
    return any(path.match(pattern) for pattern in KEYS)


def _put_back(source: Path, data_dir: Path) -> None:
    shutil.rmtree(data_dir / "uploads", ignore_errors=True)
    for path in sorted(source.rglob("*")):
        target = data_dir / path.relative_to(source)
        if path.is_dir():
            target.mkdir(mode=0o700, exist_ok=True)
        else:
            path.replace(target)
            target.chmod(0o600)
