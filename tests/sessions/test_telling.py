"""What people and organisers are told when somebody stands otherwise in their sessions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import select

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.config import ROOT
from portal.db import db, transaction
from portal.events import service as events
from portal.prepare import migrate
from portal.registrations import chores
from portal.registrations.models import Registration
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import event_of
from tests.harness.client import PortalClient
from tests.harness.mails import html_of, text_of
from tests.registrations.front_door import link_in, told
from tests.sessions.making import number
from tests.sessions.test_choosing import comes, event, send

Deliver = Callable[[], list[EmailMessage]]
__all__ = ["event"]
pytestmark = pytest.mark.usefixtures("clock", "event")
FOUND = "You waited for a place in “Shop floor”, and one became free: it is yours."


def said(mail: EmailMessage) -> str:
    return " ".join(text_of(mail).split())


@pytest.fixture
def own(app: Flask, client: PortalClient, deliver: Deliver) -> dict[str, str]:
    """Ada is in the shop floor, Bob waits for it; each one's own page."""
    comes(app, client, "ada", "Shop floor")
    comes(app, client, "bob", "Shop floor", "Workshop")
    return {str(mail["To"]).partition("@")[0]: link_in(mail) for mail in deliver()}


def test_who_moves_up_reads_in_which_session_and_who_changes_them_what_was_and_what_is(
    app: Flask, client: PortalClient, own: dict[str, str], deliver: Deliver
) -> None:
    send(app, client, f"{own['ada']}/sessions", "Office")
    ada, bob = deliver()
    assert "Session “Shop floor” before: a place now: not chosen" in said(ada)
    assert "Session “Office” before: not chosen now: a place" in said(ada)
    assert bob["Subject"].startswith("A place in “Shop floor” was found for you: Trust in")
    assert FOUND in said(bob) and FOUND in " ".join(html_of(bob).split())
    assert "Session “Shop floor” before: waiting for a place now: a place" in said(bob)
    assert "Session “Workshop”" not in said(bob)
    # Of what they have heard already the next letter says nothing.
    client.submit(f"{own['bob']}/details", {"organisation": "Navy"})
    (letter,) = deliver()
    assert letter["Subject"].startswith("Your details are changed")
    assert "before:" not in said(letter)


def test_a_letter_that_did_not_leave_is_taken_back_and_the_next_compares_with_the_one_before(
    app: Flask, client: PortalClient, own: dict[str, str], deliver: Deliver
) -> None:
    send(app, client, f"{own['ada']}/sessions", "Office")
    with app.app_context():
        chores.write_next_letters(portal_clock.now())
    send(app, client, f"{own['ada']}/sessions", "Workshop")
    letter = next(mail for mail in deliver() if mail["To"] == "ada@example.org")
    assert "Session “Shop floor” before: a place now: not chosen" in said(letter)
    assert "Session “Workshop” before: not chosen now: a place" in said(letter)
    assert "“Office”" not in said(letter)


def test_the_history_names_each_session_with_what_was_and_what_is(
    app: Flask, client: PortalClient, own: dict[str, str]
) -> None:
    send(app, client, f"{own['ada']}/sessions", "Office")
    desk = sign_in(app, make_user(app, "olga@example.org", "forum"))
    ada, bob = (words(desk.get(f"/desk/events/forum/registrations/{key}")) for key in (1, 2))
    assert "Shop floor: not chosen → has a place" in ada  # as they registered
    assert "Shop floor: has a place → not chosen" in ada
    assert "Office: not chosen → has a place" in ada
    assert "Shop floor: waits for a place → has a place" in bob


def test_wishes_that_are_answered_stand_in_the_history(
    app: Flask, client: PortalClient, own: dict[str, str]
) -> None:
    comes(app, client, "cid")
    comes(app, client, "dan", "Office")  # in line for the event
    client.submit(f"{own['ada']}/withdrawal")
    desk = sign_in(app, make_user(app, "olga@example.org", "forum"))
    page = words(desk.get("/desk/events/forum/registrations/4"))
    assert "Wishes for sessions answered" in page
    assert "Office: wishes for a place → has a place" in page


def test_the_letter_of_a_postponement_names_the_sessions_that_one_keeps(
    app: Flask, client: PortalClient, own: dict[str, str], deliver: Deliver, clock: Any
) -> None:
    with app.app_context(), transaction():
        events.postpone(events.locked(event_of("forum").id), by=COMMAND, now=portal_clock.now())
    clock.shift(timedelta(minutes=11))
    letters = {str(mail["To"]): mail for mail in deliver()}
    assert "Session: “Shop floor”, You have a place" in said(letters["ada@example.org"])
    assert "Session: “Shop floor”, You wait for a place." in said(letters["bob@example.org"])
    assert "14:00 to 15:00" not in said(letters["ada@example.org"]).partition("Session:")[2]
    page = words(client.get(own["ada"]))
    assert "Shop floor You have a place" in page and "not known yet; it was planned for" in page
    assert "The event is postponed" in words(client.get(f"{own['ada']}/programme"))
    with app.app_context(), transaction():
        events.cancel(events.locked(event_of("forum").id), by=COMMAND, now=portal_clock.now())
    programme = words(client.get(f"{own['ada']}/programme"))
    assert "The event is cancelled" in programme and "You have a place" not in programme


def test_of_who_acts_for_somebody_the_letter_says_what_changed_too(
    app: Flask, client: PortalClient, own: dict[str, str], deliver: Deliver
) -> None:
    desk = sign_in(app, make_user(app, "olga@example.org", "forum"))
    page = "/desk/events/forum/registrations/2/contact"
    acting = {"name": "Otto Office", "email": "office@example.org", "letters": "both"}
    assert desk.submit(page, acting, action="/contact").status_code == 303
    deliver()
    send(app, client, f"{own['ada']}/sessions", "Office")
    letters = [mail for mail in deliver() if mail["To"] == "office@example.org"]
    assert "Session “Shop floor” before: waiting for a place now: a place" in said(letters[0])


def test_after_the_upgrade_who_had_heard_all_is_compared_with_what_was_so(
    app: Flask, client: PortalClient, own: dict[str, str], deliver: Deliver
) -> None:
    send(app, client, f"{own['ada']}/sessions", "Office")  # untold at that moment
    migrate(app)
    with app.app_context():
        downgrade(directory=str(ROOT / "migrations"), revision="0033")
    migrate(app)
    with app.app_context():
        found = {each.first_name: each.told_sessions for each in db.session.scalars(
            select(Registration))}  # fmt: skip
    assert found == {"ada": None, "bob": None}
    assert [told([mail])[0][1] for mail in deliver()] == ["Your details are changed"] * 2
    send(app, client, f"{own['ada']}/sessions", "Workshop")
    with app.app_context():
        downgrade(directory=str(ROOT / "migrations"), revision="0033")
    migrate(app)
    with app.app_context():
        bob = db.session.scalars(select(Registration).where(Registration.first_name == "bob")).one()
        assert bob.told_sessions == {
            number(app, "Shop floor"): "place", number(app, "Workshop"): "place",
        }  # fmt: skip
