"""Forms that were filled in for one way to take part, at an event that is held in the other."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events import service as events
from portal.events.rules import Format
from portal.registrations.models import Registration
from portal.registrations.service import of_event
from tests.desk.front_door import words
from tests.desk.people import event_of
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.registrations.front_door import ADA

FORM = "/en/events/trust/register"
IN_ROOM = "The event is held in person only now. Check the form, and send it again."
ONLINE = "The event is held online only now. Check the form, and send it again."
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture(autouse=True)
def hybrid(app: Flask) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust", format=Format.HYBRID, joining_url="https://meet.example.org/1")


def becomes(app: Flask, format: Format) -> None:
    with app.app_context(), transaction():
        held = events.locked(event_of().id)
        of_event.change(held, {"format": format}, by=COMMAND, now=portal_clock.now())


def ways(app: Flask) -> list[str]:
    with app.app_context():
        return [each.value for each in db.session.scalars(select(Registration.attendance))]


@pytest.mark.parametrize(
    ("now", "typed", "sentence"),
    [
        (Format.IN_PERSON, {"attendance": "online"}, IN_ROOM),
        (Format.ONLINE, {"attendance": "in_person", "access_needs": "ramp",
                         "access_consent": "y"}, ONLINE),
    ],
)  # fmt: skip
def test_who_chose_the_way_that_is_gone_is_told_and_nobody_is_put_into_a_room_without_a_word(
    app: Flask, client: PortalClient, now: Format, typed: dict[str, Any], sentence: str
) -> None:
    opened = client.get(FORM)
    becomes(app, now)
    refused = client.submit(opened, ADA | typed)
    assert refused.status_code == 422
    assert sentence in words(refused)
    assert 'value="Lovelace"' in refused.text
    assert ways(app) == []
    assert client.submit(refused, {}).status_code == 303
    assert ways(app) == [now.value]


def test_who_chose_the_way_that_stays_registers_as_before(app: Flask, client: PortalClient) -> None:
    opened = client.get(FORM)
    becomes(app, Format.IN_PERSON)
    assert client.submit(opened, ADA | {"attendance": "in_person"}).status_code == 303
    assert ways(app) == ["in_person"]


def test_an_office_is_told_so_of_each_person(app: Flask, client: PortalClient) -> None:
    opened = client.get(f"{FORM}/for-somebody")
    becomes(app, Format.IN_PERSON)
    person = {
        "first_name": "Mia", "last_name": "Member", "email": "mia@ep.example", "language": "en",
        "stakeholder_group": "mep", "attendance": "online",
    }  # fmt: skip
    office = {
        "name": "Omar Office", "email": "office@ep.example", "organisation": "Parliament",
        "country": "BE", "letters": "both", "invites": "person",
    }  # fmt: skip
    typed = office | {f"person1-{name}": value for name, value in person.items()}
    refused = client.submit(opened, typed, action="/for-somebody")
    assert refused.status_code == 422 and IN_ROOM in words(refused)
    assert client.submit(refused, {}, action="/for-somebody").status_code == 303
    assert ways(app) == ["in_person"]
