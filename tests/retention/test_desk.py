"""What organisers, colleagues and the data protection officer see of retention at the desk."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from hashlib import sha256
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import clock as portal_clock
from portal.access.models import AccessList, Visitor
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events import service as events
from portal.registrations import service as registrations
from portal.registrations.models import Registration
from portal.retention.models import Export
from portal.subjects.models import Request
from portal.subjects.rules import RequestKind
from tests.desk.front_door import account, make_user, sign_in, words
from tests.desk.people import event_of
from tests.factories import JANUARY, make_event, make_registration, make_speaker
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.harness.mails import text_of
from tests.retention.house import ADA, CONSENTS, END, change_days, keep_days, left, make_officer

Deliver = Callable[[], list[EmailMessage]]
LIST = "/desk/events/trust/registrations"
PAGE = "/desk/events/trust/retention"
RECORD = "/desk/events/trust/protection"
HOUSE = "/desk/protection"


@pytest.fixture
def trust(app: Flask, clock: Any, deliver: Deliver) -> None:
    """Three people at Trust, and what they heard of it."""
    with app.app_context(), transaction():
        event = make_event(slug="trust")
        keep_days(event)
        make_registration(event, **ADA, consents=CONSENTS)
        make_registration(event)
        registrations.withdraw(make_registration(event), by=COMMAND, now=portal_clock.now())
    deliver()


@pytest.fixture
def olga(app: Flask, trust: None) -> PortalClient:
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def again(app: Flask, email: str = "olga@example.org") -> PortalClient:
    """Later the session has ended."""
    return sign_in(app, email)


def file_name(answer: TestResponse) -> str:
    return answer.headers["Content-Disposition"].partition('"')[2].rstrip('"')


def test_the_page_of_an_event_says_what_is_kept_until_when_and_of_how_many(
    app: Flask, olga: PortalClient, clock: Any, deliver: Deliver
) -> None:
    page = words(olga.get(PAGE))
    assert "Mail address and telephone 90 days 18 April 2027, 17:30 3" in page
    assert "Access needs, diet, answers to questions 30 days 17 February 2027, 17:30 1" in page
    clock.move_to(END + timedelta(days=60))
    deliver()
    page = words(again(app).get(PAGE))
    assert "Title, names, name on the badge 3 version 2 by itself" in page
    assert "Confirmed 2" in page and "Withdrawn 1" in page
    assert "ada@" not in page


def test_what_is_late_is_said_to_the_officer(app: Flask, trust: None, clock: Any) -> None:
    officer = make_officer(app)
    clock.move_to(END + timedelta(days=30, minutes=59))
    assert "Nothing is late" in words(sign_in(app, officer).get(f"{HOUSE}/events"))
    clock.shift(timedelta(minutes=2))
    page = words(sign_in(app, officer).get(f"{HOUSE}/events"))
    assert "Something should be deleted already" in page
    assert "Access needs, diet, answers to questions, 1 person, due on 17 February 2027" in page


def test_an_officer_sees_every_event_in_numbers_and_nobodys_data(app: Flask, trust: None) -> None:
    admin = sign_in(app, make_user(app, "admin@example.org", admin=True))
    make_user(app, "dora@example.org")
    with app.app_context():
        page = f"/desk/colleagues/{account('dora@example.org').id}/officer"
    dora = sign_in(app, "dora@example.org")
    assert dora.get(f"{HOUSE}/events").status_code == 404
    assert dora.get(PAGE).status_code == 404
    assert admin.submit(page, action="/officer").status_code == 303
    for path in (f"{HOUSE}/events", f"{HOUSE}/due", f"{HOUSE}/deletions", f"{HOUSE}/inventory",
                 PAGE, f"{PAGE}/certificate", "/desk/events/trust/"):  # fmt: skip
        said = dora.get(path)
        assert said.status_code == 200
        assert not any(str(value) in said.get_data(as_text=True) for value in ADA.values())
    for path in (LIST, f"{LIST}.csv", RECORD, "/desk/events/trust/team", f"{HOUSE}/"):
        assert dora.get(path).status_code == 403
    assert "To hold the event" in words(dora.get(f"{HOUSE}/events"))
    assert admin.submit(page, action="/officer").status_code == 303
    assert dora.get(f"{HOUSE}/events").status_code == 404


def test_the_sheets_of_the_house_say_the_same_for_programs(app: Flask, trust: None) -> None:
    with app.app_context(), transaction():
        make_event(slug="=other", title={"en": "=2+3"})
    officer = sign_in(app, make_officer(app))
    by_json = officer.get(f"{HOUSE}/events.json").get_json()["events"]
    octets = officer.get(f"{HOUSE}/events.csv").get_data()
    by_csv = list(csv.DictReader(io.StringIO(octets.decode("utf-8-sig"))))
    assert [{k: str(v) for k, v in row.items()} for row in by_json] == [
        {k: v.removeprefix("'") if v.startswith("'=") else v for k, v in row.items()}
        for row in by_csv
    ]
    (trust_row,) = [row for row in by_json if row["event"] == "trust"]
    assert (trust_row["needs_days"], trust_row["needs_people"]) == (30, 1)
    assert trust_row["contact_until"] == "2027-04-18T15:30:00Z"
    assert trust_row["legal_bases"] == "public_task; public_task"
    assert "'=2+3" in octets.decode()


def test_a_dry_run_names_what_would_be_deleted_by_a_day_and_changes_nothing(
    app: Flask, trust: None
) -> None:
    officer = sign_in(app, make_officer(app))
    assert "Nothing is to be deleted" in words(officer.get(f"{HOUSE}/due"))
    assert "Access needs" not in words(officer.get(f"{HOUSE}/due?day=2027-02-16"))
    page = words(officer.get(f"{HOUSE}/due?day=2027-02-17"))
    assert "Access needs, diet, answers to questions 1 17 February 2027" in page
    for wrong in ("soon", "9999-12-31", "0001-01-01"):
        page = words(officer.get(f"{HOUSE}/due?day={wrong}"))
        assert "Write a day between 2000 and 2999, like 2027-03-01." in page
        assert "Nothing is to be deleted" not in page
    assert left(app, organisation=ADA["organisation"])["diet"] == ADA["diet"]


def test_the_dry_run_names_what_ends_by_a_time_of_its_own(app: Flask, trust: None) -> None:
    """Sealed answers for a building, letters, addresses of speakers, answered requests."""
    with app.app_context(), transaction() as session:
        event, now = event_of(), portal_clock.now()
        make_speaker(event, email="speaker@example.org")
        session.add(Request(
            event=event, kind=RequestKind.OTHER, text="Why?", asked_at=now, due_at=now,
            answered_at=now, language="en", address="", address_key="",
        ))  # fmt: skip
        given = AccessList(
            event=event, asks=["birth_date"], receiver={"en": "The door"}, words={}, basis="task",
            closes_at=now, closes_for=event.starts_at, days_kept=3,
        )  # fmt: skip
        session.add(given)
        session.flush()
        one = session.scalars(select(Registration.id).order_by(Registration.id)).first()
        session.add(Visitor(list_id=given.id, registration_id=one, number=1, sealed="sealed"))
    page = words(sign_in(app, make_officer(app)).get(f"{HOUSE}/due?day=2028-03-01"))
    assert "What people gave for the building, sealed 1" in page
    assert "Letters in the outbox 3" in page
    assert "Mail addresses of speakers 1" in page
    assert "What people asked about their data 1" in page


def test_fewer_days_say_whom_they_delete_before_they_do(
    app: Flask, olga: PortalClient, clock: Any, deliver: Deliver
) -> None:
    clock.move_to(END + timedelta(days=40))
    deliver()
    olga = again(app)
    asked = olga.submit(RECORD, {"name": "39"}, action="/protection")
    assert asked.status_code == 200
    assert "Title, names, name on the badge: 3 people" in words(asked)
    deliver()
    assert left(app, organisation=ADA["organisation"])["last_name"] == "Lovelace"
    with app.app_context(), transaction():  # somebody is forgotten meanwhile: the number is another
        from portal.registrations import privacy

        one = registrations.queries.of_address("ada@canary.example")[0]
        other = db.session.query(type(one)).filter_by(status="withdrawn").one()
        privacy.erase(other, now=portal_clock.now())
    again_asked = olga.submit(asked, {"agreed": "name-3"}, action="/protection")
    assert "Title, names, name on the badge: 2 people" in words(again_asked)
    done = olga.submit(again_asked, {"agreed": "name-2"}, action="/protection")
    assert done.status_code == 303
    deliver()
    assert "last_name" not in left(app, organisation=ADA["organisation"])
    more = again(app).submit(RECORD, {"name": "300"}, action="/protection")
    assert more.status_code == 303, "longer times are not asked about"


def test_a_list_that_is_taken_out_says_by_when_it_has_to_be_deleted(
    app: Flask, olga: PortalClient, clock: Any
) -> None:
    """Before, and in the file; never later than the portal deletes what is in it."""
    assert "has to be deleted by 17 February 2027" in words(olga.get(LIST))
    assert file_name(olga.get(f"{LIST}.csv")) == ("trust-registrations-delete-by-2027-02-17.csv")
    book = openpyxl.load_workbook(io.BytesIO(olga.get(f"{LIST}.xlsx").get_data()))
    notes = " ".join(str(row[0].value) for row in book.worksheets[1].iter_rows())
    assert "delete this file by 2027-02-17" in notes
    change_days(app, contact=10)
    assert "has to be deleted by 28 January 2027" in words(olga.get(LIST))
    change_days(app, contact=90, needs=0)
    clock.move_to(END + timedelta(days=20))
    assert "has to be deleted by 9 March 2027" in words(again(app).get(LIST))


def test_whoever_took_a_list_out_is_asked_once_and_says_that_it_is_deleted(
    app: Flask, olga: PortalClient, clock: Any, deliver: Deliver
) -> None:
    make_user(app, "oscar@example.org", "trust")
    olga.get(f"{LIST}.csv")
    again(app, "oscar@example.org").get(f"{LIST}.xlsx")
    clock.move_to(END + timedelta(days=30) - timedelta(seconds=1))
    assert [mail["To"] for mail in deliver()] == []
    clock.shift(1)
    letters = deliver()
    assert sorted(str(mail["To"]) for mail in letters) == [
        "Olga <olga@example.org>", "Olga <oscar@example.org>",
    ]  # fmt: skip
    assert "a list of 3 people" in text_of(letters[0])
    path = re.search(r"(/desk/copies/)\s", text_of(letters[0]))
    assert path
    olga = again(app)
    assert "Late" in words(olga.get(path[1]))
    done = olga.submit(path[1], action="/deletion")
    assert done.status_code == 303
    assert "It is deleted" not in words(olga.get(path[1]))
    clock.shift(timedelta(days=3))
    assert deliver() == []
    page = words(again(app).get(PAGE))
    assert "CSV Olga 3 17 February 2027 Deleted" in page
    assert "XLSX Olga 3 17 February 2027 Late" in page


def test_nobody_says_it_for_another(app: Flask, olga: PortalClient) -> None:
    olga.get(f"{LIST}.csv")
    oscar = sign_in(app, make_user(app, "oscar@example.org", "trust"))
    with app.app_context():
        (number,) = [each.id for each in db.session.query(Export)]
    page = olga.get("/desk/copies/").get_data(as_text=True)
    assert f"/desk/copies/{number}/deletion" in page
    assert f"/desk/copies/{number}/" not in oscar.get("/desk/copies/").get_data(as_text=True)
    from tests.desk.test_route_walk import ask

    assert ask(oscar, "POST", f"/desk/copies/{number}/deletion") == 404
    with app.app_context():
        assert db.session.get_one(Export, number).gone_at is None


def test_the_certificate_counts_what_is_left_and_names_unconfirmed_copies(
    app: Flask, olga: PortalClient, clock: Any, deliver: Deliver
) -> None:
    olga.get(f"{LIST}.csv")
    before = olga.get(f"{PAGE}/certificate.json").get_json()["certificate"]
    assert (before["nothing_left"], before["left"]["name"], before["left"]["letters"]) == (
        False, 3, 3,
    )  # fmt: skip
    assert "Not everything is deleted yet" in words(olga.get(f"{PAGE}/certificate"))
    clock.move_to(END + timedelta(days=100))
    deliver()
    olga = again(app)
    assert "nothing is left in this portal" in words(olga.get(f"{PAGE}/certificate"))
    answer = olga.get(f"{PAGE}/certificate.json").get_json()
    said = answer["certificate"]
    assert said["nothing_left"] and set(said["left"].values()) == {0}
    whats = {each["what"]: (each["count"], each["record_version"]) for each in said["deleted"]}
    assert whats == {
        "letters": (3, 0), "needs": (1, 2), "name": (3, 2), "contact": (3, 2),
        "organisation": (3, 2),
    }  # fmt: skip
    assert [each["by"] for each in said["copies_not_confirmed"]] == ["Olga"]
    written = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert answer["sha256"] == sha256(written.encode()).hexdigest()
    assert answer["sha256"] in words(olga.get(f"{PAGE}/certificate"))
    text = olga.get(f"{PAGE}/certificate.txt").get_data(as_text=True)
    *lines, last, _end = text.split("\n")
    above = "".join(f"{line}\n" for line in lines)
    assert last == f"SHA-256: {sha256(above.encode()).hexdigest()}"


def test_a_certificate_does_not_claim_what_is_not_so(
    app: Flask, olga: PortalClient, clock: Any, deliver: Deliver
) -> None:
    """A row that was put back by hand is counted."""
    clock.move_to(END + timedelta(days=100))
    deliver()
    with app.app_context(), transaction() as session:
        events.change(event_of(), {"venue": "Elsewhere"}, by=COMMAND, now=portal_clock.now())
        session.execute(
            db.metadata.tables["registrations"].update().values(phone="+32 2 000 00 00")
        )
    olga = again(app)
    said = olga.get(f"{PAGE}/certificate.json").get_json()["certificate"]
    assert (said["nothing_left"], said["left"]["contact"]) == (False, 3)


def test_the_house_asks_as_much_for_thirty_events_as_for_one(app: Flask, clock: Any) -> None:
    officer = sign_in(app, make_officer(app))

    def asked(path: str) -> int:
        with statements(app) as sent:
            assert officer.get(path).status_code == 200
        return len(sent)

    def counts() -> list[int]:
        return [asked(f"{HOUSE}/{page}") for page in ("events", "due?day=2030-01-01", "deletions")]

    def add(count: int) -> None:
        with app.app_context(), transaction():
            for number in range(count):
                make_registration(make_event(starts_at=JANUARY + timedelta(days=number)))

    add(1)
    first = counts()
    add(29)
    assert counts() == first
