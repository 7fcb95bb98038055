"""The outbox at the desk: what waits, what was sent, what is parked and why."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal import clock as portal_clock
from portal.accounts import letters, service
from portal.audit.models import Entry
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.outbox.models import Message
from tests.desk.front_door import make_user, sign_in, words
from tests.factories import make_event, make_registration
from tests.harness.client import PortalClient
from tests.outbox.front_door import post

Deliver = Callable[[], list[EmailMessage]]

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def client(app: Flask, deliver: Deliver) -> PortalClient:
    """A sent letter about each of two events, one parked, and an invitation that waits."""
    with app.app_context(), transaction():
        make_registration(make_event(slug="trust"), email="ada@example.org")
        make_registration(make_event(slug="other"), email="zoe@example.org")
    deliver()
    with app.app_context(), transaction() as session:
        now = portal_clock.now()
        session.add(
            Message(
                message_id="<parked@localhost>", event_id=event_of("trust").id,
                octets=b"To: bob@example.org\r\n\r\nBob\r\n",
                occasion="confirmed", recipient="bob@example.org", subject="Your place",
                created_at=now, due_at=now, parked_at=now, attempts=1,
                reason="550 5.1.1 no such mailbox",
            )
        )  # fmt: skip
        user = service.create("ines@example.org", by=COMMAND, now=portal_clock.now())
        letters.invite(user, now=portal_clock.now())
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def event_of(slug: str):  # type: ignore[no-untyped-def]
    from portal.events.queries import any_slug

    return any_slug(slug)


def shelf(client: PortalClient, name: str) -> list[str]:
    page = words(client.get(f"/desk/outbox/?shelf={name}"))
    return [each for each in ("ada", "bob", "zoe", "ines") if f"{each}@example.org" in page]


def test_an_organiser_sees_the_mails_of_their_events(client: PortalClient) -> None:
    assert shelf(client, "sent") == ["ada"]
    assert shelf(client, "parked") == ["bob"]
    assert shelf(client, "waiting") == []
    assert "550 5.1.1 no such mailbox" in words(client.get("/desk/outbox/?shelf=parked"))
    assert client.get("/desk/outbox/?shelf=lost").status_code == 404


def test_an_administrator_sees_all(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    admin = sign_in(app, make_user(app, "admin@example.org", admin=True))
    assert shelf(admin, "sent") == ["ada", "zoe"]
    assert shelf(admin, "waiting") == ["ines"]
    clock.shift(25 * 60)
    assert "Oldest waits, minutes 25" in words(admin.get("/desk/outbox/"))


def test_a_parked_mail_is_tried_again(app: Flask, client: PortalClient, deliver: Deliver) -> None:
    deliver()
    client.submit("/desk/outbox/?shelf=parked", action="/attempts")
    assert shelf(client, "waiting") == ["bob"]
    assert [m["To"].addresses[0].addr_spec for m in deliver()] == ["bob@example.org"]
    with app.app_context():
        line = db.session.scalars(select(Entry).order_by(Entry.id.desc()).limit(1)).one()
        assert (line.act, line.actor) == ("message.tried_again", "organiser")


def test_a_mail_of_another_event_is_not_there_to_try_again(
    app: Flask, client: PortalClient
) -> None:
    admin = sign_in(app, make_user(app, "admin@example.org", admin=True))
    with app.app_context():
        foreign = db.session.scalars(
            select(Message.id).where(Message.recipient == "ines@example.org")
        ).one()
    page = client.get("/desk/outbox/?shelf=parked")
    token = page.get_data(as_text=True).partition('name="csrf_token" value="')[2].partition('"')[0]
    path = f"/desk/outbox/{foreign}/attempts"
    assert client.post(path, data={"csrf_token": token}).status_code == 404
    assert shelf(admin, "waiting") == ["ines"]


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param("09:04", marks=pytest.mark.settings(PORTAL_MAIL_RATE="1/minute")),
        pytest.param("2026-11-06 09:00", marks=pytest.mark.settings(PORTAL_MAIL_RATE="1/day")),
    ],
)
def test_at_a_sending_rate_the_page_says_when_the_last_letter_leaves(
    app: Flask, client: PortalClient, moment: str
) -> None:
    """It is nine; a letter and an invitation wait already, and two letters come to them."""
    with app.app_context():
        for _ in range(2):
            post()
    page = words(client.get("/desk/outbox/"))
    assert "4 letters wait in the whole portal" in page
    assert f"the last leaves about {moment} (UTC)" in page
    assert "sending rate" not in words(client.get("/desk/outbox/?shelf=sent"))
