"""The programme at the desk: sessions are added, changed, cancelled, and told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
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
from portal.events.models import Appearance, Event, Revision, Session
from portal.events.queries import any_slug
from portal.events.rules import SessionKind, State
from tests.desk.front_door import make_user, send, sign_in, words
from tests.factories import (
    JANUARY,
    make_event,
    make_link,
    make_registration,
    make_session,
    make_speaker,
)
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.harness.mails import text_of

Deliver = Callable[[], list[EmailMessage]]
PAGE = "/desk/events/trust/programme/"
TALK = {
    "title-en": "Skills on the shop floor", "title-fr": "Des compétences à l’atelier",
    "starts_at": "2027-01-18T15:00", "ends_at": "2027-01-18T16:00", "kind": "parallel",
}  # fmt: skip

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def client(app: Flask, deliver: Deliver) -> PortalClient:
    """Two people, one of them French, at a public event with one session."""
    with app.app_context(), transaction():
        trust = make_event(slug="trust", state=State.DRAFT)
        make_session(trust, room="Forum")
        service.publish(trust, by=COMMAND, now=portal_clock.now())
        for language in ("en", "fr"):
            make_registration(trust, language=language)
    assert len(deliver()) == 2
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def the_event() -> Event:
    found = any_slug("trust")
    assert found is not None
    return found


def sessions(app: Flask, *names: str) -> list[tuple[Any, ...]]:
    with app.app_context():
        return [tuple(getattr(s, name) for name in names) for s in the_event().sessions]


def first_id(app: Flask) -> int:
    return int(sessions(app, "id")[0][0])


def save(client: PortalClient, path: str, **changed: Any) -> TestResponse:
    """The form, and the second step where somebody may be told."""
    page = send(client, path, {name.replace("_en", "-en"): v for name, v in changed.items()})
    return page


def act(client: PortalClient, page: TestResponse, **more: Any) -> TestResponse:
    assert page.status_code == 200, words(page)
    return send(client, page, {"step": "act"} | more)


def test_a_session_is_added_with_its_texts_times_and_speakers(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        ada = make_speaker(the_event(), name="Ada")
        make_speaker(the_event(), name="Bob")
        ada_id = ada.id
    page = send(client, f"{PAGE}new", TALK | {"speakers": str(ada_id), "sector": "retail"})
    assert "Write 2 letters about it" in words(page)
    assert "not in the programme" in words(page)
    assert act(client, page).headers["Location"] == PAGE
    shown = words(client.get("/fr/events/trust/"))
    assert "Des compétences à l’atelier" in shown
    assert "Commerce de détail" in shown
    with app.app_context():
        talk = the_event().sessions[1]
        assert talk.starts_at == JANUARY + timedelta(hours=1)
        assert [each.speaker.name for each in talk.appearances] == ["Ada"]
    assert deliver() == []


def test_what_is_wrong_with_a_session_is_said_at_its_field(client: PortalClient) -> None:
    page = send(client, f"{PAGE}new", {"starts_at": "2027-01-18T15:00"})
    assert page.status_code == 422
    assert "Enter a title in one language at least." in words(page)
    for ends_at, sentence in (
        ("2027-01-18T14:30", "A session has to end after it starts."),
        ("2027-01-19T00:30", "A session lies within the days of its event."),
    ):
        page = send(client, f"{PAGE}new", TALK | {"ends_at": ends_at})
        assert page.status_code == 422
        assert sentence in words(page)
        assert 'value="Skills on the shop floor"' in page.get_data(as_text=True)


def test_a_session_that_moves_is_told_after_ten_quiet_minutes_old_and_new(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    path = f"{PAGE}{first_id(app)}"
    page = save(client, path, starts_at="2027-01-18T14:30", ends_at="2027-01-18T15:30")
    said = words(page)
    assert "2 letters" in said and "14:00 to 15:00" in said and "14:30 to 15:30" in said
    act(client, page)
    assert "2 letters due at 10:10" in words(client.get(PAGE))
    assert "2 letters due at 10:10" in words(client.get("/desk/events/trust/"))
    clock.shift(599)
    assert deliver() == []
    clock.shift(2)
    english, french = deliver()
    assert "Session “Welcome”" in text_of(english)
    assert "14:00 to 15:00" in text_of(english) and "14:30 to 15:30" in text_of(english)
    assert "Accueil" in text_of(french)
    assert deliver() == []


def test_another_room_is_told_on_request_only(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    path = f"{PAGE}{first_id(app)}"
    page = save(client, path, room="Studio 1")
    assert "Write 2 letters about it" in words(page)
    act(client, page)
    clock.shift(601)
    assert deliver() == []
    page = save(client, path, room="Studio 2")
    act(client, page, tell="yes")
    clock.shift(601)
    mails = deliver()
    assert len(mails) == 2
    assert "Forum" in text_of(mails[0]) and "Studio 2" in text_of(mails[0])
    assert "Studio 1" not in text_of(mails[0])


def test_other_speakers_are_told_on_request_and_by_no_name(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    with app.app_context(), transaction():
        ada = str(make_speaker(the_event(), name="Ada").id)
    page = send(client, f"{PAGE}{first_id(app)}", {"speakers": ada})
    assert "Write 2 letters about it" in words(page)
    act(client, page, tell="yes")
    clock.shift(601)
    mails = deliver()
    assert len(mails) == 2
    assert "the page of the event says who speaks now" in text_of(mails[0])
    with app.app_context():
        kept = db.session.scalars(select(Revision)).all()
        assert "Ada" not in str([each.facts for each in kept])


def test_what_nobody_is_told_of_needs_no_second_step(app: Flask, client: PortalClient) -> None:
    page = send(client, f"{PAGE}{first_id(app)}", {"abstract-en": "Why we meet."})
    assert page.status_code == 303
    assert "Why we meet." in words(client.get("/en/events/trust/"))


def test_a_cancelled_session_is_told_and_its_page_says_why(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    path = f"{PAGE}{first_id(app)}/cancellation"
    page = client.get(path)
    assert "Cancel it and send 2 letters" in words(page)
    assert send(client, path, {}).status_code == 422
    assert send(client, path, {"why-en": "The speaker is ill."}).status_code == 303
    assert "The speaker is ill." in words(client.get("/en/events/trust/"))
    clock.shift(601)
    mails = deliver()
    assert len(mails) == 2
    assert "cancelled" in text_of(mails[0])
    again = send(client, path, {"why-en": "Once more."})
    assert again.status_code == 409
    back = f"{PAGE}{first_id(app)}/return"
    assert "Take it up again and send 2 letters" in words(client.get(back))
    send(client, back)
    clock.shift(601)
    assert len(deliver()) == 2


def test_a_session_that_the_event_left_behind_gets_a_time_before_it_is_taken_up_again(
    app: Flask, client: PortalClient
) -> None:
    path = f"{PAGE}{first_id(app)}"
    send(client, f"{path}/cancellation", {"why-en": "The speaker is ill."})
    opened = client.get(f"{path}/return")
    times = {"starts_at": "2027-04-12T14:00", "ends_at": "2027-04-12T17:30"}
    details = "/desk/events/trust/details"
    review = client.submit(details, times, action="/details")
    client.submit(review, {"step": "act"}, action="/details")
    refused = client.submit(opened, {}, action="/return")
    assert refused.status_code == 409
    assert "A session lies within the days of its event." in words(refused)
    page = client.get(f"{path}/return")
    assert "Give the session another time first" in words(page)
    assert f'href="/{path.lstrip("/")}"' in page.text and "Take it up again" not in words(page)
    new = {"starts_at": "2027-04-12T15:00", "ends_at": "2027-04-12T16:00"}
    act(client, save(client, path, **new))
    assert send(client, f"{path}/return").status_code == 303


def test_what_is_taken_back_in_time_is_no_news(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    path = f"{PAGE}{first_id(app)}"
    act(client, save(client, path, starts_at="2027-01-18T14:15"))
    assert save(client, path, starts_at="2027-01-18T14:00").status_code == 303
    clock.shift(601)
    assert deliver() == []


def test_a_programme_that_moves_with_its_event_is_one_change(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    with app.app_context(), transaction():
        service.change(
            the_event(),
            {"starts_at": JANUARY + timedelta(hours=1), "ends_at": JANUARY + timedelta(hours=5)},
            by=COMMAND, now=portal_clock.now(),
        )  # fmt: skip
    clock.shift(601)
    mails = deliver()
    assert len(mails) == 2
    assert "Welcome" not in text_of(mails[0])


def test_who_heard_before_letters_knew_the_programme_is_told_nothing_false(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    with app.app_context(), transaction():
        for kept in db.session.scalars(select(Revision)):
            kept.facts = {name: v for name, v in kept.facts.items() if name != "sessions"}
    act_or_not = save(client, f"{PAGE}{first_id(app)}", starts_at="2027-01-18T14:15")
    assert act_or_not.status_code in (200, 303)
    clock.shift(601)
    assert all("not in the programme" not in text_of(mail) for mail in deliver())


def test_of_a_draft_nobody_is_told_and_its_sessions_can_be_deleted(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        draft = make_event(slug="draft", state=State.DRAFT)
        session_id = make_session(draft).id
        make_link(draft, session_id=session_id)
        draft_id = draft.id
    client = sign_in(app, make_user(app, "dora@example.org", "draft"))
    page = "/desk/events/draft/programme/"
    moved = {"starts_at": "2027-01-18T14:15"}
    assert send(client, f"{page}{session_id}", moved).status_code == 303
    assert send(client, f"{page}{session_id}/removal").status_code == 303
    assert "No session yet" in words(client.get(page))
    assert "The study" in words(client.get("/desk/events/draft/materials/"))
    with app.app_context():
        left = db.session.scalars(select(Session).where(Session.event_id == draft_id)).all()
        assert left == []


def test_a_public_session_is_cancelled_and_never_deleted(app: Flask, client: PortalClient) -> None:
    answer = send(client, f"{PAGE}{first_id(app)}/removal")
    assert answer.status_code == 409
    assert "cancel the session" in answer.get_data(as_text=True)


def test_parallel_sessions_are_put_in_order_by_a_button(app: Flask, client: PortalClient) -> None:
    with app.app_context(), transaction():
        for name in ("A", "B", "C"):
            make_session(
                the_event(), title={"en": name}, kind=SessionKind.PARALLEL,
                starts_at=JANUARY + timedelta(hours=1),
            )  # fmt: skip
        last = the_event().sessions[-1].id
    for _time in range(2):
        client.submit(PAGE, {"to": "earlier"}, action=f"/{last}/place")
    assert [title["en"] for (title,) in sessions(app, "title")] == ["Welcome", "C", "A", "B"]


def test_two_sessions_for_everybody_at_the_same_time_are_a_hint_and_no_error(
    app: Flask, client: PortalClient
) -> None:
    with app.app_context(), transaction():
        make_session(the_event(), title={"en": "Keynote"})
    assert "“Welcome” and “Keynote” are held at the same time" in words(client.get(PAGE))


def test_the_second_of_two_editors_sees_what_changed_and_loses_nothing(
    app: Flask, client: PortalClient
) -> None:
    path = f"{PAGE}{first_id(app)}"
    mine = client.get(path)
    send(client, path, {"abstract-en": "Theirs.", "room": "Forum"})
    act(client, send(client, path, {"room": "Studio 9"}))
    page = send(client, mine, {"abstract-en": "Mine.", "title-fr": "Bienvenue"})
    assert page.status_code == 409
    said = words(page)
    assert "Somebody else has changed the session meanwhile." in said
    assert "What it is about (English): somebody else changed it too. Theirs: Theirs." in said
    assert "Room, as they left it: Studio 9" in said
    html = page.get_data(as_text=True)
    assert "Mine.</textarea>" in html and 'value="Bienvenue"' in html and 'value="Studio 9"' in html
    act(client, send(client, page))
    assert sessions(app, "room", "abstract", "title") == [
        ("Studio 9", {"en": "Mine."}, {"en": "Welcome", "fr": "Bienvenue"})
    ]


def test_who_speaks_and_when_is_told_apart_as_well(app: Flask, client: PortalClient) -> None:
    path = f"{PAGE}{first_id(app)}"
    with app.app_context(), transaction():
        event = the_event()
        ada, bob = (str(make_speaker(event, name=name).id) for name in ("Ada", "Bob"))
    mine = client.get(path)
    theirs = {"speakers": [ada, bob], "starts_at": "2027-01-18T14:15", "kind": "break"}
    act(client, send(client, path, theirs))
    page = send(client, mine, {"speakers": ada, "sector": "retail"})
    said = words(page)
    assert page.status_code == 409
    assert "Speakers: somebody else changed it too. Theirs: Ada, Bob" in said
    assert "Starts at, as they left it: 2027-01-18 14:15" in said
    assert "Kind, as they left it: Break" in said
    act(client, send(client, page))
    assert sessions(app, "kind", "sector") == [(SessionKind.BREAK, "retail")]
    with app.app_context():
        (session,) = the_event().sessions
        assert [each.speaker.name for each in session.appearances] == ["Ada"]
        assert session.starts_at == JANUARY + timedelta(minutes=15)


def test_a_conflict_at_the_second_step_is_seen_too(app: Flask, client: PortalClient) -> None:
    path = f"{PAGE}{first_id(app)}"
    review = send(client, path, {"room": "Studio 1"})
    act(client, send(client, path, {"room": "Studio 2"}))
    assert send(client, review, {"step": "act"}).status_code == 409
    assert sessions(app, "room") == [("Studio 2",)]


def test_a_cancelled_event_stays_as_it_is(app: Flask, client: PortalClient) -> None:
    with app.app_context(), transaction():
        service.cancel(the_event(), by=COMMAND, now=portal_clock.now())
    assert client.get(f"{PAGE}new").status_code == 409
    assert client.get(f"{PAGE}{first_id(app)}").status_code == 409
    page = f"{PAGE}{first_id(app)}/cancellation"
    assert send(client, page, {"why-en": "The event is cancelled."}).status_code == 409


def test_acts_leave_audit_lines(app: Flask, client: PortalClient) -> None:
    send(client, f"{PAGE}{first_id(app)}", {"abstract-en": "x"})
    with app.app_context():
        line = db.session.scalars(select(Entry).order_by(Entry.id.desc())).first()
        assert line is not None
        assert (line.act, line.actor, line.details) == (
            "session.changed", "organiser", {"fields": ["abstract"]},
        )  # fmt: skip


def test_the_programme_costs_as_many_queries_with_thirty_sessions_as_with_one(
    app: Flask, client: PortalClient
) -> None:
    client.get(PAGE)
    with statements(app) as few:
        client.get(PAGE)
    with app.app_context(), transaction():
        for number in range(29):
            session = make_session(the_event(), title={"en": f"Talk {number}"})
            session.appearances.append(Appearance(speaker=make_speaker(the_event())))
    with statements(app) as many:
        client.get(PAGE)
    assert len(many) <= len(few) + 1  # the speakers, where there are any
