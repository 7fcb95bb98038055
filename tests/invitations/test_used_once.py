"""One invitation brings one person at a time, whatever becomes of their registration."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.invitations import service
from portal.invitations.models import InvitationList
from portal.invitations.service import lists
from portal.registrations.models import Registration
from portal.registrations.rules import Status
from portal.registrations.service import quotas
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import comes, event_of
from tests.factories import JANUARY, make_event
from tests.harness.client import PortalClient
from tests.invitations.front_door import (
    DESK,
    comers,
    invite,
    known,
    links,
    make_list,
    press,
    register,
    stages,
)
from tests.invitations.test_office import OFFICE, TYPED, act, invited
from tests.registrations.front_door import link_in as own_page
from tests.registrations.front_door import register as plainly
from tests.registrations.test_behalf import member, to
from tests.registrations.test_transfer import hand_over

Deliver = Callable[[], list[EmailMessage]]
pytestmark = pytest.mark.usefixtures("clock")
MIA = {"first_name": "Mia", "last_name": "Member", "email": "mia@ep.example"}
USED = "Somebody has registered by this invitation"


def make(app: Flask, *, kept: int = 0, **facts: Any) -> None:
    """An event, with so many places that are for invited people."""
    terms = {"places": kept, "until": JANUARY, "groups": [], "countries": [], "invited": True}
    with app.app_context(), transaction():
        event = make_event(slug="trust", **facts)
        if kept:
            quotas.add(event, terms, by=COMMAND, now=portal_clock.now())


def invite_mia(app: Flask, deliver: Deliver, name: str = "mia") -> str:
    with app.app_context(), transaction():
        person = known(name, first_name="Mia", last_name="Member", group="mep")
        lists.add(make_list(event_of()), person, by=COMMAND, now=portal_clock.now())
    return links(deliver())[name]


def page_of(deliver: Deliver, mailbox: str) -> str:
    return own_page(to(deliver(), mailbox)[-1])


def people(app: Flask) -> dict[str, str]:
    """Everybody's status by first name, for mailboxes that are shared."""
    with app.app_context():
        found = db.session.query(Registration).order_by(Registration.id)
        return {each.first_name: each.status.value for each in found}


