"""A person's page: their whole history, notes that end, and what a reader sees of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask

from portal.accounts import queries as accounts
from portal.accounts import service as account_service
from portal.accounts.rules import TeamRole
from portal.audit.service import COMMAND
from portal.config import ROOT
from portal.db import db, transaction
from portal.labels import ACTS
from portal.registrations.models import Note
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import LIST, acts, comes, park
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.registrations.front_door import link_in

Deliver = Callable[[], list[EmailMessage]]

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def client(app: Flask) -> PortalClient:
    with app.app_context(), transaction():
        make_event(slug="trust", capacity=2)
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def noted(client: PortalClient, who: int, text: str, **more: Any) -> None:
    sent = client.submit(f"{LIST}/{who}/notes", {"text": text} | more, action="/notes")
    assert sent.status_code == 303, words(sent)


def notes(app: Flask) -> list[str]:
    with app.app_context():
        return [each.text for each in db.session.query(Note).order_by(Note.id)]


def test_the_story_has_letters_changes_notes_and_who_did_it(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    ada = comes(app, "ada")
    own = link_in(deliver()[0])
    clock.shift(timedelta(minutes=10))
    client.submit(f"{LIST}/{ada}/details", {"role": "poet"}, action="/details")
    clock.shift(timedelta(minutes=10))
    noted(client, ada, "Comes by night train.")
    clock.shift(timedelta(minutes=10))
    app.test_client().submit(f"{own}/details", {"role": "countess"})  # type: ignore[attr-defined]
    park(app, ada)
    clock.shift(timedelta(minutes=10))
    page = words(client.get(f"{LIST}/{ada}")).partition("What happened")[2]
    order = [
        "Details changed the person", "Comes by night train.", "Details changed Olga Role",
        "Place confirmed ada@example.org Sent", "Registered whoever runs the portal Confirmed",
    ]  # fmt: skip
    places = [page.index(each) for each in order]
    assert places == sorted(places)
    assert "Refused for good: 550 no such mailbox" in page
    assert "with an invite for the calendar" in page
    assert "Kept until 17 February 2027" in page


def test_a_removed_colleague_is_not_named(app: Flask, client: PortalClient) -> None:
    ada = comes(app, "ada")
    otto = sign_in(app, make_user(app, "otto@example.org", "trust", name="Otto"))
    noted(otto, ada, "Asked for a receipt.")
    assert "Note Otto" in words(client.get(f"{LIST}/{ada}"))
    with app.app_context(), transaction():
        user = accounts.by_address("otto@example.org")
        assert user is not None
        account_service.remove(user, by=COMMAND, now=user.created_at)
    page = words(client.get(f"{LIST}/{ada}"))
    assert "Note a removed colleague" in page
    assert "Otto" not in page


def test_a_long_story_asks_as_often_as_a_short_one(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    ada = comes(app, "ada")
    noted(client, ada, "one")
    deliver()
    with statements(app) as few:
        client.get(f"{LIST}/{ada}")
    for number in range(15):
        noted(client, ada, f"note {number}")
        client.submit(f"{LIST}/{ada}/details", {"role": f"role {number}"}, action="/details")
        deliver()
    with statements(app) as many:
        client.get(f"{LIST}/{ada}")
    assert len(many) == len(few) < 14


def test_a_reader_sees_the_story_and_no_act(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    ada = comes(app, "ada")
    noted(client, ada, "Comes by night train.")
    deliver()
    reader = sign_in(app, make_user(app, "rita@example.org", "trust", role=TeamRole.READER))
    page = reader.get(f"{LIST}/{ada}")
    assert "Comes by night train." in words(page)
    assert 'method="post" action="/desk/events' not in page.text
    for act in ("details", "notes"):
        assert reader.get(f"{LIST}/{ada}/{act}").status_code == 403


def test_a_note_ends_and_is_forgotten_with_the_person(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    ada = comes(app, "ada")
    own = link_in(deliver()[0])
    noted(client, ada, "short", kept_until="2026-11-04")
    noted(client, ada, "longer")
    clock.shift(timedelta(days=2, hours=15))
    deliver()
    assert notes(app) == ["longer"]
    client.submit(f"{own}/erasure")
    deliver()
    assert notes(app) == []


@pytest.mark.parametrize("day", ["2026-11-01", "2027-11-03", "x", "", "0001-01-01", "9999-12-31"])
def test_a_note_is_kept_for_a_year_at_most(app: Flask, client: PortalClient, day: str) -> None:
    ada = comes(app, "ada")
    values = {"text": "x", "kept_until": day}
    page = client.submit(f"{LIST}/{ada}/notes", values, action="/notes")
    assert page.status_code == 422
    assert notes(app) == []


def test_a_note_says_that_it_can_be_asked_for_and_is_deleted_by_a_button(
    app: Flask, client: PortalClient
) -> None:
    ada, bob = comes(app, "ada"), comes(app, "bob")
    assert "The person can ask to see this." in words(client.get(f"{LIST}/{ada}/notes"))
    noted(client, ada, "wrong person")
    page = client.get(f"{LIST}/{ada}")
    client.submit(page, action="/removal")
    assert notes(app) == []
    assert acts(app, ada)[-1][0] == "registration.note_removed"
    noted(client, bob, "stays")
    foreign = client.submit(page, action="/removal")
    assert foreign.status_code == 303
    assert notes(app) == ["stays"]


def test_notes_are_in_no_download(app: Flask, client: PortalClient) -> None:
    noted(client, comes(app, "ada"), "Comes by night train.")
    assert b"night train" not in client.get(f"{LIST}.csv").get_data()


def test_every_act_of_a_registration_has_its_words() -> None:
    parts = ("registrations", "access", "inbox", "calendars")
    code = "".join(
        path.read_text(encoding="utf-8")
        for part in parts
        for path in (ROOT / "portal" / part).rglob("*.py")
    )
    named = set(re.findall(r'"((?:registration|access)\.[a-z_]+)"', code))
    assert named - {"access.give"} == set(ACTS)  # that one is a page
