"""A restore brings nobody back who asked to be forgotten since the backup was made."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock, ledger
from portal.audit.service import COMMAND, REGISTRANT
from portal.backup import restore_backup, write_backup
from portal.config import Misconfigured, Settings
from portal.db import db, transaction
from portal.events.models import Speaker
from portal.invitations import letters as invitations
from portal.invitations.models import Invitation
from portal.invitations.service import lists
from portal.outbox.models import Message
from portal.registrations import service as registrations
from portal.registrations.models import Registration
from portal.registrations.rules import Status
from portal.subjects import queries, service
from portal.worker import run_all
from tests.factories import make_event, make_registration, make_speaker
from tests.harness.servers import Server
from tests.invitations.front_door import known, make_list
from tests.runtime.restoring import application
from tests.subjects.front_door import found_in

NewServer = Callable[..., Server]
ZENOBIA = {"email": "zenobia@example.net", "first_name": "Zenobia", "last_name": "Quixley"}


def test_what_was_erased_since_the_backup_is_erased_again_and_nobody_is_told_anew(
    new_server: NewServer, tmp_path: Path
) -> None:
    portal, elsewhere = new_server(), new_server(empty=True)
    archive, lost = tmp_path / "backup.tar.gz", tmp_path / "erasures"
    with application(portal) as app, app.app_context():
        with transaction():
            event = make_event(capacity=2)
            make_registration(event, **ZENOBIA)
            disowned = make_registration(event, email="eve@example.org").id
            other = make_event()
            make_registration(other, **ZENOBIA | {"email": "zenobia.old@example.net"})
            make_registration(other, email="bob@example.org")
        run_all(clock.now())
    settings = Settings.from_environ(portal.environment())
    write_backup(settings, archive)
    with application(portal) as app, app.app_context():
        with transaction():
            moved = db.session.scalars(select(Registration).where(Registration.id == 3)).one()
            moved.email = moved.address_key = "zenobia@example.net"
        with transaction():
            erase("zenobia@example.net")
            person = db.session.get_one(Registration, disowned)
            registrations.disown(person, by=REGISTRANT, now=clock.now())
        run_all(clock.now())
        assert forgotten(app) == {1, disowned, 3}
        with transaction():  # she comes back, and another gets no number of hers
            make_registration(db.session.get_one(Registration, 4).event, **ZENOBIA)
        run_all(clock.now())
    later = tmp_path / "later.tar.gz"
    write_backup(settings, later)
    shutil.copy(portal.data_dir / ledger.FILE, lost)

    assert restore_backup(portal.environment(), archive, force=True) == 2
    moved_on = elsewhere.command("restore", str(archive), "--erasures", str(lost))
    assert "now made again: 2." in moved_on.stdout, moved_on.stderr
    for each in (portal, elsewhere):
        with application(each) as app, app.app_context():
            assert forgotten(app) == {1, disowned, 3}
            people = db.session.scalars(select(Registration).where(Registration.id.in_((1, 3))))
            assert {person.status for person in people} == {Status.WITHDRAWN}
            before = db.session.scalar(select(func.count()).select_from(Message))
            run_all(clock.now())
            assert db.session.scalar(select(func.count()).select_from(Message)) == before
        assert found_in(each.directory, "Zenobia", "zenobia@example.net", "zenobia.old@") == []
    assert restore_backup(portal.environment(), later, force=True) == 0
    with application(portal) as app, app.app_context():
        assert forgotten(app) == {1, disowned, 3}


def test_a_speaker_whose_address_was_corrected_after_the_backup_stays_erased(
    new_server: NewServer, tmp_path: Path
) -> None:
    """And whoever speaks since, perhaps under the same id, stays."""
    portal, archive, later = new_server(), tmp_path / "backup.tar.gz", tmp_path / "later.tar.gz"
    settings = Settings.from_environ(portal.environment())
    with application(portal) as app, app.app_context():
        with transaction():
            event = make_event()
            speaker = make_speaker(event, name="Zenobia", email="zenobia@old.example")
        write_backup(settings, archive)
        with transaction():
            speaker.email = "zenobia@example.net"
        with transaction():
            erase("zenobia@example.net")
        with transaction():
            make_speaker(event, name="Bob", email="bob@example.org")
    write_backup(settings, later)
    assert restore_backup(portal.environment(), archive, force=True) == 1
    assert found_in(portal.directory, "Zenobia") == []
    assert restore_backup(portal.environment(), later, force=True) == 0
    with application(portal) as app, app.app_context():
        assert db.session.scalars(select(Speaker.name)).all() == ["Bob"]


def test_who_does_not_want_to_be_invited_is_not_asked_anew_after_a_restore(
    new_server: NewServer, tmp_path: Path
) -> None:
    portal, archive = new_server(), tmp_path / "backup.tar.gz"
    with application(portal) as app, app.app_context():
        with transaction():
            of_list = make_list(make_event(starts_at=clock.now() + timedelta(days=60)))
            for name in ("zenobia", "bob"):
                lists.add(of_list, known(name), by=COMMAND, now=clock.now())
        run_all(clock.now())
        write_backup(Settings.from_environ(portal.environment()), archive)
        with transaction():
            asked = db.session.get_one(Invitation, 1)
            invitations.object_to(asked, by=REGISTRANT, now=clock.now())
    assert restore_backup(portal.environment(), archive, force=True) == 1
    with application(portal) as app, app.app_context():
        asked, other = db.session.scalars(select(Invitation).order_by(Invitation.id))
        assert (asked.email, asked.stage.value, bool(asked.digest)) == ("", "declined", True)
        assert (other.email, other.stage.value) == ("bob@example.org", "invited")
    assert found_in(portal.directory, "Zenobia", "zenobia@") == []


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_ledger_that_cannot_be_read_is_refused_before_anything_is_touched(
    new_server: NewServer, tmp_path: Path
) -> None:
    portal, archive, named = new_server(), tmp_path / "backup.tar.gz", tmp_path / "named"
    with application(portal) as app, app.app_context():
        with transaction():
            make_registration(make_event(), **ZENOBIA)
        write_backup(Settings.from_environ(portal.environment()), archive)
        with transaction():
            erase("zenobia@example.net")
    own = portal.data_dir / ledger.FILE
    line = own.read_bytes()
    bad = line[:40] + b"\n", b"garbage\n", line.replace(b"whole", b"hwole"), line[:-9]
    for each in bad:
        named.write_bytes(line + each)
        before = {path: path.read_bytes() for path in portal.data_dir.glob("*.sqlite3")}
        with pytest.raises(Misconfigured, match="named: line 2 cannot be read"):
            restore_backup(portal.environment(), archive, force=True, erasures=named)
        assert {path: path.read_bytes() for path in before} == before
    own.write_bytes(line + bad[0] + line)
    with pytest.raises(Misconfigured, match="erasures: line 2 cannot be read"):
        restore_backup(portal.environment(), archive, force=True)
    own.write_bytes(line + line[:40])  # killed while it wrote: that erasure was never made
    assert restore_backup(portal.environment(), archive, force=True) == 1
    for path in portal.data_dir.glob("*.sqlite3*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def erase(address: str) -> None:
    found = queries.of_address(address)
    service.erase(found, address, address, "en", by=REGISTRANT, now=clock.now())


def forgotten(app: Flask) -> set[int]:
    return set(
        db.session.scalars(select(Registration.id).where(Registration.erased_at.is_not(None)))
    )