def test_who_handed_a_kept_place_over_and_is_back_has_no_second_one(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    make(app, kept=2, capacity=3, transferable=True)
    comes(app, "dan")
    invite(app, "ada", "bob")
    ways = links(deliver())
    register(client, ways["ada"])
    hand_over(client, page_of(deliver, "ada@example.org"))
    clock.shift(60)
    plainly(client, "trust", last_name="Test")  # before the worker has seen what became of it
    graces = page_of(deliver, "grace@example.org")
    assert people(app) == {"Dan": "confirmed", "Ada": "waitlisted", "Grace": "confirmed"}
    assert USED in words(client.get(ways["ada"]))
    register(client, ways["bob"], first_name="Bob")
    assert people(app)["Bob"] == "confirmed"
    client.submit(f"{graces}/withdrawal")
    deliver()
    assert "You are invited" in words(client.get(ways["ada"])), "the place is given back"
    register(client, ways["ada"])
    assert people(app)["Ada"] == "confirmed" and people(app)["Grace"] == "withdrawn"


def test_two_who_share_a_mailbox_are_two(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    make(app, kept=1, capacity=2)
    comes(app, "dan")
    link = invite_mia(app, deliver, "office")
    omar = {"first_name": "Omar", "last_name": "Office", "email": "office@example.org"}
    plainly(client, "trust", **omar)
    deliver()
    assert people(app) == {"Dan": "confirmed", "Omar": "waitlisted"}
    assert "You are invited" in words(client.get(link))
    register(client, link, first_name="Mia", last_name="Member")
    assert people(app)["Mia"] == "confirmed"


def test_an_office_invited_for_its_member_lets_in_who_waits_for_a_decision(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    make(app, approval=True)
    plainly(client, "trust", **MIA)
    deliver()
    link = invited(app, deliver, OFFICE, passes_approval=True)
    answer = act(client, link)
    assert "Confirmed" in words(client.get(answer.headers["Location"]))
    assert comers(app) == {"mia": "confirmed"}
    assert "Your place is confirmed" in to(deliver(), "mia@ep.example")[0]["Subject"]


def test_whom_the_organisers_declined_comes_by_no_link_and_it_stays_open(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    make(app, approval=True)
    plainly(client, "trust", **MIA)
    deliver()
    with app.app_context(), transaction():
        db.session.query(Registration).one().status = Status.DECLINED
    link = invited(app, deliver, OFFICE, passes_approval=True)
    answer = act(client, link)
    assert answer.status_code == 422 and "cannot come by this invitation" in words(answer)
    assert 'value="Mia"' in answer.text
    assert comers(app) == {"mia": "declined"} and stages(app) == {"office": "invited"}
    max_ = {"person1-first_name": "Max", "person1-email": "max@ep.example"}
    assert act(client, link, **max_).status_code == 303
    assert comers(app)["max"] == "confirmed"


@pytest.mark.parametrize("who", ["office", "themself", "other"])
def test_who_waits_gets_the_kept_place_by_the_link_whoever_may_use_it(
    app: Flask, client: PortalClient, deliver: Deliver, who: str
) -> None:
    make(app, kept=1, capacity=2)
    comes(app, "dan")
    plainly(client, "trust", **MIA)
    deliver()
    if who == "office":
        answer = act(client, invited(app, deliver, OFFICE))
    elif who == "themself":  # known by name, from another mailbox than the invited one
        answer = register(client, invite_mia(app, deliver), **MIA)
    else:
        invite(app, "ada", transferable=True)
        link = links(deliver())["ada"]
        answer = register(client, link, **MIA)
    said = words(client.get(answer.headers["Location"]))
    assert ("Confirmed" if who == "office" else "You have a place") in said
    assert comers(app) == {"dan": "confirmed", "mia": "confirmed"}
    mails = deliver()
    assert "place" in to(mails, "mia@ep.example")[0]["Subject"]
    assert bool(to(mails, "ada@example.org")) is (who == "other")


def test_who_waits_gets_the_kept_place_by_a_link_that_passes_a_closed_form(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    make(app, kept=1, capacity=2)
    comes(app, "dan")
    comes(app, "eve")
    plainly(client, "trust", **MIA)
    deliver()
    link = invited(app, deliver, OFFICE, passes_closed=True)
    with app.app_context(), transaction():
        event = event_of()
        event.registration_closes_at = portal_clock.now()
        event.revision += 1
    assert act(client, link).status_code == 303
    assert comers(app) == {"dan": "confirmed", "eve": "waitlisted", "mia": "confirmed"}


def test_a_link_is_not_handed_on_to_who_has_a_place(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    make(app)
    comes(app, "bob")
    invite(app, "ada", transferable=True)
    link = links(deliver())["ada"]
    answer = register(client, link, first_name="Bob", email="bob@example.org")
    assert answer.status_code == 422 and "has a place already" in words(answer)
    assert stages(app) == {"ada": "invited"} and deliver() == []


def test_who_was_let_in_by_a_link_withdrew_and_is_back_is_let_in_again(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    make(app, approval=True)
    invite(app, "ada", passes_approval=True)
    link = links(deliver())["ada"]
    register(client, link)
    client.submit(f"{page_of(deliver, 'ada@example.org')}/withdrawal")
    deliver()
    clock.shift(60)
    plainly(client, "trust", last_name="Test")
    assert "Your place is confirmed" in to(deliver(), "ada@example.org")[-1]["Subject"]
    assert comers(app) == {"ada": "confirmed"} and USED in words(client.get(link))


def test_who_is_back_where_no_place_and_no_line_is_left_waits_for_the_organisers(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    make(app, approval=True, capacity=1, waitlist=False)
    invite(app, "ada", passes_approval=True)
    register(client, links(deliver())["ada"])
    client.submit(f"{page_of(deliver, 'ada@example.org')}/withdrawal")
    clock.shift(60)
    plainly(client, "trust", last_name="Test")
    with app.app_context(), transaction():
        event_of().capacity = 0
    deliver()
    assert comers(app) == {"ada": "pending"} and stages(app) == {"ada": "registered"}


@pytest.mark.parametrize("is_declined", [False, True])
def test_a_member_who_is_back_comes_by_the_invitation_of_their_office(
    app: Flask,
    client: PortalClient,
    deliver: Deliver,
    clock: time_machine.Traveller,
    is_declined: bool,
) -> None:
    make(app, kept=1, capacity=2)
    comes(app, "dan")
    link = invited(app, deliver, OFFICE)
    act(client, link)
    client.submit(f"{page_of(deliver, 'mia@ep.example')}/withdrawal")
    deliver()
    clock.shift(60)
    form = client.get(f"{link}/registration/for-somebody")
    if is_declined:
        assert press(client, link, "refusal").status_code == 303
    plainly(client, "trust", **MIA)
    other = TYPED | {"person1-first_name": "Max", "person1-email": "max@ep.example"}
    late = client.submit(form, other, action="/for-somebody")
    assert late.headers["Location"] == link
    deliver()
    assert comers(app) == {"dan": "confirmed", "mia": "confirmed"}
    assert stages(app) == {"office": "registered"} and USED in words(client.get(link))


def test_an_invitation_is_open_again_where_somebody_did_not_register(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    make(app)
    link = invited(app, deliver, OFFICE)
    act(client, link, **{"person1-email": "stranger@ep.example"})
    client.submit(f"{page_of(deliver, 'stranger@ep.example')}/erasure")
    deliver()
    assert "You are invited" in words(client.get(link)) and stages(app) == {"office": "opened"}
    desk = sign_in(app, make_user(app, "olga@example.org", "trust"))
    shown = words(desk.get(f"{DESK}people/1"))
    assert "Opened, not answered" in shown and "Has withdrawn" not in shown
    desk.submit(f"{DESK}people/1/withdrawal", action="/withdrawal")
    assert stages(app) == {"office": "withdrawn"}
    desk.submit(f"{DESK}people/1", action="/return")
    assert act(client, link).status_code == 303
    deliver()
    assert comers(app)["mia"] == "confirmed" and stages(app) == {"office": "registered"}


def test_an_invited_office_that_registers_its_member_at_the_front_door_has_answered(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    make(app, kept=1, capacity=2)
    comes(app, "dan")
    link = invited(app, deliver, OFFICE)
    member(client, "trust", email="office@example.org")
    deliver()
    assert stages(app) == {"office": "registered"} and USED in words(client.get(link))
    assert "waitlisted" not in comers(app).values(), "a place is kept for whom they registered"
    with app.app_context(), transaction():
        service.remind(db.session.query(InvitationList).one(), by=COMMAND, now=portal_clock.now())
    assert deliver() == []
