"""The public pages of events, through the front door."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event as happening
from sqlalchemy import select, text

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events import service
from portal.events.models import Appearance, Event
from portal.events.rules import Format, Kind, SessionKind, State
from tests.factories import JANUARY, make_event, make_registration, make_session, make_speaker
from tests.harness.client import PortalClient
from tests.harness.reading import all_words, linked_data, links, meta, words

PAGE = "/en/events/trust/"
OPENS = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
CLOSES = datetime(2027, 1, 11, 17, 0, tzinfo=UTC)
STARTS, ENDS = JANUARY, JANUARY + timedelta(hours=3, minutes=30)
DATES = {"registration_opens_at": OPENS, "registration_closes_at": CLOSES}

Make = Callable[..., int]


@pytest.fixture
def make(app: Flask, clock: time_machine.Traveller) -> Make:
    """Makes an event with the address /events/trust/ and answers its id."""

    def make(**facts: object) -> int:
        with app.app_context(), transaction():
            return make_event(**({"slug": "trust"} | facts)).id

    return make


@contextmanager
def changed(app: Flask, event_id: int) -> Iterator[Event]:
    """The event in a transaction of its own."""
    with app.app_context(), transaction() as session:
        yield session.get_one(Event, event_id)


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that are sent to the database meanwhile."""
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_more):  # type: ignore[no-untyped-def]
        statements.append(statement)

    with app.app_context():
        engine = db.engine
    happening.listen(engine, "before_cursor_execute", note)
    yield statements
    happening.remove(engine, "before_cursor_execute", note)


def state(client: PortalClient) -> str:
    return words(client.get(PAGE), '<div class="event-card">', "</header>")


def test_the_page_says_what_one_needs_to_know(make: Make, client: PortalClient) -> None:
    make(
        audience={"en": "Whoever gives work."},
        working_languages=[
            {"code": "en", "how": ["spoken", "captions"]},
            {"code": "fr", "how": ["interpreted"]},
        ],
        contacts=[{"role": {"en": "Programme"}, "email": "programme@example.org"}],
        organisers=[{"en": "The agency"}, {"en": "The ministry"}],
        hashtag="#trust",
    )

    page = client.get(PAGE)

    assert words(page, '<header class="page-header">', '<div class="event-card">').endswith(
        "Peer-learning activity Trust in microcredentials Two sectors compare notes. "
        "When Monday 18 January 2027, 14:00 to 17:30, Brussels time (CET, UTC+1) "
        "Where In person, House of Skills, Rue de la Formation 1, Brussels "
        "Registration is mandatory. Register Add to calendar"
    )
    assert words(page, 'id="audience"', "</section>") == "Who should come Whoever gives work."
    assert words(page, 'id="practical"', "</section>") == (
        "Practical information Takes place In person "
        "Place House of Skills, Rue de la Formation 1, Brussels "
        "Working languages English (spoken, captions), French (interpreted) "
        "Sectors ● Manufacturing ◆ Retail Organised by The agency, The ministry Hashtag #trust "
        "Questions Programme: programme@example.org Registered already? The link in your letter "
        "leads to your registration, where you can change it or give your place back. "
        "Have the link sent again"
    )
    assert "mailto:programme@example.org?subject=Trust%20in%20microcredentials" in links(page)


@pytest.mark.parametrize(
    ("moment", "said", "may_register"),
    [
        (
            OPENS - timedelta(seconds=1),
            "50 of 50 places left Registration opens on 16 November 2026, 09:00, "
            "Brussels time (CET, UTC+1).",
            False,
        ),
        (
            OPENS,
            "50 of 50 places left Registration closes on 11 January 2027, 18:00, "
            "Brussels time (CET, UTC+1).",
            True,
        ),
        (
            CLOSES,
            "50 places Registration closed on 11 January 2027, 18:00, Brussels time (CET, UTC+1).",
            False,
        ),
        (STARTS, "This event has started. Registration is closed.", False),
        (ENDS, "This event is over.", False),
    ],
    ids=["before", "open", "closed", "started", "over"],
)
def test_a_kept_page_says_at_each_moment_how_registration_stands(
    make: Make,
    client: PortalClient,
    clock: time_machine.Traveller,
    moment: datetime,
    said: str,
    may_register: bool,
) -> None:
    make(**DATES)
    client.get(PAGE)
    clock.move_to(moment - timedelta(seconds=1))
    client.get(PAGE)
    clock.move_to(moment)

    assert state(client).endswith(said)
    assert ("/en/events/trust/register" in links(client.get(PAGE))) is may_register


