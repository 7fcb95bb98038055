"""Organisers give sessions places and a line, see who is in them, and put people in and out."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events import editions_service as editions
from portal.events import programme_service as programme
from portal.registrations.models import Registration
from tests.desk.front_door import account, make_user, sign_in, words
from tests.desk.people import LIST, acts, comes, event_of
from tests.factories import JANUARY, make_event
from tests.harness.client import PortalClient
from tests.sessions.making import make_chosen, number, session, standing

Deliver = Callable[[], list[EmailMessage]]
PROGRAMME, SESSIONS = "/desk/events/trust/programme", "/desk/events/trust/sessions/"
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def desk(app: Flask) -> PortalClient:
    """Ada and Bob are in the shop floor, Cid and Dan wait for it, Eve waits for a place at all."""
    with app.app_context(), transaction():
        trust = make_event(slug="trust", capacity=4)
        make_chosen(trust, "Shop floor", places=2, waiting=3)
        make_chosen(trust, "Office", places=5)
        floor = session("Shop floor").id
    for name in ("ada", "bob", "cid", "dan", "eve"):
        comes(app, name, sessions=[floor])
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def test_an_organiser_lets_people_choose_a_session_and_gives_it_places_and_a_line(
    app: Flask, desk: PortalClient, deliver: Deliver
) -> None:
    form = f"{PROGRAMME}/{number(app, 'Shop floor')}"
    refused = send(desk, form, {"chosen": None})
    assert refused.status_code == 422
    assert "People have chosen this session." in words(refused)
    send(desk, form, {"places": "3"})
    assert standing(app)["Shop floor"] == [
        "eve: wish", "ada: place", "bob: place", "cid: place", "dan: line",
    ]  # fmt: skip
    assert "people choose it, 3 places" in words(desk.get(f"{PROGRAMME}/"))
    deliver()
    with app.app_context(), transaction():
        facts = {"places": 4}
        programme.change_session(session("Shop floor"), facts, by=COMMAND, now=portal_clock.now())
    assert [mail["To"] for mail in deliver()] == ["dan@example.org"]  # by the worker
    with app.app_context(), transaction():
        olga, trust = account("olga@example.org"), event_of()
        facts = {"slug": "next", "starts_at": JANUARY, "ends_at": trust.ends_at}
        made = editions.make_next(trust, facts, organiser=olga, by=COMMAND, now=JANUARY)
        db.session.flush()
        db.session.refresh(made)
        assert made.chooses
        assert {(each.chosen, each.places, each.waiting) for each in made.sessions} == {
            (True, 4, 3), (True, 5, None),
        }  # fmt: skip


def test_who_moves_a_session_is_warned_of_whose_choices_would_clash_and_of_no_others(
    app: Flask, desk: PortalClient
) -> None:
    with app.app_context(), transaction():
        late = make_chosen(event_of(), "Late", after=2).id
        make_chosen(event_of(), "Later", after=3)
    comes(app, "fay", sessions=[late])
    floor = int(number(app, "Shop floor"))
    ids = [number_of(app, name) for name in ("ada", "eve")]
    for key in ids:
        both = {f"sessions-{each}": str(each) for each in (floor, late)}
        assert send(desk, f"{LIST}/{key}/sessions", both).status_code == 303
    form = f"{PROGRAMME}/{late}"
    times = {"starts_at": "2027-01-18T14:30", "ends_at": "2027-01-18T15:30"}
    review = send(desk, form, times)
    assert "People chose sessions that would be at the same time" in words(review)
    assert "2 people chose “Shop floor” and “Late”." in words(review)
    assert words(review).count(" people chose ") == 1
    saved = desk.submit(review, {"step": "act"}, action=str(late))
    assert saved.status_code == 303
    # What clashes already is not said again of another change.
    again = send(desk, form, {"room": "Library"})
    assert "at the same time" not in words(again)
    desk.submit(again, {"step": "act"}, action=str(late))
    why = {"why-en": "Ill"}
    desk.submit(f"{form}/cancellation", why, action="/cancellation")
    assert "2 people chose “Shop floor” and “Late”." in words(desk.get(f"{form}/return"))


def test_the_desk_shows_how_full_each_session_is_and_lists_and_exports_who_is_in_it(
    app: Flask, desk: PortalClient
) -> None:
    page = words(desk.get(SESSIONS))
    assert "Shop floor Monday 18 January 2027, 14:00 to 15:00, Brussels time (CET, UTC+1)" in page
    assert "2 2 2 of 3 1" in page and "Line for “Shop floor” Cid Test Dan Test" in page
    floor = number(app, "Shop floor")
    for code, names in ((floor, "Ada Bob"), (f"{floor}.line", "Cid Dan"), (f"{floor}.wish", "Eve")):
        found = words(desk.get(f"{LIST}?session={code}"))
        assert {n for n in ("Ada", "Bob", "Cid", "Dan", "Eve") if n in found} == set(names.split())
    assert desk.get(f"{LIST}?session=1.gone").status_code == 404
    rows = desk.get(f"{LIST}.csv?session={floor}.line").text.splitlines()
    assert rows[0].endswith(",sessions") and rows[1].endswith(f",{floor}:line")
    book = openpyxl.load_workbook(BytesIO(desk.get(f"{LIST}.xlsx").data))
    assert "Shop floor (has a place)" in {cell.value for row in book.worksheets[0] for cell in row}


def test_people_are_put_into_sessions_and_out_by_hand_and_are_told(
    app: Flask, desk: PortalClient, deliver: Deliver
) -> None:
    deliver()
    ids = {name: number_of(app, name) for name in ("ada", "dan")}
    slot = f"sessions-{number(app, 'Shop floor')}"
    page = f"{LIST}/{ids['ada']}/sessions"
    send(desk, page, {slot: number(app, "Office")})
    assert standing(app)["Shop floor"] == ["eve: wish", "bob: place", "cid: place", "dan: line"]
    assert [mail["To"] for mail in deliver()] == ["ada@example.org", "cid@example.org"]
    assert acts(app, ids["ada"])[-1][0] == "registration.sessions_chosen"

    send(desk, f"{LIST}/{ids['dan']}/sessions", {"beyond": "y"})
    assert standing(app)["Shop floor"][-1] == "dan: place"
    send(desk, page, {slot: number(app, "Shop floor")})  # there is a line, and room in it
    refused = send(desk, f"{LIST}/{ids['ada']}/sessions", {slot: ""})
    assert refused.status_code == 303
    assert "Sessions None is chosen." in words(desk.get(f"{LIST}/{ids['ada']}"))
    clash = {slot: [number(app, "Shop floor"), number(app, "Office")]}
    refused = send(desk, page, clash)
    assert refused.status_code == 422 and "are at the same time" in words(refused)


def number_of(app: Flask, name: str) -> int:
    with app.app_context():
        whose = select(Registration.id).where(Registration.email == f"{name}@example.org")
        return db.session.scalars(whose).one()


def send(desk: PortalClient, path: str, values: dict[str, Any]) -> TestResponse:
    """The form of a page, which goes to where it stands."""
    return desk.submit(path, values, action=path.rpartition("/")[2])
