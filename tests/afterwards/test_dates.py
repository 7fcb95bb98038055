"""The second form around its date: who is reminded, and what who comes late is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine
from flask import Flask

from portal import clock as portal_clock
from portal.afterwards import chores
from portal.audit.service import COMMAND
from portal.db import transaction
from portal.events import service as events
from portal.questions.rules import Kind, Stage
from portal.registrations import chores as registrations
from tests.afterwards.test_second_form import (
    ASKING,
    DESK,
    REMINDER,
    answer,
    listed,
    open_it,
    said_in,
    told,
)
from tests.desk.front_door import make_user, sign_in
from tests.desk.people import comes, event_of
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.questions.making import make_question
from tests.questions.test_answering import own, text_of
from tests.reminders.front_door import add, at

Deliver = Callable[[], list[EmailMessage]]
pytestmark = pytest.mark.usefixtures("clock")
AFTER = "2027-01-09 10:00"


@pytest.fixture
def desk(app: Flask, deliver: Deliver) -> PortalClient:
    """Ada has answered in time, Bob has not; both were asked until 8 January."""
    with app.app_context(), transaction():
        make_question(make_event(slug="trust"), Kind.TEXT, "Diet?", stage=Stage.SECOND)
    comes(app, "ada")
    comes(app, "bob")
    desk = sign_in(app, make_user(app, "olga@example.org", "trust"))
    deliver()
    open_it(desk)
    deliver()
    return desk


def ask_more() -> None:
    make_question(event_of(), Kind.TEXT, "Size?", required=True, stage=Stage.SECOND)


def test_nobody_is_reminded_whose_time_to_answer_is_over(
    app: Flask, desk: PortalClient, client: PortalClient, deliver: Deliver,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    answer(client, app, "Ada", q1="None")
    with app.app_context(), transaction():
        ask_more()
    assert "2 people get a letter each." in text_of(desk.get(f"{DESK}/second-form/reminder"))
    add(desk, "answers", number="9", unit="days", at="10:00")
    clock.move_to(at(AFTER))
    assert listed(sign_in(app, "olga@example.org"), "open") == ["Ada", "Bob"]
    assert "cannot be changed any more" in text_of(client.get(f"{own(app)}/second-form"))
    mails = deliver()
    assert told(mails, REMINDER) == ["bob"], "who has sent nothing can still answer"
    (bob,) = mails
    assert (
        "Date for answers: it was 8 January 2027, 18:00, Brussels time (CET, UTC+1); yours still"
        in said_in(bob)
    )
    desk = sign_in(app, "olga@example.org")
    page = desk.get(f"{DESK}/second-form/reminder")
    assert "1 person gets a letter." in text_of(page)
    assert desk.submit(page, action="/reminder").status_code == 303
    assert told(deliver(), REMINDER) == ["bob"]


def test_the_date_of_a_postponed_event_is_void_and_a_cancelled_one_says_so(
    app: Flask, desk: PortalClient, client: PortalClient
) -> None:
    answer(client, app, "Ada", q1="None")
    with app.app_context(), transaction():
        events.postpone(event_of(), by=COMMAND, now=portal_clock.now())
    for name in ("Ada", "Bob"):
        form = client.get(f"{own(app, name)}/second-form")
        assert "The event has no date at the moment. You can answer already" in text_of(form)
        page = text_of(client.get(own(app, name)))
        assert "until 8 January" not in text_of(form) + page
    answer(client, app, "Ada", q1="No nuts")
    with app.app_context(), transaction():
        events.cancel(event_of(), by=COMMAND, now=portal_clock.now())
    for form in ("second-form", "details"):
        said = text_of(client.get(f"{own(app)}/{form}"))
        assert "cannot be changed any more The event is cancelled." in said
        assert "people with a place only" not in said


def test_who_was_not_written_to_before_a_postponement_is_asked_once_there_is_a_new_date(
    app: Flask, desk: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    comes(app, "cid")
    with app.app_context():
        for chore in (registrations.write_next_letters, chores.ask_next):
            while chore(portal_clock.now()):
                pass
        with transaction():
            events.postpone(event_of(), by=COMMAND, now=portal_clock.now())
        assert chores.take_back_outdated(portal_clock.now())
    assert told(deliver(), ASKING) == []
    with app.app_context(), transaction():
        later = event_of().starts_at + timedelta(days=30)
        facts = {"starts_at": later, "ends_at": later + timedelta(hours=3)}
        events.take_up(event_of(), facts, by=COMMAND, now=portal_clock.now())
    clock.shift(timedelta(minutes=11))
    assert told(deliver(), ASKING) == ["cid"]
    assert told(deliver(), ASKING) == []


def test_answers_to_the_second_form_take_nobody_the_time_for_the_first(
    app: Flask, desk: PortalClient, client: PortalClient
) -> None:
    with app.app_context(), transaction():
        trust = event_of()
        make_question(trust, Kind.TEXT, "Project?", required=True)
        trust.changes_until = portal_clock.now()
    answer(client, app, "Bob", q1="None")
    assert "1 question needs your answer Project?" in text_of(client.get(own(app, "Bob")))
    first = client.submit(f"{own(app, 'Bob')}/answers", {"q2": "Lathe"})
    assert first.status_code == 303
    assert "cannot be changed any more" in text_of(client.get(f"{own(app, 'Bob')}/answers"))


def test_who_gets_a_place_after_the_date_is_told_that_answers_still_help(
    app: Flask, desk: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    clock.move_to(at(AFTER))
    comes(app, "cid")
    mails = deliver()
    assert told(mails, ASKING) == ["cid"]
    letter = next(each for each in mails if str(each["Subject"]).startswith(ASKING))
    assert "it was 8 January 2027" in said_in(letter)