@pytest.mark.parametrize(
    ("facts", "people", "said"),
    [
        ({}, 0, "50 of 50 places left Registration is open."),
        ({"capacity": None}, 3, "Registration is open."),
        ({"capacity": 2}, 1, "1 of 2 places left Registration is open."),
        ({"capacity": 2}, 2, "All 2 places are taken Full: join the waitlist."),
        (
            {"capacity": 1, "waitlist": False},
            1,
            "The only place is taken Full: there is no waitlist.",
        ),
        ({"capacity": 2, "approval": True}, 0, "2 places Registration is open."),
        ({"state": State.POSTPONED}, 0, "50 places Postponed: a new date is not known yet."),
        ({"state": State.CANCELLED}, 0, "Cancelled: this event will not be held."),
    ],
    ids=["open", "unlimited", "last", "waitlist", "full", "approval", "postponed", "cancelled"],
)
def test_the_state_is_said_in_words(
    app: Flask,
    make: Make,
    client: PortalClient,
    facts: dict[str, object],
    people: int,
    said: str,
) -> None:
    event_id = make(**facts)
    with changed(app, event_id) as event:
        for _number in range(people):
            make_registration(event)

    assert state(client).endswith(said)


def test_a_place_that_is_taken_shows_on_the_kept_page_at_once(
    app: Flask, make: Make, client: PortalClient
) -> None:
    event_id = make(capacity=2)
    client.get(PAGE)
    with changed(app, event_id) as event:
        make_registration(event)

    assert state(client).endswith("1 of 2 places left Registration is open.")


def test_the_waitlist_is_joined_by_a_button_that_says_so(
    app: Flask, make: Make, client: PortalClient
) -> None:
    event_id = make(capacity=1)
    with changed(app, event_id) as event:
        make_registration(event)

    assert words(client.get(PAGE), '<div class="register-here">', "</div>") == "Join the waitlist"


def test_a_cancelled_and_a_postponed_event_say_so_first(
    app: Flask, make: Make, client: PortalClient
) -> None:
    event_id = make()
    with changed(app, event_id) as event:
        service.postpone(event, by=COMMAND, now=portal_clock.now())
    assert "This event is postponed" in words(client.get(PAGE))
    with changed(app, event_id) as event:
        service.cancel(event, by=COMMAND, now=portal_clock.now())
    assert "This event is cancelled" in words(client.get(PAGE))


def test_a_postponed_event_outlives_its_old_day(
    app: Flask, make: Make, client: PortalClient, clock: time_machine.Traveller
) -> None:
    event_id = make(**DATES)
    with changed(app, event_id) as event:
        service.postpone(event, by=COMMAND, now=portal_clock.now())
    clock.move_to(ENDS + timedelta(days=30))

    assert state(client).endswith("Postponed: a new date is not known yet.")
    assert "This event is postponed" in words(client.get(PAGE))
    listed = client.get("/en/events/")
    assert "Postponed" in words(listed, '<section aria-labelledby="upcoming">', "</section>")
    assert 'id="past"' not in listed.get_data(as_text=True)
    with changed(app, event_id) as event:
        service.cancel(event, by=COMMAND, now=portal_clock.now())
    assert "This event is cancelled" in words(client.get(PAGE))


def test_events_without_a_day_stand_behind_those_to_come(app: Flask, client: PortalClient) -> None:
    with app.app_context(), transaction():
        make_event(title={"en": "Some day"}, state=State.POSTPONED)
        make_event(title={"en": "Soon"}, starts_at=STARTS + timedelta(days=9))

    assert all_words(client.get("/en/events/"), "<h3><a", "</a>") == ["Soon", "Some day"]


