"""People choose among the sessions of an event: when they register, and later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events import programme_service as programme
from portal.registrations import service
from portal.registrations.models import Registration
from portal.registrations.queries import of_address
from portal.registrations.service import choosing
from portal.sessions.models import Chosen
from portal.sessions.service import NotFree
from tests.desk.front_door import words
from tests.desk.people import comes as here
from tests.desk.people import event_of
from tests.factories import JANUARY, make_event
from tests.harness.client import PortalClient
from tests.harness.mails import calendar_of, text_of
from tests.registrations.front_door import ADA, link_in, property_of, register, status_of, told
from tests.retention.house import END, keep_days
from tests.sessions.making import change, make_chosen, number, session, standing
from tests.subjects.front_door import ask_for_data, link_to_data

HOUR = timedelta(hours=1)
Deliver = Callable[[], list[EmailMessage]]
FORM = "/en/events/forum/register"
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def event(app: Flask) -> None:
    """At first shop floor and office side by side, then the workshop, which overlaps nothing."""
    with app.app_context(), transaction():
        forum = make_event(slug="forum", capacity=3)
        make_chosen(forum, "Shop floor", places=1, waiting=1, room="Forum")
        make_chosen(forum, "Office", places=2)
        make_chosen(forum, "Workshop", after=1)


def slot(app: Flask) -> str:
    """The name of the dots of the first hour."""
    return f"sessions-{number(app, 'Shop floor')}"


def comes(app: Flask, client: PortalClient, name: str, *sessions: str) -> TestResponse:
    chosen = {f"sessions-{number(app, 'Workshop')}": [], slot(app): []}
    for each in sessions:
        where = f"sessions-{number(app, 'Workshop')}" if each == "Workshop" else slot(app)
        chosen[where].append(number(app, each))
    fields = {name: values for name, values in chosen.items() if values}
    return register(
        client, "forum", first_name=name, last_name="X", email=f"{name}@example.org", **fields
    )


def octets(mail: EmailMessage) -> bytes:
    return calendar_of(mail) or b""


def said_in(mail: EmailMessage) -> str:
    """The description of the entry in a letter."""
    return property_of(octets(mail), "DESCRIPTION")


def send(app: Flask, client: PortalClient, page: str | TestResponse, *names: str) -> TestResponse:
    """The form of one's sessions, or of the event, with these and no others."""
    numbers = [number(app, each) for each in names]
    first = [each for each, name in zip(numbers, names, strict=True) if name != "Workshop"]
    last = [each for each, name in zip(numbers, names, strict=True) if name == "Workshop"]
    values = {slot(app): first or "", f"sessions-{number(app, 'Workshop')}": last or None}
    path = page if isinstance(page, str) else page.request.path
    values |= ADA | {"email": "eve@example.org"} if path == FORM else {}
    return client.submit(page, values)


@pytest.mark.usefixtures("event")
def test_sessions_are_chosen_in_the_form_full_ones_close_and_a_short_line_is_said(
    app: Flask, client: PortalClient
) -> None:
    stale = client.get(FORM)
    assert "None of these" in words(stale)
    assert "Forum · 1 place left" in words(stale)
    assert status_of(comes(app, client, "ada", "Shop floor", "Workshop")) == "confirmed"
    assert "Forum · Full. You would wait for a place." in words(client.get(FORM))
    assert status_of(comes(app, client, "bob", "Shop floor")) == "confirmed"
    page = client.get(FORM)
    assert "Forum · Full</span>" in page.text
    assert page.text.count(" disabled>") == 1
    refused = send(app, client, stale, "Shop floor", "Workshop")
    assert refused.status_code == 422
    assert "<title>Error:" in refused.text
    assert "“Shop floor” is full. Choose another session." in words(refused)
    assert refused.text.count(" checked") == 2  # the workshop stays; the full one becomes none
    assert standing(app) == {
        "Shop floor": ["ada: place", "bob: line"], "Workshop": ["ada: place"],
    }  # fmt: skip


