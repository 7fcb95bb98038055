"""Backups while people register, and restores over what runs, what is older and what is newer."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from portal import running
from portal.backup import write_backup
from portal.config import ROOT, Misconfigured, Settings
from portal.db import db, transaction
from portal.prepare import migrate
from tests.harness.servers import Server, until
from tests.runtime.restoring import application, people_register, registered

NewServer = Callable[..., Server]
NO_LIMITS = {"PORTAL_LIMITS": "off", "PORTAL_WORKERS": 1}


def test_whoever_was_told_so_before_a_backup_is_registered_after_its_restore(
    new_server: NewServer, tmp_path: Path
) -> None:
    portal = new_server(**NO_LIMITS).start()
    settings = Settings.from_environ(portal.environment())
    backups: list[tuple[Path, set[str]]] = []
    with people_register(portal) as acknowledged:
        for number in range(3):
            until(lambda number=number: len(acknowledged) >= 15 * (number + 1), 60)
            archive, before = tmp_path / f"{number}.tar.gz", set(acknowledged)
            write_backup(settings, archive)  # at once: a command's own start would hide a loss
            backups.append((archive, before))
    assert portal.stop() == 0
    for archive, before in backups:
        elsewhere = new_server(empty=True, **NO_LIMITS)
        restored = elsewhere.command("restore", str(archive))
        assert restored.returncode == 0, restored.stderr
        assert before <= registered(elsewhere) <= set(acknowledged)
    elsewhere.start()
    assert elsewhere.http().get("/readyz").status_code == 200
    assert registered(portal) == set(acknowledged)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize("command", ["serve", "web", "worker"])
def test_nothing_is_restored_over_a_portal_that_runs(
    new_server: NewServer, tmp_path: Path, command: str
) -> None:
    archive = tmp_path / "backup.tar.gz"
    portal = new_server(command)
    assert portal.command("backup", str(archive)).returncode == 0
    portal.start(wait=False)
    until(lambda: is_held(portal.data_dir))
    refused = portal.command("restore", str(archive), "--force")
    assert refused.returncode == 2
    assert "The portal runs on" in refused.stderr
    portal.kill()
    until(lambda: not is_held(portal.data_dir))
    restored = portal.command("restore", str(archive), "--force")
    assert restored.returncode == 0, restored.stderr


def is_held(data_dir: Path) -> bool:
    try:
        with running.alone(data_dir):
            return False
    except Misconfigured:
        return True


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_nothing_starts_while_a_restore_is_under_way(new_server: NewServer) -> None:
    portal = new_server()
    with running.alone(portal.data_dir):
        for command in ("serve", "web", "worker"):
            refused = portal.command(command)
            assert refused.returncode == 2
            assert "is being restored" in refused.stderr


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_a_portal_on_another_machine_is_noticed_by_its_connections(
    new_server: NewServer, tmp_path: Path
) -> None:
    archive = tmp_path / "backup.tar.gz"
    portal = new_server().start()
    assert portal.command("backup", str(archive)).returncode == 0
    other_node = {"PORTAL_DATA_DIR": str(tmp_path / "other")}
    refused = portal.command("restore", str(archive), "--force", **other_node)
    assert refused.returncode == 2
    assert "from elsewhere" in refused.stderr


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_what_a_forced_restore_finds_in_the_schema_is_dropped(
    new_server: NewServer, tmp_path: Path
) -> None:
    archive = tmp_path / "backup.tar.gz"
    portal = new_server()
    assert portal.command("backup", str(archive)).returncode == 0
    address = portal.environ["PORTAL_DATABASE_URL"]
    with psycopg.connect(address) as connection:
        for statement in (
            "CREATE TYPE mood AS ENUM ('calm')",
            "CREATE FUNCTION answer(mood) RETURNS int LANGUAGE sql AS 'SELECT 42'",
            "CREATE VIEW names AS SELECT slug FROM events",
            "CREATE SEQUENCE tickets",
        ):
            connection.execute(statement.encode())
    restored = portal.command("restore", str(archive), "--force")
    assert restored.returncode == 0, restored.stderr
    with psycopg.connect(address) as connection:
        left = connection.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
            "UNION SELECT typname FROM pg_type WHERE typname = 'mood' "
            "UNION SELECT relname FROM pg_class WHERE relname IN ('names', 'tickets')"
        ).fetchall()
    assert left == []


def test_a_backup_of_the_version_before_is_brought_to_this_one(
    new_server: NewServer, tmp_path: Path
) -> None:
    steps = ScriptDirectory(str(ROOT / "migrations"))
    last = steps.get_revision("head")
    assert last is not None
    archive = tmp_path / "backup.tar.gz"
    portal, elsewhere = new_server(empty=True), new_server(empty=True)
    with application(portal) as app:
        migrate(app, str(last.down_revision))
        with app.app_context(), transaction() as session:
            session.execute(
                text("INSERT INTO heartbeats (name, at) VALUES ('kept', '2026-11-02 09:00:00')")
            )
    assert portal.command("backup", str(archive)).returncode == 0
    restored = elsewhere.command("restore", str(archive))
    assert restored.returncode == 0, restored.stderr
    with application(elsewhere) as app, app.app_context():
        assert db.session.scalar(text("SELECT version_num FROM alembic_version")) == last.revision
        assert db.session.scalar(text("SELECT name FROM heartbeats")) == "kept"


def test_a_backup_of_a_newer_version_is_refused_and_touches_nothing(
    new_server: NewServer, tmp_path: Path
) -> None:
    archive, newer = tmp_path / "backup.tar.gz", tmp_path / "newer.tar.gz"
    portal, elsewhere = new_server(), new_server(empty=True)
    assert portal.command("backup", str(archive)).returncode == 0
    of_next_year(archive, newer)
    refused = elsewhere.command("restore", str(newer), "--force")
    assert refused.returncode == 2
    assert "was made by a newer version" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert list(elsewhere.data_dir.iterdir()) == []


def of_next_year(archive: Path, newer: Path) -> None:
    """The same backup, with tables that this version does not know."""
    with tarfile.open(archive) as source, tarfile.open(newer, "w:gz") as target:
        for member in source:
            octets = source.extractfile(member).read()  # type: ignore[union-attr]
            if member.name == "manifest.json":
                manifest = json.loads(octets)
                manifest["database"]["revision"] = "9999"
                octets = json.dumps(manifest).encode()
                member.size = len(octets)
            target.addfile(member, io.BytesIO(octets))
