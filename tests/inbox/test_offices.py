"""What the calendar and the mailbox of whoever acts for somebody answer."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal.db import db, transaction
from portal.registrations.models import Registration
from tests.desk.front_door import make_user, sign_in, words
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.harness.mails import calendar_of, text_of
from tests.inbox.front_door import PASSES, Inbox, Invited, invited, reply
from tests.registrations.front_door import method_of, property_of, told
from tests.registrations.test_behalf import member, to

Deliver = Callable[[], list[EmailMessage]]

pytestmark = pytest.mark.usefixtures("clock")


def acts(app: Flask, client: PortalClient, deliver: Deliver, **fields: Any) -> Invited:
    """An office registers a Member of Parliament, and has the invite in its own calendar."""
    with app.app_context(), transaction():
        make_event(slug="trust", no_withdraws=True, transferable=True)
    member(client, "trust", **fields)
    (mail,) = [each for each in to(deliver(), "office@ep.example") if method_of(each)]
    return invited(mail)


def status(app: Flask) -> str:
    with app.app_context():
        return db.session.scalars(select(Registration.status)).one().value


def from_office(name: str, invite: Invited, **said: str) -> bytes:
    results = PASSES.replace("example.org", "ep.example").replace("mx.ep.example", "mx.example.org")
    return reply(name, invite, FROM="office@ep.example", RESULTS=results, **said)


@pytest.mark.parametrize("readers", ["both", "office"])
def test_a_no_of_the_office_is_answered_to_the_office_and_gives_no_place_back(
    app: Flask, client: PortalClient, deliver: Deliver, inbox: Inbox, readers: str
) -> None:
    """Also where it is proven: it may be that only the assistant does not come."""
    invite = acts(app, client, deliver, invites=readers)
    inbox.put(from_office("outlook_declined", invite))
    (letter,) = deliver()
    assert told([letter]) == [
        ("office@ep.example", "Is the place still needed? Trust in microcredentials", "")
    ]
    assert status(app) == "confirmed"
    text = text_of(letter)
    assert "the place of Mia Member is kept" in text and "/registrations/" not in text
    page = next(line for line in text.split() if line.endswith("/withdrawal"))
    path = "/" + page.split("/", 3)[3]
    assert client.get(path).status_code == 200 and status(app) == "confirmed"
    assert client.submit(path).status_code == 303
    assert status(app) == "withdrawn"
    olga = sign_in(app, make_user(app, "olga@example.org", "trust"))
    story = words(olga.get("/desk/events/trust/registrations/1"))
    assert "The calendar of who acts for them answered" in story


def test_a_yes_is_noted_another_time_is_declined_and_a_delegate_leads_to_handing_over(
    app: Flask, client: PortalClient, deliver: Deliver, inbox: Inbox
) -> None:
    invite = acts(app, client, deliver, invites="office")
    inbox.put(from_office("thunderbird_accepted", invite, STAMP="20261102T085100Z"))
    assert deliver() == [] and (inbox.waiting, inbox.left) == (0, 0)
    inbox.put(from_office("outlook_counter", invite, STAMP="20261102T085200Z"))
    (counter,) = deliver()
    octets = calendar_of(counter)
    assert octets is not None and property_of(octets, "METHOD") == "DECLINECOUNTER"
    assert property_of(octets, "ATTENDEE") == "mailto:office@ep.example"
    inbox.put(from_office("delegated", invite, STAMP="20261102T085300Z"))
    (letter,) = deliver()
    assert letter["To"] == "office@ep.example"
    assert "/transfer" in text_of(letter) and "/registrations/" not in text_of(letter)
    assert status(app) == "confirmed"


def test_the_office_s_invite_asks_for_no_answer_and_its_address_is_its_own(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust")
    member(client, "trust", invites="both")
    invites = {str(mail["To"]): calendar_of(mail) or b"" for mail in deliver()}
    lines = {to: octets.replace(b"\r\n ", b"") for to, octets in invites.items()}
    assert b"PARTSTAT=ACCEPTED;RSVP=FALSE" in lines["office@ep.example"]
    assert b"RSVP=TRUE" in lines["mia@ep.example"]
    assert len({property_of(octets, "ORGANIZER") for octets in invites.values()}) == 2


def test_an_answer_of_who_acts_no_more_and_of_another_calendar_is_left(
    app: Flask, client: PortalClient, deliver: Deliver, inbox: Inbox, clock: time_machine.Traveller
) -> None:
    invite = acts(app, client, deliver, invites="office")
    inbox.put(from_office("outlook_declined", invite, ATTENDEE="mia@ep.example"))
    assert deliver() == [] and inbox.left == 1
    with app.app_context(), transaction():
        contact = db.session.scalars(select(Registration)).one().contact
        assert contact is not None
        contact.ended_at = contact.since
    inbox.put(from_office("outlook_declined", invite, MESSAGE="later"))
    assert [each for each in told(deliver()) if "needed" in each[1]] == []
    assert status(app) == "confirmed"


def test_what_the_office_writes_goes_to_who_can_be_asked_and_the_answer_to_the_office(
    app: Flask, client: PortalClient, deliver: Deliver, inbox: Inbox
) -> None:
    contacts = [{"role": {"en": "Programme"}, "email": "programme@example.org"}]
    with app.app_context(), transaction():
        make_event(slug="trust", contacts=contacts)
    member(client, "trust", letters="both")
    (mail,) = to(deliver(), "office@ep.example")
    inbox.put(
        b"From: office@ep.example\r\nTo: portal@example.org\r\nSubject: Lunch\r\n"
        b"Message-ID: <lunch@ep.example>\r\nIn-Reply-To: "
        + str(mail["Message-ID"]).encode()
        + b"\r\nContent-Type: text/plain\r\n\r\nIs there any?\r\n"
    )
    (letter,) = deliver()
    assert (letter["To"], letter["Reply-To"]) == ("programme@example.org", "office@ep.example")
    assert "Omar Office answered a letter" in text_of(letter)
    assert "who acts for the person" in text_of(letter)


def test_a_bounce_from_an_office_is_noted_where_the_person_has_no_other_mailbox(
    app: Flask, client: PortalClient, deliver: Deliver, inbox: Inbox
) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust")
    member(client, "trust", **{"person1-email": ""}, invites="office", letters="office")
    (mail,) = [each for each in to(deliver(), "office@ep.example") if method_of(each)]
    inbox.put(reply("postfix_bounce", invited(mail)))
    deliver()
    olga = sign_in(app, make_user(app, "olga@example.org", "trust"))
    assert "5.1.1" in words(olga.get("/desk/events/trust/registrations/1"))
