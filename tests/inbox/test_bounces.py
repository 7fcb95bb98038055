"""What a mail server sends back: the address is marked, and the mark goes with the address."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import time_machine
from flask import Flask
from sqlalchemy import select

from portal.db import db, transaction
from portal.outbox.models import Message
from portal.registrations.models import Registration
from tests.desk.front_door import make_user, sign_in
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.inbox.front_door import Inbox, Invited, invited, reply
from tests.registrations.front_door import register

Deliver = Callable[[], list[EmailMessage]]
PLAIN = "portal@example.org"


def failing(app: Flask) -> list[str]:
    with app.app_context():
        people = db.session.scalars(select(Registration).order_by(Registration.id))
        return [each.failing_code if each.failing_at else "" for each in people]


def test_a_bounce_marks_the_address_and_the_desk_can_try_or_correct_it(
    app: Flask, client: PortalClient, clock: time_machine.Traveller, deliver: Deliver, inbox: Inbox
) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust", capacity=1)
    for name in ("ada", "bea"):
        register(client, "trust", first_name=name, email=f"{name}@example.org")
    first, waits = deliver()
    invite = invited(first)
    with app.app_context():
        rows = db.session.execute(select(Message.recipient, Message.return_path)).all()
    paths = {recipient: path for recipient, path in rows}
    assert paths["ada@example.org"] == invite.to != PLAIN
    assert paths["bea@example.org"].startswith("portal+"), "also what carries no invite"

    for to, attendee, message_id in (
        (PLAIN, "ada@example.org", "<guessed@localhost>"),
        (f"portal+{'0' * 20}@example.org", "ada@example.org", ""),
        (invite.to, "mallory@example.net", ""),
    ):
        inbox.put(reply("postfix_bounce", Invited(to, "", attendee, "0", message_id)))
    inbox.put(reply("postfix_bounce", invite, ACTION="delayed", STATUS="4.4.1"))
    assert deliver() == []
    assert failing(app) == ["", ""] and inbox.waiting == 0, "guessed, or still on its way"
    inbox.put(reply("postfix_bounce", invite))
    to_bea = Invited(PLAIN, "", "bea@example.org", "0", str(waits["Message-ID"]))
    inbox.put(reply("exchange_bounce", to_bea))
    assert deliver() == []
    assert failing(app) == ["5.1.1", "5.7.129"] and inbox.waiting == 0

    desk = sign_in(app, make_user(app, "olga@example.org", "trust"))
    page = desk.get("/desk/events/trust/unreached").get_data(as_text=True)
    assert "Mail comes back: 5.1.1" in page and "Mail comes back: 5.7.129" in page
    shown = desk.get("/desk/events/trust/registrations/1").get_data(as_text=True)
    assert "Mail to this address comes back" in shown
    tried = desk.submit("/desk/events/trust/registrations/1", action="/attempts")
    assert tried.status_code == 303
    (links,) = deliver()
    assert links["To"] == "ada@example.org" and failing(app) == ["", "5.7.129"]
    inbox.put(reply("postfix_bounce", invite))
    deliver()
    assert failing(app) == ["", "5.7.129"], "the same mail has its effect once"
