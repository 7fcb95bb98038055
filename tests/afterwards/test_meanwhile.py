"""What changes between the opening of a form and its sending is said, and never lost in silence."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest
import time_machine
from flask import Flask

from portal.audit.service import COMMAND
from portal.clock import now
from portal.db import db, transaction
from portal.events.models import Event
from portal.questions import queries, service
from portal.questions.rules import Kind, Stage
from portal.registrations.models import Registration
from tests.afterwards.test_second_form import ASKING, answer, listed, open_it, told
from tests.desk.front_door import make_user, sign_in
from tests.desk.people import comes, event_of
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.questions.making import make_question
from tests.questions.test_answering import answers, own, text_of
from tests.registrations.front_door import ADA
from tests.reminders.front_door import at

Deliver = Callable[[], list[EmailMessage]]
pytestmark = pytest.mark.usefixtures("clock")
NOT_KEPT = "What you answered there is not kept:"


@pytest.fixture
def desk(app: Flask) -> PortalClient:
    """Ada travels (1), and is therefore asked how (2); 3 is for everybody."""
    with app.app_context(), transaction():
        trust = make_event(slug="trust")
        travels = make_question(trust, Kind.YES_NO, "Do you travel?")
        make_question(trust, Kind.TEXT, "By which train?", only=(travels, "yes"),
                      stage=Stage.SECOND)  # fmt: skip
        make_question(trust, Kind.TEXT, "Anything else?", stage=Stage.SECOND)
    comes(app, "ada")
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def remove(app: Flask, number: int) -> None:
    with app.app_context(), transaction():
        found = queries.one(1, number)
        assert found is not None
        service.remove(event_of(), found, by=COMMAND, now=now())


@pytest.mark.parametrize("meanwhile", ["answered otherwise", "removed"])
def test_a_question_that_is_not_asked_any_more_is_named_to_who_has_answered_it(
    app: Flask, desk: PortalClient, client: PortalClient, meanwhile: str
) -> None:
    open_it(desk)
    client.submit(f"{own(app)}/answers", {"q1": "yes"})
    old = client.get(f"{own(app)}/second-form")
    if meanwhile == "removed":
        remove(app, 2)
    else:
        client.submit(f"{own(app)}/answers", {"q1": "no"})
    sent = client.submit(old, {"q2": "The 8:04", "q3": "A bicycle"})
    assert sent.status_code == 303
    said = text_of(client.get(sent.headers["Location"]))
    assert f"{NOT_KEPT} By which train?" in said
    assert answers(app)[3] == ["A bicycle"] and 2 not in answers(app)
    untouched = client.submit(f"{own(app)}/second-form", {"q3": "A tandem"})
    assert NOT_KEPT not in text_of(client.get(untouched.headers["Location"]))


def test_who_is_asked_something_only_since_a_question_was_added_is_written_to_then(
    app: Flask, desk: PortalClient, client: PortalClient, deliver: Deliver
) -> None:
    remove(app, 3)
    comes(app, "bob")
    client.submit(f"{own(app, 'Bob')}/answers", {"q1": "yes"})
    deliver()
    open_it(desk)
    assert told(deliver(), ASKING) == ["bob"], "nothing is asked of Ada, who does not travel"
    with app.app_context(), transaction():
        make_question(event_of(), Kind.TEXT, "Diet?", stage=Stage.SECOND)
    assert told(deliver(), ASKING) == ["ada"]


def test_a_form_of_which_nothing_is_asked_any_more_says_that_nothing_was_kept(
    app: Flask, desk: PortalClient, client: PortalClient
) -> None:
    open_it(desk)
    old = client.get(f"{own(app)}/second-form")
    remove(app, 2)
    remove(app, 3)
    sent = client.submit(old, {"q3": "A bicycle"})
    assert sent.status_code == 409 and "What you sent was not kept" in text_of(sent)
    assert client.get(f"{own(app)}/second-form").status_code == 302


def test_a_question_that_was_removed_is_named_to_who_registers_with_an_old_form(
    app: Flask, desk: PortalClient, client: PortalClient
) -> None:
    old = client.get("/en/events/trust/register")
    with app.app_context(), transaction():
        make_question(event_of(), Kind.TEXT, "Why?")
    remove(app, 2)
    remove(app, 1)
    typed = ADA | {"email": "bob@example.org", "first_name": "Bob", "q1": "yes"}
    sent = client.submit(old, typed)
    assert sent.status_code == 303
    assert f"{NOT_KEPT} Do you travel?" in text_of(client.get(sent.headers["Location"]))


def test_a_closed_page_speaks_of_the_form_that_was_opened(
    app: Flask, desk: PortalClient, client: PortalClient, clock: time_machine.Traveller
) -> None:
    with app.app_context(), transaction():
        db.session.query(Event).one().changes_until = at("2027-01-15 12:00")
    open_it(desk)
    answer(client, app, "Ada", q3="A bicycle")
    comes(app, "bob")
    client.submit(f"{own(app, 'Bob')}/withdrawal")
    gone = text_of(client.get(f"{own(app, 'Bob')}/second-form"))
    assert "These questions are for people with a place only." in gone
    assert "Details can be changed until" not in gone
    assert "until" not in text_of(client.get(f"{own(app, 'Bob')}/details")).partition("Consents")[0]
    clock.move_to(at("2027-01-09 10:00"))
    late = text_of(client.get(f"{own(app)}/second-form"))
    assert "Answers were wanted until 8 January 2027, 18:00" in late
    assert "details" not in late and "Ask the organisers" in late
    clock.move_to(at("2027-01-16 10:00"))
    details = text_of(client.get(f"{own(app)}/details"))
    assert "The time to change details ended on 15 January 2027" in details


def test_the_list_and_the_figures_know_the_same_people(
    app: Flask, desk: PortalClient, client: PortalClient
) -> None:
    comes(app, "bob")
    assert (listed(desk, "open"), listed(desk, "answered")) == ([], []), "nobody was asked yet"
    open_it(desk)
    assert listed(desk, "open") == ["Ada", "Bob"]
    with app.app_context(), transaction():
        bob = db.session.query(Registration).filter_by(first_name="Bob").one()
        bob.erased_at = now()
    assert listed(desk, "open") == ["Ada"]
    form = text_of(desk.get("/desk/events/trust/questions/second/"))
    assert "People asked 1 Have answered 0 Have not answered 1" in form