def test_a_moved_event_says_when_it_was_to_start(
    app: Flask, make: Make, client: PortalClient
) -> None:
    event_id = make()
    with changed(app, event_id) as event:
        later = {"starts_at": STARTS + timedelta(days=1), "ends_at": ENDS + timedelta(days=1)}
        service.change(event, later, by=COMMAND, now=portal_clock.now())

    page = client.get(PAGE)

    assert "It was to start on 18 January 2027, 14:00, Brussels time (CET, UTC+1)." in words(page)
    assert linked_data(page)["eventStatus"] == "https://schema.org/EventRescheduled"
    assert linked_data(page)["previousStartDate"] == "2027-01-18T14:00:00+01:00"


def test_a_draft_is_not_moved_and_what_came_back_was_not_either(
    app: Flask, make: Make, client: PortalClient
) -> None:
    event_id = make(state=State.DRAFT)

    def move(days: int) -> None:
        with changed(app, event_id) as event:
            times = {"starts_at": STARTS, "ends_at": ENDS}
            facts = {name: at + timedelta(days=days) for name, at in times.items()}
            service.change(event, facts, by=COMMAND, now=portal_clock.now())

    move(7)
    with changed(app, event_id) as event:
        service.publish(event, by=COMMAND, now=portal_clock.now())
    assert "This event was moved" not in words(client.get(PAGE))
    for days in (8, 9):
        move(days)
        assert "It was to start on 25 January 2027, 14:00" in words(client.get(PAGE))
    move(7)
    assert "This event was moved" not in words(client.get(PAGE))
    assert linked_data(client.get(PAGE))["eventStatus"] == "https://schema.org/EventScheduled"


def test_parallel_sessions_stand_side_by_side_and_cancelled_ones_are_marked(
    app: Flask, make: Make, client: PortalClient
) -> None:
    event_id = make()
    with changed(app, event_id) as event:
        at = STARTS + timedelta(hours=1)
        make_session(event, title={"en": "Welcome"}, room="Hall A")
        table = {"starts_at": at, "kind": SessionKind.PARALLEL}
        first = make_session(event, title={"en": "Shop floor"}, sector="manufacturing", **table)
        make_session(
            event, title={"en": "Till"}, sector="retail", cancelled_at=STARTS, position=1, **table
        )
        make_session(
            event, title={"en": "Day two"}, starts_at=STARTS + timedelta(days=1), kind="plenary"
        )
        speaker = make_speaker(event, name="", role={"en": "Head of training"}, affiliation="Plant")
        db.session.add(Appearance(session_id=first.id, speaker_id=speaker.id))

    page = client.get(PAGE)

    assert all_words(page, '<tr role="row"', "</tr>") == [
        "Time Sessions",
        "14:00 –15:00 Welcome Plenary Hall A",
        "15:00 –16:00 Shop floor ● Manufacturing Parallel session Head of training , Plant "
        "Till Cancelled ◆ Retail Parallel session",
        "Time Sessions",
        "14:00 –15:00 Day two Plenary",
    ]
    assert all_words(page, '<h3 id="programme-day', "</h3>") == [
        "Monday 18 January 2027",
        "Tuesday 19 January 2027",
    ]
    assert words(page, 'id="speakers"', "</section>") == "Speakers Head of training Plant"


def test_another_zone_is_chosen_without_a_script(
    app: Flask, make: Make, client: PortalClient
) -> None:
    event_id = make()
    with changed(app, event_id) as event:
        make_session(event)

    tokyo = client.submit(client.get(PAGE), {"zone": "Asia/Tokyo"})

    assert words(tokyo, 'class="programme__zone"', "</p>") == "All times: Tokyo time (JST, UTC+9)"
    assert words(tokyo, '<h3 id="programme-day', "</h3>") == "Monday 18 January 2027"
    assert words(tokyo, '<th scope="row"', "</th>") == "22:00 –23:00"
    assert 'value="Asia/Tokyo" selected' in tokyo.get_data(as_text=True)
    assert client.get(PAGE, query_string={"zone": "Asia/Kathmandu"}).status_code == 200


