"""The second form is asked of people themselves: whoever acts for them gets no way to answers."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest
import time_machine
from flask import Flask

from portal.audit.service import COMMAND
from portal.clock import now
from portal.db import db, transaction
from portal.questions import queries
from portal.questions.rules import Kind, Said, Stage
from portal.questions.service import answers
from portal.registrations import service
from portal.registrations.models import Registration
from tests.afterwards.test_second_form import ASKING, DESK, FORM, REMINDER, open_it, told
from tests.desk.front_door import act, make_user, sign_in, words
from tests.desk.people import event_of
from tests.factories import make_event, make_registration
from tests.harness.client import PortalClient
from tests.harness.mails import text_of
from tests.questions.making import make_question
from tests.questions.test_answering import own
from tests.registrations.test_behalf import MEMBER, OFFICE, member, office_link, one_of, to
from tests.reminders.front_door import add, at

Deliver = Callable[[], list[EmailMessage]]
pytestmark = pytest.mark.usefixtures("clock")
MAILBOX = OFFICE["email"]
NO_MAILBOX = "1 person has no mailbox of their own"


@pytest.fixture
def desk(app: Flask) -> PortalClient:
    with app.app_context(), transaction():
        make_question(make_event(slug="trust"), Kind.TEXT, "Diet?", stage=Stage.SECOND)
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


@pytest.mark.parametrize("chosen", ["both", "office"])
def test_the_second_form_goes_to_the_person_alone_whoever_gets_the_other_letters(
    app: Flask, desk: PortalClient, client: PortalClient, deliver: Deliver,
    clock: time_machine.Traveller, chosen: str,
) -> None:  # fmt: skip
    member(client, "trust", letters=chosen)
    deliver()
    open_it(desk)
    assert told(deliver(), ASKING) == ["mia"]
    add(desk, "answers", number="11", unit="days", at="10:00")
    clock.move_to(at("2027-01-07 10:00"))
    mails = deliver()
    (theirs,) = to(mails, MAILBOX)
    assert told(mails, REMINDER)[0] == "mia" and len(mails) == 2
    assert "Mia Member has not answered" in text_of(theirs)
    assert "/registrations/" not in text_of(theirs)


def test_no_link_to_their_answers_leaves_for_who_has_no_mailbox_of_their_own(
    app: Flask, desk: PortalClient, client: PortalClient, deliver: Deliver,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    member(client, "trust", **{"person1-email": ""})
    deliver()
    opening = words(desk.get(f"{DESK}/second-form/opening"))
    assert "0 people with a place get a letter each" in opening and NO_MAILBOX in opening
    open_it(desk)
    assert deliver() == []
    figures = words(desk.get(FORM))
    assert "People asked 0 Have answered 0 Have not answered 0" in figures and NO_MAILBOX in figures
    assert ">Mia " not in desk.get(f"{DESK}/registrations?second=open").text
    assert ">Mia " in desk.get(f"{DESK}/registrations?second=unasked").text
    add(desk, "answers", number="11", unit="days", at="10:00")
    clock.move_to(at("2027-01-07 10:00"))
    assert deliver() == []
    desk = sign_in(app, "olga@example.org")
    assert "There is nobody to remind." in words(desk.get(f"{DESK}/second-form/reminder"))
    assert act(desk, f"{DESK}/second-form/reminder", {}).status_code == 303
    assert deliver() == []
    client.submit("/en/registrations/link", {"email": MAILBOX})
    page = office_link(deliver()[0])
    has_one = MEMBER | {"organisation": "EP", "country": "BE"}
    assert client.submit(one_of(app, page, "details"), has_one).status_code == 303
    assert told(deliver(), ASKING) == ["mia"]
    figures = words(sign_in(app, "olga@example.org").get(FORM))
    assert "People asked 1" in figures and NO_MAILBOX not in figures


def test_an_office_reads_nothing_of_what_its_person_chose_and_still_has_to_answer(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        trust = make_event(slug="trust", approval=True)
        make_question(trust, Kind.ONE_OF, "Diet", options=[("Kosher", 1), "Any"])
    member(client, "trust")
    deliver()
    assert client.submit(f"{own(app, 'Mia')}/answers", {"q1": "1"}).status_code == 303
    with app.app_context(), transaction():
        comes_first = make_registration(event_of(), first_name="Ada")
        service.approve(comes_first, by=COMMAND, now=now())
        (diet,) = queries.every(1)
        answers.give(comes_first.id, [Said(diet, ("1",), "en")], now=now())
        mia = db.session.query(Registration).filter_by(first_name="Mia").one()
        service.approve(mia, by=COMMAND, now=now())
    mails = deliver()
    (mine,), (theirs,) = to(mails, "mia@ep.example"), to(mails, MAILBOX)
    assert "“Kosher” is full" in text_of(mine)
    assert "Kosher" not in text_of(theirs) and "Still needed" not in text_of(theirs)
