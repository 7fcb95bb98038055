"""What invited people hear of an event that is postponed, cancelled, or on again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine
from flask import Flask

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events import service as events
from portal.invitations import chores
from portal.invitations.models import Invitation
from portal.registrations.models import Registration
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import comes, event_of
from tests.factories import JANUARY, make_event
from tests.harness.client import PortalClient
from tests.harness.mails import text_of
from tests.invitations.front_door import DESK, invite, link_in, links, press, register, stages
from tests.registrations.front_door import link_in as own_page

Deliver = Callable[[], list[EmailMessage]]
TEN_MINUTES = timedelta(minutes=11)
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture(autouse=True)
def _event(app: Flask) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust")


def postpone(app: Flask) -> None:
    with app.app_context(), transaction():
        events.postpone(
            event_of(), reason={"en": "The room is flooded."}, by=COMMAND, now=portal_clock.now()
        )


def set_anew(app: Flask) -> None:
    start = JANUARY + timedelta(days=30)
    with app.app_context(), transaction():
        facts = {"starts_at": start, "ends_at": start + timedelta(hours=3)}
        events.take_up(event_of(), facts, by=COMMAND, now=portal_clock.now())


def cancel(app: Flask) -> None:
    with app.app_context(), transaction():
        events.cancel(event_of(), by=COMMAND, now=portal_clock.now())


def told(mails: list[EmailMessage]) -> list[tuple[str, str]]:
    """Who got which letter about the event."""
    return sorted((str(m["To"]).partition("@")[0], m["Subject"].partition(":")[0]) for m in mails)


def test_who_has_not_answered_hears_that_the_event_is_off_and_of_its_new_date(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    invite(app, "ada", "bob", "cid", "dan", words={"en": "Come and listen."})
    ways = links(deliver())
    press(client, ways["bob"], "opening")
    press(client, ways["cid"], "refusal")
    register(client, ways["dan"], first_name="Dan")
    deliver()
    postpone(app)
    assert deliver() == [], "it may be a mistake"
    clock.shift(TEN_MINUTES)
    mails = deliver()
    assert told(mails) == [("ada", "Postponed"), ("bob", "Postponed"), ("dan", "Postponed")]
    (to_ada,) = [text_of(mail) for mail in mails if mail["To"] == "ada@example.org"]
    for said in ("The room is flooded.", "not known yet; it was planned for", "Your invitation"):
        assert said in to_ada
    assert "/invitations/" not in to_ada and "Come and listen" not in to_ada
    assert deliver() == []
    set_anew(app)
    clock.shift(TEN_MINUTES)
    mails = [mail for mail in deliver() if mail["To"] != "dan@example.org"]
    assert told(mails) == [("ada", "New date"), ("bob", "New date")]
    assert {link_in(mails[0]), link_in(mails[1])} == {ways["ada"], ways["bob"]}
    assert "You are invited" in client.get(ways["ada"]).text
    cancel(app)
    clock.shift(TEN_MINUTES)
    assert told(deliver()) == [("ada", "Cancelled"), ("bob", "Cancelled"), ("dan", "Cancelled")]
    assert deliver() == []
    assert stages(app) == {
        "ada": "invited", "bob": "opened", "cid": "declined", "dan": "registered",
    }  # fmt: skip


def test_an_invitation_that_has_not_left_does_not_leave_while_the_event_is_off(
    app: Flask, deliver: Deliver
) -> None:
    invite(app, "ada")
    with app.app_context():
        assert chores.write_next_invitations(portal_clock.now())
    postpone(app)
    assert deliver() == [] and stages(app) == {"ada": "new"}
    set_anew(app)
    assert told(deliver()) == [("ada", "Invitation")]


def test_a_reminder_that_waited_until_the_time_to_answer_is_over_does_not_leave(
    app: Flask, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    until = portal_clock.now() + timedelta(days=3)
    made = invite(app, "ada", answer_until=until)
    deliver()
    desk = sign_in(app, make_user(app, "olga@example.org", "trust"))
    page = desk.get(f"{DESK}lists/{made}/reminders")
    desk.submit(page, action="/reminders")
    with app.app_context():
        assert chores.write_next_reminders(portal_clock.now())
    clock.move_to(until)
    assert deliver() == []
    with app.app_context():
        assert db.session.query(Invitation).one().reminded_at is None
    desk = sign_in(app, make_user(app, "otto@example.org", "trust"))
    late = desk.submit(f"{DESK}lists/{made}/reminders", action="/reminders")
    assert late.status_code == 409 and "The time to answer is over" in words(late)
    assert "Remind who has not answered…" not in words(desk.get(f"{DESK}lists/{made}"))


def test_no_letter_leads_to_a_form_that_has_closed(app: Flask, deliver: Deliver) -> None:
    made = invite(app, "ada")
    deliver()
    desk = sign_in(app, make_user(app, "olga@example.org", "trust"))
    page = desk.get(f"{DESK}lists/{made}/reminders")
    with app.app_context(), transaction():
        event_of().registration_closes_at = portal_clock.now()
    assert "Registration is closed, and the links" in words(desk.get(f"{DESK}lists/{made}"))
    assert desk.submit(page, action="/reminders").status_code == 409
    desk.submit(f"{DESK}lists/{made}/people", {"email": "bob@example.org"}, action="/people")
    assert deliver() == [] and stages(app) == {"ada": "invited", "bob": "new"}
    desk.submit(f"{DESK}lists/{made}/terms", {"passes_closed": "y"}, action="/terms")
    assert told(deliver()) == [("bob", "Invitation")]


def test_a_rule_reminds_nobody_when_the_time_to_answer_is_over(app: Flask) -> None:
    desk = sign_in(app, make_user(app, "olga@example.org", "trust"))
    terms = {"name": "Network", "source": "theirs", "answer_until": "2027-01-15T10:00"}
    late = desk.submit(f"{DESK}lists/new", terms | {"remind_days": "3"}, action="/new")
    assert late.status_code == 422 and "when the time to answer is over" in words(late)
    good = desk.submit(f"{DESK}lists/new", terms | {"remind_days": "4"}, action="/new")
    assert good.status_code == 303


def test_an_invitation_goes_along_where_two_registrations_of_its_person_become_one(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    comes(app, "ada.home", first_name="Ada")
    deliver()
    invite(app, "ada")
    register(client, links(deliver())["ada"])
    (letter,) = deliver()
    moved = client.submit(f"{own_page(letter)}/details", {"email": "ada.home@example.org"})
    assert "Your new address is saved" in words(moved)
    deliver()
    with app.app_context():
        (invitation,) = db.session.query(Invitation)
        left = db.session.get_one(Registration, invitation.registration_id)
        assert (left.email, left.status.value) == ("ada.home@example.org", "confirmed")
        assert left.invitation_id == invitation.id
    assert stages(app) == {"ada": "registered"}
