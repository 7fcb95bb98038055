"""Who could not be reached: a list of its own, and what takes people off it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine
from flask import Flask

from portal.accounts.rules import TeamRole
from portal.db import transaction
from portal.registrations.models import Registration
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import LIST, acts, comes, park
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.registrations.front_door import told

Deliver = Callable[[], list[EmailMessage]]
PAGE = "/desk/events/trust/unreached"

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def client(app: Flask) -> PortalClient:
    with app.app_context(), transaction():
        make_event(slug="trust", capacity=5)
        make_event(slug="other", capacity=5)
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


@pytest.fixture
def ada(app: Flask, client: PortalClient, deliver: Deliver) -> int:
    """Her confirmation is refused; everybody else's arrives, and somebody elsewhere's does not."""
    ada = comes(app, "ada", phone="+32 2 123 45 67")
    park(app, ada)
    park(app, comes(app, "eve", slug="other"))
    comes(app, "bob")
    deliver()
    return ada


def listed(client: PortalClient) -> str:
    return words(client.get(PAGE))


def test_the_list_says_who_why_what_and_the_number(client: PortalClient, ada: int) -> None:
    said = listed(client)
    assert "1 person whose last letter was refused for good" in said
    assert "Ada Test ada@example.org +32 2 123 45 67 Place confirmed since" in said
    assert "550 no such mailbox" in said
    assert "Bob" not in said and "Eve" not in said
    assert "Could not be reached 1" in words(client.get(LIST))
    found = words(client.get(f"{LIST}?unreached=yes"))
    assert "1 person · could not be reached" in found
    assert "Ada Test" in found and "Bob Test" not in found


def test_who_was_told_by_telephone_leaves_the_list(
    app: Flask, client: PortalClient, ada: int, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    values = {"reason": "That she has a place."}
    client.submit(f"{LIST}/{ada}/told", values, action="/told")
    assert "Everybody could be reached" in listed(client)
    story = words(client.get(f"{LIST}/{ada}"))
    assert "Told by telephone Olga" in story and "That she has a place." in story
    assert acts(app, ada)[-1] == ("registration.reached", {})
    clock.shift(timedelta(minutes=5))
    client.submit(f"{LIST}/{ada}/details", {"role": "poet"}, action="/details")
    park(app, ada)
    assert "Ada Test" in listed(client)


def test_what_is_tried_again_and_arrives_clears_it(
    client: PortalClient, ada: int, deliver: Deliver
) -> None:
    page = client.get(PAGE)
    client.submit(page, action="/attempts")
    assert "Everybody could be reached" in listed(client)
    assert told(deliver()) == [("ada@example.org", "Your place is confirmed", "REQUEST")]
    assert "Everybody could be reached" in listed(client)


def test_a_corrected_address_clears_it(client: PortalClient, ada: int, deliver: Deliver) -> None:
    client.submit(f"{LIST}/{ada}/details", {"email": "right@example.org"}, action="/details")
    assert [mail["To"] for mail in deliver()] == ["right@example.org"]
    assert "Everybody could be reached" in listed(client)


def test_a_letter_that_could_not_be_written_is_there_too(
    app: Flask, client: PortalClient, ada: int
) -> None:
    bob = comes(app, "bob2")
    with app.app_context(), transaction() as session:
        row = session.get_one(Registration, bob)
        row.stuck_at, row.stuck_reason = row.registered_at, "ValueError"
    said = listed(client)
    assert "2 people whose last letters" in said
    assert "a letter that could not be written" in said and "ValueError" in said


def test_a_person_who_asked_to_be_forgotten_is_not_telephoned(
    app: Flask, client: PortalClient, ada: int
) -> None:
    with app.app_context(), transaction() as session:
        row = session.get_one(Registration, ada)
        row.erase_asked_at = row.registered_at
    assert "Everybody could be reached" in listed(client)
    assert "Could not be reached 0" in words(client.get(LIST))


def test_a_reader_may_telephone_and_not_act(app: Flask, client: PortalClient, ada: int) -> None:
    reader = sign_in(app, make_user(app, "rita@example.org", "trust", role=TeamRole.READER))
    page = reader.get(PAGE)
    assert "+32 2 123 45 67" in words(page)
    assert "Correct the address" not in page.text
    assert reader.get(f"{LIST}/{ada}/told").status_code == 403


def test_the_list_asks_as_often_with_one_as_with_many(
    app: Flask, client: PortalClient, ada: int
) -> None:
    with statements(app) as few:
        client.get(PAGE)
    for number in range(12):
        park(app, comes(app, f"person{number}"))
    with statements(app) as many:
        client.get(PAGE)
    assert "13 people" in listed(client)
    assert len(many) == len(few) < 12