@pytest.mark.parametrize("zone", ["Atlantis", "../etc/passwd", "Factory", "europe", "'"])
def test_a_zone_that_does_not_exist_is_not_found(
    make: Make, client: PortalClient, zone: str
) -> None:
    make()
    assert client.get(PAGE, query_string={"zone": zone}).status_code == 404


def test_in_the_night_of_the_change_of_clocks_each_hour_carries_its_mark(
    app: Flask, make: Make, client: PortalClient
) -> None:
    night = datetime(2027, 10, 30, 23, 30, tzinfo=UTC)
    event_id = make(starts_at=night, ends_at=night + timedelta(hours=3))
    with changed(app, event_id) as event:
        make_session(event, title={"en": "Before"}, starts_at=night)
        make_session(event, title={"en": "After"}, starts_at=night + timedelta(hours=1))

    page = client.get(PAGE)

    assert "Sunday 31 October 2027, 01:30 (CEST, UTC+2) to 03:30 (CET, UTC+1), Brussels time" in (
        words(page)
    )
    assert all_words(page, '<th scope="row"', "</th>") == [
        "01:30 CEST –02:30 CEST",
        "02:30 CEST –02:30 CET",
    ]
    assert words(page, 'class="programme__zone"', "</p>") == (
        "All times: Brussels time (CEST, UTC+2, then CET, UTC+1)"
    )
    assert linked_data(page)["startDate"] == "2027-10-31T01:30:00+02:00"
    assert linked_data(page)["endDate"] == "2027-10-31T03:30:00+01:00"


def test_an_old_address_leads_to_the_new_one(app: Flask, make: Make, client: PortalClient) -> None:
    event_id = make()
    with changed(app, event_id) as event:
        service.rename(event, "credible", by=COMMAND, now=portal_clock.now())

    plain = client.get(PAGE)
    zoned = client.get(PAGE, query_string={"zone": "Asia/Tokyo"})
    file = client.get(PAGE + "event.ics")

    assert (plain.status_code, plain.location) == (301, "/en/events/credible/")
    assert zoned.location == "/en/events/credible/?zone=Asia/Tokyo"
    assert (file.status_code, file.location) == (301, "/en/events/credible/event.ics")


def test_a_draft_is_found_nowhere(app: Flask, make: Make, client: PortalClient) -> None:
    event_id = make(slug="former", title={"en": "Secret plan"}, state=State.DRAFT)
    with changed(app, event_id) as event:
        service.rename(event, "secret", by=COMMAND, now=portal_clock.now())

    for path in ("/en/events/secret/", "/en/events/former/", "/en/events/secret/event.ics"):
        assert client.get(path).status_code == 404, path
    for path in ("/en/", "/en/events/", "/en/events/calendar.ics", "/sitemap.xml", "/robots.txt"):
        text = client.get(path).get_data(as_text=True)
        assert "Secret" not in text and "secret" not in text, path


def test_public_pages_carry_no_cookie_and_answer_304(
    app: Flask, make: Make, client: PortalClient
) -> None:
    event_id = make()
    for path in ("/en/", "/en/events/", PAGE, "/en/privacy", "/en/events/calendar.ics"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert "Set-Cookie" not in first.headers, path
        assert first.headers["Cache-Control"] == "public, no-cache", path
        assert (again.status_code, again.get_data()) == (304, b""), path
    before = client.get(PAGE).headers["ETag"]
    with changed(app, event_id) as event:
        service.change(event, {"hashtag": "#new"}, by=COMMAND, now=portal_clock.now())

    after = client.get(PAGE, headers={"If-None-Match": before})

    assert after.status_code == 200
    assert "#new" in words(after)


def test_a_kept_page_costs_one_small_question(app: Flask, make: Make, client: PortalClient) -> None:
    make()
    for path in (PAGE, "/en/events/", "/en/", "/en/publications/", "/en/news/atom.xml"):
        client.get(path)
        with counted(app) as statements:
            client.get(path)
        assert not statements, path  # what is asked goes past SQLAlchemy (`db.Stamp`)


@pytest.mark.own_portal
def test_a_kept_page_whose_database_fails_says_so(
    app: Flask, make: Make, client: PortalClient
) -> None:
    make()
    assert client.get(PAGE).status_code == 200
    with app.app_context(), transaction() as session:
        session.execute(text("ALTER TABLE events RENAME TO gone"))
    answer = client.get(PAGE)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    with app.app_context(), transaction() as session:
        session.execute(text("ALTER TABLE gone RENAME TO events"))
    assert client.get(PAGE).status_code == 200


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_a_kept_page_outlives_the_connections_that_it_asks_by(
    app: Flask, make: Make, client: PortalClient
) -> None:
    make()
    assert client.get(PAGE).status_code == 200
    others = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> :own AND "
        "datname = current_database()"
    )
    with app.app_context(), db.engine.connect() as connection:
        own = connection.scalar(text("SELECT pg_backend_pid()"))
        connection.execute(others, {"own": own})
        db.session.remove()
    assert client.get(PAGE).status_code == 200


