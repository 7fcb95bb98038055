"""Invitations at the desk: lists and people, counted, taken out; and how they are forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine
from flask import Flask

from portal.audit.models import Entry
from portal.db import db, transaction
from portal.invitations.models import Invitation
from portal.retention.models import Export
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import event_of
from tests.factories import JANUARY, make_event
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.invitations.front_door import DESK, invite, links, press, register, stages
from tests.retention.house import keep_days
from tests.subjects.front_door import ask_for_data, link_to_data

Deliver = Callable[[], list[EmailMessage]]
pytestmark = pytest.mark.usefixtures("clock")
TERMS = {"name": "Network", "source": "the members’ list", "words-en": "Come."}


@pytest.fixture
def desk(app: Flask) -> PortalClient:
    with app.app_context(), transaction():
        make_event(slug="trust")
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def test_a_list_is_made_filled_by_hand_and_its_terms_are_changed(
    app: Flask, desk: PortalClient
) -> None:
    assert "Nobody is invited yet" in words(desk.get(DESK))
    wrong = desk.submit(f"{DESK}lists/new", {"remind_days": "90"}, action="/new")
    for said in ("Give the list a name", "Say where the addresses are from", "from 1 to 60"):
        assert said in words(wrong)
    made = desk.submit(f"{DESK}lists/new", TERMS | {"remind_days": "3"}, action="/new")
    path = made.headers["Location"]
    assert "15 January 2027, 10:00" in words(desk.get(path))
    bob = {"email": "bob@example.org", "last_name": "Test", "country": "BE"}
    assert desk.submit(f"{path}/people", bob, action="/people").status_code == 303
    again = desk.submit(f"{path}/people", bob, action="/people")
    assert again.status_code == 422 and "invited to the event already" in words(again)
    opened = desk.get(f"{path}/terms")
    desk.submit(opened, {"binds": "y"}, action="/terms")
    late = desk.submit(opened, {"binds": None, "name": "Mine"}, action="/terms")
    assert late.status_code == 409 and "Somebody else has changed the list" in words(late)
    assert desk.submit(late, action="/terms").status_code == 303
    kept = words(desk.get(path))
    assert "Mine" in kept and "only the invited one" in kept
    full = desk.submit(f"{path}/removal", action="/removal")
    assert full.status_code == 409
    past = desk.submit(f"{path}/terms", {"answer_until": "2026-11-01T10:00"}, action="/terms")
    assert past.status_code == 422 and "in the past" in words(past)


def test_the_list_is_found_filtered_counted_and_taken_out_with_a_note(
    app: Flask, desk: PortalClient, client: PortalClient, deliver: Deliver
) -> None:
    invite(app, *(f"person{n}" for n in range(3)))
    with statements(app) as few:
        desk.get(DESK)
    invite(app, *(f"more{n}" for n in range(30)), name="More", sent=False)
    with statements(app) as many:
        desk.get(DESK)
    assert len(few) == len(many)
    ways = links(deliver())
    press(client, ways["person0"], "opening")
    register(client, ways["person1"], first_name="Person1")
    assert "1 person" in words(desk.get(f"{DESK}?stage=opened"))
    found = words(desk.get(f"{DESK}?q=person2"))
    assert "person2@example.org" in found and "more1@" not in found
    assert "30 people" in words(desk.get(f"{DESK}?list=2"))
    assert desk.get(f"{DESK}?stage=nothing").status_code == 404
    assert "See the registration" in words(desk.get(f"{DESK}people/2"))
    sheet = desk.get(f"{DESK}invitations.csv?stage=registered").get_data(as_text=True)
    assert sheet.count("\n") == 2 and "person1@example.org" in sheet
    assert desk.get(f"{DESK}invitations.xlsx").status_code == 200
    with app.app_context():
        acts = [each.details for each in db.session.query(Entry).filter_by(
            act="invitations.exported")]  # fmt: skip
        kinds = [each.kind for each in db.session.query(Export)]
    assert [each["count"] for each in acts] == [1, 33]
    assert kinds == ["invitations csv", "invitations xlsx"]


def test_what_is_kept_of_an_invited_person_is_shown_and_forgotten_on_request(
    app: Flask, desk: PortalClient, client: PortalClient, deliver: Deliver
) -> None:
    invite(app, "ada", "bob")
    deliver()
    ask_for_data(client, "ada@example.org")
    page = link_to_data(deliver())
    shown = words(client.get(page))
    assert "Invitations" in shown and "the members’ list of the network" in shown
    client.submit(f"{page}/erasure", action="/erasure")
    deliver()
    with app.app_context():
        ada = db.session.get_one(Invitation, 1)
        assert (ada.email, ada.first_name, ada.search_text, ada.link_code) == ("", "", "", "")
        assert ada.digest and ada.forgotten_at is not None
    again = desk.submit(f"{DESK}lists/1/people", {"email": "ada@example.org"}, action="/people")
    assert again.status_code == 422 and "does not want to be invited" in words(again)


def test_invited_people_are_forgotten_with_the_addresses_of_the_event(
    app: Flask, desk: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    with app.app_context(), transaction():
        keep_days(event_of(), contact=30, name=30)
    invite(app, "ada", "bob")
    deliver()
    clock.move_to(JANUARY + timedelta(days=29))
    deliver()
    assert set(stages(app)) == {"ada", "bob"}
    clock.move_to(JANUARY + timedelta(days=31))
    deliver()
    assert set(stages(app)) == {""}
    with app.app_context():
        assert db.session.query(Invitation).count() == 2, "how many were invited stays"
