"""Answers are shown to who gave them, and go when what people need goes, or with the person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.db import db, transaction
from portal.questions.models import Given
from portal.questions.rules import Kind
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.harness.mails import text_of as written
from tests.questions.making import make_question
from tests.questions.test_answering import answers, text_of
from tests.registrations.front_door import ADA, link_in, register
from tests.retention.house import END, keep_days, tables_with
from tests.subjects.front_door import ask_for_data, link_to_data

pytestmark = pytest.mark.usefixtures("clock", "event")
Deliver = Callable[[], list[EmailMessage]]


@pytest.fixture
def event(app: Flask) -> None:
    with app.app_context(), transaction():
        trust = make_event(slug="trust", capacity=2)
        keep_days(trust)
        make_question(trust, Kind.TEXT, "Project")
        make_question(trust, Kind.ONE_OF, "Table", options=[("Shop floor", 1), "Back office"])


def kept(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Given)) or 0


def test_the_days_of_what_people_need_are_those_of_their_answers(
    app: Flask, client: PortalClient, clock: Any, deliver: Deliver
) -> None:
    """Also of who has no needs, who withdrew, and whose question was removed."""
    register(client, "trust", q1="Birdcage", q2="1")
    link = link_in(deliver()[0])
    client.submit(f"{link}/withdrawal")
    clock.move_to(END + timedelta(days=30) - timedelta(seconds=1))
    deliver()
    assert kept(app) == 2
    clock.move_to(END + timedelta(days=30))
    deliver()
    assert kept(app) == 0 and tables_with(app, "Birdcage") == set()


def test_a_person_sees_their_answers_among_their_data_and_erases_them(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    register(client, "trust", q1="Birdcage", q2="1")
    deliver()
    ask_for_data(client, ADA["email"])
    link = link_to_data(deliver())
    page = text_of(client.get(link))
    assert "Your answers to the organisers’ questions" in page
    assert "Project" in page and "Birdcage" in page and "Shop floor" in page
    client.submit(f"{link}/erasure")
    assert kept(app) == 0
    deliver()
    assert tables_with(app, "Birdcage") == set()
    assert "(full)" not in text_of(client.get("/en/events/trust/register"))


def test_i_did_not_register_forgets_the_answers_too(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    register(client, "trust", q1="Birdcage")
    client.submit(f"{link_in(deliver()[0])}/erasure")
    assert kept(app) == 0


@pytest.mark.parametrize(("withdrawn", "answer"), [(False, ["Nest"]), (True, ["Birdcage"])])
def test_of_two_registrations_that_become_one_the_living_ones_answers_stay(
    app: Flask, client: PortalClient, deliver: Deliver, withdrawn: bool, answer: list[str]
) -> None:
    register(client, "trust", q1="Nest", email="ada@parliament.example")
    if withdrawn:
        client.submit(f"{link_in(deliver()[0])}/withdrawal")
        deliver()
    register(client, "trust", q1="Birdcage", q2="1")
    link = next(link_in(mail) for mail in deliver() if mail["To"] == ADA["email"])
    assert client.submit(f"{link}/details", {"email": "ada@parliament.example"}).status_code == 200
    deliver()
    with app.app_context():
        who = db.session.scalars(select(Given.registration_id)).all()
        values = db.session.scalars(select(Given.value).order_by(Given.id)).all()
    assert set(who) == {1} and values[:1] == answer


def test_who_is_entered_by_an_organiser_is_told_of_the_questions(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    from portal import clock as now
    from portal.audit.service import Actor
    from portal.events.queries import any_slug
    from portal.registrations.service import Sent, by_hand
    from tests.factories import person

    register(client, "trust")
    with app.app_context(), transaction():
        trust = any_slug("trust")
        assert trust is not None
        sent = Sent(person(first_name="Bob", email="bob@example.org"), {}, "1", "en")
        by_hand.enter(
            trust, sent, source="a list", placing=None, by=Actor("organiser", 1), now=now.now()
        )
    letters = {str(mail["To"]): written(mail) for mail in deliver()}
    asked = "The organisers ask some questions."
    assert {who: asked in letter for who, letter in letters.items()} == {
        "ada@example.org": False, "bob@example.org": True,
    }  # fmt: skip
    assert answers(app, "Bob") == {}
