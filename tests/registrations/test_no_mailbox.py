"""Where the portal reads no mailbox of its own, nothing is asked and nothing is offered."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import time_machine
from flask import Flask

from portal.db import transaction
from tests.desk.front_door import make_user, sign_in
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.harness.mails import calendar_of
from tests.registrations.front_door import property_of, register


def test_an_invite_asks_for_no_answer_and_comes_from_the_plain_address(
    app: Flask,
    client: PortalClient,
    clock: time_machine.Traveller,
    deliver: Callable[[], list[EmailMessage]],
) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust")
    register(client, "trust")
    (mail,) = deliver()
    octets = calendar_of(mail)
    assert octets is not None and "Reply-To" not in mail
    assert property_of(octets, "ORGANIZER") == "mailto:portal@example.org"
    assert b"PARTSTAT=ACCEPTED;RSVP=FALSE" in octets.replace(b"\r\n ", b"")
    olga = sign_in(app, make_user(app, "olga@example.org", "trust"))
    page = olga.get("/desk/events/trust/details").get_data(as_text=True)
    assert "gives their place back" not in page
