"""Where mails lie: a server that speaks IMAP, a directory that several read at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from portal import clock as portal_clock
from portal.audit.models import Entry
from portal.db import db, transaction
from portal.inbox.chores import hang_up, read_next
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.harness.imap import ImapServer, imap_server
from tests.harness.ports import free_port
from tests.inbox.front_door import Inbox, invited, reply
from tests.inbox.test_replies import come, standing
from tests.registrations.front_door import register

Deliver = Callable[[], list[EmailMessage]]
PORT = free_port()
ON_IMAP = pytest.mark.settings(
    PORTAL_INBOX_URL=f"imap://portal:hush%20%22and%5C%20more@127.0.0.1:{PORT}/INBOX"
)


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    with imap_server(PORT) as server:
        yield server
        hang_up()


@ON_IMAP
def test_replies_are_read_from_an_imap_server_and_put_away_there(
    app: Flask, client: PortalClient, clock: time_machine.Traveller, deliver: Deliver,
    imap: ImapServer, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    invite = come(app, client, deliver)
    note = b"From: ada@example.org\r\nSubject: Where is the room?\r\n\r\nHello\r\n"
    imap.put(note, reply("thunderbird_accepted", invite), b"X: y\r\n\r\n" + b"z" * 300_000)
    assert deliver() == []
    assert standing(app) == ("confirmed", "ACCEPTED")
    assert imap.folders["INBOX"] == {}
    assert list(imap.folders["Left"]) == [1, 3], "for a person to look at"
    assert "UID FETCH 3 (BODY.PEEK[])" not in imap.said, "what is too large is not even fetched"

    clock.shift(7300)
    imap.put(reply("outlook_declined", invite, STAMP="20261102T110000Z"))
    imap.cut_after = "UID STORE"
    assert len(deliver() + deliver()) == 1, "one letter"
    assert len(imap.folders["INBOX"]) == 1, "the line was cut before it was put away"
    clock.shift(120)
    assert deliver() == [] and imap.folders["INBOX"] == {}

    imap.capabilities, imap.prefix = "IMAP4rev1 NAMESPACE", "INBOX."
    hang_up()
    imap.put(note, reply("google_tentative", invite, STAMP="20261102T120000Z"))
    clock.shift(120)
    deliver()
    assert imap.folders["INBOX"] == {} and len(imap.folders["INBOX.Left"]) == 1, "as in 2003"

    hang_up()
    imap.password = "another"
    assert deliver() == [] and "mailbox away" in caplog.text and "hush" not in caplog.text


@ON_IMAP
def test_a_mail_that_the_server_cannot_give_holds_up_no_other(
    app: Flask, client: PortalClient, clock: time_machine.Traveller, deliver: Deliver,
    imap: ImapServer,
) -> None:  # fmt: skip
    invite = come(app, client, deliver)
    imap.put(b"X: y\r\n\r\nhello")
    imap.broken = {1}
    for _ in range(10):
        clock.shift(301)
        deliver()
    imap.put(reply("thunderbird_accepted", invite))
    clock.shift(301)
    deliver()
    assert standing(app) == ("confirmed", "ACCEPTED")
    assert list(imap.folders["INBOX"]) == [1]
    imap.broken = set()
    clock.shift(301)
    deliver()
    assert imap.folders["INBOX"] == {} and list(imap.folders["Left"]) == [1]


def test_of_many_workers_each_mail_has_its_effect_once(
    app: Flask, client: PortalClient, clock: time_machine.Traveller, deliver: Deliver, inbox: Inbox
) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust")
    for name in ("ada", "bea", "cyd", "dan"):
        register(client, "trust", first_name=name, email=f"{name}@example.org")
    invites = [invited(mail) for mail in deliver()]
    inbox.put(*(reply("delegated", each, STAMP=f"20261102T09130{n}Z")
                for n, each in enumerate(invites)))  # fmt: skip

    def work(_number: int) -> None:
        with app.app_context():
            while read_next(portal_clock.now()):
                db.session.remove()
            db.session.remove()

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(4)))
    assert inbox.waiting == 0
    assert sorted(str(mail["To"]) for mail in deliver()) == sorted(
        f"{name}@example.org" for name in ("ada", "bea", "cyd", "dan")
    )
    with app.app_context():
        replied = select(func.count()).where(Entry.act == "registration.calendar_replied")
        assert db.session.scalar(replied) == 4


@pytest.mark.settings(PORTAL_INBOX_URL="maildir:///nowhere/at/all")
def test_a_mailbox_that_is_away_holds_up_no_letter(
    app: Flask, client: PortalClient, clock: time_machine.Traveller, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust")
    register(client, "trust")
    assert len(deliver()) == 1