@pytest.mark.usefixtures("event")
def test_two_at_the_same_time_are_refused_and_one_after_the_other_is_not(
    app: Flask, client: PortalClient
) -> None:
    refused = send(app, client, FORM, "Shop floor", "Office")
    assert refused.status_code == 422
    assert "“Shop floor” and “Office” are at the same time. Choose one of them." in words(refused)
    unknown = client.submit(FORM, ADA | {slot(app): "999999"})
    assert unknown.status_code == 422
    assert "A session that you chose cannot be chosen any more." in words(unknown)
    assert standing(app) == {}
    assert status_of(comes(app, client, "ada", "Office", "Workshop")) == "confirmed"
    with app.app_context(), transaction(), pytest.raises(NotFree, match="at the same time"):
        ada = of_address("ada@example.org")[0]
        both = {session(name).id for name in ("Shop floor", "Office")}
        choosing.put_into(ada, both, beyond=True, by=COMMAND, now=portal_clock.now())


@pytest.mark.usefixtures("event")
def test_one_changes_ones_sessions_by_the_own_link_and_the_first_in_line_moves_up(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    comes(app, client, "ada", "Shop floor")
    comes(app, client, "bob", "Shop floor")
    letters = deliver()
    ada, bob = (link_in(mail) for mail in letters)
    assert "“Shop floor”, Monday 18 January 2027, 14:00 to 15:00" in text_of(letters[0])
    assert "You wait for a place. Your position in line: 1" in text_of(letters[1])
    entry = said_in(letters[0])
    assert "Your sessions:\\n• Shop floor: Monday 18 January 2027\\, 14:00 to 15:00" in entry
    assert "Your sessions" not in said_in(letters[1])

    send(app, client, f"{ada}/sessions", "Shop floor")  # full for others, and nothing is changed
    assert deliver() == []
    page = words(client.get(f"{ada}/sessions"))
    assert "Forum · You have a place" in page and "2 places left" in page

    saved = send(app, client, f"{ada}/sessions", "Office", "Workshop")
    assert "Your sessions are saved" in words(client.get(saved.headers["Location"]))
    assert standing(app) == {
        "Office": ["ada: place"], "Shop floor": ["bob: place"], "Workshop": ["ada: place"],
    }  # fmt: skip
    renewed = deliver()
    assert told(renewed) == [
        ("ada@example.org", "Your sessions have changed", "REQUEST"),
        ("bob@example.org", "A place in “Shop floor” was found for you", "REQUEST"),
    ]
    assert "• Office" in said_in(renewed[0]) and "• Shop floor" in said_in(renewed[1])
    sequences = {property_of(octets(mail), "SEQUENCE") for mail in (*letters, *renewed)}
    assert sequences == {"0"}  # other words are no other time (RFC 5546, 2.1.4)

    programme = client.get(f"{bob}/programme")
    assert programme.text.count("programme__session--own") == 1
    assert "You have a place" in words(programme)


@pytest.mark.usefixtures("event")
def test_after_the_date_for_changes_the_page_says_whom_to_ask_and_the_verb_says_no(
    app: Flask, client: PortalClient, clock: Any, deliver: Deliver
) -> None:
    comes(app, client, "ada", "Office")
    (letter,) = deliver()
    own, form = link_in(letter), client.get(f"{link_in(letter)}/sessions")
    clock.move_to(JANUARY)
    opened = client.get(f"{own}/sessions")
    assert opened.status_code == 200 and "This cannot be changed any more" in words(opened)
    assert "mailto:" in opened.text and "was not kept" not in opened.text
    late = send(app, client, form, "Workshop")
    assert late.status_code == 409 and "What you sent was not kept" in words(late)
    assert "Back to my registration" in words(late)
    assert "Change my sessions" not in client.get(own).text
    assert standing(app) == {"Office": ["ada: place"]}


@pytest.mark.usefixtures("event")
def test_what_people_in_line_chose_is_a_wish_until_they_get_a_place(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    """Withdrawing frees place and sessions; wishes are answered then, in the order of the line."""
    comes(app, client, "ada", "Shop floor")
    comes(app, client, "bob")
    comes(app, client, "cid", "Workshop")
    links = {str(mail["To"]): link_in(mail) for mail in deliver()}
    assert status_of(comes(app, client, "dan", "Shop floor", "Workshop")) == "waitlisted"
    (letter,) = deliver()
    assert "Decided when you have a place at the event" in text_of(letter)
    assert standing(app)["Shop floor"] == ["dan: wish", "ada: place"]

    client.submit(f"{links['ada@example.org']}/withdrawal")
    assert standing(app) == {
        "Shop floor": ["dan: place"], "Workshop": ["cid: place", "dan: place"],
    }  # fmt: skip
    found = {str(mail["To"]): mail for mail in deliver()}
    assert "• Shop floor" in said_in(found["dan@example.org"])

    comes(app, client, "eva", "Office")
    client.submit(f"{links['bob@example.org']}/withdrawal")
    change(app, "Office", places=0)
    assert standing(app)["Office"] == ["eva: place"]  # whoever has a place keeps it
    assert "Closed" in words(client.get(FORM))


@pytest.mark.usefixtures("event")
def test_who_finds_a_session_full_when_a_place_comes_is_told_and_chooses_another(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    change(app, "Shop floor", waiting=None)
    for name in ("ada", "bob", "cid"):
        comes(app, client, name)
    comes(app, client, "dan", "Shop floor")
    links = {str(mail["To"]): link_in(mail) for mail in deliver()}
    send(app, client, f"{links['ada@example.org']}/sessions", "Shop floor")
    client.submit(f"{links['bob@example.org']}/withdrawal")
    assert standing(app) == {"Shop floor": ["ada: place", "dan: missed"]}
    found = {str(mail["To"]): text_of(mail) for mail in deliver()}
    assert "It was full when you got your place at the event" in found["dan@example.org"]
    change(app, "Shop floor", places=2)
    send(app, client, f"{links['dan@example.org']}/sessions", "Shop floor")
    assert standing(app) == {"Shop floor": ["ada: place", "dan: place"]}


@pytest.mark.usefixtures("event")
def test_a_moved_session_is_told_to_who_chose_it_and_says_what_it_clashes_with(
    app: Flask, client: PortalClient, clock: Any, deliver: Deliver
) -> None:
    comes(app, client, "ada", "Shop floor", "Workshop")
    comes(app, client, "bob", "Office")
    own = link_in(deliver()[0])
    change(app, "Workshop", starts_at=JANUARY + 0.5 * HOUR, ends_at=JANUARY + 1.5 * HOUR)
    clock.shift(11 * 60)
    letters = deliver()
    assert told(letters) == [
        ("ada@example.org", "Changed", "REQUEST"),
        ("bob@example.org", "Changed", ""),
    ]
    assert "14:30 to 15:30" in said_in(letters[0])
    clash = "“Shop floor” and “Workshop”. Choose one of them on the page of your registration."
    assert clash in text_of(letters[0]) and clash not in text_of(letters[1])
    assert "Two of your sessions are at the same time now" in words(client.get(own))
    with app.app_context(), transaction():
        programme.cancel_session(
            session("Workshop"), {"en": "Ill"}, by=COMMAND, now=portal_clock.now()
        )
    clock.shift(11 * 60)
    (letter, _other) = deliver()
    assert "This session is cancelled" in text_of(letter)
    assert "• Workshop" not in said_in(letter)
    assert "at the same time now" not in client.get(own).text
    send_office = client.submit(f"{own}/sessions", {slot(app): number(app, "Office")})
    assert send_office.status_code == 303
    assert standing(app)["Workshop"] == ["ada: place"]  # theirs again if it is held after all


@pytest.mark.usefixtures("event")
def test_a_place_is_handed_over_with_its_sessions_and_an_erased_person_leaves_none(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        event_of("forum").transferable = True
    comes(app, client, "ada", "Shop floor", "Workshop")
    comes(app, client, "bob", "Shop floor")
    ada = link_in(deliver()[0])
    grace = {"first_name": "Grace", "last_name": "Hopper", "email": "grace@example.org",
             "organisation": "Navy", "stakeholder_group": "expert", "country": "BE"}  # fmt: skip
    client.submit(f"{ada}/transfer", grace, action="/transfer")
    assert standing(app) == {
        "Shop floor": ["grace: place", "bob: line"], "Workshop": ["grace: place"],
    }  # fmt: skip
    grace_link = next(link_in(mail) for mail in deliver() if mail["To"] == "grace@example.org")
    ask_for_data(client, "bob@example.org")
    data = client.get(link_to_data(deliver()))
    assert "waits for a place" in words(data)
    client.submit(f"{grace_link}/erasure")
    assert standing(app) == {"Shop floor": ["bob: place"]}
    deliver()
    with app.app_context():
        whose = select(Registration.email).join(Chosen, Chosen.registration_id == Registration.id)
        assert set(db.session.scalars(whose)) == {"ada@example.org", "bob@example.org"}
        erased = select(Registration.told_sessions).where(Registration.erased_at.is_not(None))
        assert db.session.scalars(erased).all() == [None]  # nor what they were told of them


def test_wishes_are_answered_when_people_are_approved_and_freed_when_they_are_declined(
    app: Flask, clock: Any
) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust", approval=True)
        made = make_chosen(event_of(), "Shop floor", places=1, waiting=5)
        floor = made.id
    for name in ("ada", "bob", "cid"):
        here(app, name, sessions=[floor])
    assert standing(app)["Shop floor"] == ["ada: wish", "bob: wish", "cid: wish"]
    with app.app_context(), transaction():
        people = [of_address(f"{name}@example.org")[0] for name in ("bob", "ada")]
        service.approve_all(event_of(), people, by=COMMAND, now=portal_clock.now())
    assert standing(app)["Shop floor"] == ["cid: wish", "ada: place", "bob: line"]
    decide(app, service.decline, "ada")
    assert standing(app)["Shop floor"] == ["ada: wish", "cid: wish", "bob: place"]
    decide(app, service.approve, "ada")
    assert standing(app)["Shop floor"] == ["cid: wish", "bob: place", "ada: line"]
    clock.move_to(JANUARY)  # it has begun: nobody moves up any more
    decide(app, service.withdraw, "bob")
    assert standing(app)["Shop floor"] == ["cid: wish", "ada: line"]


def test_of_two_registrations_that_become_one_the_sessions_become_one_persons(
    app: Flask, client: PortalClient, deliver: Deliver, clock: Any
) -> None:
    """And they go with the name, when its days are over."""
    with app.app_context(), transaction():
        trust = make_event(slug="trust")
        keep_days(trust)
        floor = make_chosen(trust, "Shop floor", places=1, waiting=5).id
    same = {"first_name": "Ada", "last_name": "Lovelace"}
    here(app, "ada", sessions=[floor], **same)
    here(app, "other", **same)
    link = next(link_in(mail) for mail in deliver() if mail["To"] == "ada@example.org")
    client.submit(f"{link}/details", {"email": "other@example.org"})
    assert standing(app) == {"Shop floor": ["other: place"]}
    # Their calendar hears of it, and a letter names it.
    letter, _links = [mail for mail in deliver() if mail["To"] == "other@example.org"]
    assert "Session “Shop floor”" in text_of(letter) and "• Shop floor" in said_in(letter)
    deliver()
    clock.move_to(END + timedelta(days=3660))
    while deliver():
        pass
    deliver()
    with app.app_context():
        assert db.session.scalars(select(Chosen)).all() == []


def decide(app: Flask, verb: Callable[..., None], name: str) -> None:
    with app.app_context(), transaction():
        verb(of_address(f"{name}@example.org")[0], by=COMMAND, now=portal_clock.now())