def test_pages_cost_the_same_number_of_queries_with_one_row_and_with_thirty(
    app: Flask, make: Make, client: PortalClient
) -> None:
    def cost(path: str) -> int:
        with counted(app) as statements:
            assert client.get(path).status_code == 200
        return len(statements)

    event_id = make()
    with changed(app, event_id) as event:
        speaker, session = make_speaker(event), make_session(event)
        db.session.add(Appearance(session_id=session.id, speaker_id=speaker.id))
    client.get("/fr/")
    paths = (PAGE, "/en/events/", "/en/events/calendar.ics", "/sitemap.xml", "/en/")
    with_one = [cost(path) for path in paths]
    for number in range(30):
        make(slug=f"event-number-{number}", starts_at=STARTS + timedelta(days=number - 45))
    with changed(app, event_id) as event:
        for number in range(30):
            speaker = make_speaker(event, name=f"Speaker {number}")
            session = make_session(event, starts_at=STARTS + timedelta(hours=number))
            db.session.add(Appearance(session_id=session.id, speaker_id=speaker.id))
        service.change(event, {"hashtag": "#more"}, by=COMMAND, now=portal_clock.now())

    assert [cost(path) for path in paths] == with_one


def test_machines_read_the_event_as_json_ld(
    app: Flask, make: Make, client: PortalClient, clock: time_machine.Traveller
) -> None:
    event_id = make(
        format=Format.HYBRID,
        capacity=2,
        working_languages=[{"code": "en", "how": ["spoken"]}],
        joining_url="https://meet.example.org/secret",
        **DATES,
    )
    clock.move_to(OPENS)
    with changed(app, event_id) as event:
        make_registration(event)

    assert linked_data(client.get(PAGE)) == {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": "http://localhost/en/events/trust/",
        "url": "http://localhost/en/events/trust/",
        "name": "Trust in microcredentials",
        "description": "Two sectors compare notes.",
        "image": ["http://localhost/static/img/card.png"],
        "startDate": "2027-01-18T14:00:00+01:00",
        "endDate": "2027-01-18T17:30:00+01:00",
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/MixedEventAttendanceMode",
        "location": [
            {
                "@type": "Place",
                "name": "House of Skills",
                "address": "House of Skills, Rue de la Formation 1, Brussels",
            },
            {"@type": "VirtualLocation", "url": "http://localhost/en/events/trust/"},
        ],
        "organizer": [{"@type": "Organization", "name": "The agency"}],
        "inLanguage": ["en"],
        "isAccessibleForFree": True,
        "maximumAttendeeCapacity": 2,
        "remainingAttendeeCapacity": 1,
        "offers": {
            "@type": "Offer",
            "url": "http://localhost/en/events/trust/register",
            "price": "0",
            "priceCurrency": "EUR",
            "availability": "https://schema.org/InStock",
            "validFrom": "2026-11-16T09:00:00+01:00",
            "validThrough": "2027-01-11T18:00:00+01:00",
        },
    }


