"""At an event in a room and online everybody reads how they take part."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal.db import db, transaction
from portal.events.rules import Format
from portal.registrations.models import Registration
from tests.desk.front_door import make_user, sign_in
from tests.factories import JANUARY, make_event
from tests.harness.client import PortalClient
from tests.harness.mails import calendar_of, text_of
from tests.harness.reading import words
from tests.registrations.front_door import link_in, property_of, register

Deliver = Callable[[], list[EmailMessage]]
FORMATS = {Format.HYBRID: 2, Format.IN_PERSON: 0}


@pytest.mark.parametrize("format", FORMATS)
def test_letters_invites_and_pages_say_whether_the_place_is_in_the_room_or_online(
    app: Flask, client: PortalClient, clock: Any, deliver: Deliver, format: Format
) -> None:
    """Where there is one way to take part, nothing is said of it."""
    is_hybrid = format is Format.HYBRID
    with app.app_context(), transaction():
        url = "https://meet.example.org/1" if is_hybrid else ""
        make_event(slug="forum", format=format, joining_url=url)
    how = [("room", "In person"), ("home", "Online")] if is_hybrid else [("room", "")]
    for name, said in how:
        fields = {"attendance": "online" if name == "home" else "in_person"} if is_hybrid else {}
        page = words(
            register(client, "forum", email=f"{name}@example.org", last_name=name, **fields)
        )
        assert (f"How you take part {said}" in page) is is_hybrid
    letters = deliver()
    assert len(letters) == len(how)
    for letter, (name, said) in zip(letters, how, strict=True):
        entry = calendar_of(letter) or b""
        where = property_of(entry, "LOCATION")
        assert ("How you take part" in text_of(letter)) is is_hybrid
        if is_hybrid:
            assert f"How you take part: {said}" in text_of(letter)
            sentence = "You take part online." if name == "home" else "You take part in the room."
            assert sentence in property_of(entry, "DESCRIPTION")
        assert where == "Online" if name == "home" else where.startswith("House of Skills")
    own = words(client.get(link_in(letters[0])))
    assert ("Your place is in the room. You can join online as well." in own) is is_hybrid
    clock.move_to(JANUARY)
    desk = sign_in(app, make_user(app, "olga@example.org", "forum"))
    door = words(desk.get("/desk/events/forum/check-in/"))
    assert (door.count("Place in the room"), door.count("Place online")) == (
        (1, 1) if is_hybrid else (0, 0)
    )


def test_an_event_that_is_held_in_the_room_alone_stands_there_in_every_calendar(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    """Also of who was to take part online, who would else wait at a screen."""
    with app.app_context(), transaction():
        make_event(slug="trust", format=Format.HYBRID, capacity=5, online_capacity=5)
    register(client, "trust", attendance="online")
    (mail,) = deliver()
    assert property_of(calendar_of(mail) or b"", "LOCATION") == "Online"
    olga = sign_in(app, make_user(app, "olga@example.org", "trust"))
    details = "/desk/events/trust/details"
    review = olga.submit(details, {"format": "in_person"}, action="/details")
    assert "1 person who was to take part online is to come in person." in words(review)
    assert olga.submit(review, {"step": "act"}, action="/details").status_code == 303
    clock.shift(601)
    (letter,) = deliver()
    octets = calendar_of(letter)
    assert octets is not None
    assert property_of(octets, "LOCATION").startswith("House of Skills")
    assert property_of(octets, "SEQUENCE") == "1"
    with app.app_context():
        assert db.session.scalars(select(Registration.attendance)).all() == ["in_person"]
