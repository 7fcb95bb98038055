"""One newcomer's story from the front page to the organiser's export, over plain HTTP."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.db import transaction
from tests.desk.front_door import make_user, sign_in, words
from tests.factories import make_event, make_registration
from tests.harness.client import PortalClient
from tests.harness.mails import calendar_of
from tests.harness.reading import links
from tests.registrations.front_door import (
    ADA,
    link_in,
    property_of,
    register,
    status_of,
    told,
)

Deliver = Callable[[], list[EmailMessage]]

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def event(app: Flask) -> str:
    """An event with one place left."""
    with app.app_context(), transaction():
        event = make_event(slug="trust", capacity=2)
        make_registration(event, email="first@example.org")
        return event.slug


def test_a_newcomer_comes_changes_leaves_and_is_counted(
    app: Flask, client: PortalClient, deliver: Deliver, event: str
) -> None:
    deliver()
    front = client.get("/", follow_redirects=True)
    page = _follow(client, _follow(client, front, "/en/events/"), f"/en/events/{event}/")
    assert "1 of 2 places left" in words(page)
    form = _follow(client, page, f"/en/events/{event}/register")
    assert client.submit(form, {"first_name": "Ada"}).status_code == 422

    assert status_of(register(client, event)) == "confirmed"
    (letter,) = deliver()
    assert told([letter]) == [("ada@example.org", "Your place is confirmed", "REQUEST")]
    own = client.get(link_in(letter))
    assert status_of(own) == "confirmed"
    assert status_of(register(client, event, first_name="Bob", email="bob@example.org")) == (
        "waitlisted"
    )
    assert told(deliver()) == [("bob@example.org", "You are on the waitlist", "")]

    details = _follow(client, own, "/details")
    assert client.submit(details, {"organisation": "Difference Engines"}).status_code == 303
    assert [(to, said) for to, said, _method in told(deliver())] == [
        ("ada@example.org", "Your details are changed")
    ]
    assert "Difference Engines" in words(client.get(own.request.path))

    assert client.submit(_follow(client, own, "/withdrawal")).status_code == 303
    assert status_of(client.get(own.request.path)) == "withdrawn"
    mails = deliver()
    assert sorted(told(mails)) == [
        ("ada@example.org", "Your registration is withdrawn", "CANCEL"),
        ("bob@example.org", "A place was found for you", "REQUEST"),
    ]
    (cancel,) = [mail for mail in mails if mail["To"] == "ada@example.org"]
    assert _uid(cancel) == _uid(letter)

    _organiser_sees_and_exports(app, event)


def _organiser_sees_and_exports(app: Flask, event: str) -> None:
    desk = sign_in(app, make_user(app, "olga@example.org", event))
    listed = _follow(desk, _follow(desk, desk.get("/desk/"), f"/events/{event}/"), "/registrations")
    assert "Difference Engines" in words(listed)
    exported = _follow(desk, listed, "/registrations.csv")
    rows = list(csv.DictReader(io.StringIO(exported.get_data(as_text=True).lstrip("\ufeff"))))
    assert {row["email"]: (row["status"], row["organisation"]) for row in rows} == {
        "first@example.org": ("confirmed", "Analytical Society"),
        "ada@example.org": ("withdrawn", "Difference Engines"),
        "bob@example.org": ("confirmed", ADA["organisation"]),
    }
    book = _follow(desk, listed, "/registrations.xlsx")
    assert book.get_data().startswith(b"PK")


def _follow(client: PortalClient, page: TestResponse, ending: str) -> TestResponse:
    """The first link of the page that ends so."""
    address = next(each for each in links(page) if each.partition("?")[0].endswith(ending))
    response = client.get(address)
    assert response.status_code == 200, address
    return response


def _uid(mail: EmailMessage) -> str:
    octets = calendar_of(mail)
    assert octets is not None
    return property_of(octets, "UID")
