"""What comes back from the mailbox of who acts for others, and what they write."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask

from portal.clock import now as now_is
from portal.db import db, transaction
from portal.outbox import service as outbox
from portal.outbox.models import Message
from portal.registrations import chores, telling_offices
from tests.desk.front_door import make_user, sign_in, words
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.harness.mails import text_of
from tests.inbox.front_door import Inbox, Invited, reply
from tests.inbox.test_people_write import CONTACTS, mail
from tests.registrations.front_door import link_in
from tests.registrations.test_behalf import member, send, to

Deliver = Callable[[], list[EmailMessage]]
PLAIN, OFFICE = "portal@example.org", "office@ep.example"
DESK = "/desk/events/trust"
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def desk(app: Flask) -> PortalClient:
    with app.app_context(), transaction():
        make_event(slug="trust", contacts=CONTACTS)
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def bounce(letter: EmailMessage, address: str = OFFICE) -> bytes:
    return reply("postfix_bounce", Invited(PLAIN, "", address, "0", str(letter["Message-ID"])))


def refuse(app: Flask) -> None:
    """The mail server refuses for good what waits for the office."""
    with app.app_context():
        while chores.write_next_letters(now_is()) or telling_offices.write_next_letters(now_is()):
            pass
        with transaction() as session:
            for message in session.query(Message).filter_by(recipient=OFFICE, sent_at=None):
                claimed = outbox.Claimed(message.id, "", "", b"", in_doubt=False)
                outbox.note_parked(claimed, "550 no such mailbox", now=now_is())


def test_mail_of_an_office_that_comes_back_is_seen_at_the_desk_and_tried_again(
    app: Flask, client: PortalClient, desk: PortalClient, deliver: Deliver, inbox: Inbox
) -> None:
    member(client, "trust", letters="office")
    [letter] = to(deliver(), OFFICE)
    inbox.put(bounce(letter, "mallory@example.net"))
    deliver()
    assert "Everybody could be reached" in words(desk.get(f"{DESK}/unreached"))
    inbox.put(bounce(letter))
    deliver()
    said = f"Mail to {OFFICE}, who acts for them, comes back: 5.1.1"
    assert said in words(desk.get(f"{DESK}/unreached"))
    person = f"{DESK}/registrations/1"
    assert said in words(desk.get(person)) and "came back" in words(desk.get(person))
    desk.submit(person, action="/attempts")
    [again] = deliver()
    assert again["To"] == OFFICE and "/offices/" in text_of(again)
    assert "Everybody could be reached" in words(desk.get(f"{DESK}/unreached"))
    inbox.put(bounce(again))
    deliver()
    assert said in words(desk.get(f"{DESK}/unreached"))


def test_the_one_letter_about_a_group_that_comes_back_is_seen_with_each_of_them(
    app: Flask, client: PortalClient, desk: PortalClient, deliver: Deliver, inbox: Inbox
) -> None:
    send(client, "trust", 2)
    [letter] = to(deliver(), OFFICE)
    inbox.put(mail(None, "Can they park?", **{"In-Reply-To": str(letter["Message-ID"])}))
    [passed] = deliver()
    assert passed["Reply-To"] == OFFICE and "Can they park?" in text_of(passed)
    inbox.put(bounce(letter))
    deliver()
    said = f"Mail to {OFFICE}, who acts for them, comes back: 5.1.1"
    assert words(desk.get(f"{DESK}/unreached")).count(said) == 2


def test_the_only_mailbox_that_fails_is_the_persons(
    app: Flask, client: PortalClient, desk: PortalClient, deliver: Deliver, inbox: Inbox
) -> None:
    member(client, "trust", **{"person1-email": ""})
    [letter] = deliver()
    inbox.put(bounce(letter))
    deliver()
    assert "Mail comes back: 5.1.1" in words(desk.get(f"{DESK}/unreached"))


def test_a_letter_to_an_office_that_the_server_refuses_is_seen_at_the_desk(
    app: Flask, client: PortalClient, desk: PortalClient, deliver: Deliver
) -> None:
    send(client, "trust", 2)
    refuse(app)
    deliver()
    shown = words(desk.get(f"{DESK}/unreached"))
    assert shown.count(f"{OFFICE}: 550 no such mailbox") == 2
    desk.submit(f"{DESK}/unreached", action="/registrations/1/attempts")
    assert [str(each["To"]) for each in deliver()] == [OFFICE]
    assert "Everybody could be reached" in words(desk.get(f"{DESK}/unreached"))


def test_what_an_office_writes_goes_to_whom_the_event_says_can_be_asked(
    app: Flask, client: PortalClient, desk: PortalClient, deliver: Deliver, inbox: Inbox
) -> None:
    member(client, "trust")
    [letter] = to(deliver(), OFFICE)
    inbox.put(mail(None, "Can she park?", **{"In-Reply-To": str(letter["Message-ID"])}))
    [passed] = deliver()
    assert passed["Reply-To"] == OFFICE and "Can she park?" in text_of(passed)
    assert passed["Subject"] == "Omar Office answered a letter: Trust in microcredentials"
    with app.app_context():
        assert db.session.query(Message).filter_by(recipient="ask@agency.example").count() == 1


def test_the_last_letter_to_an_office_that_the_server_refuses_is_seen_as_well(
    app: Flask, client: PortalClient, desk: PortalClient, deliver: Deliver
) -> None:
    member(client, "trust")
    mine = link_in(to(deliver(), "mia@ep.example")[0])
    client.submit(f"{mine}/contact", {"stop": "yes"})
    refuse(app)
    deliver()
    assert f"{OFFICE}: 550 no such mailbox" in words(desk.get(f"{DESK}/unreached"))
