"""Who goes to the joining link by the portal's button is counted as joined, and not as attended."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
import time_machine
from flask import Flask

from portal.db import db, transaction
from portal.events.rules import Format
from portal.registrations.models import Registration
from portal.registrations.own_links import token
from portal.registrations.rules import Attendance
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import comes
from tests.factories import JANUARY, make_event
from tests.harness.client import PortalClient

LIST = "/desk/events/trust/registrations"


@pytest.mark.usefixtures("clock")
def test_the_desk_counts_filters_and_exports_who_joined(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    with app.app_context(), transaction():
        make_event(
            slug="trust", format=Format.ONLINE, joining_url="https://meet.example.org/x",
            joining_minutes=30, venue="", address="",
        )  # fmt: skip
    comes(app, "ada", attendance=Attendance.ONLINE)
    comes(app, "bob", attendance=Attendance.ONLINE)
    clock.move_to(JANUARY)
    clock.shift(-20 * 60)
    olga = sign_in(app, make_user(app, "olga@example.org", "trust"))
    assert "Joined 1" not in words(olga.get(LIST))
    with app.app_context():
        own = f"/en/registrations/{token(db.session.get_one(Registration, 1))}"
    assert client.submit(own, action="/join").status_code == 200
    assert "Joined 1" in words(olga.get(LIST))
    shown = words(olga.get(f"{LIST}?joined=yes"))
    assert "went to the joining link" in shown and "Ada Test" in shown and "Bob Test" not in shown
    assert olga.get(f"{LIST}?joined=never").status_code == 404
    file = olga.get(f"{LIST}.csv").get_data(as_text=True).lstrip("\ufeff")
    assert {
        row["first_name"]: (row["joined"], row["attended"])
        for row in csv.DictReader(StringIO(file))
    } == {"Ada": ("yes", "no"), "Bob": ("no", "no")}
