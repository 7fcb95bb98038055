"""Nothing in a mail stops the reader or writes anything else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path
from time import perf_counter

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal.audit.models import Entry
from portal.db import db, transaction
from portal.inbox import boxes
from portal.inbox import service as inbox_service
from portal.inbox.boxes import AT_ONCE, LARGEST
from portal.inbox.reading import read
from portal.inbox.rules import Mail
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.inbox.front_door import Inbox, Invited, invited, reply
from tests.inbox.test_replies import standing
from tests.registrations.front_door import register

Deliver = Callable[[], list[EmailMessage]]
ADA = Invited(
    "portal+0123456789abcdef0123@example.org", "u@localhost", "ada@example.org", "0", "<a@b>"
)
NAMES = [
    "thunderbird_accepted", "google_tentative", "outlook_declined", "outlook_counter",
    "delegated", "postfix_bounce", "exchange_bounce", "vacation",
]  # fmt: skip


def multiparts(depth: int) -> bytes:
    heads = [f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(depth)]
    return "".join(heads).encode()


def calendar(*lines: str) -> bytes:
    head = "Content-Type: text/calendar; method=REPLY\n\n"
    body = ["BEGIN:VCALENDAR", "METHOD:REPLY", "BEGIN:VEVENT", "UID:u", *lines, "END:VEVENT"]
    return (head + "\n".join(body)).encode()


MONSTERS = {
    "deep": multiparts(6_000),
    "a thousand parts": b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nx\n" * 30_000,
    "no end of headers": b"X: y\n" * 50_000,
    "one long header": b"From: " + b"(" * 200_000,
    "commas": b"To: " + b"a@b," * 50_000,
    "results": b"From: a@example.org\nAuthentication-Results: mx; " + b"(" * 200_000,
    "bad charset": calendar("X:\u00e9").replace(b"REPLY\n", b"REPLY; charset=\xff\x00zip\n", 1),
    "a charset that is none": calendar().replace(b"REPLY\n", b"REPLY; charset=unicode_escape\n", 1),
    "nothing": b"",
    "NULs": b"\0" * 1_000 + calendar("ATTENDEE:mailto:\0"),
    "begin": calendar(*["BEGIN:VEVENT"] * 15_000),
    "parameters": calendar("ATTENDEE" + ";X=\"" * 40_000),
    "quotes": calendar("ATTENDEE;CN=" + '"' * 100_000),
    "folds": calendar("ATTENDEE" + "\n " * 80_000),
    "numbers": calendar("SEQUENCE:" + "9" * 100_000, "DTSTAMP:99999999T999999Z"),
    "a report of nothing": b"Content-Type: multipart/report\n\n",
    "reports": b'Content-Type: multipart/report; boundary="b"\n\n--b\n'
    b"Content-Type: message/delivery-status\n\n" + b"Action: failed\nStatus: x\n\n" * 8_000,
    "encoded words": b"From: " + b"=?utf-8?q?" * 20_000,
    "file name": b"Content-Disposition: attachment; " + b"filename*0*=utf-8''%ff;" * 8_000,
}  # fmt: skip


@pytest.mark.parametrize("name", list(MONSTERS))
def test_a_monster_is_read_or_refused_soon_and_says_nothing(name: str) -> None:
    octets = MONSTERS[name][:LARGEST]
    began = perf_counter()
    try:
        mail = read(octets, authserv_id="mx")
    except (RecursionError, ValueError, LookupError):
        pass
    else:
        assert mail.proven == "" and mail.sent_to[:1] in ((), ("a@b",))
    assert perf_counter() - began < 5.0


@given(st.data())
@settings(
    max_examples=40, deadline=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_whatever_happens_to_a_reply_on_its_way_it_stays_plain_values(data: st.DataObject) -> None:
    octets = bytearray(reply(data.draw(st.sampled_from(NAMES)), ADA, MESSAGE="m"))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(octets) - 1))
        length = data.draw(st.integers(0, 40))
        octets[at : at + length] = data.draw(st.binary(max_size=40))
    with suppress(ValueError, LookupError):  # put aside
        assert isinstance(read(bytes(octets), authserv_id="mx"), Mail)


def test_a_mail_that_cannot_be_read_is_put_aside_at_once_and_stops_nobody(
    app: Flask, client: PortalClient, clock: time_machine.Traveller, deliver: Deliver,
    inbox: Inbox, tmp_path: Path,
) -> None:  # fmt: skip
    with app.app_context(), transaction():
        make_event(slug="trust")
    register(client, "trust")
    invite = invited(deliver()[0])
    with app.app_context():
        lines = select(func.count()).select_from(Entry)
        before = db.session.scalar(lines)
    monsters = ["deep", "one long header", "NULs", "begin", "reports", "nothing"]
    inbox.put(*(MONSTERS[name][:LARGEST] for name in monsters))
    inbox.put(reply("thunderbird_accepted", invite))
    deliver()
    assert standing(app) == ("confirmed", "ACCEPTED"), "the last in the box was read"
    assert deliver() == [] and inbox.waiting == 0 and inbox.aside >= 1
    assert inbox.aside + inbox.left == len(monsters)
    with app.app_context():
        assert db.session.scalar(lines) == before + 1, "nothing but the answer was written"


@pytest.fixture
def invite(
    app: Flask, client: PortalClient, clock: time_machine.Traveller, deliver: Deliver, inbox: Inbox
) -> Invited:
    with app.app_context(), transaction():
        make_event(slug="trust")
    register(client, "trust")
    return invited(deliver()[0])


def test_more_brackets_than_are_looked_at_at_once_hold_up_no_yes(
    app: Flask, invite: Invited, deliver: Deliver, inbox: Inbox
) -> None:
    brackets = b"From: " + b"(" * 3_500 + b"\r\n\r\n%d"
    inbox.put(*(brackets % number for number in range(AT_ONCE + 5)))
    inbox.put(reply("thunderbird_accepted", invite))
    deliver()
    assert standing(app) == ("confirmed", "ACCEPTED")
    assert (inbox.waiting, inbox.aside) == (0, AT_ONCE + 5)


def test_mails_that_rest_are_tried_three_times_and_hold_up_no_yes(
    app: Flask, invite: Invited, clock: time_machine.Traveller, deliver: Deliver, inbox: Inbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """What could be read, and failed afterwards, may go well the next time."""
    monkeypatch.setattr(boxes, "AT_ONCE", 2)

    def fails(*_anything: object, **_named: object) -> None:
        raise ValueError

    with monkeypatch.context() as broken:
        broken.setattr(inbox_service, "note_bounce", fails)
        for number in range(5):
            inbox.put(reply("postfix_bounce", invite) + b"%d" % number)
        inbox.put(reply("thunderbird_accepted", invite))
        deliver()
        deliver()
        deliver()
        assert standing(app) == ("confirmed", "ACCEPTED") and inbox.waiting == 5
        for _ in range(3):
            clock.shift(301)
            for _again in range(3):
                deliver()
    assert (inbox.waiting, inbox.aside) == (0, 5)
