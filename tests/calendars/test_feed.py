"""All events of a mailbox in its own calendar: asked for, sent by letter, read, ended."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.calendars import queries
from portal.calendars.models import PersonalFeed
from portal.calendars.rules import shown_as
from portal.db import db, transaction
from portal.events import service as events
from portal.events.rules import Format, State
from portal.registrations import service
from portal.registrations.models import Registration
from portal.registrations.rules import Status
from tests.desk.people import acts, comes, event_of
from tests.factories import JANUARY, make_event
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.harness.mails import calendar_of, html_of, text_of
from tests.harness.reading import words
from tests.invites.readers import faults, lines, seen_by_ical, seen_by_vobject
from tests.registrations.front_door import link_in, property_of, register, told

Deliver = Callable[[], list[EmailMessage]]
DAYS = timedelta(days=1)


@pytest.mark.parametrize(
    ("standing", "days", "is_published", "is_over", "shown"),
    [
        (Status.CONFIRMED, 400, True, True, "CONFIRMED"),
        (Status.CONFIRMED, 400, False, False, "TENTATIVE"),
        (Status.WAITLISTED, 1, True, False, "TENTATIVE"),
        (Status.WAITLISTED, 1, True, True, None),
        (Status.WITHDRAWN, 89, True, False, "CANCELLED"),
        (Status.WITHDRAWN, 90, True, False, None),
        (Status.CANCELLED, 89, False, False, "CANCELLED"),
    ],
)
def test_how_a_registration_stands_in_a_calendar(
    standing: Status, days: int, is_published: bool, is_over: bool, shown: str | None
) -> None:
    assert shown == shown_as(
        standing=standing, is_published=is_published, is_over=is_over,
        changed_at=JANUARY, now=JANUARY + days * DAYS,
    )  # fmt: skip


@pytest.fixture
def mailbox(app: Flask, client: PortalClient, clock: object, deliver: Deliver) -> str:
    """Ada is to come to one event and waits for another; her letter to the first."""
    with app.app_context(), transaction():
        make_event(slug="trust")
        make_event(slug="full", capacity=1, starts_at=JANUARY + DAYS, title={"en": "Full house"})
    comes(app, "first", "full")
    register(client, "full")
    deliver()
    register(client, "trust")
    (letter,) = deliver()
    return link_in(letter)


def ask(client: PortalClient, link: str) -> None:
    sent = client.submit(link, action="/calendar-address")
    assert sent.status_code == 303
    assert "The calendar address is on its way" in words(client.get(sent.headers["Location"]))


def addresses_in(letter: EmailMessage) -> tuple[str, str]:
    """The path of the calendar, and of the page that ends it."""
    text = text_of(letter)
    feed = re.search(r"http://[^/\s]+(/en/calendars/\S+/events.ics)\s", text)
    page = re.search(r"http://[^/\s]+(/en/calendars/[\w.\-]+)\s", text)
    assert feed and page
    assert f"webcal://localhost{feed[1]}" in text and f"webcal://localhost{feed[1]}" in html_of(
        letter
    )
    return feed[1], page[1]


def test_the_address_goes_to_the_mailbox_and_shows_all_its_events(
    app: Flask, client: PortalClient, mailbox: str, deliver: Deliver
) -> None:
    page = client.get(mailbox)
    ask(client, mailbox)
    client.submit(page, action="/calendar-address")  # a second click is no second letter
    (letter,) = deliver()
    assert told([letter]) == [("ada@example.org", "The address of your calendar", "")]
    feed, _page = addresses_in(letter)
    with app.app_context():
        (kept,) = db.session.scalars(select(PersonalFeed)).all()
        assert kept.code_digest not in (None, "") and feed.split("/")[3] not in str(vars(kept))
        assert queries.by_digest("") is None

    answer = client.get(feed)
    octets = answer.get_data()
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    assert faults(octets) == []
    seen = seen_by_ical(octets)
    assert [each.uid for each in seen] == [each.uid for each in seen_by_vobject(octets)]
    assert [(each.summary, each.status) for each in seen] == [
        ("Trust in microcredentials", "CONFIRMED"), ("Full house", "TENTATIVE"),
    ]  # fmt: skip
    assert "State: On the waitlist" in seen[1].description
    for head in ("METHOD:PUBLISH", "NAME:Peer-learning portal: my events",
                 "X-WR-CALNAME:Peer-learning portal: my events",
                 "REFRESH-INTERVAL;VALUE=DURATION:PT6H", "X-PUBLISHED-TTL:PT6H"):  # fmt: skip
        assert head in lines(octets)
    for person in ("ATTENDEE", "Lovelace", "ada@", "registrations/"):
        assert person not in octets.decode(), person


def test_its_entries_bear_the_uids_of_the_mails_and_follow_what_happens(
    app: Flask, client: PortalClient, mailbox: str, deliver: Deliver, clock: Any
) -> None:
    ask(client, mailbox)
    feed, _page = addresses_in(deliver()[0])
    clock.shift(3600)
    client.submit(f"{mailbox}/withdrawal")
    (letter,) = deliver()
    invite, seen = calendar_of(letter), seen_by_ical(client.get(feed).get_data())
    assert invite is not None
    assert (seen[0].uid, seen[0].status) == (property_of(invite, "UID"), "CANCELLED")
    assert str(seen[0].sequence) == property_of(invite, "SEQUENCE") == "1"
    assert seen[0].stamped_at == portal_clock.now()
    with app.app_context(), transaction():
        events.cancel(event_of("full"), by=COMMAND, now=portal_clock.now())
    assert [each.status for each in seen_by_ical(client.get(feed).get_data())] == ["CANCELLED"] * 2
    clock.shift(90 * DAYS)
    assert seen_by_ical(client.get(feed).get_data()) == []
    with app.app_context(), transaction():  # drafts are nobody's business
        event_of("full").state = State.DRAFT
    assert client.get(feed).status_code == 200


def test_a_program_that_knows_it_hears_so_until_something_changes(
    app: Flask, client: PortalClient, mailbox: str, deliver: Deliver, clock: Any
) -> None:
    ask(client, mailbox)
    feed, _page = addresses_in(deliver()[0])
    first = client.get(feed)
    tag, since = first.headers["ETag"], first.headers["Last-Modified"]
    clock.shift(60)
    assert client.get(feed).get_data() == first.get_data()
    packed = client.get(feed, headers={"Accept-Encoding": "br"})
    for known in (tag, packed.headers["ETag"]):
        headers = {"If-None-Match": known, "Accept-Encoding": "br"}
        assert client.get(feed, headers=headers).status_code == 304, known
    same = client.get(feed, headers={"If-Modified-Since": since})
    assert (same.status_code, same.get_data()) == (304, b"")
    later = {"If-Modified-Since": "Fri, 01 Jan 2027 00:00:00 GMT"}
    assert client.get(feed, headers=later).status_code == 200
    client.submit(f"{mailbox}/withdrawal")
    assert client.get(feed, headers={"If-None-Match": tag}).status_code == 200
    assert client.get(feed, headers={"If-Modified-Since": since}).status_code == 200


def test_who_goes_online_has_another_place_in_their_calendar_with_another_date(
    app: Flask, client: PortalClient, deliver: Deliver, clock: Any
) -> None:
    """Also for a program that knows it by its date alone."""
    with app.app_context(), transaction():
        make_event(slug="trust", format=Format.HYBRID)
    register(client, "trust", attendance="in_person")
    (letter,) = deliver()
    ask(client, link_in(letter))
    feed, _page = addresses_in(deliver()[0])
    before = client.get(feed)
    clock.shift(60)
    online = {"attendance": "online"}
    assert client.submit(link_in(letter) + "/details", online).status_code == 303
    deliver()
    known = {"If-Modified-Since": before.headers["Last-Modified"]}
    after = client.get(feed, headers=known)
    assert after.status_code == 200
    stamps = [property_of(each.get_data(), "DTSTAMP") for each in (before, after)]
    assert stamps[0] < stamps[1] and property_of(after.get_data(), "LOCATION") == "Online"


def test_an_address_that_was_ended_is_gone_and_another_can_be_had(
    client: PortalClient, mailbox: str, deliver: Deliver
) -> None:
    ask(client, mailbox)
    feed, page = addresses_in(deliver()[0])
    assert client.get(page).status_code == 200 == client.get(feed).status_code
    opened = client.get(page)
    assert client.submit(opened, action="/end").status_code == 303
    assert client.submit(opened, action="/end").status_code == 303
    assert "This calendar address has ended" in words(client.get(page))
    gone = client.get(feed)
    assert (gone.status_code, gone.headers["Cache-Control"]) == (410, "no-store")
    ask(client, mailbox)
    other, _page = addresses_in(deliver()[0])
    assert (client.get(other).status_code, client.get(feed).status_code) == (200, 410)
    for wrong in (feed.replace("/events", "x/events"), "/en/calendars/x/events.ics", f"{page}x"):
        assert client.get(wrong).status_code == 404
    assert client.get("/en/calendars/" + mailbox.rpartition("/")[2]).status_code == 404


def test_two_who_share_a_mailbox_share_its_calendar_until_the_last_is_forgotten(
    app: Flask, client: PortalClient, mailbox: str, deliver: Deliver
) -> None:
    register(client, "trust", first_name="Grace")
    ask(client, link_in(deliver()[0]))
    feed, _page = addresses_in(deliver()[0])
    assert len(seen_by_ical(client.get(feed).get_data())) == 3
    client.submit(f"{mailbox}/erasure")
    deliver()
    assert len(seen_by_ical(client.get(feed).get_data())) == 2
    with app.app_context(), transaction() as session:
        left = session.scalars(select(Registration).where(Registration.erased_at.is_(None))).all()
        ids = [each.id for each in left if each.email == "ada@example.org"]
        assert len(ids) == 2
        for each in ids:
            service.disown(session.get_one(Registration, each), by=COMMAND, now=portal_clock.now())
    deliver()
    assert client.get(feed).status_code == 410
    with app.app_context():
        assert db.session.scalars(select(PersonalFeed.address_key)).all() == [""]


def test_the_letter_goes_to_the_mailbox_that_the_calendar_is_of(
    app: Flask, client: PortalClient, mailbox: str, deliver: Deliver
) -> None:
    """The address changes between the question and the letter: what it shows changes with it."""
    ask(client, mailbox)
    client.submit(f"{mailbox}/details", {"email": "new@example.org"})
    letters = [each for each in deliver() if "calendar" in str(each["Subject"])]
    assert [each["To"] for each in letters] == ["new@example.org"]
    feed, _page = addresses_in(letters[0])
    assert [each.summary for each in seen_by_ical(client.get(feed).get_data())] == [
        "Trust in microcredentials"
    ]


def test_a_calendar_asks_as_often_for_one_event_as_for_many(
    app: Flask, client: PortalClient, mailbox: str, deliver: Deliver
) -> None:
    ask(client, mailbox)
    feed, _page = addresses_in(deliver()[0])
    with statements(app) as few:
        client.get(feed)
    with app.app_context(), transaction():
        for number in range(10):
            make_event(slug=f"more-{number}")
    for number in range(10):
        comes(app, "ada", f"more-{number}")
    with statements(app) as many:
        assert len(seen_by_ical(client.get(feed).get_data())) == 12
    assert len(many) == len(few) < 5


def test_all_addresses_of_a_mailbox_end_from_any_of_its_registrations(
    app: Flask, client: PortalClient, mailbox: str, deliver: Deliver
) -> None:
    assert "End all calendar addresses" not in words(client.get(mailbox))
    assert "no calendar address to end" in words(client.get(f"{mailbox}/calendar-addresses"))
    feeds = []
    for _number in range(2):
        ask(client, mailbox)
        (letter,) = deliver()
        feeds.append(addresses_in(letter)[0])
    ask(client, mailbox)  # the third is on its way
    stranger = comes(app, "stranger")
    page = client.get(f"{mailbox}/calendar-addresses")
    assert "3 addresses show the events of ada@example.org" in words(page)
    assert client.get(feeds[0]).status_code == 200, "looking ends nothing"
    ended = client.submit(page, action="/end")
    assert ended.status_code == 303
    assert "All calendar addresses have ended" in words(client.get(ended.headers["Location"]))
    client.submit(page, action="/end")  # a second click is no second letter
    heard = [(to, subject) for to, subject, _method in told(deliver()) if to.startswith("ada")]
    assert heard == [("ada@example.org", "Your calendar addresses have ended")]
    assert [client.get(feed).status_code for feed in feeds] == [410, 410]
    assert "calendar_ended" not in str(acts(app, stranger))
    ask(client, mailbox)
    (letter,) = deliver()
    assert client.get(addresses_in(letter)[0]).status_code == 200


def test_a_feed_has_the_sequence_of_the_mails_also_before_they_are_written(
    app: Flask, client: PortalClient, mailbox: str, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    ask(client, mailbox)
    (letter,) = deliver()
    feed, _page = addresses_in(letter)

    def sequences() -> list[int]:
        return [each.sequence or 0 for each in seen_by_ical(client.get(feed).get_data())]

    assert sequences() == [0, 0]
    with app.app_context(), transaction():
        for slug in ("trust", "full"):
            event = event_of(slug)
            times = {
                name: getattr(event, name) + timedelta(hours=1) for name in ("starts_at", "ends_at")
            }
            events.change(event, times, by=COMMAND, now=portal_clock.now())
    shown = sequences()
    file = property_of(client.get(f"{mailbox}/calendar.ics").get_data(), "SEQUENCE")
    assert (shown, file) == ([1, 0], "1"), "who waits never had an invite: their first will be 0"
    clock.shift(660)
    (moved,) = [mail for mail in deliver() if mail["To"] == "ada@example.org" and calendar_of(mail)]
    assert property_of(calendar_of(moved) or b"", "SEQUENCE") == "1" and sequences() == shown
    with app.app_context(), transaction() as session:
        first = session.scalars(select(Registration).order_by(Registration.id)).first()
        assert first is not None
        service.withdraw(first, by=COMMAND, now=portal_clock.now())
    found = [mail for mail in deliver() if mail["To"] == "ada@example.org"]
    assert property_of(calendar_of(found[0]) or b"", "SEQUENCE") == "0" and sequences() == [1, 0]
