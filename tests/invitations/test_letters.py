"""Who is written to, when, how often, and what a letter says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask

from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events import service as events
from portal.invitations.models import Invitation, InvitationList
from portal.outbox import service as outbox
from portal.outbox.models import Message
from portal.registrations.models import Registration
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import comes, event_of
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.harness.mails import text_of
from tests.invitations.front_door import (
    DESK,
    TYPED,
    comers,
    invite,
    known,
    links,
    press,
    register,
    stages,
)

Deliver = Callable[[], list[EmailMessage]]
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def event(app: Flask) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust")


def to(mails: list[EmailMessage]) -> list[str]:
    return [str(mail["To"]).partition("@")[0] for mail in mails]


@pytest.mark.usefixtures("event")
def test_an_invitation_is_in_ones_language_and_says_where_the_address_is_from(
    app: Flask, deliver: Deliver
) -> None:
    own = {"en": "Come and *listen*.", "fr": "Venez **écouter**."}
    made = invite(app, "ada", words=own, sent=False)
    assert deliver() == []
    with app.app_context(), transaction():
        from portal.invitations.service import lists

        of_list = db.session.get_one(InvitationList, made)
        person = known("bob", language="fr", first_name="", last_name="www.evil.example")
        lists.add(of_list, person, by=COMMAND, now=datetime(2026, 11, 2, 9, tzinfo=UTC))
        lists.send(of_list, by=COMMAND, now=datetime(2026, 11, 2, 9, tzinfo=UTC))
    english, french = deliver()
    text = text_of(english)
    assert english["Subject"] == "Invitation: Trust in microcredentials, 18 January 2027"
    assert text.split()[:6] == ["You", "are", "invited", "Come", "and", "listen."]
    assert "the members’ list of the network" in text and "For: Ada Test" in text
    assert "you can have your data deleted" in text and "/en/invitations/" in text
    assert "écouter" in text_of(french) and "/fr/invitations/" in text_of(french)
    assert "www.evil.example" not in text_of(french)
    assert {english["Auto-Submitted"], french["List-Unsubscribe"]} == {"auto-generated", None}
    assert deliver() == []


def test_a_reminder_goes_once_for_a_date_to_who_has_not_answered_across_the_change_of_clocks(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    """Two days before Monday 29 March at ten: clocks are put forward in the night between."""
    brussels = ZoneInfo("Europe/Brussels")
    clock.move_to(datetime(2027, 3, 1, 9, tzinfo=UTC))
    with app.app_context(), transaction():
        make_event(slug="trust", starts_at=datetime(2027, 3, 29, 14, tzinfo=brussels))
    rule = {"remind_days": 2, "remind_at": time(10)}
    ways = links_of(app, deliver, "ada", "bob", "cid", "dan", "eve", "fay", **rule)
    press(client, ways["ada"], "opening")
    register(client, ways["bob"], first_name="Bob")
    press(client, ways["cid"], "refusal")
    comes(app, "dan")
    with app.app_context(), transaction() as session:
        bounced = session.query(Message).filter_by(recipient="eve@example.org").one()
        bounced.sent_at = None
        claimed = outbox.Claimed(bounced.id, "", "", b"", in_doubt=False)
        outbox.note_parked(claimed, "5.1.1 no such mailbox", now=bounced.created_at)
    deliver()
    assert stages(app) == {
        "ada": "opened", "bob": "registered", "cid": "declined", "dan": "registered",
        "eve": "bounced", "fay": "invited",
    }  # fmt: skip
    clock.move_to(datetime(2027, 3, 27, 8, 59, tzinfo=UTC))
    assert deliver() == []
    clock.move_to(datetime(2027, 3, 27, 9, 0, tzinfo=UTC))
    mails = deliver()
    assert to(mails) == ["ada", "fay"]
    assert mails[0]["Subject"] == "Will you come? Trust in microcredentials, 29 March 2027"
    assert links(mails)["ada"] == ways["ada"]
    assert deliver() == []
    with app.app_context(), transaction():
        later = datetime(2027, 4, 12, 14, tzinfo=brussels)
        facts = {"starts_at": later, "ends_at": later + timedelta(hours=3)}
        events.change(event_of(), facts, by=COMMAND, now=datetime(2027, 3, 27, 9, tzinfo=UTC))
    deliver()
    clock.move_to(datetime(2027, 4, 10, 8, 0, tzinfo=UTC))
    assert to([mail for mail in deliver() if "Will you" in mail["Subject"]]) == ["ada", "fay"]


def links_of(app: Flask, deliver: Deliver, *names: str, **terms: Any) -> dict[str, str]:
    invite(app, *names, **terms)
    return links(deliver())


@pytest.mark.usefixtures("event")
def test_the_desk_sends_after_a_look_and_reminds_with_the_number_before_it(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    desk = sign_in(app, make_user(app, "olga@example.org", "trust"))
    made = invite(app, "ada", "bob", sent=False)
    page = desk.get(f"{DESK}lists/{made}/letter")
    assert "Send 2 invitations" in words(page) and "Answer the invitation:" in words(page)
    desk.submit(page, action="/sending")
    ways = links(deliver())
    press(client, ways["bob"], "refusal")
    asked = desk.get(f"{DESK}lists/{made}/reminders")
    assert "1 person was invited and has not answered" in words(asked)
    desk.submit(asked, action="/reminders")
    register(client, ways["ada"])
    assert to(deliver()) == ["ada"], "only the confirmation: who answered is not reminded"
    assert "Nobody has to be reminded" in words(desk.get(f"{DESK}lists/{made}/reminders"))


@pytest.mark.usefixtures("event")
def test_a_corrected_address_gets_a_link_of_its_own_and_a_withdrawn_invitation_is_dead(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    desk = sign_in(app, make_user(app, "olga@example.org", "trust"))
    ways = links_of(app, deliver, "adda", "bob")
    path = f"{DESK}people/1"
    taken = desk.submit(f"{path}/address", {"email": "BOB@example.org"}, action="/address")
    assert taken.status_code == 422 and "invited to the event already" in words(taken)
    desk.submit(f"{path}/address", {"email": "ada@example.org"}, action="/address")
    assert client.get(ways["adda"]).status_code == 404
    (mail,) = deliver()
    assert mail["To"] == "ada@example.org" and client.get(links([mail])["ada"]).status_code == 200
    desk.submit(f"{DESK}people/2/withdrawal", action="/withdrawal")
    dead = client.get(ways["bob"])
    assert "The organisers have withdrawn this invitation" in words(dead)
    assert client.get(f"{ways['bob']}/registration").headers["Location"] == ways["bob"]
    assert register_anyway(client, dead, ways["bob"]) == 303
    assert comers(app) == {} and stages(app)["bob"] == "withdrawn"
    desk.submit(f"{DESK}people/2", action="/return")
    assert stages(app)["bob"] == "invited" and "You are invited" in words(client.get(ways["bob"]))


def register_anyway(client: PortalClient, page: object, link: str) -> int:
    """A form that was open when the organisers withdrew it."""
    text: str = client.get("/en/events/trust/register").text
    token = text.partition('name="csrf_token" type="hidden" value="')[2].partition('"')[0]
    sent = client.post(f"{link}/registration", data=TYPED | {
        "csrf_token": token, "email": "bob@example.org", "first_name": "Bob",
    })  # fmt: skip
    return sent.status_code


@pytest.mark.usefixtures("event")
def test_who_registers_at_the_front_door_has_answered_and_comes_by_the_invitation(
    app: Flask, deliver: Deliver
) -> None:
    links_of(app, deliver, "ada")
    comes(app, "ada")
    deliver()
    assert stages(app) == {"ada": "registered"}
    with app.app_context():
        assert db.session.query(Registration).one().invitation_id is not None
        assert db.session.query(Invitation).one().registration_id is not None
