"""An office that was invited for a Member, or acts for who was invited, registers them."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.invitations.models import Invitation
from portal.invitations.service import lists
from portal.registrations.acting import Contact
from portal.registrations.models import Registration
from tests.desk.front_door import words
from tests.desk.people import event_of
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.harness.mails import calendar_of, text_of
from tests.invitations.front_door import comers, known, links, make_list, register, stages
from tests.sessions.making import make_chosen, number
from tests.sessions.making import standing as in_sessions

Deliver = Callable[[], list[EmailMessage]]
pytestmark = pytest.mark.usefixtures("clock")
TYPED = {
    "name": "Omar Office", "organisation": "European Parliament", "country": "BE",
    "letters": "both", "invites": "person",
    "person1-first_name": "Mia", "person1-last_name": "Member",
    "person1-email": "mia@ep.example", "person1-stakeholder_group": "mep",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _event(app: Flask) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust", approval=True)


def invited(app: Flask, deliver: Deliver, facts: dict[str, Any], **terms: Any) -> str:
    """The link of an invitation to the mailbox `office`."""
    with app.app_context(), transaction():
        of_list = make_list(event_of(), **terms)
        lists.add(of_list, known("office", **facts), by=COMMAND, now=portal_clock.now())
    return links(deliver())["office"]


OFFICE = {"first_name": "Omar", "last_name": "Office", "group": "mep_office"}


def act(client: PortalClient, link: str, **typed: str) -> TestResponse:
    page = f"{link}/registration/for-somebody"
    return client.submit(page, TYPED | typed, action="/for-somebody")


def test_an_office_registers_its_member_by_the_invitation_it_got(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    link = invited(app, deliver, OFFICE, passes_approval=True)
    own = client.get(f"{link}/registration")
    assert f'href="{link}/registration/for-somebody"' in own.text
    form = client.get(f"{link}/registration/for-somebody")
    assert 'value="office@example.org"' in form.text and 'value="Omar Office"' in form.text
    assert "You register by an invitation" in words(form) and "group" not in form.request.path
    wrong = act(client, link, **{"person1-last_name": ""})
    assert wrong.status_code == 422 and f'href="{link}/registration"' in wrong.text
    sent = client.submit(form, TYPED, action="/for-somebody")
    assert sent.headers["Location"].endswith("/register/others")
    assert "Mia Member" in words(client.get(sent.headers["Location"]))
    assert comers(app) == {"mia": "confirmed"} and stages(app) == {"office": "registered"}
    again = client.submit(form, TYPED, action="/for-somebody")
    assert again.headers["Location"] == sent.headers["Location"]
    with app.app_context():
        made, invitation = db.session.query(Registration).one(), db.session.get(Invitation, 1)
        assert (made.invitation_id, invitation and invitation.registration_id) == (1, made.id)
        assert db.session.query(Contact).one().email == "office@example.org"
    mails = {str(mail["To"]): mail for mail in deliver()}
    assert set(mails) == {"mia@ep.example", "office@example.org"}
    assert calendar_of(mails["mia@ep.example"]) and not calendar_of(mails["office@example.org"])
    other = client.submit(form, TYPED | {"person1-first_name": "Eve"}, action="/for-somebody")
    assert other.headers["Location"] == link
    assert deliver() == [] and comers(app) == {"mia": "confirmed"}


def test_who_comes_by_an_office_is_the_invited_unless_it_may_be_handed_on(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    link = invited(app, deliver, {"first_name": "Mia", "last_name": "Member", "group": "mep"})
    form = client.get(f"{link}/registration/for-somebody").text
    assert 'value="Mia"' in form and 'value="Member"' in form
    stranger = act(client, link, **{"person1-first_name": "Eve"})
    assert stranger.status_code == 422 and "for the person it was sent to" in words(stranger)
    assert comers(app) == {}
    assert act(client, link, email="other@example.org").status_code == 303
    assert comers(app) == {"mia": "pending"} and stages(app) == {"office": "registered"}


def test_a_bound_invitation_registers_nobody_with_another_mailbox_through_an_office(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    link = invited(app, deliver, OFFICE, binds=True)
    other = act(client, link)
    assert other.status_code == 422 and "the mail address that it was sent to" in words(other)
    assert act(client, link, **{"person1-email": ""}).status_code == 303
    assert comers(app) == {"office": "pending"}
    (mail,) = [each for each in deliver() if each["To"] == "office@example.org"]
    assert "Mia Member" in text_of(mail)


def test_a_link_that_is_used_or_closed_leads_no_office_to_a_form(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    link = invited(app, deliver, OFFICE, passes_approval=True)
    form = client.get(f"{link}/registration/for-somebody")
    register(client, link, first_name="Omar", email="office@example.org")
    late = client.submit(form, TYPED, action="/for-somebody")
    assert late.headers["Location"] == link and comers(app) == {"office": "confirmed"}
    shown = client.get(f"{link}/registration/for-somebody", follow_redirects=True)
    assert "Somebody has registered by this invitation" in words(shown)


def test_an_office_chooses_the_sessions_of_its_member_by_the_invitation(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        make_chosen(event_of(), "Green skills", places=1)
    link = invited(app, deliver, OFFICE, passes_approval=True)
    green = number(app, "Green skills")
    page = client.get(f"{link}/registration/for-somebody").text
    slot = re.search(r'name="(person1-sessions-\d+)"', page)
    assert slot and f'id="person1-session-{green}"' in page
    assert act(client, link, **{slot[1]: green}).status_code == 303
    assert in_sessions(app) == {"Green skills": ["mia: place"]}
