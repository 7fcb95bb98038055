"""After the confirmation the organisers ask a second time, and remind who has not answered."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from io import StringIO

import pytest
import time_machine
from flask import Flask

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events import service as events
from portal.outbox.models import Message
from portal.questions import privacy, queries, service
from portal.questions.models import Turn
from portal.questions.rules import Kind, Stage
from portal.registrations import service as registrations
from portal.registrations.models import Registration
from tests.desk.front_door import act, make_user, sign_in
from tests.desk.people import comes, event_of
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.harness.mails import text_of as said_in
from tests.questions.making import make_question
from tests.questions.test_answering import answers, own, text_of
from tests.registrations.front_door import ADA
from tests.reminders.front_door import add, at, begun

Deliver = Callable[[], list[EmailMessage]]
pytestmark = pytest.mark.usefixtures("clock")

DESK = "/desk/events/trust"
FORM = f"{DESK}/questions/second/"
ASKING, REMINDER = "Before you come", "Please answer"


@pytest.fixture
def desk(app: Flask, deliver: Deliver) -> PortalClient:
    """Ada and Bob have a place, Cid waits; 1 is asked while registering, 2 to 5 afterwards."""
    with app.app_context(), transaction():
        trust = make_event(slug="trust", capacity=2)
        travels = make_question(trust, Kind.YES_NO, "Do you travel?")
        second = {"stage": Stage.SECOND}
        make_question(trust, Kind.ONE_OF, "How?", options=[("Coach", 1), "Train"], required=True,
                      only=(travels, "yes"), **second)  # fmt: skip
        sleeps = make_question(trust, Kind.YES_NO, "Do you stay the night?", **second)
        make_question(trust, Kind.TEXT, "Where?", only=(sleeps, "yes"), required=True, **second)
        make_question(trust, Kind.TEXT, "Anything else?", **second)
    for name in ("ada", "bob", "cid"):
        comes(app, name)
    deliver()
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def open_it(desk: PortalClient, until: str = "2027-01-08T18:00") -> None:
    assert act(desk, f"{DESK}/second-form/opening", {"until": until}).status_code == 303


def told(mails: list[EmailMessage], subject: str) -> list[str]:
    """To whom a letter of this occasion went."""
    found = [each for each in mails if str(each["Subject"]).startswith(f"{subject}:")]
    return sorted(str(each["To"]).partition("@")[0] for each in found)


def link_in(mail: EmailMessage) -> str:
    found = re.search(r"http://localhost(/\S+/second-form)\s", said_in(mail))
    assert found, said_in(mail)
    return found[1]


def answer(client: PortalClient, app: Flask, name: str, **values: str) -> None:
    sent = client.submit(f"{own(app, name)}/second-form", values)
    assert sent.status_code == 303, text_of(sent)


def listed(desk: PortalClient, which: str) -> list[str]:
    page = desk.get(f"{DESK}/registrations?second={which}").get_data(as_text=True)
    return [name for name in ("Ada", "Bob", "Cid", "Dora") if f">{name} Test<" in page]


def test_everybody_with_a_place_is_asked_once_and_nobody_else(
    app: Flask, desk: PortalClient, client: PortalClient, deliver: Deliver
) -> None:
    assert "Do you stay the night?" not in text_of(client.get("/en/events/trust/register"))
    assert "Before you come" not in text_of(client.get(own(app)))
    assert client.get(f"{own(app)}/second-form").status_code == 302, "not open yet"
    page = text_of(desk.get(f"{DESK}/second-form/opening"))
    assert "2 people with a place get a letter each" in page
    for typed, why in [
        ("", "Enter a date and a time"), ("2026-11-01T10:00", "Enter a date that is to come."),
        ("2027-01-19T10:00", "Enter a date before that."),
    ]:  # fmt: skip
        refused = act(desk, f"{DESK}/second-form/opening", {"until": typed})
        assert refused.status_code == 422 and why in text_of(refused)
    open_it(desk)
    assert (
        act(desk, f"{DESK}/second-form/opening", {"until": "2027-01-08T18:00"}).status_code == 409
    )
    mails = deliver()
    assert told(mails, ASKING) == ["ada", "bob"]
    (ada,) = [each for each in mails if "ada@" in str(each["To"])]
    assert "Date for answers: 8 January 2027, 18:00, Brussels time" in said_in(ada)
    assert client.get(link_in(ada)).status_code == 200
    assert deliver() == []
    client.submit(f"{own(app, 'Bob')}/withdrawal")
    mails = deliver()
    to_cid = [str(each["Subject"]) for each in mails if "cid@" in str(each["To"])]
    assert len(to_cid) == 2 and to_cid[1].startswith(ASKING), "after the letter with their place"
    assert told(mails, ASKING) == ["cid"]
    assert deliver() == []
    assert "cannot be changed" in text_of(client.get(f"{own(app, 'Bob')}/second-form"))
    refused = client.submit(f"{own(app, 'Cid')}/second-form", {"q3": "yes"})
    assert refused.status_code == 422 and "Answer this question: Where?" in text_of(refused)
    with app.app_context():
        assert db.session.query(Turn).count() == 3


def test_answers_are_given_changed_until_the_date_and_late_rather_than_never(
    app: Flask, desk: PortalClient, client: PortalClient, clock: time_machine.Traveller
) -> None:
    client.submit(f"{own(app)}/answers", {"q1": "yes"})
    open_it(desk)
    page = text_of(client.get(own(app)))
    assert "Answers are wanted until 8 January" in page and "1 question needs" in page
    form = client.get(f"{own(app)}/second-form")
    assert "How?" in text_of(form) and "How?" not in text_of(
        client.get(f"{own(app, 'Bob')}/second-form")
    )
    wrong = client.submit(form, {"q3": "yes", "q5": "Late train"})
    assert wrong.status_code == 422 and "<title>Error:" in wrong.text and "Late train" in wrong.text
    assert client.submit(wrong, {"q2": "1", "q4": "Hotel"}).status_code == 303
    kept = {1: ["yes"], 2: ["1"], 3: ["yes"], 4: ["Hotel"], 5: ["Late train"]}
    assert answers(app) == kept
    with app.app_context():
        before = db.session.query(Turn).one().answered_at
    clock.shift(60)
    answer(client, app, "Ada")
    with app.app_context():
        assert db.session.query(Turn).one().answered_at == before, "nothing changed, nothing kept"
    client.submit(f"{own(app, 'Bob')}/answers", {"q1": "yes"})
    full = client.submit(f"{own(app, 'Bob')}/second-form", {"q2": "1"})
    assert full.status_code == 422, "the last place of the coach is Ada's"
    changed = client.submit(f"{own(app)}/answers", {"q1": "no"})
    page = text_of(client.get(changed.headers["Location"]))
    assert "is not kept: How?" in page and answers(app) == {
        1: ["no"], 3: ["yes"], 4: ["Hotel"], 5: ["Late train"],
    }  # fmt: skip
    clock.move_to(at("2027-01-08 18:00"))
    closed = client.get(f"{own(app)}/second-form")
    assert "This cannot be changed any more" in text_of(closed)
    late = text_of(client.get(f"{own(app, 'Bob')}/second-form"))
    assert "Answers were wanted until 8 January 2027, 18:00" in late
    answer(client, app, "Bob", q2="2")
    assert answers(app, "Bob") == {1: ["yes"], 2: ["2"]}
    clock.move_to(at("2027-01-18 14:00"))
    comes_late = client.get(f"{own(app, 'Bob')}/second-form")
    assert "This cannot be changed any more" in text_of(comes_late)


def test_the_desk_sees_and_reminds_who_has_not_answered_and_nobody_else(
    app: Flask, desk: PortalClient, client: PortalClient, deliver: Deliver,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    with app.app_context(), transaction():
        events.change(event_of(), {"capacity": 4}, by=COMMAND, now=portal_clock.now())
    comes(app, "dora")
    open_it(desk)
    deliver()
    answer(client, app, "Ada")
    client.submit(f"{own(app, 'Dora')}/withdrawal")
    assert (listed(desk, "answered"), listed(desk, "open")) == (["Ada"], ["Bob", "Cid"])
    page = text_of(desk.get(FORM))
    assert re.search(r"People asked 3 Have answered 1 Have not answered 2", page), page
    rows = list(csv.DictReader(StringIO(
        desk.get(f"{DESK}/registrations.csv").get_data(as_text=True).lstrip("\ufeff")
    )))  # fmt: skip
    assert {row["first_name"]: row["second_form"] for row in rows} == {
        "Ada": "answered", "Bob": "open", "Cid": "open", "Dora": "",
    }  # fmt: skip
    deliver()
    with app.app_context(), transaction():
        cid = db.session.query(Registration).filter_by(first_name="Cid").one()
        registrations.note_failing(cid, "5.1.1", by=COMMAND, now=portal_clock.now())
    clock.shift(timedelta(days=1))
    desk = sign_in(app, "olga@example.org")
    page = desk.get(f"{DESK}/second-form/reminder")
    assert "1 person gets a letter." in text_of(page) and "Send 1 reminder" in text_of(page)
    assert desk.submit(page, action="/reminder").status_code == 303
    assert desk.submit(page, action="/reminder").status_code == 409, "pressed twice"
    assert told(deliver(), REMINDER) == ["bob"]
    assert deliver() == []
    returns = {"email": "dora@example.org", "first_name": "Dora", "last_name": "Test"}
    client.submit("/en/events/trust/register", ADA | returns)
    assert told(deliver(), ASKING) == ["dora"], "who comes anew is asked anew"
    client.submit(f"{own(app, 'Dora')}/withdrawal")
    deliver()
    with app.app_context(), transaction():
        trust = event_of()
        make_question(trust, Kind.TEXT, "Name of your hotel?", required=True, stage=Stage.SECOND)
    assert listed(desk, "open") == ["Ada", "Bob", "Cid"], "asked again by the next reminder"
    assert "1 question needs your answer" in text_of(client.get(own(app)))
    assert deliver() == []


def test_a_letter_that_has_not_left_is_taken_back_once_its_person_has_answered(
    app: Flask, desk: PortalClient, client: PortalClient, deliver: Deliver
) -> None:
    from portal.afterwards import chores

    open_it(desk)
    with app.app_context():
        while chores.ask_next(portal_clock.now()):
            pass
        assert (
            db.session.query(Message).filter_by(occasion="second_form", sent_at=None).count() == 2
        )
    answer(client, app, "Ada")
    client.submit(f"{own(app, 'Bob')}/withdrawal")
    with app.app_context():
        assert chores.take_back_outdated(portal_clock.now())
    mails = deliver()
    assert told(mails, ASKING) == ["cid"]
    assert text_of(client.get(own(app))).count("Before you come") == 1, "answered"


def test_a_rule_reminds_at_its_moment_moved_with_the_event_across_the_change_of_clocks(
    app: Flask, desk: PortalClient, client: PortalClient, deliver: Deliver,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    assert 'answers"' not in desk.get(f"{DESK}/reminders/").text
    open_it(desk)
    deliver()
    form = desk.get(f"{DESK}/reminders/new/answers").text
    assert re.search(r'name="number"[^>]*value="11"', form), "the day before answers are wanted"
    add(desk, "answers", number="11", unit="days", at="10:00", **{"words-en": "We book a coach."})
    shown = text_of(desk.get(f"{DESK}/reminders/"))
    assert "who has not answered the second form" in shown and "People now 2" in shown
    with app.app_context(), transaction():
        starts_at = at("2027-04-02 14:00")  # the clocks change on 28 March
        events.change(
            event_of(), {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=3)},
            by=COMMAND, now=portal_clock.now(),
        )  # fmt: skip
    clock.shift(timedelta(minutes=11))
    deliver()
    assert "until 23 March 2027, 18:00, Brussels time (CET" in text_of(client.get(own(app)))
    answer(client, app, "Ada")
    clock.move_to(at("2027-03-22 09:59"))
    assert told(deliver(), REMINDER) == []
    clock.move_to(at("2027-03-22 10:00"))
    mails = deliver()
    assert told(mails, REMINDER) == ["bob"] and begun(app) == [("answers", "2027-04-02")]
    (bob,) = mails
    assert "We book a coach." in said_in(bob) and link_in(bob)
    assert "Date for answers: 23 March 2027, 18:00" in said_in(bob)
    assert deliver() == []


def test_the_ready_made_questions_come_in_one_act_and_go_along_to_the_next_edition(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust")
    desk = sign_in(app, make_user(app, "olga@example.org", "trust"))
    empty = desk.get(FORM)
    assert "Open the second form" not in text_of(empty)
    for _time in range(2):
        assert desk.submit(empty, action="/usual").status_code == 303
    page = text_of(desk.get(FORM))
    assert page.count("How do you travel to the event?") >= 1 and "Open the second form" in page
    with app.app_context():
        assert len(queries.asked(1, Stage.SECOND)) == 5 and queries.asked(1) == []
    act(desk, f"{DESK}/questions/second/new/text", {"label-en": "Where?", "condition": "1,1"})
    assert "How do you travel" in text_of(desk.get(f"{DESK}/questions/second/preview/en"))
    assert "Before you come" not in text_of(client.get("/en/events/trust/register"))
    last = desk.get(FORM)
    assert desk.submit(last, {"to": "earlier"}, action="/6/place").status_code == 303
    with app.app_context():
        order = [each.number for each in queries.asked(1, Stage.SECOND)]
    assert order == [1, 2, 3, 4, 6, 5]
    act(desk, f"{DESK}/edition", {"slug": "trust-2"})
    with app.app_context():
        assert [each.number for each in queries.asked(2, Stage.SECOND)] == order
        assert queries.second_form(2) is None


def test_only_somebody_with_a_place_holds_the_place_of_an_answer(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        trust = make_event(slug="trust", approval=True)
        make_question(trust, Kind.ONE_OF, "Table", required=True, options=[("Small", 1), "Large"])
        make_question(trust, Kind.TEXT, "Why?")
    for name in ("ada", "bob"):
        comes(app, name)
        chosen = client.submit(f"{own(app, name.capitalize())}/answers", {"q1": "1"})
        assert chosen.status_code == 303, "who waits for a decision holds nothing"
    assert "Yours holds one as soon as you have a place" in text_of(client.get(own(app)))
    deliver()
    for name in ("Ada", "Bob"):
        with app.app_context(), transaction():
            found = db.session.query(Registration).filter_by(first_name=name).one()
            registrations.approve(found, by=COMMAND, now=portal_clock.now())
    with app.app_context():
        assert queries.taken(1) == {(1, "1"): 1}
    letters = {str(each["To"]): said_in(each) for each in deliver()}
    full = "Table: “Small” is full, choose another answer"
    assert full in letters["bob@example.org"] and full not in letters["ada@example.org"]
    page = text_of(client.get(own(app, "Bob")))
    assert "What you chose is full. Choose another answer. Table: Small" in page
    assert "question needs" not in page, "said once"
    with app.app_context(), transaction():
        event_of().changes_until = portal_clock.now()
    form = client.get(f"{own(app, 'Bob')}/answers")
    assert "checked" not in form.text
    assert client.submit(form).status_code == 422
    assert client.submit(form, {"q1": "2"}).status_code == 303
    assert "is full" not in text_of(client.get(own(app, "Bob")))
    assert "cannot be changed" in text_of(client.get(f"{own(app, 'Bob')}/answers"))
    with app.app_context():
        assert queries.taken(1) == {(1, "1"): 1, (1, "2"): 1}


def test_a_changed_question_is_asked_again_where_its_words_were_agreed_to(
    app: Flask, client: PortalClient
) -> None:
    with app.app_context(), transaction():
        trust = make_event(slug="trust")
        make_question(trust, Kind.CONSENT, "Sail with us", required=True, stage=Stage.SECOND)
        make_question(trust, Kind.TEXT, "Size?", required=True, stage=Stage.SECOND)
    comes(app, "ada")
    desk = sign_in(app, make_user(app, "olga@example.org", "trust"))
    open_it(desk)
    answer(client, app, "Ada", q1="y", q2="M")
    assert listed(desk, "open") == []
    with app.app_context(), transaction():
        for number, words in ((1, "Fly with us"), (2, "Which size?")):
            found = queries.one(1, number)
            assert found is not None
            facts = {"label": {"en": words}, "help": {}, "required": True, "options": [],
                     "condition": None}  # fmt: skip
            service.change(event_of(), found, facts, by=COMMAND, now=portal_clock.now())
    assert listed(desk, "open") == ["Ada"]
    page = text_of(client.get(own(app)))
    assert "1 question needs your answer Fly with us" in page


def test_what_is_kept_of_the_second_form_is_shown_and_goes_with_its_person(
    app: Flask, desk: PortalClient, client: PortalClient, deliver: Deliver
) -> None:
    open_it(desk)
    deliver()
    answer(client, app, "Ada", q5="Vegan")
    with app.app_context():
        held = privacy.held(1)
        assert sorted(held["second_form"]) == ["answered_at", "asked_at"]
        assert [each["answer"] for each in held["answers"]] == [["Vegan"]]
    page = desk.get(f"{DESK}/registrations/1")
    assert "Second form answered" in text_of(page) and "Anything else? Vegan" in text_of(page)
    client.submit(f"{own(app)}/erasure")
    deliver()
    with app.app_context():
        assert db.session.query(Turn).filter_by(registration_id=1).all() == []
        assert queries.given(1) == []
