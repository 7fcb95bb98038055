"""A backup taken under load has every row acknowledged before it began, and comes back whole."""

from __future__ import annotations

import json
import shutil
import stat
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.audit.models import Entry
from portal.db import db, transaction
from tests.harness.servers import Server
from tests.runtime.restoring import application

NewServer = Callable[..., Server]


def test_what_was_acknowledged_before_a_backup_is_in_it(
    new_server: NewServer, tmp_path: Path
) -> None:
    portal, elsewhere = new_server(), new_server(empty=True)
    uploads = portal.data_dir / "uploads" / "1"
    uploads.mkdir(parents=True)
    (uploads / "programme.pdf").write_bytes(b"%PDF-1.7")
    archive = tmp_path / "backup.tar.gz"
    with writers(portal) as acknowledged:
        wait_for(acknowledged, 50)
        before = set(acknowledged)
        made = portal.command("backup", str(archive))
        assert made.returncode == 0, made.stderr
        wait_for(acknowledged, len(acknowledged) + 20)
    restored = elsewhere.command("restore", str(archive))
    assert restored.returncode == 0, restored.stderr
    kept = set(acts(elsewhere))
    assert before <= kept <= set(acknowledged)
    assert (elsewhere.data_dir / "uploads/1/programme.pdf").read_bytes() == b"%PDF-1.7"
    for key in ("secret_key", "instance", "totp_key", "access_key"):
        original, copy = portal.data_dir / key, elsewhere.data_dir / key
        assert copy.read_text() == original.read_text()
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with application(elsewhere) as app, app.app_context(), transaction():
        db.session.add(entry("after"))
    assert set(acts(elsewhere)) == kept | {"after"}
    elsewhere.start()
    assert elsewhere.http().get("/healthz").status_code == 200


def test_the_archive_names_what_it_holds_and_is_its_owner_s(
    new_server: NewServer, tmp_path: Path
) -> None:
    portal, archive = new_server(), tmp_path / "backup.tar.gz"
    with application(portal):
        pass  # its keys are made at the first start
    assert portal.command("backup", str(archive)).returncode == 0
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with tarfile.open(archive) as opened:
        names = opened.getnames()
        manifest = json.load(opened.extractfile("manifest.json"))  # type: ignore[arg-type]
    assert names[0] == "manifest.json"
    assert sorted(names[1:]) == sorted(manifest["files"])
    assert manifest["keys"] == ["access_key", "instance", "secret_key", "totp_key"]
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_a_restore_replaces_nothing_unless_forced(new_server: NewServer, tmp_path: Path) -> None:
    portal, other = new_server(), new_server()
    archive = tmp_path / "backup.tar.gz"
    with application(portal) as app, app.app_context(), transaction():
        db.session.add(entry("kept"))
    with application(other) as app, app.app_context(), transaction():
        db.session.add(entry("other"))
    assert portal.command("backup", str(archive)).returncode == 0
    refused = other.command("restore", str(archive))
    assert refused.returncode == 2
    assert "not empty" in refused.stderr
    assert acts(other) == ["other"]
    forced = other.command("restore", str(archive), "--force")
    assert forced.returncode == 0, forced.stderr
    assert acts(other) == ["kept"]


def test_a_damaged_archive_touches_nothing(new_server: NewServer, tmp_path: Path) -> None:
    portal, elsewhere = new_server(), new_server(empty=True)
    archive, damaged = tmp_path / "backup.tar.gz", tmp_path / "damaged.tar.gz"
    assert portal.command("backup", str(archive)).returncode == 0
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path / "opened", filter="data")
    (tmp_path / "opened/data/instance").write_text("00000000\n")
    with tarfile.open(damaged, "w:gz") as packed:
        packed.add(tmp_path / "opened", arcname=".")
    for broken, word in ((damaged, "damaged: data/instance"), (_half(archive), "cannot be read")):
        refused = elsewhere.command("restore", str(broken))
        assert refused.returncode == 2
        assert word in refused.stderr
    assert not list(elsewhere.data_dir.iterdir())


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_backup_never_overwrites_a_file(new_server: NewServer, tmp_path: Path) -> None:
    (tmp_path / "backup.tar.gz").write_text("another")
    refused = new_server().command("backup", str(tmp_path / "backup.tar.gz"))
    assert refused.returncode == 2
    assert (tmp_path / "backup.tar.gz").read_text() == "another"


@contextmanager
def writers(portal: Server) -> Iterator[list[str]]:
    """Four who write without pause, and what the database acknowledged to them."""
    acknowledged: list[str] = []
    stop = threading.Event()

    def write(app: Flask, writer: int) -> None:
        number = 0
        while not stop.wait(0.002):
            act = f"{writer}.{number}"
            with app.app_context(), transaction():
                db.session.add(entry(act))
            acknowledged.append(act)
            number += 1

    with application(portal) as app:
        threads = [threading.Thread(target=write, args=(app, writer)) for writer in range(4)]
        for thread in threads:
            thread.start()
        try:
            yield acknowledged
        finally:
            stop.set()
            for thread in threads:
                thread.join()


def acts(portal: Server) -> list[str]:
    with application(portal) as app, app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Entry)) is not None
        return list(db.session.scalars(select(Entry.act).order_by(Entry.id)))


def entry(act: str) -> Entry:
    return Entry(
        at=clock.now(), actor="command", act=act, subject="events", subject_id=1, details={}
    )


def wait_for(acknowledged: list[str], number: int) -> None:
    pause = threading.Event()
    while len(acknowledged) < number:
        pause.wait(0.01)


def _half(archive: Path) -> Path:
    half = archive.with_name("half.tar.gz")
    shutil.copyfile(archive, half)
    with half.open("r+b") as file:
        file.truncate(archive.stat().st_size // 2)
    return half
