"""People see everything about their address, and get an answer to what they ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.registrations.service import notes
from portal.subjects.models import Inquiry
from tests.desk.front_door import make_user, send, sign_in, words
from tests.factories import make_event, make_registration, make_speaker
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.harness.mails import text_of
from tests.registrations.front_door import told
from tests.subjects.front_door import ask_for_data, link_to_data

pytestmark = pytest.mark.usefixtures("clock")
Deliver = Callable[[], list[EmailMessage]]


@pytest.fixture
def ada(app: Flask) -> None:
    """Registered twice, with a note and a need, a speaker, and a colleague."""
    proof = {"version": "2026-11", "at": "2026-11-02T09:00:00+00:00"}
    with app.app_context(), transaction():
        trust, draft = make_event(slug="trust"), make_event(slug="other")
        first = make_registration(
            trust, email="ada@example.org", first_name="Ada", access_needs="A hearing loop",
            phone="+32 2 555 01 02", consents={"access_consent": proof},
        )  # fmt: skip
        make_registration(draft, email="Ada@Example.org", language="fr")
        notes.write(first, "Comes by night train.", by=COMMAND, now=portal_clock.now())
        make_speaker(trust, name="Ada Example", email="ada@example.org")
        make_registration(trust, email="bob@example.org", first_name="Bob")
    make_user(app, "ada@example.org", "trust")


def leaves(value: Any) -> Iterator[str]:
    """Every single value of a file, as it stands there."""
    if isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    elif isinstance(value, bool):
        yield str(value).lower()
    elif value not in (None, ""):
        yield str(value)


def test_the_page_and_the_file_say_the_same_of_every_part(
    app: Flask, client: PortalClient, deliver: Deliver, ada: None
) -> None:
    deliver()
    ask_for_data(client, " ADA@example.org ")
    path = link_to_data(deliver())
    page, file = client.get(path), client.get(f"{path}/data.json")
    held = file.get_json()
    assert [each["event_page"] for each in held["registrations"]] == ["trust", "other"]
    first = held["registrations"][0]
    assert first["access_needs"] == "A hearing loop"
    assert [each["consent"] for each in first["consents"]] == ["access_consent"]
    assert [each["text"] for each in first["notes"]] == ["Comes by night train."]
    assert [each["occasion"] for each in first["letters"]] == ["confirmed"]
    assert [each["act"] for each in first["acts"]] == ["registration.made", "registration.noted"]
    assert first["calendar_entry"]["attendee_address"] == "ada@example.org"
    assert held["speaker"][0]["name"] == "Ada Example"
    assert held["account"]["email"] == "ada@example.org"
    assert [each["occasion"] for each in held["letters"]] == ["subject_link"]
    shown = unescape(page.get_data(as_text=True))
    assert [each for each in leaves(held) if each not in shown] == []
    assert "bob@example.org" not in shown + file.get_data(as_text=True)
    for secret in ("password", "link_code", "totp"):
        assert secret not in file.get_data(as_text=True)
    assert file.headers["Cache-Control"] == page.headers["Cache-Control"] == "no-store"


def test_the_door_tells_nobody_whether_an_address_is_known(
    app: Flask, client: PortalClient, deliver: Deliver, ada: None
) -> None:
    deliver()
    pages = []
    for address in ("ada@example.org", "eve@example.org"):
        sent = ask_for_data(client, address)
        pages.append(client.get(sent.headers["Location"]).get_data(as_text=True))
    assert pages[0] == pages[1].replace("e…@", "a…@")
    assert told(deliver()) == [("ada@example.org", "What we keep about you", "")]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Inquiry)) == 1


def test_one_mailbox_gets_five_letters_an_hour(
    client: PortalClient, deliver: Deliver, ada: None
) -> None:
    deliver()
    for _time in range(7):
        assert ask_for_data(client, "ada@example.org").status_code == 303
    assert len(deliver()) == 5


def test_a_link_holds_for_a_day_and_names_no_address(
    app: Flask, client: PortalClient, deliver: Deliver, clock: Any, ada: None
) -> None:
    deliver()
    ask_for_data(client, "ada@example.org")
    path = link_to_data(deliver())
    assert client.get(path[:-1] + ("A" if path[-1] != "A" else "B")).status_code == 404
    clock.shift(timedelta(hours=23, minutes=59))
    assert client.get(path).status_code == 200
    clock.shift(timedelta(minutes=2))
    for rest in ("", "/data.json", "/request", "/erasure"):
        assert client.get(path + rest).status_code == 404
    clock.shift(timedelta(days=1))
    deliver()
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Inquiry)) == 0


def test_a_request_stands_at_the_desk_until_it_is_answered(
    app: Flask, client: PortalClient, deliver: Deliver, clock: Any, ada: None
) -> None:
    make_user(app, "olga@example.org", "trust")
    make_user(app, "otto@example.org", "other")
    deliver()
    ask_for_data(client, "ada@example.org")
    path = f"{link_to_data(deliver())}/request"
    assert client.submit(path, {"text": ""}).status_code == 422
    asked = client.submit(path, {"event": "1", "kind": "objection", "text": "No photos, please."})
    assert asked.headers["Location"].endswith("asked=yes")
    letters = deliver()
    assert sorted(str(mail["To"]) for mail in letters) == [
        "Olga <ada@example.org>", "Olga <olga@example.org>",
    ]  # fmt: skip
    assert all("No photos" not in text_of(mail) for mail in letters)
    clock.shift(timedelta(days=31))
    desk, stranger = sign_in(app, "olga@example.org"), sign_in(app, "otto@example.org")
    assert stranger.get("/desk/requests/1").status_code == 404
    assert "Nobody waits for an answer" in words(stranger.get("/desk/requests/"))
    assert "1 request is overdue" in words(desk.get("/desk/requests/"))
    assert "No photos, please." in words(desk.get("/desk/requests/1"))
    assert send(desk, "/desk/requests/1", {"answer": ""}).status_code == 422
    assert send(desk, "/desk/requests/1", {"answer": "They are deleted."}).status_code == 303
    (answer,) = deliver()
    assert answer["To"] == "ada@example.org"
    assert "They are deleted." in text_of(answer) and "No photos, please." in text_of(answer)
    assert "They are deleted." in words(desk.get("/desk/requests/1"))
    assert "Trust in microcredentials" in words(desk.get("/desk/requests/?shelf=answered"))
    clock.shift(timedelta(days=366))
    deliver()
    assert sign_in(app, "olga@example.org").get("/desk/requests/1").status_code == 404


def test_a_list_of_requests_asks_as_often_for_thirty_as_for_one(
    app: Flask, client: PortalClient, deliver: Deliver, ada: None
) -> None:
    deliver()
    ask_for_data(client, "ada@example.org")
    path = f"{link_to_data(deliver())}/request"
    desk = sign_in(app, make_user(app, "olga@example.org", admin=True))
    numbers = []
    for many in (1, 29):
        for _one in range(many):
            client.submit(path, {"event": "1", "kind": "other", "text": "Why?"})
        with statements(app) as sent:
            desk.get("/desk/requests/")
        numbers.append(len(sent))
    assert numbers[0] == numbers[1]
