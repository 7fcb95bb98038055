"""An event with a door, two people with a place and one in line, and its organiser."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask

from portal.db import transaction
from tests.access.door import switch_on
from tests.desk.front_door import make_user, sign_in
from tests.desk.people import comes
from tests.factories import make_event
from tests.harness.client import PortalClient


@pytest.fixture
def people(app: Flask, clock: object, deliver: Callable[[], list[EmailMessage]]) -> dict[str, int]:
    """Ada and Bob, who is French, have a place; Cid waits; all have heard."""
    with app.app_context(), transaction():
        make_event(slug="trust", capacity=2)
    found = {
        name: comes(app, name, language="fr" if name == "bob" else "en")
        for name in ("ada", "bob", "cid")
    }
    deliver()
    return found


@pytest.fixture
def organiser(app: Flask, people: dict[str, int]) -> PortalClient:
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


@pytest.fixture
def asked(organiser: PortalClient, deliver: Callable[[], list[EmailMessage]]) -> list[EmailMessage]:
    """The list is on, and the letters are written."""
    switch_on(organiser)
    return deliver()
