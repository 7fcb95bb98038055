"""What a person writes in answer to a letter reaches people; reasons of a No are said truly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events import service as events
from portal.registrations import service
from portal.registrations.models import Registration
from portal.subjects.parts import forget, held
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import acts, event_of
from tests.factories import JANUARY, make_event
from tests.harness.client import PortalClient
from tests.harness.mails import html_of, text_of
from tests.inbox.front_door import PASSES, Inbox, Invited, invited, reply
from tests.inbox.test_replies import standing
from tests.registrations.front_door import register

Deliver = Callable[[], list[EmailMessage]]
CONTACTS = [{"role": {"en": "Questions"}, "email": "ask@agency.example"}]
HOSTILE = "Where is the room?\n\nhttps://evil.example/x <script>alert(1)</script>"


def come(app: Flask, client: PortalClient, deliver: Deliver, **facts: Any) -> EmailMessage:
    with app.app_context(), transaction():
        make_event(slug="trust", **facts)
    register(client, "trust")
    (mail,) = deliver()
    return mail


def mail(to: Invited | None, text: str = HOSTILE, **headers: str) -> bytes:
    usual = {
        "From": "Ada <ada@example.org>",
        "To": to.to if to else "portal@example.org",
        "Subject": "=?utf-8?q?Re=3A_Fr=C3=A5ga?=",
        "Content-Type": "text/plain; charset=utf-8",
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in (usual | headers).items())
    return f"{head}\r\n{text}".encode()


def test_words_of_a_person_go_to_whom_the_event_says_can_be_asked(
    app: Flask, client: PortalClient, clock: time_machine.Traveller, deliver: Deliver, inbox: Inbox
) -> None:
    first = come(app, client, deliver, contacts=CONTACTS)
    invite = invited(first)
    boundary = 'multipart/mixed; boundary="b"'
    parts = (
        "--b\r\nContent-Type: text/html\r\n\r\n<style>p{}</style><p>By page</p><p>and tag</p>"
        "\r\n--b\r\nContent-Type: application/x-evil\r\nContent-Disposition: attachment; "
        'filename="a.exe"\r\n\r\nMZ\r\n--b--'
    )
    inbox.put(
        mail(invite),
        mail(None, "By its number", **{"In-Reply-To": str(first["Message-ID"])}),
        mail(invite, parts, **{"Content-Type": boundary}),
    )
    found = deliver()
    assert [str(each["To"]) for each in found] == ["ask@agency.example"] * 3
    letter = found[0]
    assert letter["Subject"] == "Ada Lovelace answered a letter: Trust in microcredentials"
    assert letter["Reply-To"] == "ada@example.org"
    text = text_of(letter)
    assert "Re: Fråga" in text and "Where is the room?" in text
    assert "https://evil" not in text and "/desk/events/trust/registrations/1" in text
    assert "<script" not in html_of(letter) and "&lt;script" in html_of(letter)
    assert "By its number" in text_of(found[1])
    assert "By page\r\nand tag" in text_of(found[2]) and "Files came along" in text_of(found[2])
    assert not any(part.get_filename() for each in found for part in each.walk())
    assert (inbox.waiting, inbox.left) == (0, 3), "a person can still look at the mails"

    inbox.put(
        *(mail(invite, **{name: said}) for name, said in (
            ("Auto-Submitted", "auto-generated"), ("Auto-Submitted", "auto-replied"),
            ("Precedence", "list"), ("X-Auto-Response-Suppress", "All"),
        )),
        mail(None, "Whose is it?"), mail(invite, "   "),
        mail(None, "An answer to an answer", **{"In-Reply-To": str(letter["Message-ID"])}),
    )  # fmt: skip
    assert deliver() == [], "nobody's, empty, or of no person"
    inbox.put(*(mail(invite, f"Once more, {number}") for number in range(4)))
    assert len(deliver()) == 2 and inbox.waiting == 0, "five a day at most"
    with app.app_context(), transaction():
        ada = db.session.get_one(Registration, 1)
        assert len(held(ada)["words_passed_on"]) == 5
        forget(ada)
        assert held(ada)["words_passed_on"] == []


REPORT = 'multipart/report; report-type={}; boundary="b"'
DELAYED = (
    "--b\r\n\r\nYour mail is late.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    "Reporting-MTA: dns; mx.example.org\r\n\r\nAction: delayed\r\nStatus: 4.4.1\r\n--b--"
)
SEEN = (
    "--b\r\n\r\nYour mail was shown.\r\n--b\r\n"
    "Content-Type: message/disposition-notification\r\n\r\n"
    "Final-Recipient: rfc822; ada@example.org\r\nDisposition: manual-action/MDN-sent-manually; "
    "displayed\r\n--b--"
)
OF_NO_PERSON: dict[str, tuple[str, dict[str, str]]] = {
    "a holiday note": ("I am away.", {"Return-Path": "<>"}),
    "late": (DELAYED, {"Content-Type": REPORT.format("delivery-status")}),
    "late, in another wrapping": (DELAYED, {"Content-Type": 'multipart/mixed; boundary="b"'}),
    "a read receipt": (SEEN, {"Content-Type": REPORT.format("disposition-notification")}),
    "qmail": (
        "Hi. This is the qmail-send program. I'm afraid I wasn't able to deliver your message.",
        {"From": "MAILER-DAEMON@mx.example.org"},
    ),
    "a postmaster": ("Your mailbox is full.", {"From": "Postmaster <postmaster@example.org>"}),
    "in bulk": ("I am away.", {"Precedence": "Bulk"}),
    "an answering program": ("I am away.", {"X-Autoreply": "yes"}),
    "another": ("I am away.", {"X-Autorespond": "Away"}),
    "a mailing list": ("Digest", {"List-Id": "<list.example.org>"}),
}


@pytest.mark.parametrize("name", list(OF_NO_PERSON))
def test_what_a_program_sends_by_itself_is_not_passed_on_as_a_person_s_words(
    name: str, app: Flask, client: PortalClient, deliver: Deliver, inbox: Inbox
) -> None:
    invite = invited(come(app, client, deliver, contacts=CONTACTS))
    text, headers = OF_NO_PERSON[name]
    inbox.put(mail(invite, text, **headers))
    assert deliver() == []
    assert (inbox.waiting, inbox.left) == (0, 1), "a person can still look at it"


@pytest.mark.usefixtures("clock")
def test_a_yes_without_a_return_path_is_still_a_calendar_s(
    app: Flask, client: PortalClient, deliver: Deliver, inbox: Inbox
) -> None:
    invite = invited(come(app, client, deliver))
    inbox.put(b"Return-Path: <>\r\n" + reply("thunderbird_accepted", invite))
    deliver()
    assert standing(app) == ("confirmed", "ACCEPTED")


def test_words_of_nobody_say_that_no_sender_is_named(
    app: Flask, client: PortalClient, deliver: Deliver, inbox: Inbox
) -> None:
    invite = invited(come(app, client, deliver, contacts=CONTACTS))
    inbox.put(mail(invite).replace(b"From: Ada <ada@example.org>\r\n", b""))
    (letter,) = deliver()
    for shape in (text_of(letter), html_of(letter)):
        assert "The mail that came to the portal names no sender." in shape
        assert "came from" not in shape


def test_without_a_contact_the_words_go_to_those_who_run_the_event_in_their_language(
    app: Flask, client: PortalClient, clock: time_machine.Traveller, deliver: Deliver, inbox: Inbox
) -> None:
    own = [{"role": {}, "email": "portal@example.org"}]
    invite = invited(come(app, client, deliver, contacts=own))
    inbox.put(mail(invite))
    assert deliver() == [] and inbox.left == 1, "nobody is there; the portal writes not to itself"
    with app.app_context(), transaction():
        event_of().contacts = []
    make_user(app, "olga@example.org", "trust")
    inbox.put(mail(invite, "And again"))
    assert [str(each["To"]) for each in deliver()] == ["olga@example.org"]


def test_a_proven_no_is_said_to_be_the_calendar_s_in_the_letter_and_in_the_story(
    app: Flask, client: PortalClient, clock: time_machine.Traveller, deliver: Deliver, inbox: Inbox
) -> None:
    invite = invited(come(app, client, deliver, no_withdraws=True))
    inbox.put(reply("outlook_declined", invite, RESULTS=PASSES))
    (letter,) = deliver()
    assert letter["Subject"] == "Your registration is withdrawn: Trust in microcredentials"
    for shape in (text_of(letter), html_of(letter)):
        assert "Your calendar answered No to the invite" in shape
    withdrawn = {"before": "confirmed", "after": "withdrawn", "via": "calendar"}
    assert ("registration.withdrawn", withdrawn) in acts(app, 1)
    olga = sign_in(app, make_user(app, "olga@example.org", "trust"))
    assert "by an answer of their calendar" in words(olga.get("/desk/events/trust/registrations/1"))

    register(client, "trust")
    deliver()
    clock.shift(60)
    with app.app_context(), transaction():
        ada = db.session.get_one(Registration, 1)
        service.withdraw(ada, by=COMMAND, now=portal_clock.now())
    (letter,) = deliver()
    assert "You do not take part any more." in text_of(letter), "this one was no calendar's"


def test_a_no_after_the_date_says_late_and_a_delegate_leads_to_handing_over(
    app: Flask, client: PortalClient, clock: time_machine.Traveller, deliver: Deliver, inbox: Inbox
) -> None:
    invite = invited(come(app, client, deliver, transferable=True))
    inbox.put(reply("outlook_declined", invite))
    (letter,) = deliver()
    assert "late" not in text_of(letter)
    with app.app_context(), transaction():
        until = {"withdrawals_until": portal_clock.now() + timedelta(hours=1)}
        events.change(event_of(), until, by=COMMAND, now=portal_clock.now())
    clock.shift(7200)
    inbox.put(reply("outlook_declined", invite, STAMP="20261102T105959Z"))
    (letter,) = deliver()
    for shape in (text_of(letter), html_of(letter)):
        assert "The time to give a place back ended on" in shape
    inbox.put(reply("delegated", invite, STAMP="20261102T110000Z"))
    (letter,) = deliver()
    assert "/transfer" in text_of(letter) and "Hand it over to a colleague here" in text_of(letter)
    with app.app_context(), transaction():
        event_of().transferable = False
    clock.shift(60)
    inbox.put(reply("delegated", invite, STAMP="20261102T110030Z"))
    (letter,) = deliver()
    assert "/transfer" not in text_of(letter) and "whoever comes can register" in text_of(letter)
    assert portal_clock.now() < JANUARY


def test_a_delegate_whom_no_form_awaits_is_for_the_organisers_to_let_in(
    app: Flask, client: PortalClient, clock: time_machine.Traveller, deliver: Deliver, inbox: Inbox
) -> None:
    invite = invited(come(app, client, deliver, capacity=1, contacts=CONTACTS))
    inbox.put(reply("delegated", invite))
    (letter,) = deliver()
    for shape in (text_of(letter), html_of(letter)):
        assert "can register:" in shape and "Full: join the waitlist." in shape
    with app.app_context(), transaction():
        event_of().waitlist = False
    clock.shift(3600)
    inbox.put(reply("delegated", invite, STAMP="20261102T093000Z"))
    (letter,) = deliver()
    for shape in (text_of(letter), html_of(letter)):
        assert "Full: there is no waitlist." in shape and "can register:" not in shape
    closes = {"registration_closes_at": portal_clock.now() + timedelta(minutes=1)}
    with app.app_context(), transaction():
        events.change(event_of(), closes, by=COMMAND, now=portal_clock.now())
    clock.shift(7200)
    inbox.put(reply("delegated", invite, STAMP="20261102T105959Z"))
    (letter,) = deliver()
    for shape in (text_of(letter), html_of(letter)):
        assert "can register:" not in shape and "Registration closed on" in shape
        assert "Ask the organisers: ask@agency.example" in shape
    with app.app_context(), transaction():
        event_of().contacts = []
    inbox.put(reply("delegated", invite, STAMP="20261102T110000Z"))
    (letter,) = deliver()
    assert "Ask the organisers: portal@example.org" in text_of(letter), "never nobody"
