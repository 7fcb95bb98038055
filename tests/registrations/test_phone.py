"""The telephone number: optional, as people write it, given on and forgotten like the rest."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select

from portal.db import db, transaction
from portal.registrations.models import Registration
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.registrations.front_door import link_in, register, status_of

Deliver = Callable[[], list[EmailMessage]]


@pytest.fixture
def event(app: Flask, clock: object) -> str:
    with app.app_context(), transaction():
        return make_event(slug="trust").slug


def phones(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Registration.phone).order_by(Registration.id)))


@pytest.mark.parametrize(
    "typed",
    ["", "+32 2 123 45 67", "(02) 123-45.67", "0032/2/1234567 ext. 12", "112", "02 12 poste 3"],
)
def test_a_number_is_taken_as_it_is_written(
    app: Flask, client: PortalClient, event: str, typed: str
) -> None:
    assert status_of(register(client, event, phone=typed)) == "confirmed"
    assert phones(app) == [typed]


@pytest.mark.parametrize(
    "typed", ["none", "12", "call me", "ada@example.org 123", "<b>1234</b>", "1" * 41]
)
def test_what_is_no_number_is_said_at_its_field(
    app: Flask, client: PortalClient, event: str, typed: str
) -> None:
    page = register(client, event, phone=typed)
    assert page.status_code == 422
    assert 'href="#phone"' in page.get_data(as_text=True)
    assert phones(app) == []


def test_it_is_shown_changed_and_forgotten(
    app: Flask, client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event, phone="+32 2 123 45 67")
    own = link_in(deliver()[0])
    assert "+32 2 123 45 67" in client.get(own).get_data(as_text=True)
    client.submit(f"{own}/details", {"phone": "+32 2 765 43 21"})
    assert phones(app) == ["+32 2 765 43 21"]
    client.submit(f"{own}/erasure")
    assert phones(app) == [""]
