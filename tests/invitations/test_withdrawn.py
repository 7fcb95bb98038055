"""Invitations that are withdrawn and brought back, and places that are given up or handed over."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask

from portal import clock as portal_clock
from portal.db import db, transaction
from portal.invitations import chores
from portal.invitations.models import Invitation
from tests.desk.front_door import make_user, sign_in, words
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.invitations.front_door import (
    DESK,
    comers,
    fates,
    hand_in,
    invite,
    link_in,
    links,
    press,
    register,
    stages,
)
from tests.registrations.front_door import link_in as own_page

Deliver = Callable[[], list[EmailMessage]]
COLLEAGUE = {
    "first_name": "Eve", "last_name": "Test", "email": "eve@example.org",
    "organisation": "Navy", "stakeholder_group": "expert", "country": "BE",
}  # fmt: skip
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def desk(app: Flask) -> PortalClient:
    with app.app_context(), transaction():
        make_event(slug="trust", transferable=True)
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def withdraw(desk: PortalClient, number: int) -> None:
    assert desk.submit(f"{DESK}people/{number}/withdrawal", action="/withdrawal").status_code == 303


def bring_back(desk: PortalClient, number: int) -> None:
    assert desk.submit(f"{DESK}people/{number}", action="/return").status_code == 303


def test_an_invitation_that_is_brought_back_stands_where_it_stood(
    app: Flask, desk: PortalClient, client: PortalClient, deliver: Deliver
) -> None:
    invite(app, "ada", "bob", "cid", "dan")
    ways = links(deliver())
    press(client, ways["ada"], "refusal")
    press(client, ways["bob"], "opening")
    with app.app_context(), transaction():
        came_back = db.session.get_one(Invitation, 3)
        came_back.stage, came_back.bounced_at = came_back.stage.BOUNCED, portal_clock.now()
    before = stages(app)
    assert before == {"ada": "declined", "bob": "opened", "cid": "bounced", "dan": "invited"}
    for number in (1, 2, 3, 4):
        withdraw(desk, number)
    assert set(stages(app).values()) == {"withdrawn"}
    for number in (1, 2, 3, 4):
        bring_back(desk, number)
    assert stages(app) == before
    assert "You said that you cannot come" in words(client.get(ways["ada"]))
    assert deliver() == []


def test_a_letter_that_never_left_is_written_anew_when_its_invitation_is_brought_back(
    app: Flask, desk: PortalClient, client: PortalClient, deliver: Deliver
) -> None:
    invite(app, "ada")
    with app.app_context():
        assert chores.write_next_invitations(portal_clock.now())
    withdraw(desk, 1)
    assert deliver() == []
    bring_back(desk, 1)
    assert stages(app) == {"ada": "new"}
    (mail,) = deliver()
    assert stages(app) == {"ada": "invited"}
    assert "You are invited" in words(client.get(link_in(mail)))


def test_who_gave_the_place_up_may_be_uninvited_and_a_place_that_was_handed_over_stays_used(
    app: Flask, desk: PortalClient, client: PortalClient, deliver: Deliver
) -> None:
    invite(app, "ada", "bob")
    ways = links(deliver())
    register(client, ways["ada"])
    register(client, ways["bob"], first_name="Bob")
    pages = {str(mail["To"]).partition("@")[0]: own_page(mail) for mail in deliver()}
    client.submit(f"{pages['ada']}/withdrawal")
    assert "You are invited" in words(client.get(ways["ada"]))
    assert "Has withdrawn" in words(desk.get(f"{DESK}people/1"))
    withdraw(desk, 1)
    assert "The organisers have withdrawn this invitation" in words(client.get(ways["ada"]))
    bring_back(desk, 1)
    assert "You are invited" in words(client.get(ways["ada"]))
    handed = client.submit(f"{pages['bob']}/transfer", COLLEAGUE, action="/transfer")
    assert handed.status_code == 303
    assert comers(app) == {"ada": "withdrawn", "bob": "withdrawn", "eve": "confirmed"}
    assert "Somebody has registered by this invitation" in words(client.get(ways["bob"]))
    assert client.get(f"{ways['bob']}/registration").headers["Location"] == ways["bob"]


def test_who_withdrew_is_not_counted_among_those_who_have_registered(
    app: Flask, desk: PortalClient, client: PortalClient, deliver: Deliver
) -> None:
    invite(app, "ada", "bob", "cid")
    ways = links(deliver())
    for name in ("ada", "bob", "cid"):
        register(client, ways[name], first_name=name.capitalize())
    own = {str(mail["To"]).partition("@")[0]: own_page(mail) for mail in deliver()}
    client.submit(f"{own['ada']}/withdrawal")
    client.submit(f"{own['cid']}/transfer", COLLEAGUE, action="/transfer")
    for page in (DESK, f"{DESK}lists/1"):
        said = words(desk.get(page))
        assert "Have registered 2 Has withdrawn 1" in said
    left = desk.get(f"{DESK}invitations.csv?stage=left").get_data(as_text=True).splitlines()
    assert len(left) == 2 and "ada@example.org" in left[1] and ",left," in left[1]
    came = desk.get(f"{DESK}invitations.csv?stage=registered").get_data(as_text=True)
    assert "ada@" not in came and came.count("@example.org") == 2
    page = hand_in(desk, 1, b"email\nada@example.org\nbob@example.org\n")
    assert [fate for _row, fate in fates(page)] == [
        "has withdrawn, or the invitation was withdrawn", "is registered already",
    ]  # fmt: skip