@pytest.mark.parametrize(
    ("facts", "status", "mode", "kind"),
    [
        ({"format": Format.ONLINE}, "EventScheduled", "Online", "VirtualLocation"),
        ({"state": State.POSTPONED}, "EventPostponed", "Offline", "Place"),
        ({"state": State.CANCELLED}, "EventCancelled", "Offline", "Place"),
    ],
)
def test_json_ld_follows_state_and_format(
    make: Make, client: PortalClient, facts: dict[str, object], status: str, mode: str, kind: str
) -> None:
    make(**facts)

    data = linked_data(client.get(PAGE))

    assert data["eventStatus"] == f"https://schema.org/{status}"
    assert data["eventAttendanceMode"] == f"https://schema.org/{mode}EventAttendanceMode"
    assert data["location"]["@type"] == kind


def test_text_cannot_leave_the_json_ld_nor_the_page(make: Make, client: PortalClient) -> None:
    nasty = "</script><script>alert(1)</script><!--{{ config }}\u2028"
    make(title={"en": nasty}, summary={"en": nasty})

    page = client.get(PAGE)

    assert page.get_data(as_text=True).count("<script") == 1
    assert linked_data(page)["name"] == nasty


def test_rich_text_is_shown_and_its_traps_are_inert(make: Make, client: PortalClient) -> None:
    text = (
        "# Head\n\nA *good* [link](https://example.org/a).\n\n- one\n\n"
        "<img src=x onerror=alert(1)> <script>alert(1)</script> [bad](javascript:alert(1)) "
        "[worse](data:text/html,x) ![picture](https://example.org/p.png)"
    )
    make(description={"en": text})

    page = client.get(PAGE).get_data(as_text=True)
    shown = page.partition('id="about"')[2].partition("</section>")[0]

    assert "<h3>Head</h3>" in shown and "<em>good</em>" in shown and "<li>one</li>" in shown
    assert '<a href="https://example.org/a" rel="noopener noreferrer">link</a>' in shown
    assert "<img" not in shown and "<script" not in shown
    assert 'href="javascript' not in shown and 'href="data' not in shown


def test_the_joining_link_is_public_nowhere(make: Make, client: PortalClient) -> None:
    make(format=Format.ONLINE, joining_url="https://meet.example.org/secret-room")

    for path in (PAGE, PAGE + "event.ics", "/en/events/calendar.ics", "/en/events/", "/en/"):
        assert "secret-room" not in client.get(path).get_data(as_text=True), path
    assert "/en/events/trust/join" in links(client.get(PAGE))


def test_a_page_is_there_in_each_language_and_marks_text_in_another(
    make: Make, client: PortalClient
) -> None:
    make()

    page = client.get("/fr/events/trust/")
    html = page.get_data(as_text=True)

    assert '<html lang="fr">' in html
    assert "La confiance dans les microcertifications" in words(page)
    assert "lundi 18 janvier 2027" in words(page)
    assert '<div lang="en"><p>What makes one <em>worth having</em>?</p>' in html
    assert '<link rel="alternate" hreflang="en" href="http://localhost/en/events/trust/">' in html
    assert '<link rel="canonical" href="http://localhost/fr/events/trust/">' in html
    assert client.get("/xx/events/trust/").status_code == 404


def test_other_sites_find_a_card(make: Make, client: PortalClient) -> None:
    make()

    found = meta(client.get(PAGE))

    assert (
        found
        | {
            "og:type": "website",
            "og:title": "Trust in microcredentials",
            "og:description": "Two sectors compare notes.",
            "og:url": "http://localhost/en/events/trust/",
            "twitter:card": "summary_large_image",
            "description": "Two sectors compare notes.",
        }
        == found
    )
    with client.get(found["og:image"].removeprefix("http://localhost")) as image:
        assert image.mimetype == "image/png"


def test_the_list_has_what_is_to_come_and_what_was_by_sector(
    make: Make, client: PortalClient
) -> None:
    make(slug="b", title={"en": "B"}, starts_at=STARTS + timedelta(days=1), sectors=["retail"])
    make(slug="a", title={"en": "A"}, sectors=["manufacturing"], kind=Kind.WEBINAR)
    make(slug="c", title={"en": "C"}, starts_at=STARTS - timedelta(days=300), sectors=["retail"])

    def titles(path: str) -> tuple[list[str], list[str]]:
        html = client.get(path)
        upcoming, _, past = html.get_data(as_text=True).partition('id="past"')
        return tuple(  # type: ignore[return-value]
            [part.partition("</a>")[0][-1] for part in half.split("<h3")[1:]]
            for half in (upcoming, past)
        )

    assert titles("/en/events/") == (["A", "B"], ["C"])
    assert titles("/en/events/?sector=retail") == (["B"], ["C"])
    assert titles("/en/events/?sector=manufacturing") == (["A"], [])
    assert client.get("/en/events/?sector=fishing").status_code == 404


