"""Somebody is entered by an organiser, whatever the door says, and never beyond the places."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.db import db, transaction
from portal.events.rules import State
from portal.registrations.models import Registration
from portal.registrations.rules import Status
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import LIST, acts, comes, event_of, line, person
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.harness.mails import html_of, text_of
from tests.registrations.front_door import link_in, told

Deliver = Callable[[], list[EmailMessage]]
OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)
FORM = f"{LIST}/entry"
GRACE = {
    "first_name": "Grace", "last_name": "Hopper", "email": "grace@example.org",
    "organisation": "Navy", "stakeholder_group": "expert", "country": "BE", "language": "fr",
    "source": "you asked for it by telephone on 1 November",
}  # fmt: skip

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def client(app: Flask) -> PortalClient:
    with app.app_context(), transaction():
        make_event(slug="trust", capacity=2, registration_closes_at=OCTOBER)
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def opened(app: Flask, **facts: Any) -> None:
    """The event as the test wants it."""
    with app.app_context(), transaction():
        for name, value in facts.items():
            setattr(event_of(), name, value)


def enter(client: PortalClient, **values: Any) -> TestResponse:
    return client.submit(FORM, GRACE | values, action="/entry")


def entered(app: Flask) -> Registration:
    with app.app_context():
        return db.session.query(Registration).filter_by(email="grace@example.org").one()


def test_a_free_place_is_theirs_though_registration_is_closed(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    sent = enter(client)
    grace = entered(app)
    assert sent.headers["Location"] == f"{LIST}/{grace.id}"
    assert (grace.status, grace.consents, grace.source) == (Status.CONFIRMED, {}, GRACE["source"])
    (mail,) = deliver()
    assert told([mail])[0][::2] == ("grace@example.org", "REQUEST")
    assert mail["Content-Language"] == "fr"
    for said in (text_of(mail), html_of(mail)):
        assert "Olga" in said and "1 November" in said
        assert "/fr/events/trust/privacy" in said
    assert client.get(link_in(mail)).status_code == 200
    assert acts(app, grace.id) == [("registration.made", {"status": "confirmed"})]


def test_who_registers_themselves_is_said_to_be_entered_by_nobody(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    """The same person withdraws, and registers by the form."""
    from tests.registrations.front_door import register

    enter(client)
    opened(app, registration_closes_at=None)
    own = link_in(deliver()[0])
    client.submit(f"{own}/withdrawal")
    deliver()
    register(
        app.test_client(), "trust", **{n: GRACE[n] for n in ("first_name", "last_name", "email")}
    )
    grace = entered(app)
    assert (grace.status, grace.entered_by, grace.source) == (Status.CONFIRMED, None, "")
    assert "Olga" not in text_of(deliver()[0])


def test_where_others_wait_the_organiser_has_to_choose(app: Flask, client: PortalClient) -> None:
    opened(app, registration_closes_at=None)
    for name in ("ada", "bob", "cid", "dot"):
        comes(app, name)
    page = enter(client)
    assert page.status_code == 409
    assert "0 places are free. Others stand in line." in words(page)
    assert "Choose where the person stands in line" in words(page)
    assert "Grace" in page.text
    client.submit(page, {"placing": "end"}, action="/entry")
    assert line(app) == ["Cid", "Dot", "Grace"]


def test_the_next_place_may_be_theirs(app: Flask, client: PortalClient, deliver: Deliver) -> None:
    opened(app, registration_closes_at=None)
    people = [comes(app, name) for name in ("ada", "bob", "cid", "dot")]
    enter_page = client.get(FORM)
    client.submit(enter_page, GRACE | {"placing": "next"}, action="/entry")
    assert line(app) == ["Grace", "Cid", "Dot"]
    client.submit(f"{LIST}/{people[0]}/withdrawal", action="/withdrawal")
    assert line(app) == ["Cid", "Dot"]
    assert entered(app).status is Status.CONFIRMED


def test_a_free_place_that_the_line_may_not_have_is_given_on_request(
    app: Flask, client: PortalClient
) -> None:
    """Registration is closed, so that the line stands still."""
    opened(app, registration_closes_at=None)
    people = [comes(app, name) for name in ("ada", "bob", "cid")]
    opened(app, registration_closes_at=OCTOBER)
    client.submit(f"{LIST}/{people[0]}/withdrawal", action="/withdrawal")
    assert line(app) == ["Cid"]
    assert enter(client).status_code == 409
    page = client.get(FORM)
    client.submit(page, GRACE | {"placing": "next"}, action="/entry")
    assert entered(app).status is Status.CONFIRMED
    assert line(app) == ["Cid"]


def test_without_a_waitlist_a_full_event_stays_full(app: Flask, client: PortalClient) -> None:
    opened(app, registration_closes_at=None)
    comes(app, "ada")
    comes(app, "bob")
    opened(app, waitlist=False)
    page = client.submit(FORM, GRACE | {"placing": "next"}, action="/entry")
    assert page.status_code == 409
    assert "the event has no waitlist" in words(page)


def test_who_is_registered_already_is_shown(app: Flask, client: PortalClient) -> None:
    opened(app, registration_closes_at=None)
    ada = comes(app, "ada")
    page = enter(client, first_name="ADA", last_name="Test", email="Ada@Example.org")
    assert page.status_code == 409
    assert f'href="{LIST}/{ada}"' in page.text
    assert "registered with that address already" in words(page)


def test_who_withdrew_may_be_entered_again(app: Flask, client: PortalClient) -> None:
    enter(client)
    grace = entered(app).id
    client.submit(f"{LIST}/{grace}/withdrawal", action="/withdrawal")
    enter(client, source="she called again")
    assert person(app, grace, "status", "source") == (Status.CONFIRMED, "she called again")


def test_who_asks_to_be_forgotten_is_not_entered_in_the_same_breath(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    enter(client)
    own = link_in(deliver()[0])
    client.submit(f"{own}/erasure")
    assert entered(app).source == ""
    refused = enter(client)
    assert refused.status_code == 409
    deliver()
    enter(client)
    assert entered(app).status is Status.CONFIRMED


@pytest.mark.parametrize("state", [State.DRAFT, State.CANCELLED])
def test_nobody_is_entered_where_no_event_is(
    app: Flask, client: PortalClient, state: State
) -> None:
    form = client.get(FORM)
    opened(app, state=state)
    assert client.get(FORM).status_code == 409
    assert client.submit(form, GRACE, action="/entry").status_code == 409
    assert "Enter somebody" not in words(client.get(LIST))


def test_what_is_missing_is_said(app: Flask, client: PortalClient) -> None:
    page = client.submit(FORM, {"role": "admiral"}, action="/entry")
    assert page.status_code == 422
    assert "Say where you have their data from." in words(page)
    assert 'value="admiral"' in page.text
    assert "consent" not in page.text.replace("Consents", "")
