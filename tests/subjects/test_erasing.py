"""Who asks to be forgotten is found in no byte afterwards, and the counts stay."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from portal import clock as portal_clock
from portal.audit.models import Entry
from portal.audit.service import COMMAND
from portal.circulars import service as circulars
from portal.circulars.models import Recipient
from portal.config import Settings
from portal.db import db, transaction
from portal.events.models import Speaker
from portal.prepare import migrate
from portal.registrations.models import Registration
from portal.registrations.queries import counts_by_status
from portal.registrations.rules import Status
from portal.registrations.service import notes
from portal.subjects.models import Erasure, Request
from tests.desk.front_door import make_user, send, sign_in, words
from tests.factories import make_event, make_registration, make_speaker
from tests.harness.client import PortalClient
from tests.registrations.front_door import link_in, register, told
from tests.subjects.front_door import ask_for_data, found_in, link_to_data

pytestmark = pytest.mark.usefixtures("clock")
Deliver = Callable[[], list[EmailMessage]]
OLD, NEW = "zenobia.old@example.org", "zenobia@example.net"
PERSON = {
    "first_name": "Zenobia", "last_name": "Quixley", "email": OLD, "phone": "+32 2 555 01 02",
    "organisation": "Palmyra Looms",
}  # fmt: skip


def a_whole_life(app: Flask, client: PortalClient, deliver: Deliver) -> None:
    """Two events, one in line, links asked for, another address, a note, letters, a speaker."""
    with app.app_context(), transaction():
        first, second = make_event(slug="first", capacity=1), make_event(slug="second", capacity=1)
        make_registration(second, email="before@example.org", first_name="Bo", last_name="Fore")
        for number in range(40):  # so that pages are split, and hold what they held before
            make_registration(
                first, email=f"crowd{number}@example.org", first_name="Cy", last_name=f"R{number}"
            )
            first.capacity = 60
        make_speaker(first, name="Zenobia Quixley", email=NEW, biography={"en": "Zenobia weaves."})
    register(client, "first", **PERSON)
    register(client, "second", **PERSON)
    mails = [mail for mail in deliver() if mail["To"] == OLD]
    client.submit("/en/registrations/link", {"email": OLD})
    deliver()
    for mail in mails:
        path = f"{link_in(mail)}/details"
        assert client.submit(path, PERSON | {"email": NEW}, action=path).status_code == 200
    deliver()
    client.submit("/en/accessibility/feedback", {"message": "Too small.", "email": NEW})
    with app.app_context(), transaction():
        people = db.session.scalars(select(Registration).where(Registration.email == NEW)).all()
        assert [each.status for each in people] == [Status.CONFIRMED, Status.WAITLISTED]
        now = portal_clock.now()
        notes.write(people[0], "Zenobia Quixley telephoned.", by=COMMAND, now=now)
        letter = circulars.begin(people[0].event, {"status": "confirmed"}, by=COMMAND, now=now)
        circulars.rewrite(
            letter, subject={"en": "Dear {first_name}"}, body={"en": "{last_name}"},
            urgent=False, by=COMMAND, now=now,
        )  # fmt: skip
        circulars.send(letter, by=COMMAND, now=now)
    deliver()


def test_nothing_is_left_in_any_byte_of_the_data_directory(
    app: Flask, client: PortalClient, deliver: Deliver, settings: Settings
) -> None:
    a_whole_life(app, client, deliver)
    ask_for_data(client, NEW.upper())
    page = link_to_data(deliver())
    client.submit(
        f"{page}/request", {"event": "1", "kind": "objection", "text": "No photos of Zenobia."}
    )
    deliver()
    assert found_in(settings.data_dir.parent, NEW, OLD, "Zenobia")
    assert client.submit(f"{page}/erasure").status_code == 303
    assert client.get(page).status_code == 404
    assert told(deliver()) == [
        (NEW, "Your registration is deleted", "CANCEL"),
        (NEW, "Your registration is deleted", ""),
    ]
    names = (NEW, OLD, "Zenobia", "Quixley", "Palmyra", "555 01 02")
    if db_kind(app) == "sqlite":
        assert found_in(settings.data_dir.parent, *names) == []
    else:
        assert found_in(settings.data_dir, *names) == []
        assert found_in_rows(app, *names) == []
    with app.app_context():
        assert db.session.scalars(select(Speaker)).all() == []
        (request,) = db.session.scalars(select(Request)).all()
        assert (request.kind, request.text, request.address) == ("objection", "", "")
        (erasure,) = db.session.scalars(select(Erasure)).all()
        assert (erasure.address, erasure.registrations, erasure.done_at is not None) == (
            "",
            2,
            True,
        )
        acts = set(db.session.scalars(select(Entry.act)))
    assert {"registration.made", "registration.erased", "erasure.asked", "erasure.done"} <= acts
    assert deliver() == []


def test_the_event_of_somebody_who_was_forgotten_has_its_certificate(
    app: Flask, client: PortalClient, deliver: Deliver, clock: Any
) -> None:
    """Also where they were forgotten by a version that left what led to their letters."""
    with app.app_context(), transaction():
        event = make_event(slug="first")
        make_registration(event, email=NEW)
        now = portal_clock.now()
        letter = circulars.begin(event, {"status": "confirmed"}, by=COMMAND, now=now)
        circulars.rewrite(
            letter, subject={"en": "Dear {first_name}"}, body={"en": "{last_name}"},
            urgent=False, by=COMMAND, now=now,
        )  # fmt: skip
        circulars.send(letter, by=COMMAND, now=now)
    deliver()
    ask_for_data(client, NEW)
    client.submit(f"{link_to_data(deliver())}/erasure")
    deliver()
    admin = make_user(app, "admin@example.org", admin=True)
    page = "/desk/events/first/retention/certificate.json"
    assert answers_left(app, admin, page) == 0
    with app.app_context(), transaction() as session:
        session.execute(update(Recipient).values(message_id="<old@example.org>"))
    assert answers_left(app, admin, page) == 1
    clock.shift(timedelta(minutes=10))
    deliver()
    assert answers_left(app, admin, page) == 0


def answers_left(app: Flask, email: str, page: str) -> int:
    said = sign_in(app, email).get(page).get_json()["certificate"]
    return int(said["left"]["answers"])


def db_kind(app: Flask) -> str:
    with app.app_context():
        return db.engine.name


def found_in_rows(app: Flask, *words: str) -> list[str]:
    """What PostgreSQL answers when asked for everything it holds."""
    with app.app_context():
        held = "\n".join(
            str(row).casefold()
            for table in db.metadata.tables
            for row in db.session.execute(text(f"SELECT t::text FROM {table} t")).all()
        )
    return [word for word in words if word.casefold() in held]


def test_the_place_goes_to_the_next_in_line_and_who_came_is_still_counted(
    app: Flask, client: PortalClient, deliver: Deliver, clock: Any
) -> None:
    with app.app_context(), transaction():
        over, coming = make_event(slug="over"), make_event(slug="coming", capacity=1)
        coming.starts_at += timedelta(days=60)
        coming.ends_at += timedelta(days=60)
        for event in (over, coming):
            make_registration(event, email="ada@example.org", first_name="Ada", last_name="Gone")
        make_registration(coming, email="next@example.org")
        over_id = over.id
    deliver()
    clock.move_to(portal_clock.now() + timedelta(days=90))
    ask_for_data(client, "ada@example.org")
    page = link_to_data(deliver())
    shown = words(client.get(f"{page}/erasure"))
    assert "stays as a number without a name" in shown
    assert "a place goes to the next in line" in shown
    client.submit(f"{page}/erasure")
    assert sorted(told(deliver())) == [
        ("ada@example.org", "Your registration is deleted", "CANCEL"),
        ("next@example.org", "A place was found for you", "REQUEST"),
    ]
    with app.app_context():
        assert counts_by_status(over_id)[Status.CONFIRMED] == 1


def test_who_takes_part_in_nothing_any_more_gets_one_last_letter(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust")
    register(client, "trust")
    path = f"{link_in(deliver()[0])}/withdrawal"
    client.submit(path)
    deliver()
    ask_for_data(client, "ada@example.org")
    client.submit(f"{link_to_data(deliver())}/erasure")
    assert told(deliver()) == [("ada@example.org", "What we kept about you is deleted", "")]


def test_an_administrator_erases_whoever_asked_by_telephone(app: Flask, deliver: Deliver) -> None:
    with app.app_context(), transaction():
        make_registration(make_event(), email="ada@example.org")
    deliver()
    desk = sign_in(app, make_user(app, "admin@example.org", admin=True))
    unknown = send(desk, "/desk/requests/erasures/new", {"email": "nobody@example.org"})
    assert unknown.status_code == 422
    plan = send(desk, "/desk/requests/erasures/new", {"email": "Ada@example.org"})
    assert "1 registration of Ada@example.org is deleted at once" in words(plan)
    assert deliver() == []
    assert send(desk, plan).status_code == 303
    assert told(deliver()) == [("ada@example.org", "Your registration is deleted", "CANCEL")]
    assert "an administrator" in words(desk.get("/desk/requests/erasures"))


def test_who_comes_back_while_they_are_being_forgotten_stays(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust")
        make_event(slug="other")
    register(client, "trust")
    deliver()
    ask_for_data(client, "ada@example.org")
    client.submit(f"{link_to_data(deliver())}/erasure")
    register(client, "other")
    subjects = [subject for _to, subject, _method in told(deliver())]
    assert sorted(subjects) == ["Your place is confirmed", "Your registration is deleted"]
    with app.app_context():
        left = db.session.scalars(select(Registration).where(Registration.erased_at.is_(None)))
        assert [each.email for each in left] == ["ada@example.org"]


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_what_an_earlier_version_deleted_leaves_the_file_with_the_upgrade(
    app: Flask, settings: Settings
) -> None:
    """Rows deleted before SQLite was told to zero them, and rows that stay."""
    file = settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("PRAGMA secure_delete=OFF")
        connection.execute("PRAGMA user_version=0")
        rows = [(f"zenobia{number}", "2026-11-02 09:00:00") for number in range(200)]
        connection.executemany("INSERT INTO heartbeats VALUES (?, ?)", rows)
        connection.commit()
        connection.execute("DELETE FROM heartbeats WHERE name <> 'zenobia7'")
    with app.app_context():
        db.engine.dispose()
    migrate(app)
    assert found_in(settings.data_dir.parent, "zenobia8") == []
    assert found_in(settings.data_dir.parent, "zenobia7") != []
