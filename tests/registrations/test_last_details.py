"""Who was here before has the form filled in, by a link that goes to the mailbox."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events import service
from portal.events.rules import Format
from portal.outbox.models import Message
from portal.protection.rules import Kept
from portal.registrations import privacy
from portal.registrations.models import Recall, Registration
from tests.desk.people import event_of
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.harness.mails import text_of
from tests.harness.reading import words
from tests.registrations.front_door import link_in, register, status_of, told

Deliver = Callable[[], list[EmailMessage]]
ASK = "/en/events/next/register/last-details"
NEEDS = {"access_needs": "A hearing loop", "access_consent": "y", "list_consent": "y"}


@pytest.fixture
def before(app: Flask, client: PortalClient, clock: Any, deliver: Deliver) -> str:
    """Ada came to another event, with needs and consents; the link to that registration."""
    with app.app_context(), transaction():
        make_event(slug="trust")
        make_event(slug="next", title={"en": "The next one"}, format=Format.HYBRID)
        make_event(slug="other")
    register(client, "trust", phone="+32 2 555 01 02", title="Dr", **NEEDS)
    clock.shift(3600)
    return link_in(deliver()[0])


def ask(client: PortalClient, address: str) -> TestResponse:
    sent = client.submit(ASK, {"email": address})
    assert sent.status_code == 303
    return client.get(sent.headers["Location"])


def links_in(letter: EmailMessage) -> list[str]:
    """The paths of the filled forms."""
    return re.findall(r"http://[^/\s]+(/en/events/\S+/last-details/\S+)", text_of(letter))


def values(page: TestResponse) -> dict[str, str]:
    """What stands in the form's fields."""
    html = page.get_data(as_text=True).partition("<main")[2]
    found = re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', html)
    chosen = re.findall(r'<select[^>]*name="(\w+)".*?<option selected value="(\w+)"', html, re.S)
    return dict(found) | dict(chosen)


def test_a_link_by_letter_fills_the_form_in_and_registers_nobody(
    app: Flask, client: PortalClient, before: str, deliver: Deliver
) -> None:
    form = client.get("/en/events/next/register")
    assert ASK in form.get_data(as_text=True)
    ask(client, " ADA@example.org")
    (letter,) = deliver()
    assert told([letter]) == [("ada@example.org", "Your last details in the form", "")]
    (link,) = links_in(letter)
    for _time in range(2):
        page = client.get(link)
        assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
        assert page.headers["Referrer-Policy"] == "no-referrer"
    filled = values(page)
    assert {name: filled[name] for name in ("title", "first_name", "last_name", "email", "phone",
                                            "organisation", "role", "country")} == {
        "title": "Dr", "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org",
        "phone": "+32 2 555 01 02", "organisation": "Analytical Society", "role": "adviser",
        "country": "BE",
    }  # fmt: skip
    html = page.get_data(as_text=True)
    assert "hearing loop" not in html.partition('name="access_needs"')[2].partition("</div>")[0]
    assert " checked" not in html.partition("<main")[2]
    assert "Filled in with your last details" in words(page)
    assert 'rel="alternate"' not in html and 'rel="canonical"' not in html
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Registration)) == 1
    sent = client.submit(page, {"attendance": "online"}, action="/register")
    assert status_of(client.get(sent.headers["Location"])) == "confirmed"
    with app.app_context():
        made = db.session.scalars(select(Registration).order_by(Registration.id.desc())).first()
        assert made is not None and (made.consents, made.access_needs) == ({}, "")
        assert made.full_name == "Ada Lovelace"


def test_the_page_tells_nobody_whether_an_address_is_known(
    app: Flask, client: PortalClient, before: str, deliver: Deliver
) -> None:
    known, unknown = (ask(client, f"{name}@example.org") for name in ("ada", "eve"))
    assert words(known) == words(unknown).replace("e…@", "a…@")
    assert [each["To"] for each in deliver()] == ["ada@example.org"]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Recall)) == 0
        (letter,) = db.session.scalars(select(Message).where(Message.occasion == "last_details"))
        assert (letter.event_id, letter.thread) == (None, "")  # the desks of events do not see it
    wrong = client.submit(ASK, {"email": "nowhere"})
    assert wrong.status_code == 422 and "Error:" in wrong.get_data(as_text=True)
    for _time in range(7):
        ask(client, "ada@example.org")
    assert len(deliver()) == 4  # five letters an hour with the first


def test_a_link_holds_for_two_hours_for_one_event_and_while_the_details_are_kept(
    app: Flask, client: PortalClient, before: str, deliver: Deliver, clock: Any
) -> None:
    ask(client, "ada@example.org")
    (link,) = links_in(deliver()[0])
    token = link.rpartition("/")[2]
    own = before.rpartition("/")[2]
    for foreign in (link.replace("/next/", "/other/"), f"{link}x", link.replace(token, own),
                    f"/en/registrations/{token}"):  # fmt: skip
        assert client.get(foreign).status_code == 404, foreign
    clock.shift(timedelta(hours=2))
    assert client.get(link).status_code == 200
    clock.shift(1)
    ended = client.get(link)
    assert ended.status_code == 404 and f'href="{ASK}"' in ended.text, "another one can be had"
    assert "It fills in the form of one event, for two hours." in words(ended)
    assert ended.headers["Referrer-Policy"] == "no-referrer"

    ask(client, "ada@example.org")
    (link,) = links_in(deliver()[0])
    with app.app_context(), transaction() as session:
        kept = session.scalars(select(Registration)).one()
        privacy.empty(kept, Kept.ORGANISATION, now=portal_clock.now())
    assert values(client.get(link))["organisation"] == ""
    with app.app_context(), transaction() as session:
        kept = session.scalars(select(Registration)).one()
        privacy.empty(kept, Kept.NAME, now=portal_clock.now())
    assert client.get(link).status_code == 404
    ask(client, "ada@example.org")
    assert deliver() == []  # nothing is left that could be filled in


def test_who_is_forgotten_leaves_neither_link_nor_letter(
    app: Flask, client: PortalClient, before: str, deliver: Deliver
) -> None:
    ask(client, "ada@example.org")
    (link,) = links_in(deliver()[0])
    client.submit(f"{before}/erasure")
    deliver()
    assert client.get(link).status_code == 404
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Message)) == 0


def test_each_person_of_a_mailbox_has_a_link_of_their_own(
    app: Flask, client: PortalClient, before: str, deliver: Deliver, clock: Any
) -> None:
    register(client, "trust", first_name="Grace", last_name="http://evil.example")
    clock.shift(60)
    register(client, "other", role="engineer")
    deliver()
    ask(client, "ada@example.org")
    (letter,) = deliver()
    first, second = links_in(letter)
    assert values(client.get(first))["role"] == "engineer"  # of two of hers the later
    assert values(client.get(second))["first_name"] == "Grace"
    assert "http://evil" not in text_of(letter)


def test_a_door_that_has_closed_shows_no_form(
    app: Flask, client: PortalClient, before: str, deliver: Deliver
) -> None:
    ask(client, "ada@example.org")
    (link,) = links_in(deliver()[0])
    with app.app_context(), transaction():
        service.cancel(event_of("next"), by=COMMAND, now=portal_clock.now())
    page = client.get(link)
    assert "Cancelled" in words(page)
    assert "ada@example.org" not in page.get_data(as_text=True)
