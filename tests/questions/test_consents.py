"""Consents that were taken back stay taken back, and nothing that hung on them is left."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask

from portal.audit.service import COMMAND
from portal.clock import now
from portal.db import db, transaction
from portal.questions import privacy, queries, service
from portal.questions.rules import Kind, Stage
from portal.registrations.models import Registration
from tests.afterwards.test_second_form import REMINDER, answer, listed, open_it, told
from tests.desk.front_door import make_user, sign_in
from tests.desk.people import comes, event_of
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.harness.mails import text_of as text_in
from tests.questions.making import make_question
from tests.questions.test_answering import answers, own, text_of
from tests.reminders.front_door import add, at

pytestmark = pytest.mark.usefixtures("clock")


@pytest.mark.parametrize("page", ["consents", "answers"])
def test_answers_to_questions_that_were_removed_go_with_the_consent_that_they_hung_on(
    app: Flask, client: PortalClient, page: str
) -> None:
    with app.app_context(), transaction():
        trust = make_event(slug="trust")
        agrees = make_question(trust, Kind.CONSENT, "I agree to be filmed.")
        side = make_question(trust, Kind.YES_NO, "A good side?", only=(agrees, "yes"))
        make_question(trust, Kind.TEXT, "Which one?", only=(side, "yes"))
        make_question(trust, Kind.TEXT, "Why?")
    comes(app, "ada")
    said = {"q1": "y", "q2": "yes", "q3": "The left", "q4": "So"}
    client.submit(f"{own(app)}/answers", said)
    with app.app_context(), transaction():
        for number in (3, 2):
            found = queries.one(1, number)
            assert found is not None
            service.remove(event_of(), found, by=COMMAND, now=now())
    if page == "consents":
        taken = client.submit(f"{own(app)}/consents", {"which": ["q1"]})
    else:
        taken = client.submit(f"{own(app)}/answers", {"q1": ""})
        told = text_of(client.get(taken.headers["Location"]))
        assert "Which one?" in told, "what is not kept is named"
    assert taken.status_code == 303
    assert answers(app) == {4: ["So"]}
    assert "The left" not in client.get(own(app)).get_data(as_text=True)


def test_a_needed_consent_that_was_taken_back_is_not_asked_for_again_and_again(
    app: Flask, client: PortalClient, deliver: Callable[[], list[EmailMessage]], clock: object
) -> None:
    with app.app_context(), transaction():
        trust = make_event(slug="trust")
        agrees = make_question(
            trust, Kind.CONSENT, "Sail with us", required=True, stage=Stage.SECOND
        )
        make_question(trust, Kind.TEXT, "Size?", only=(agrees, "yes"), stage=Stage.SECOND)
        make_question(trust, Kind.TEXT, "Diet?", required=True, stage=Stage.SECOND)
    comes(app, "ada")
    desk = sign_in(app, make_user(app, "olga@example.org", "trust"))
    open_it(desk)
    deliver()
    answer(client, app, "Ada", q1="y", q2="M", q3="None")
    client.submit(f"{own(app)}/consents", {"which": ["q1"]})
    assert answers(app) == {1: ["no"], 3: ["None"]}
    page = text_of(client.get(own(app)))
    assert "Sail with us Taken back on 2 November 2026" in page
    assert "needs your answer" not in page and "Take a consent back" not in page
    nothing = text_of(client.get(f"{own(app)}/consents"))
    assert "There is nothing that you agreed to." in nothing
    assert (listed(desk, "open"), listed(desk, "answered")) == ([], ["Ada"])
    answer(client, app, "Ada", q3="No nuts")
    assert answers(app) == {1: ["no"], 3: ["No nuts"]}, "other answers can be changed"
    story = text_of(desk.get("/desk/events/trust/registrations/1"))
    assert "Sail with us Taken back on 2 November 2026" in story
    with app.app_context():
        held = privacy.held(1)["answers"]
        assert [each["answer"] for each in held] == [["no"], ["No nuts"]]
    add(desk, "answers", number="11", unit="days", at="10:00")
    clock.move_to(at("2027-01-07 10:00"))  # type: ignore[attr-defined]
    assert told(deliver(), REMINDER) == []
    answer(client, app, "Ada", q1="y", q2="L")
    assert answers(app) == {1: ["yes"], 2: ["L"], 3: ["No nuts"]}, "who agrees anew can"
    assert "Take a consent back" in text_of(client.get(own(app)))


def test_pressed_twice_a_consent_is_taken_back_once(app: Flask, client: PortalClient) -> None:
    with app.app_context(), transaction():
        trust = make_event(slug="trust")
        make_question(trust, Kind.CONSENT, "Film me")
        make_question(trust, Kind.CONSENT, "Record me")
    comes(app, "ada")
    client.submit(f"{own(app)}/answers", {"q1": "y", "q2": "y"})
    form = client.get(f"{own(app)}/consents")
    for _time in range(2):
        taken = client.submit(form, {"which": ["q1"]})
        assert taken.status_code == 303
        assert "You have taken it back" in text_of(client.get(taken.headers["Location"]))
    forged = client.submit(form, {"which": ["qx", "q99", "none_consent"]})
    assert forged.status_code == 303
    assert answers(app) == {2: ["yes"]}


def test_nobody_is_pressed_for_an_answer_of_which_all_is_full(
    app: Flask, client: PortalClient, deliver: Callable[[], list[EmailMessage]]
) -> None:
    with app.app_context(), transaction():
        trust = make_event(slug="trust")
        make_question(trust, Kind.ONE_OF, "Coach", options=[("A", 1), ("B", 0)], required=True)
        make_question(trust, Kind.TEXT, "Why?", required=True)
    comes(app, "ada")
    assert "2 questions need your answer" in text_of(client.get(own(app)))
    client.submit(f"{own(app)}/answers", {"q1": "1", "q2": "So"})
    comes(app, "bob")
    page = text_of(client.get(own(app, "Bob")))
    assert "1 question needs your answer Why?" in page
    letters = [text_in(each) for each in deliver() if str(each["To"]) == "bob@example.org"]
    assert letters and all("Why?" in each and "Coach" not in each for each in letters)


def test_new_words_are_asked_once_more_of_who_took_the_old_ones_back(
    app: Flask, client: PortalClient
) -> None:
    with app.app_context(), transaction():
        trust = make_event(slug="trust")
        make_question(trust, Kind.CONSENT, "I keep quiet.", required=True)
    comes(app, "ada")
    client.submit(f"{own(app)}/answers", {"q1": "y"})
    client.submit(f"{own(app)}/consents", {"which": ["q1"]})
    assert "needs your answer" not in text_of(client.get(own(app)))
    with app.app_context(), transaction():
        found = queries.one(1, 1)
        assert found is not None
        facts = {"label": {"en": "I speak softly."}, "help": {}, "required": True, "options": [],
                 "condition": None}  # fmt: skip
        service.change(event_of(), found, facts, by=COMMAND, now=now())
    assert "1 question needs your answer I speak softly." in text_of(client.get(own(app)))
    assert client.submit(f"{own(app)}/answers", {"q1": "y"}).status_code == 303
    assert answers(app) == {1: ["yes"]}
    client.submit(f"{own(app)}/consents", {"which": ["q1"]})
    assert "needs your answer" not in text_of(client.get(own(app)))
    with app.app_context():
        assert db.session.query(Registration).one().answered == "yes"
