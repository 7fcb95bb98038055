"""Public events in calendars, read by readers that did not write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import transaction
from portal.events import service
from portal.events.models import Event
from portal.events.rules import Format, State
from tests.factories import JANUARY, make_event
from tests.harness.client import PortalClient
from tests.invites.readers import Seen, faults, lines, seen_by_ical, seen_by_vobject

FILE = "/en/events/trust/event.ics"
FEED = "/en/events/calendar.ics"
MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

Make = Callable[..., int]
Change = Callable[..., None]


@pytest.fixture
def make(app: Flask, clock: time_machine.Traveller) -> Make:
    def make(**facts: object) -> int:
        with app.app_context(), transaction():
            return make_event(**({"slug": "trust"} | facts)).id

    return make


@pytest.fixture
def change(app: Flask) -> Change:
    """Calls a verb of events with the event and what else is given."""

    def change(event_id: int, verb: Callable[..., object], *more: object) -> None:
        with app.app_context(), transaction() as session:
            verb(session.get_one(Event, event_id), *more, by=COMMAND, now=portal_clock.now())

    return change


def seen(client: PortalClient, path: str) -> list[Seen]:
    """What both readers see, without a broken rule."""
    octets = client.get(path).get_data()
    assert faults(octets) == []
    by_ical, by_vobject = seen_by_ical(octets), seen_by_vobject(octets)
    assert [each.uid for each in by_ical] == [each.uid for each in by_vobject]
    return by_ical


def test_one_event_is_a_file_for_a_calendar(make: Make, client: PortalClient) -> None:
    event_id = make()

    answer = client.get(FILE)
    (entry,) = seen(client, FILE)

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="trust.ics"'
    assert "Set-Cookie" not in answer.headers
    assert entry == Seen(
        method="PUBLISH",
        uid=f"event-{event_id}@localhost",
        sequence=0,
        stamped_at=MONDAY,
        starts_at=JANUARY,
        ends_at=JANUARY + timedelta(hours=3, minutes=30),
        status="CONFIRMED",
        summary="Trust in microcredentials",
        description=(
            "Two sectors compare notes.\n\n"
            "Registration is mandatory: http://localhost/en/events/trust/"
        ),
        location="House of Skills, Rue de la Formation 1, Brussels",
        url="http://localhost/en/events/trust/",
        conference="",
        organizer=entry.organizer,
        attendees=(),
    )
    assert entry.organizer is not None
    assert entry.organizer[0] == "The agency"


def test_the_same_entry_is_in_the_feed_and_in_every_language(
    make: Make, client: PortalClient
) -> None:
    make()
    make(slug="second", format=Format.ONLINE, venue="", address="")

    uids = [[each.uid for each in seen(client, path)] for path in (FEED, "/fr/events/calendar.ics")]

    assert uids[0] == uids[1]
    assert seen(client, FEED)[0] == seen(client, FILE)[0]
    assert seen(client, "/fr/events/trust/event.ics")[0].summary == (
        "La confiance dans les microcertifications"
    )
    head = lines(client.get(FEED).get_data())[:8]
    assert "METHOD:PUBLISH" in head
    assert any(line.startswith("NAME:") for line in head)
    assert any(line.startswith("X-WR-CALNAME:") for line in head)
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT6H" in head
    assert "X-PUBLISHED-TTL:PT6H" in head


def test_a_changed_event_rises_in_sequence_and_stamp(
    make: Make, change: Change, client: PortalClient, clock: time_machine.Traveller
) -> None:
    event_id = make()
    clock.shift(3600)
    later = {"starts_at": JANUARY + timedelta(hours=1), "ends_at": JANUARY + timedelta(hours=5)}
    change(event_id, service.change, later)

    (entry,) = seen(client, FILE)

    assert (entry.sequence, entry.stamped_at) == (1, MONDAY + timedelta(hours=1))
    assert entry.starts_at == JANUARY + timedelta(hours=1)


def test_what_did_not_change_is_not_sent_again(
    make: Make, change: Change, client: PortalClient, clock: time_machine.Traveller
) -> None:
    event_id = make()
    for path in (FILE, FEED):
        first = client.get(path)
        clock.shift(86_400)
        by_tag = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        by_date = client.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]})
        assert first.headers["Last-Modified"] == "Mon, 02 Nov 2026 09:00:00 GMT"
        assert (by_tag.status_code, by_date.status_code) == (304, 304), path
        assert by_tag.get_data() == b""
    tag = client.get(FEED).headers["ETag"]
    change(event_id, service.change, {"venue": "Elsewhere"})

    assert client.get(FEED, headers={"If-None-Match": tag}).status_code == 200


def test_only_start_end_place_and_status_rise_in_sequence(
    make: Make, change: Change, client: PortalClient
) -> None:
    event_id = make(state=State.DRAFT)
    change(event_id, service.change, {"venue": "House of Crafts"})
    change(event_id, service.publish)
    assert [each.sequence for each in seen(client, FILE)] == [0]
    change(event_id, service.change, {"capacity": 20, "title": {"en": "Trust"}})
    assert [(each.sequence, each.summary) for each in seen(client, FILE)] == [(0, "Trust")]
    change(event_id, service.change, {"venue": "House of Skills"})
    assert [each.sequence for each in seen(client, FILE)] == [1]


def test_a_postponed_event_is_tentative(make: Make, change: Change, client: PortalClient) -> None:
    event_id = make()
    change(event_id, service.postpone)

    assert [(each.status, each.sequence) for each in seen(client, FILE)] == [("TENTATIVE", 1)]


def test_a_cancelled_event_stays_in_the_feed_for_ninety_days(
    make: Make, change: Change, client: PortalClient, clock: time_machine.Traveller
) -> None:
    event_id = make(starts_at=JANUARY + timedelta(days=200))
    change(event_id, service.cancel)
    assert [(each.status, each.sequence) for each in seen(client, FEED)] == [("CANCELLED", 1)]
    date = client.get(FEED).headers["Last-Modified"]

    clock.move_to(MONDAY + timedelta(days=90) - timedelta(seconds=1))
    assert [each.status for each in seen(client, FEED)] == ["CANCELLED"]
    clock.move_to(MONDAY + timedelta(days=90))
    assert seen(client, FEED) == []
    assert client.get(FEED, headers={"If-Modified-Since": date}).status_code == 200


def test_a_draft_and_a_stranger_are_not_found(make: Make, client: PortalClient) -> None:
    make(state=State.DRAFT)

    assert client.get(FILE).status_code == 404
    assert client.get("/en/events/nothing/event.ics").status_code == 404
    assert seen(client, FEED) == []


def test_text_of_any_kind_keeps_the_calendar_whole(make: Make, client: PortalClient) -> None:
    make(title={"en": 'A "B"; C, D\\N 😀' * 20}, summary={"en": "Line\nBEGIN:VALARM\n\x07end"})

    (entry,) = seen(client, FILE)

    assert entry.summary == 'A "B"; C, D\\N 😀' * 20