def test_what_was_is_shown_in_pages(make: Make, client: PortalClient) -> None:
    for number in range(45):
        make(
            slug=f"past-{number:02}",
            starts_at=STARTS - timedelta(days=100 + number),
            sectors=["retail"] if number % 2 else [],
        )
    make(slug="coming")

    def slugs(path: str) -> list[str]:
        shown = client.get(path)
        assert shown.status_code == 200
        listed = shown.get_data(as_text=True).split("<h3")[1:]
        return [part.split("/events/")[1].partition("/")[0] for part in listed]

    past = [f"past-{number:02}" for number in range(45)]
    assert slugs("/en/events/") == ["coming", *past[:20]]
    assert slugs("/en/events/?page=3") == past[40:]
    assert slugs("/en/events/?sector=retail&page=2") == past[1::2][20:]
    assert 'href="/en/events/?sector=retail&amp;page=1"' in client.get(
        "/en/events/?sector=retail&page=2"
    ).get_data(as_text=True)
    for nowhere in ("4", "0", "x", "-1"):
        assert client.get(f"/en/events/?page={nowhere}").status_code == 404


def test_the_list_says_how_each_event_stands(
    app: Flask, make: Make, client: PortalClient, clock: time_machine.Traveller
) -> None:
    make(slug="soon", **DATES)
    full = make(slug="full", capacity=1)
    with changed(app, full) as event:
        make_registration(event)
    make(slug="off", state=State.CANCELLED)
    badges = '<span class="status-badge'

    assert all_words(client.get("/en/events/"), badges, "</span>") == [
        "Registration opens on 16 November 2026",
        "Full: join the waitlist",
        "Cancelled",
    ]
    clock.move_to(OPENS)
    assert all_words(client.get("/en/events/"), badges, "</span>")[0] == (
        "Register until 11 January 2027"
    )
    clock.move_to(ENDS)
    assert all_words(client.get("/en/events/"), badges, "</span>") == ["Cancelled", "Over", "Over"]


def test_an_empty_list_says_what_will_be_here(
    clock: time_machine.Traveller, client: PortalClient
) -> None:
    assert "Nothing is planned at the moment" in words(client.get("/en/events/"))


def test_the_calendar_is_offered_to_subscribe(
    clock: time_machine.Traveller, client: PortalClient
) -> None:
    assert "webcal://localhost/en/events/calendar.ics" in links(client.get("/en/events/"))


def test_every_zone_has_a_name_in_every_language(make: Make, client: PortalClient) -> None:
    from portal.events.zones import ZONES, names

    make()

    assert set(ZONES) <= names()
    assert len(ZONES) == len(set(ZONES))


def test_the_demonstration_shows_each_kind_of_event(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    from portal.events import demonstration

    with app.app_context(), transaction():
        loaded = demonstration.load(portal_clock.now())
        people = [demonstration.people_at(event) for event in loaded]
    with app.app_context():
        found = db.session.scalars(select(Event).order_by(Event.starts_at)).all()
        assert all(event.demonstration for event in found)
        slugs = [event.slug for event in found]

    assert people == [0, 0, 9, 23]
    for slug in slugs:
        for lang in ("en", "fr"):
            page = client.get(f"/{lang}/events/{slug}/")
            assert page.status_code == 200
            assert 'class="demonstration"' in page.get_data(as_text=True)
            main = page.get_data(as_text=True).partition("<main")[2].partition("</main>")[0]
            assert " lang=" not in main, "Each of its texts is there in both languages."
    badges = all_words(client.get("/en/events/"), '<span class="status-badge', "</span>")
    assert badges[-1] == "Over"
