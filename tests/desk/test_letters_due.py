"""The desk's number of letters due is the number of letters that are written."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import transaction
from portal.events import service
from portal.events.models import Event
from portal.events.queries import any_slug
from portal.events.rules import Format, State
from tests.desk.front_door import make_user, sign_in, words
from tests.factories import make_event, make_registration, make_session
from tests.harness.client import PortalClient
from tests.harness.mails import text_of

Deliver = Callable[[], list[EmailMessage]]
PAGE = "/desk/events/trust/"
NUMBER = re.compile(r"(?:(\d+) letters?\b|(Nobody has to be told))")

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def client(app: Flask, deliver: Deliver) -> PortalClient:
    """Four people, one of them French, at an event that was a draft and has two places."""
    with app.app_context(), transaction():
        trust = make_event(slug="trust", capacity=2, format=Format.HYBRID, state=State.DRAFT)
        make_session(trust)
        cancelled = make_session(trust, starts_at=trust.starts_at + timedelta(hours=2))
        cancelled.cancelled_at = portal_clock.now()
        service.publish(trust, by=COMMAND, now=portal_clock.now())
        for language in ("en", "en", "en", "fr"):
            make_registration(trust, language=language)
    assert len(deliver()) == 4
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def event_is(app: Flask, *names: str) -> tuple[Any, ...]:
    with app.app_context():
        event = any_slug("trust")
        assert event is not None
        return tuple(getattr(event, name) for name in names)


def review(client: PortalClient, **changed: Any) -> TestResponse:
    return client.submit(f"{PAGE}details", changed, action="/details")


def number(page: TestResponse) -> int:
    """What the page says of letters."""
    found = NUMBER.search(words(page))
    assert found, words(page)
    return int(found[1] or 0)


def due(client: PortalClient) -> int:
    """The number that the event's page, the list of people and the desk's front agree on."""
    event = re.search(r"Letters due (\d+)", words(client.get(PAGE)))
    people = re.search(r"Letters due (\d+)", words(client.get(f"{PAGE}registrations")))
    front = re.search(r"Published|Postponed|Cancelled", words(client.get("/desk/")))
    assert event and people and front
    row = words(client.get("/desk/"))[front.end() :]
    letters_due = re.findall(r"\d+", row.replace("of 2", "").replace("of 3", ""))[3]
    assert event[1] == people[1] == letters_due
    return int(event[1])


def test_a_draft_that_was_published_is_news_to_nobody(app: Flask, client: PortalClient) -> None:
    names = ("revision", "announced_revision", "told_revision", "tell_due_at")
    assert event_is(app, *names) == (2, 2, 2, None)
    assert due(client) == 0


def test_as_many_letters_are_written_as_were_due(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    def act(page: TestResponse, path: str = "/details", **more: Any) -> tuple[int, int, int]:
        """Letters that the review says, that are due then, and that are written."""
        said, step = number(page), {"step": "act"}
        client.submit(page, (step if 'name="step"' in page.text else {}) | more, action=path)
        waiting = due(client)
        client.submit(PAGE, action="/letters") if waiting else None
        return said, waiting, len(deliver())

    assert act(review(client, registration_closes_at="2027-01-11T18:00")) == (0, 0, 0)
    assert act(review(client, venue="House of Crafts")) == (4, 4, 4)
    quiet = review(client, joining_url="https://meet.example.org/1")
    assert act(quiet)[1:] == (0, 0)
    loud = review(client, joining_url="https://meet.example.org/2")
    assert act(loud, tell="yes") == (2, 2, 2)

    more_places = review(client, capacity="3")
    said = words(more_places)
    assert "1 person on the waitlist gets a place" in said
    assert "Nobody else has to be told by letter" in said
    client.submit(more_places, {"step": "act"}, action="/details")
    assert [mail["Subject"].split(":")[0] for mail in deliver()] == ["A place was found for you"]

    postponement = client.get(f"{PAGE}postponement")
    said = words(postponement)
    assert "Postponed: Trust in microcredentials" in said
    assert "The event is postponed" in said
    assert "hear of the new date as soon as it is known" in said
    assert act(postponement, "/postponement") == (4, 4, 4)

    new_time = {"starts_at": "2027-04-12T15:00", "ends_at": "2027-04-12T18:30"}
    again = client.submit(f"{PAGE}publication", new_time, action="/publication")
    assert act(again, "/publication") == (4, 4, 4)

    cancellation = client.get(f"{PAGE}cancellation")
    assert "Cancelled: Trust in microcredentials" in words(cancellation)
    assert act(cancellation, "/cancellation") == (4, 4, 4)
    assert due(client) == 0


def test_who_gets_a_place_hears_of_the_new_venue_by_that_letter(
    client: PortalClient, deliver: Deliver
) -> None:
    page = review(client, capacity="3", venue="House of Crafts")
    assert number(page) == 4
    client.submit(page, {"step": "act"}, action="/details")
    (promoted,) = deliver()
    assert promoted["Subject"].startswith("A place was found for you")
    assert "now: House of Crafts" in text_of(promoted)
    client.submit(PAGE, action="/letters")
    assert len(deliver()) == 3


def test_a_venue_that_is_put_back_in_time_is_no_news(
    client: PortalClient, deliver: Deliver
) -> None:
    client.submit(review(client, venue="Elsewhere"), {"step": "act"}, action="/details")
    assert due(client) == 4
    back = review(client, venue="House of Skills")
    assert number(back) == 0
    client.submit(back, {"step": "act"}, action="/details")
    assert due(client) == 0
    client.submit(PAGE, action="/letters") if "Tell now" in words(client.get(PAGE)) else None
    assert deliver() == []


def test_a_postponed_event_gets_its_time_when_it_takes_place(
    app: Flask, client: PortalClient
) -> None:
    client.submit(f"{PAGE}postponement", action="/postponement")
    form = client.get(f"{PAGE}details")
    assert 'name="starts_at"' not in form.text
    assert 'href="/desk/events/trust/publication"' in form.text
    before = event_is(app, "starts_at", "revision")
    page = review(client, address="Elsewhere 1")
    client.submit(page, {"step": "act"}, action="/details")
    assert event_is(app, "starts_at", "revision") == (before[0], before[1] + 1)


def test_a_postponement_is_taken_back_at_the_same_time(
    client: PortalClient, deliver: Deliver
) -> None:
    client.submit(f"{PAGE}postponement", action="/postponement")
    back = client.submit(f"{PAGE}publication", action="/publication")
    assert "You change: State." in words(back)
    assert number(back) == 0
    client.submit(back, {"step": "act"}, action="/publication")
    assert due(client) == 0
    assert deliver() == []


def test_an_event_that_is_over_has_its_page_at_the_desk(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    clock.move_to(datetime(2027, 2, 1, tzinfo=UTC))
    page = sign_in(app, make_user(app, "otto@example.org", "trust")).get(PAGE)
    assert page.status_code == 200
    assert "Over" in words(page)


def test_a_cancelled_event_is_not_changed_any_more(client: PortalClient) -> None:
    client.submit(f"{PAGE}cancellation", action="/cancellation")
    refused = client.get(f"{PAGE}details")
    assert refused.status_code == 409
    assert "A cancelled event stays as it is." in words(refused)


def test_the_programme_moves_with_the_start(app: Flask, client: PortalClient) -> None:
    page = review(client, starts_at="2027-04-12T15:00", ends_at="2027-04-12T18:30")
    assert "The programme moves with it" in words(page)
    assert "The programme moves" not in words(review(client, ends_at="2027-01-18T18:30"))
    client.submit(page, {"step": "act"}, action="/details")
    with app.app_context(), transaction() as session:
        event = session.get_one(Event, event_is(app, "id")[0])
        first, second = sorted(event.sessions, key=lambda each: each.id)
        # 14:00 became 15:00 on the clock on the wall, and clocks went forward in between.
        assert (first.starts_at, first.ends_at) == (
            datetime(2027, 4, 12, 13, 0, tzinfo=UTC), datetime(2027, 4, 12, 14, 0, tzinfo=UTC),
        )  # fmt: skip
        assert second.starts_at == datetime(2027, 1, 18, 15, 0, tzinfo=UTC)
