"""Answers of calendars: noted, answered by a letter, and never more than that by a stranger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import select

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events import queries as event_queries
from portal.events import service as events
from portal.inbox.models import Reading
from portal.invites import queries as invites
from portal.registrations.models import Registration
from tests.desk.front_door import make_user, sign_in
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.harness.mails import calendar_of, text_of
from tests.inbox.front_door import FAILS, PASSES, Inbox, Invited, invited, reply
from tests.registrations.front_door import link_in, property_of, register, told

Deliver = Callable[[], list[EmailMessage]]


def come(app: Flask, client: PortalClient, deliver: Deliver, **facts: Any) -> Invited:
    """Ada registers, and her calendar has the invite."""
    with app.app_context(), transaction():
        make_event(slug="trust", **facts)
    register(client, "trust")
    (mail,) = deliver()
    return invited(mail)


def standing(app: Flask) -> tuple[str, str]:
    """Ada's status, and what is noted of her calendar."""
    with app.app_context():
        ada = db.session.scalars(select(Registration).order_by(Registration.id)).first()
        assert ada is not None
        invite = invites.of(ada.id)
        return ada.status.value, str((invite and invite.partstat) or "")


def test_an_invite_asks_and_each_program_s_yes_and_perhaps_are_noted_once(
    app: Flask, client: PortalClient, clock: time_machine.Traveller, deliver: Deliver, inbox: Inbox
) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust")
    register(client, "trust")
    (mail,) = deliver()
    octets, invite = calendar_of(mail), invited(mail)
    assert octets is not None
    lines = octets.replace(b"\r\n ", b"").decode()
    assert "PARTSTAT=NEEDS-ACTION;RSVP=TRUE" in lines
    assert invite.to.startswith("portal+") and parseaddr(mail["Reply-To"])[1] == invite.to
    assert parseaddr(mail["From"])[1] == "portal@example.org"

    ahead = reply("outlook_declined", invite, STAMP="20261102T235959Z", RESULTS=FAILS)
    inbox.put(ahead)
    deliver()
    clock.shift(1200)
    yes = reply("thunderbird_accepted", invite)
    inbox.put(yes)
    assert deliver() == []
    assert standing(app) == ("confirmed", "ACCEPTED") and inbox.waiting == 0, "said after the other"

    clock.shift(2460)
    inbox.put(reply("google_tentative", invite, STAMP="20261102T100000Z"))
    deliver()
    assert standing(app) == ("confirmed", "TENTATIVE")
    late = reply("outlook_declined", invite, STAMP="20261102T093000Z")
    inbox.put(yes, b"Received: by another way\r\n" + yes, late)
    assert deliver() == [] and standing(app) == ("confirmed", "TENTATIVE")
    assert (inbox.waiting, inbox.left, inbox.aside) == (0, 0, 0)

    page = sign_in(app, make_user(app, "olga@example.org", "trust")).get(
        "/desk/events/trust/registrations/1"
    )
    assert "Perhaps, 2 November 2026, 11:01" in page.get_data(as_text=True)
    assert "Their calendar answered" in page.get_data(as_text=True)
    with app.app_context():
        kept = db.session.scalars(select(Reading)).all()
        assert {len(each.digest) for each in kept} == {64} and kept, "and no word of it"
    clock.shift(31 * 86_400)
    deliver()
    with app.app_context():
        assert db.session.scalars(select(Reading)).all() == []


def test_a_no_that_is_not_proven_is_answered_by_a_letter_with_the_button_to_withdraw(
    app: Flask, client: PortalClient, clock: time_machine.Traveller, deliver: Deliver, inbox: Inbox
) -> None:
    invite = come(app, client, deliver, no_withdraws=True)
    forged = f"{FAILS}\nAuthentication-Results: {PASSES}"
    inbox.put(reply("outlook_declined", invite, RESULTS=forged))
    (letter,) = deliver()
    assert told([letter]) == [("ada@example.org", "Will you come? Trust in microcredentials", "")]
    assert standing(app) == ("confirmed", "DECLINED")
    withdrawal = link_in(letter) + "/withdrawal"
    assert withdrawal in text_of(letter)
    assert client.get(withdrawal).status_code == 200 and standing(app)[0] == "confirmed"
    assert client.submit(withdrawal, {}).status_code == 303
    assert told(deliver()) == [("ada@example.org", "Your registration is withdrawn", "CANCEL")]

    nobody = reply("outlook_declined", invite, STAMP="20261102T110000Z", ATTENDEE="")
    inbox.put(reply("outlook_counter", invite, STAMP="20261102T110000Z"), nobody)
    assert deliver() == [] and inbox.waiting == 0, "the calendar holds nothing of ours any more"


