"""What the form of an event with questions, quotas and sessions costs, and that it is never old."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import transaction
from portal.events import service as events
from portal.events.models import Event
from portal.events.queries import public_event
from portal.questions import service as asking
from portal.questions.rules import Kind
from portal.registrations.service import quotas
from tests.desk.front_door import words
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.questions.making import make_question
from tests.registrations.front_door import ADA, link_in, register, status_of
from tests.sessions.making import change, make_chosen, number

Deliver = Callable[[], list[EmailMessage]]
RELEASED = datetime(2026, 12, 1, 9, tzinfo=UTC)
FORM = "/en/events/forum/register"

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def event(app: Flask) -> None:
    """Two places, one of them for MEPs; a table, and a session, with one place each."""
    with app.app_context(), transaction():
        forum = make_event(slug="forum", capacity=2)
        make_question(forum, Kind.ONE_OF, "Table", options=[("Shop floor", 1), "Back office"])
        make_chosen(forum, "Guided tour", places=1)
        kept = {"places": 1, "until": RELEASED, "groups": ["mep"], "countries": []}
        quotas.add(forum, kept | {"online": False}, by=COMMAND, now=portal_clock.now())


def said(client: PortalClient) -> dict[str, bool]:
    """What the form says at this moment of each kind of place."""
    page = client.get(FORM)
    return {
        "an open place": "places are taken" not in words(page),
        "one for MEPs": "1 place is kept until" in words(page),
        "the table": is_open(page, "q1-0"),
        "the tour": is_open(page, "session-"),
    }


def is_open(page: TestResponse, anchor: str) -> bool:
    """Whether this can be chosen."""
    tag = re.search(f'<input[^>]*id="{anchor}[^>]*>', page.get_data(as_text=True))
    assert tag, page.get_data(as_text=True)
    return "disabled" not in tag[0]


def of_tour(app: Flask) -> dict[str, Any]:
    tour = number(app, "Guided tour")
    return {f"sessions-{tour}": [tour]}


ALL_FREE = dict.fromkeys(("an open place", "one for MEPs", "the table", "the tour"), True)


@pytest.mark.usefixtures("event")
def test_a_form_that_was_counted_once_costs_the_same_one_question_as_a_plain_one(
    app: Flask, client: PortalClient
) -> None:
    with app.app_context(), transaction():
        make_event(slug="plain")
    asked = {}
    for slug in ("plain", "forum"):
        client.get(f"/en/events/{slug}/register")
        with statements(app) as asked[slug]:
            client.get(f"/en/events/{slug}/register")
    assert [len(each) for each in asked.values()] == [1, 1], asked


@pytest.mark.usefixtures("event")
def test_whatever_is_taken_or_given_back_is_seen_at_once(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    assert said(client) == ALL_FREE
    taken = {"q1": "1", "email": "ada@example.org", **of_tour(app)}
    assert status_of(register(client, "forum", **taken)) == "confirmed"
    none_but = dict.fromkeys(ALL_FREE, False)
    assert said(client) == none_but | {"one for MEPs": True}
    link = link_in(deliver()[0])

    # Somebody chooses another table, then gives the session back, then all of it.
    assert client.submit(f"{link}/answers", {"q1": "2"}).status_code == 303
    assert said(client) == none_but | {"one for MEPs": True, "the table": True}
    assert client.submit(f"{link}/sessions", dict.fromkeys(of_tour(app))).status_code == 303
    assert said(client) == ALL_FREE | {"an open place": False}
    assert client.submit(f"{link}/withdrawal").status_code == 303
    assert said(client) == ALL_FREE


@pytest.mark.usefixtures("event")
def test_who_turns_out_to_be_an_mep_leaves_the_line_and_the_form_says_so(
    client: PortalClient, deliver: Deliver
) -> None:
    assert status_of(register(client, "forum")) == "confirmed"
    assert status_of(register(client, "forum", first_name="Bob", email="bob@example.org"))
    assert said(client) == ALL_FREE | {"an open place": False}
    link = next(link_in(mail) for mail in deliver() if mail["To"] == "bob@example.org")
    assert client.submit(f"{link}/details", {"stakeholder_group": "mep"}).status_code == 303
    assert said(client) == ALL_FREE | {"an open place": False, "one for MEPs": False}


@pytest.mark.usefixtures("event")
def test_what_organisers_change_and_the_clock_releases_is_seen_at_once(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    taken = {"q1": "1", **of_tour(app)}
    assert status_of(register(client, "forum", **taken)) == "confirmed"
    closed = {"an open place": False, "the table": False, "the tour": False}
    assert said(client) == ALL_FREE | closed

    change(app, "Guided tour", places=2)
    assert said(client) == ALL_FREE | closed | {"the tour": True}
    with app.app_context(), transaction():
        forum, question = _forum_and_question()
        options = [{"code": "1", "label": {"en": "Shop floor"}, "places": 2}]
        facts = {"label": {"en": "Table"}, "help": {}, "required": False, "condition": None}
        asking.change(
            forum, question, facts | {"options": options}, by=COMMAND, now=portal_clock.now()
        )
    assert said(client) == ALL_FREE | {"an open place": False}
    clock.move_to(RELEASED)
    assert said(client) == ALL_FREE | {"one for MEPs": False}
    with app.app_context(), transaction():
        forum = _forum_and_question()[0]
        events.change(forum, {"capacity": 1}, by=COMMAND, now=portal_clock.now())
    assert said(client) == ALL_FREE | {"one for MEPs": False, "an open place": False}


@pytest.mark.usefixtures("event")
def test_a_form_that_was_kept_overbooks_nothing(app: Flask, client: PortalClient) -> None:
    """Two open the form while all is free; the second loses nothing that they typed."""
    taken = ADA | {"q1": "1", "organisation": "House of Skills", **of_tour(app)}
    first, second = client.get(FORM), client.get(FORM)
    assert client.submit(first, taken).status_code == 303
    late = client.submit(second, taken | {"first_name": "Bob", "email": "bob@example.org"})
    assert late.status_code == 422
    assert "House of Skills" in late.get_data(as_text=True)
    assert "is full" in words(late)


def _forum_and_question() -> tuple[Event, Any]:
    from portal.questions import queries

    forum = public_event("forum")
    assert forum is not None
    return forum, queries.present(forum.id)[0]
