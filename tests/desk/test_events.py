"""An event is changed at the desk: form, review, act, letters."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import clock as portal_clock
from portal.audit.models import Entry
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events import service
from portal.events.models import Event
from portal.events.queries import any_slug
from portal.events.rules import Format, State
from portal.registrations.chores import announce_rested_changes
from tests.desk.front_door import make_user, sign_in, words
from tests.factories import make_event, make_registration
from tests.harness.client import PortalClient

Deliver = Callable[[], list[EmailMessage]]
PAGE = "/desk/events/trust/"

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def client(app: Flask, deliver: Deliver) -> PortalClient:
    """Three people at an event with two places, told of it."""
    with app.app_context(), transaction():
        trust = make_event(slug="trust", capacity=2, format=Format.HYBRID)
        for _each in range(3):
            make_registration(trust)
    assert len(deliver()) == 3
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def facts(app: Flask, *names: str) -> tuple[Any, ...]:
    with app.app_context():
        event = any_slug("trust")
        assert event is not None
        return tuple(getattr(event, name) for name in names)


def review(client: PortalClient, **changed: Any) -> TestResponse:
    return client.submit(f"{PAGE}details", changed, action="/details")


def act(client: PortalClient, page: TestResponse, **more: Any) -> TestResponse:
    return client.submit(page, {"step": "act"} | more, action="/details")


def test_moving_the_hour_shows_the_letters_before_and_sends_them_on_tell_now(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    page = review(client, starts_at="2027-01-18T15:00", ends_at="2027-01-18T18:30")
    assert page.status_code == 200
    said = words(page)
    assert "You change: Starts at, Ends at." in said
    assert "3 letters" in said
    assert "14:00 to 17:30" in said
    assert "15:00 to 18:30" in said
    assert facts(app, "revision") == (1,)
    assert act(client, page).headers["Location"] == PAGE
    assert "3 letters due at 10:10" in words(client.get(PAGE))
    assert deliver() == []
    client.submit(PAGE, action="/letters")
    assert "3 letters are being written" in words(client.get(PAGE))
    assert len(deliver()) == 3
    assert "letters" not in words(client.get(PAGE)).partition("Confirmed")[0]
    with app.app_context():
        lines = db.session.scalars(select(Entry).where(Entry.actor == "organiser")).all()
        assert [line.act for line in lines][-2:] == ["event.changed", "event.told"]


def test_letters_go_out_by_themselves_after_ten_quiet_minutes(
    client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    act(client, review(client, venue="House of Crafts"))
    clock.shift(599)
    assert deliver() == []
    clock.shift(2)
    assert len(deliver()) == 3


def test_what_is_no_news_needs_no_letter(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    page = review(client, registration_closes_at="2027-01-11T18:00", waitlist=None)
    assert "Nobody has to be told by letter" in words(page)
    act(client, page)
    assert facts(app, "registration_closes_at", "waitlist", "tell_due_at") == (
        datetime(2027, 1, 11, 17, 0, tzinfo=UTC), False, None,
    )  # fmt: skip
    assert deliver() == []


def test_more_places_go_to_the_first_in_line(client: PortalClient, deliver: Deliver) -> None:
    page = review(client, capacity="5")
    assert "1 person on the waitlist gets a place" in words(page)
    act(client, page)
    assert len(deliver()) == 1


def test_a_new_joining_link_is_told_on_request_only(client: PortalClient, deliver: Deliver) -> None:
    page = review(client, joining_url="https://meet.example.org/1")
    assert "Joining link none yet on your own page" in words(page)
    assert "Write 2 letters about it" in words(page)  # who waits has no link
    act(client, page, tell="yes")
    client.submit(PAGE, action="/letters")
    assert len(deliver()) == 2


def test_going_back_to_the_form_loses_nothing(app: Flask, client: PortalClient) -> None:
    page = review(client, venue="House of Crafts", starts_at="2027-01-18T13:30")
    back = client.submit(page, {"step": "form"}, action="/details")
    html = back.get_data(as_text=True)
    assert 'value="House of Crafts"' in html
    assert 'value="2027-01-18T13:30"' in html
    assert facts(app, "revision") == (1,)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("starts_at", "2027-03-28T02:30", "there is no 02:30"),
        ("starts_at", "tomorrow", "Enter a date and a time"),
        ("starts_at", "", "Enter when it starts"),
        ("starts_at", "2020-01-18T13:00", "This is in the past"),
        ("ends_at", "2027-01-18T13:00", "has to end after it starts"),
        ("ends_at", "9999-01-18T13:00", "Enter a year from 2000 to 2100"),
        ("joining_url", "data:text/html,x", "begins with https://"),
        ("joining_url", "http://[", "begins with https://"),
        ("capacity", "-1", "Enter a whole number"),
        ("capacity", "100000000000000000000", "Enter a whole number"),
        ("capacity", "2000000", "from 0 to 1000000"),
        ("joining_minutes", "", "Enter a number of minutes"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_kept_in_the_form(
    app: Flask, client: PortalClient, field: str, value: str, sentence: str
) -> None:
    page = review(client, **{field: value})
    assert page.status_code == 422
    html = page.get_data(as_text=True)
    assert sentence in words(page)
    assert f'href="#{field}"' in html
    assert "<title>Error:" in html
    assert facts(app, "revision") == (1,)


def test_a_time_that_is_there_twice_is_asked_about(app: Flask, client: PortalClient) -> None:
    asked = review(client, starts_at="2027-10-31T02:30", ends_at="2027-10-31T06:00")
    assert asked.status_code == 422
    assert "choose which you mean" in words(asked)
    assert "CET, UTC+1" in asked.get_data(as_text=True)
    for which, hour in (("0", 0), ("1", 1)):
        page = client.submit(asked, {"starts_at": ["2027-10-31T02:30", which]}, action="/details")
        assert page.status_code == 200
        form = re.findall(r'name="starts_at" value="([^"]*)"', page.get_data(as_text=True))
        assert form == ["2027-10-31T02:30", which]
        kept = hour
    act(client, page)
    assert facts(app, "starts_at") == (datetime(2027, 10, 31, kept, 30, tzinfo=UTC),)


def test_two_organisers_do_not_overwrite_each_other(app: Flask, client: PortalClient) -> None:
    page = review(client, venue="House of Crafts")
    with app.app_context(), transaction():
        event = any_slug("trust")
        assert event is not None
        service.change(event, {"venue": "Elsewhere"}, by=COMMAND, now=event.created_at)
    refused = act(client, page)
    assert refused.status_code == 409
    assert "Somebody else has changed the event" in refused.get_data(as_text=True)
    assert facts(app, "venue") == ("Elsewhere",)
    again = client.submit(refused, {"venue": "House of Crafts"}, action="/details")
    act(client, again)
    assert facts(app, "venue") == ("House of Crafts",)


def test_who_waited_while_somebody_else_changed_the_event_does_not_overwrite_it(
    app: Flask, client: PortalClient
) -> None:
    page = review(client, venue="House of Crafts")
    with ThreadPoolExecutor() as pool:
        with app.app_context(), transaction():
            event = service.locked(facts_id(app))
            waits = pool.submit(act, client, page)
            with pytest.raises(TimeoutError):
                waits.result(timeout=1.5)
            service.change(event, {"venue": "Elsewhere"}, by=COMMAND, now=event.created_at)
        assert waits.result().status_code == 409
    assert facts(app, "venue") == ("Elsewhere",)


def test_an_edit_that_comes_while_letters_are_about_to_be_written_rests_as_well(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    act(client, review(client, venue="House of Crafts"))
    clock.shift(601)
    now = portal_clock.now()

    def announce() -> bool:
        with app.app_context():
            return announce_rested_changes(now)

    with ThreadPoolExecutor() as pool:
        with app.app_context(), transaction():
            event = service.locked(facts_id(app))
            waits = pool.submit(announce)
            with pytest.raises(TimeoutError):
                waits.result(timeout=1.5)
            service.change(event, {"venue": "Elsewhere"}, by=COMMAND, now=now)
        waits.result()
    assert facts(app, "announced_revision", "tell_due_at") == (1, now + timedelta(minutes=10))


def test_an_event_is_postponed_and_takes_place_at_a_new_time(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    page = client.get(f"{PAGE}postponement")
    assert "3 letters" in words(page)
    assert facts(app, "state") == (State.PUBLISHED,)
    client.submit(page, action="/postponement")
    client.submit(PAGE, action="/letters")
    assert len(deliver()) == 3
    planned = client.submit(
        f"{PAGE}publication",
        {"starts_at": "2027-02-15T14:00", "ends_at": "2027-02-15T17:30"},
        action="/publication",
    )
    assert "takes place" in words(planned)
    assert "3 letters" in words(planned)
    client.submit(planned, {"step": "act"}, action="/publication")
    assert facts(app, "state", "starts_at") == (
        State.PUBLISHED, datetime(2027, 2, 15, 13, 0, tzinfo=UTC),
    )  # fmt: skip
    client.submit(PAGE, action="/letters")
    assert len(deliver()) == 3


def test_a_postponed_event_is_taken_up_again_after_its_old_day(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    client.submit(f"{PAGE}postponement", action="/postponement")
    clock.move_to(datetime(2027, 3, 1, 9, 0, tzinfo=UTC))
    client = sign_in(app, "olga@example.org")
    acts = words(client.get(PAGE)).partition("If plans change")[2].partition("See it")[0]
    assert acts.split() == [
        "It", "takes", "place:", "set", "the", "new", "time…", "Move", "it", "online…",
        "Cancel", "the", "event…",
    ]  # fmt: skip
    planned = client.submit(
        f"{PAGE}publication",
        {"starts_at": "2027-04-12T14:00", "ends_at": "2027-04-12T17:30"},
        action="/publication",
    )
    client.submit(planned, {"step": "act"}, action="/publication")
    assert facts(app, "state", "starts_at") == (
        State.PUBLISHED, datetime(2027, 4, 12, 12, 0, tzinfo=UTC),
    )  # fmt: skip


def test_an_event_is_cancelled_for_everybody(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    assert "Cancelled" not in words(client.get(f"{PAGE}registrations")).partition("Status")[0]
    page = client.get(f"{PAGE}cancellation")
    assert "send 3 letters" in page.get_data(as_text=True)
    client.submit(page, action="/cancellation")
    client.submit(PAGE, action="/letters")
    assert len(deliver()) == 3
    listed = words(client.get(f"{PAGE}registrations?status=cancelled"))
    assert "3 people · Status: Cancelled" in listed
    assert "0 people" in words(client.get(f"{PAGE}registrations?status=confirmed"))
    assert "Withdrawn 0 Cancelled 3 Letters" in words(client.get(f"{PAGE}registrations"))
    again = client.submit(page, action="/cancellation")
    assert again.status_code == 409
    for offered in ("postponement", "cancellation"):
        assert client.get(f"{PAGE}{offered}").status_code == 409


def test_a_draft_is_published(app: Flask, client: PortalClient) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Event, facts_id(app)).state = State.DRAFT
    client.submit(f"{PAGE}publication", action="/publication")
    assert facts(app, "state") == (State.PUBLISHED,)


def facts_id(app: Flask) -> int:
    event = any_slug("trust")
    assert event is not None
    return event.id


def test_the_front_page_shows_ones_own_events_and_how_they_stand(
    app: Flask, client: PortalClient
) -> None:
    with app.app_context(), transaction():
        make_event(slug="other", title={"en": "Another matter"})
    front = words(client.get("/desk/"))
    assert "Another matter" not in front
    assert re.search(r"Trust in microcredentials 18 January 2027 Published 2 of 2 1 0 0 0", front)
    everything = words(sign_in(app, make_user(app, "admin@example.org", admin=True)).get("/desk/"))
    assert "Another matter" in everything
