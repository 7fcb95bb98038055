"""Questions added after the date shut nobody out in silence."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest
import time_machine
from flask import Flask

from portal.db import transaction
from portal.questions.rules import Kind, Stage
from tests.afterwards.test_second_form import DESK, FORM, REMINDER, answer, open_it, told
from tests.desk.front_door import act, make_user, sign_in, words
from tests.desk.people import comes, event_of
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.questions.making import make_question
from tests.reminders.front_door import at

Deliver = Callable[[], list[EmailMessage]]
pytestmark = pytest.mark.usefixtures("clock")
SHUT_OUT = "1 person had sent the form before you added or changed a question"
OVER = "The date for answers is over"


def test_the_desk_warns_of_a_needed_question_that_who_has_answered_cannot_answer(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    with app.app_context(), transaction():
        make_question(make_event(slug="trust"), Kind.TEXT, "Journey?", stage=Stage.SECOND)
    comes(app, "ada")
    comes(app, "bob")
    olga = sign_in(app, make_user(app, "olga@example.org", "trust"))
    open_it(olga)
    deliver()
    answer(client, app, "Ada", q1="By train")
    assert OVER not in words(olga.get(f"{DESK}/questions/second/new/text"))
    clock.move_to(at("2027-01-08 19:00"))
    olga = sign_in(app, "olga@example.org")
    assert OVER in words(olga.get(f"{DESK}/questions/second/new/text"))
    assert OVER not in words(olga.get(f"{DESK}/questions/new/text"))
    assert SHUT_OUT not in words(olga.get(FORM))
    with app.app_context(), transaction():
        make_question(event_of(), Kind.TEXT, "Hotel?", required=True, stage=Stage.SECOND)
    assert SHUT_OUT in words(olga.get(FORM))
    assert act(olga, f"{DESK}/second-form/date", {"until": "2027-01-12T18:00"}).status_code == 303
    assert SHUT_OUT not in words(olga.get(FORM))
    assert olga.submit(f"{DESK}/second-form/reminder", action="/reminder").status_code == 303
    assert told(deliver(), REMINDER) == ["ada", "bob"]
    answer(client, app, "Ada", q2="The Grand")