def test_a_no_frees_the_place_only_when_it_is_proven_and_the_organiser_chose_so(
    app: Flask, client: PortalClient, clock: time_machine.Traveller, deliver: Deliver, inbox: Inbox
) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust", capacity=4)
        make_event(slug="other")
    olga = sign_in(app, make_user(app, "olga@example.org", "trust"))
    seen = olga.submit("/desk/events/trust/details", {"no_withdraws": "y"}, action="/details")
    assert olga.submit(seen, {"step": "act"}, action="/details").status_code == 303
    for name in ("proven", "forwarded", "elsewhere", "domain", "waits"):
        register(client, "trust", last_name=name, email=f"{name}@example.org")
    register(client, "other", last_name="not chosen", email="chosen@example.org")
    calendars = {str(mail["To"]): mail for mail in deliver()}
    for name, results, sender in (
        ("proven", PASSES, "proven@example.org"),
        ("forwarded", PASSES, "mallory@example.org"),
        ("elsewhere", PASSES.replace("mx.", "mx.evil."), "elsewhere@example.org"),
        ("domain", PASSES.replace("from=", "from=evil."), "domain@example.org"),
        ("chosen", PASSES, "chosen@example.org"),
    ):
        invite = invited(calendars[f"{name}@example.org"])
        inbox.put(reply("outlook_declined", invite, RESULTS=results, FROM=sender))
    heard = {to.partition("@")[0]: (subject.split()[0], method)
             for to, subject, method in told(deliver())}  # fmt: skip
    assert heard == {
        "proven": ("Your", "CANCEL"), "waits": ("A", "REQUEST"),
        "forwarded": ("Will", ""), "elsewhere": ("Will", ""), "domain": ("Will", ""),
        "chosen": ("Will", ""),
    }  # fmt: skip
    assert standing(app) == ("withdrawn", "DECLINED")


def test_another_time_is_declined_and_a_delegate_is_sent_to_the_page_by_the_person(
    app: Flask, client: PortalClient, clock: time_machine.Traveller, deliver: Deliver, inbox: Inbox
) -> None:
    invite = come(app, client, deliver)
    inbox.put(reply("outlook_counter", invite))
    (letter,) = deliver()
    assert told([letter]) == [
        ("ada@example.org", "The time stays as it is", "DECLINECOUNTER")
    ]  # fmt: skip
    octets = calendar_of(letter)
    assert octets is not None
    assert property_of(octets, "UID") == invite.uid
    assert property_of(octets, "SEQUENCE") == invite.sequence
    assert property_of(octets, "DTSTART") == "20270118T130000Z"
    assert standing(app) == ("confirmed", "")

    clock.shift(7200)
    inbox.put(reply("delegated", invite, STAMP="20261102T110000Z"))
    (letter,) = deliver()
    assert letter["To"] == "ada@example.org"
    assert "http://localhost/en/events/trust/" in text_of(letter).split()
    assert standing(app) == ("confirmed", "DELEGATED")

    clock.shift(10_900)
    stamps = [f"20261102T1201{second}Z" for second in range(10, 20)]
    inbox.put(*(reply("delegated", invite, STAMP=stamp) for stamp in stamps))
    assert len(deliver()) == 3, "five answers a day at most"
    assert inbox.waiting == 0


def test_another_time_of_the_event_asks_anew(
    app: Flask, client: PortalClient, clock: time_machine.Traveller, deliver: Deliver, inbox: Inbox
) -> None:
    invite = come(app, client, deliver)
    inbox.put(reply("thunderbird_accepted", invite))
    deliver()
    with app.app_context(), transaction():
        event = event_queries.any_slug("trust")
        assert event is not None
        later = {
            name: getattr(event, name) + timedelta(hours=1) for name in ("starts_at", "ends_at")
        }
        events.change(event, later, by=COMMAND, now=portal_clock.now())
    clock.shift(660)
    (mail,) = deliver()
    again = invited(mail)
    assert standing(app) == ("confirmed", "") and again.sequence == "1"
    assert (again.to, again.uid) == (invite.to, invite.uid), "the organizer stays the same"
    inbox.put(reply("thunderbird_accepted", invite, STAMP="20261102T200000Z"))
    deliver()
    assert standing(app) == ("confirmed", ""), "yes to the old time is not yes to the new"
    inbox.put(reply("google_tentative", again, STAMP="20261102T200000Z"))
    deliver()
    assert standing(app) == ("confirmed", "TENTATIVE")


def test_what_is_not_from_the_invited_calendar_is_left_alone(
    app: Flask, client: PortalClient, clock: time_machine.Traveller, deliver: Deliver, inbox: Inbox
) -> None:
    invite = come(app, client, deliver)
    of_another = Invited(invite.to, "registration-2@localhost", invite.attendee, "0", "<a@b>")
    as_another = Invited(invite.to, invite.uid, "mallory@example.net", "0", "<a@b>")
    guessed = Invited(f"portal+{'0' * 20}@example.org", invite.uid, invite.attendee, "0", "<a@b>")
    bare = Invited("portal@example.org", invite.uid, invite.attendee, "0", "<a@b>")
    mails = [
        *(reply("outlook_declined", each) for each in (of_another, as_another, guessed, bare)),
        reply("outlook_counter", as_another),
        reply("vacation", invite),
        b"Precedence: bulk\r\n" + reply("outlook_declined", invite),
        b"X-Auto-Response-Suppress: All\r\n" + reply("thunderbird_accepted", invite),
        b"From: ada@example.org\r\nSubject: Where is the room?\r\n\r\nHello",
        reply("outlook_declined", invite) + b"\r\n" * 200_000,
    ]
    inbox.put(*mails)
    assert deliver() == []
    assert standing(app) == ("confirmed", "")
    assert (inbox.waiting, inbox.left, inbox.aside) == (0, len(mails), 0)
    eva = sign_in(app, make_user(app, "eva@example.org", admin=True))
    outbox = eva.get("/desk/outbox/").get_data(as_text=True)
    assert "What came back" in outbox and f">{len(mails)}<" in outbox
