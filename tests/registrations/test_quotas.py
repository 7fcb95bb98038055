"""Places that are kept for groups, and places of the room and online, through the front door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events.models import Quota
from portal.events.rules import Format
from portal.registrations.models import Registration
from portal.registrations.service import quotas
from tests.desk.front_door import words
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.harness.mails import text_of
from tests.registrations.front_door import ADA, link_in, register, status_of

Deliver = Callable[[], list[EmailMessage]]
RELEASED = datetime(2026, 12, 1, 9, tzinfo=UTC)
MEPS = {"groups": ["mep"], "countries": []}
GREEKS = {"groups": [], "countries": ["GR"]}

pytestmark = pytest.mark.usefixtures("clock")


def kept(app: Flask, *found: dict[str, Any], **facts: Any) -> None:
    """An event at /trust with these quotas, each of one place unless it says otherwise."""
    with app.app_context(), transaction():
        event = make_event(slug="trust", **facts)
        for each in found:
            values = {"places": 1, "until": RELEASED, "online": False} | each
            quotas.add(event, values, by=COMMAND, now=portal_clock.now())


def comes(client: PortalClient, name: str, group: str, country: str, **fields: Any) -> str:
    """They fill in the form; what the page answers."""
    given = {"first_name": name, "email": f"{name.lower()}@example.org"}
    return status_of(
        register(client, "trust", **given, stakeholder_group=group, country=country, **fields)
    )


def standing(app: Flask) -> dict[str, tuple[str, str]]:
    """How each person stands, and for whom their place was kept."""
    with app.app_context():
        named = {each.id: "".join(each.groups + each.countries) for each in
                 db.session.scalars(select(Quota))}  # fmt: skip
        people = db.session.scalars(select(Registration).order_by(Registration.id))
        return {
            each.first_name: (each.status.value, named.get(each.quota_id or 0, ""))
            for each in people
        }


def test_kept_places_are_given_by_group_then_come_back_and_are_released_by_themselves(
    app: Flask, client: PortalClient, clock: time_machine.Traveller, deliver: Deliver
) -> None:
    kept(app, MEPS, GREEKS, capacity=3)
    page = words(client.get("/en/events/trust/"))
    assert "1 of 3 places left" in page
    assert "1 place is kept until" in page and "Member of the European Parliament" in page
    assert comes(client, "Open", "expert", "BE") == "confirmed"
    page = words(client.get("/en/events/trust/register"))
    assert "All open places are taken" in page
    assert "for: Greece." in page
    assert comes(client, "Late", "expert", "BE") == "waitlisted"
    assert comes(client, "Both", "mep", "GR") == "confirmed"
    assert comes(client, "Greek", "expert", "GR") == "waitlisted"
    assert standing(app) == {
        "Open": ("confirmed", ""),
        "Late": ("waitlisted", ""),
        "Both": ("confirmed", "GR"),
        "Greek": ("waitlisted", ""),
    }
    mails = {str(mail["To"]): mail for mail in deliver()}
    assert "position" not in text_of(mails["late@example.org"])
    page = words(client.get(link_in(mails["late@example.org"])))
    assert "no number" in page
    assert "open to everybody from 1 December 2026, 10:00" in page
    assert page.count("the line moves when somebody gives a place back") == 1

    # What was kept for Greece goes to the first from there, not to the first in line.
    client.submit(link_in(mails["both@example.org"]) + "/withdrawal")
    assert standing(app)["Greek"] == ("confirmed", "GR")
    assert standing(app)["Late"] == ("waitlisted", "")

    # From its moment on the place of the MEPs is open: no newcomer gets before who waits for it.
    clock.move_to(RELEASED)
    assert "kept until" not in words(client.get("/en/events/trust/"))
    assert comes(client, "New", "mep", "FR") == "waitlisted"
    assert [str(mail["To"]) for mail in deliver()].count("late@example.org") == 1
    assert standing(app)["Late"] == ("confirmed", "")
    assert standing(app)["New"] == ("waitlisted", "")


def test_a_released_place_is_given_at_once_also_before_the_worker_came(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    kept(app, MEPS, capacity=1)
    assert "All open places are taken" in words(client.get("/en/events/trust/register"))
    clock.move_to(RELEASED - timedelta(seconds=1))
    assert comes(client, "Early", "expert", "BE") == "waitlisted"
    with app.app_context(), transaction():
        db.session.scalars(select(Registration)).one().status = "withdrawn"
    clock.move_to(RELEASED)
    assert comes(client, "Then", "expert", "BE") == "confirmed"


def test_without_a_waitlist_who_belongs_to_no_quota_is_told_so_and_loses_nothing(
    app: Flask, client: PortalClient
) -> None:
    kept(app, MEPS, capacity=1, waitlist=False)
    refused = register(client, "trust", organisation="Analytical Society of Ghent")
    assert refused.status_code == 422
    assert "No place is free for you" in words(refused)
    assert "Analytical Society of Ghent" in refused.get_data(as_text=True)
    assert comes(client, "Eva", "mep", "FR") == "confirmed"
    assert "there is no waitlist" in words(client.get("/en/events/trust/register"))


def test_room_and_online_fill_apart_and_who_changes_over_needs_a_place_there(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    kept(app, format=Format.HYBRID, capacity=1, online_capacity=2)
    page = words(client.get("/en/events/trust/"))
    assert "In the room: 1 of 1 places left. Online: 2 of 2 places left." in page
    room, online = {"attendance": "in_person"}, {"attendance": "online"}
    assert comes(client, "Ada", "expert", "BE", **room) == "confirmed"
    assert comes(client, "Bob", "expert", "BE", **room) == "waitlisted"
    assert comes(client, "Cid", "expert", "BE", **online) == "confirmed"
    links = {str(mail["To"]): link_in(mail) for mail in deliver()}

    details = links["cid@example.org"] + "/details"
    refused = client.submit(details, room | {"role": "head of unit"})
    assert refused.status_code == 422
    assert "No place is free in the room" in words(refused)
    assert "head of unit" in refused.get_data(as_text=True)

    # Who leaves the room for what is online gives a place in the room to the first in line.
    assert client.submit(links["ada@example.org"] + "/details", online).status_code == 303
    assert standing(app) == dict.fromkeys(("Ada", "Bob", "Cid"), ("confirmed", ""))
    assert comes(client, "Dot", "expert", "BE", **online) == "waitlisted"
    assert "Full" in words(client.get("/en/events/trust/"))


def test_who_comes_to_belong_to_a_quota_by_a_correction_moves_up(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    kept(app, GREEKS, capacity=1)
    assert comes(client, "Ada", "expert", "BE") == "waitlisted"
    link = link_in(deliver()[0])
    assert client.submit(link + "/details", {"country": "GR"}).status_code == 303
    assert standing(app) == {"Ada": ("confirmed", "GR")}


def test_an_event_without_quotas_asks_no_question_more(app: Flask, client: PortalClient) -> None:
    """A registration of a plain event: the way in twice, how it stands, and what is written."""
    with app.app_context(), transaction():
        make_event(slug="trust")
    page = client.get("/en/events/trust/register")
    with statements(app) as asked:
        assert client.submit(page, ADA).status_code == 303
    told = [each for each in asked if "quotas" in each.partition("FROM")[2]]
    assert told == []
    assert len([each for each in asked if each.startswith("SELECT")]) == 3, asked
