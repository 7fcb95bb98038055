"""Nobody is asked at an address that is known to fail, and everybody once theirs works."""

from __future__ import annotations

import csv
from collections.abc import Callable
from email.message import EmailMessage
from io import StringIO

import pytest
import time_machine
from flask import Flask

from portal.audit.service import COMMAND
from portal.clock import now
from portal.db import db, transaction
from portal.questions.rules import Kind, Stage
from portal.registrations import service
from portal.registrations.models import Registration
from tests.afterwards.test_second_form import ASKING, DESK, FORM, answer, listed, open_it, told
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import comes
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.questions.making import make_question

Deliver = Callable[[], list[EmailMessage]]
pytestmark = pytest.mark.usefixtures("clock")
ADA = f"{DESK}/registrations/1"
FAILING = "1 person cannot be asked at the moment, since mail to them comes back."


@pytest.fixture
def desk(app: Flask, deliver: Deliver) -> PortalClient:
    """Nothing that is asked needs an answer, so that no other letter speaks of it."""
    with app.app_context(), transaction():
        make_question(make_event(slug="trust"), Kind.TEXT, "Journey?", stage=Stage.SECOND)
    comes(app, "ada")
    comes(app, "bob")
    deliver()
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def fails(app: Flask) -> None:
    with app.app_context(), transaction():
        ada = db.session.get_one(Registration, 1)
        service.note_failing(ada, "5.1.1", by=COMMAND, now=now())


def corrects(desk: PortalClient) -> None:
    corrected = desk.submit(f"{ADA}/details", {"email": "ada2@example.org"}, action="/details")
    assert corrected.status_code == 303, words(corrected)


def test_who_is_known_to_fail_is_asked_once_their_address_works(
    app: Flask, desk: PortalClient, deliver: Deliver
) -> None:
    fails(app)
    opening = words(desk.get(f"{DESK}/second-form/opening"))
    assert "1 person with a place gets a letter" in opening and FAILING in opening
    open_it(desk)
    assert told(deliver(), ASKING) == ["bob"]
    figures = words(desk.get(FORM))
    assert "People asked 1 Have answered 0 Have not answered 1" in figures and FAILING in figures
    assert (listed(desk, "open"), listed(desk, "unasked")) == (["Bob"], ["Ada"])
    rows = desk.get(f"{DESK}/registrations.csv").get_data(as_text=True).lstrip("\ufeff")
    said = {row["first_name"]: row["second_form"] for row in csv.DictReader(StringIO(rows))}
    assert said == {"Ada": "unasked", "Bob": "open"}
    corrects(desk)
    assert told(deliver(), ASKING) == ["ada2"]
    assert deliver() == []
    figures = words(desk.get(FORM))
    assert "People asked 2 Have answered 0 Have not answered 2" in figures
    assert FAILING not in figures


@pytest.mark.parametrize("how", ["corrected", "tried"])
def test_a_letter_that_came_back_goes_again_unless_its_person_has_answered(
    app: Flask, desk: PortalClient, client: PortalClient, deliver: Deliver,
    clock: time_machine.Traveller, how: str,
) -> None:  # fmt: skip
    open_it(desk)
    assert told(deliver(), ASKING) == ["ada", "bob"]
    fails(app)
    deliver()
    clock.shift(600)

    def mended() -> list[str]:
        if how == "corrected":
            corrects(desk)
        else:
            assert desk.submit(ADA, action="/attempts").status_code == 303
        return told(deliver(), ASKING)

    assert mended() == ["ada2" if how == "corrected" else "ada"]
    answer(client, app, "Ada", q1="By train")
    fails(app)
    if how == "tried":
        assert mended() == []
