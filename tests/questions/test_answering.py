"""People answer an event's own questions, when they register and later."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events.models import Event
from portal.questions import queries, service
from portal.questions.models import Given, Question
from portal.questions.rules import Kind, Said
from portal.questions.service import answers as giving
from portal.registrations.models import Registration
from portal.registrations.own_links import token
from tests.desk.front_door import make_user, sign_in
from tests.factories import make_event, make_registration
from tests.harness.client import PortalClient
from tests.questions.making import make_question
from tests.registrations.front_door import ADA, register, status_of

pytestmark = pytest.mark.usefixtures("clock")
FORM = "/en/events/forum/register"


@pytest.fixture
def event(app: Flask) -> None:
    """An event with a question of every kind; 4 is only for those who said yes to 3."""
    with app.app_context(), transaction():
        forum = make_event(slug="forum")
        make_question(forum, Kind.TEXT, "Project", required=True)
        make_question(forum, Kind.ONE_OF, "Table", options=[("Shop floor", 1), "Back office"])
        travels = make_question(forum, Kind.YES_NO, "Do you travel?")
        make_question(
            forum, Kind.LONG_TEXT, "How do you travel?", required=True, only=(travels, "yes")
        )
        make_question(forum, Kind.SEVERAL, "Topics", options=["Skills", "Trust", "Data"])
        make_question(forum, Kind.NUMBER, "Years")
        make_question(forum, Kind.DATE, "Arrival")
        make_question(forum, Kind.COUNTRY, "Country of work")
        make_question(forum, Kind.CONSENT, "I agree to be recorded.")


def answers(app: Flask, first_name: str = "Ada") -> dict[int, list[str]]:
    """What is kept of somebody, by the number of the question."""
    with app.app_context():
        who = select(Registration.id).where(Registration.first_name == first_name)
        given = queries.given(db.session.scalars(who).one())
        return {each.question.number: list(each.values) for each in given}


def rows_of(app: Flask, number: int) -> list[int]:
    """By which it is seen whether answers to the question of this number were written anew."""
    with app.app_context():
        rows = select(Given.id).join(Question).where(Question.number == number).order_by(Given.id)
        return list(db.session.scalars(rows))


def own(app: Flask, first_name: str = "Ada") -> str:
    with app.app_context(), app.test_request_context():
        who = select(Registration).where(Registration.first_name == first_name)
        return f"/en/registrations/{token(db.session.scalars(who).one())}"


def text_of(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.get_data(as_text=True)))


@pytest.mark.usefixtures("event")
def test_every_kind_of_question_is_answered_checked_kept_and_shown(
    app: Flask, client: PortalClient
) -> None:
    wrong = client.submit(FORM, ADA | {"q3": "yes", "q6": "many", "q7": "2027-02-30", "q8": "BE"})
    assert wrong.status_code == 422
    said = text_of(wrong)
    assert "<title>Error:" in wrong.get_data(as_text=True)
    for sentence in (
        "Answer this question: Project", "Answer this question: How do you travel?",
        "Enter a number.", "Enter a day, as in 2027-01-18.",
    ):  # fmt: skip
        assert said.count(sentence) == 2, sentence  # in the summary, and at the field
    right = {
        "q1": "Lathe", "q2": "2", "q4": "By train.\nTwice.", "q5": ["1", "3"], "q6": "12,5",
        "q7": "2027-01-17", "q9": "y",
    }  # fmt: skip
    sent = client.submit(wrong, right)
    assert sent.status_code == 303
    assert answers(app) == {
        1: ["Lathe"], 2: ["2"], 3: ["yes"], 4: ["By train.\nTwice."], 5: ["1", "3"], 6: ["12.5"],
        7: ["2027-01-17"], 8: ["BE"], 9: ["yes"],
    }  # fmt: skip
    page = text_of(client.get(own(app)))
    for words in ("Lathe", "Back office", "Skills, Data", "12.5", "17 January 2027", "Belgium"):
        assert words in page, words
    assert "Change my answers" in page


@pytest.mark.usefixtures("event")
def test_what_became_irrelevant_is_not_kept_and_the_page_says_so(
    app: Flask, client: PortalClient
) -> None:
    page = register(client, "forum", q1="Lathe", q3="no", q4="By train")
    assert status_of(page) == "confirmed"
    assert "is not kept: How do you travel?" in text_of(page)
    assert answers(app) == {1: ["Lathe"], 3: ["no"]}
    changed = client.submit(f"{own(app)}/answers", {"q3": "yes", "q4": ""})
    assert changed.status_code == 422, "asked of those who travel"
    sent = client.submit(changed, {"q4": "By train"})
    assert answers(app) == {1: ["Lathe"], 3: ["yes"], 4: ["By train"]}
    assert "Your answers are saved" in text_of(client.get(sent.headers["Location"]))
    back = client.submit(f"{own(app)}/answers", {"q3": "no"})
    assert "is not kept: How do you travel?" in text_of(client.get(back.headers["Location"]))
    assert answers(app) == {1: ["Lathe"], 3: ["no"]}


@pytest.mark.usefixtures("event")
def test_the_last_place_of_an_answer_closes_it_for_others_but_not_for_who_has_it(
    app: Flask, client: PortalClient
) -> None:
    before = client.get(FORM)
    register(client, "forum", q1="Lathe", q2="1")
    bob = ADA | {"first_name": "Bob", "email": "bob@example.org", "q1": "Drill"}
    late = client.submit(before, bob | {"q2": "1"})
    assert late.status_code == 422, "opened while there was a place"
    assert "What you chose is full now." in text_of(late)
    page = client.get(FORM)
    assert "Shop floor (full)" in text_of(page)
    closed = [each for each in page.get_data(as_text=True).split("<input") if "disabled" in each]
    assert len(closed) == 1 and 'name="q2"' in closed[0] and 'value="1"' in closed[0]
    assert client.submit(late, {"q2": "2"}).status_code == 303
    assert answers(app, "Bob") == {1: ["Drill"], 2: ["2"]}
    kept = client.submit(f"{own(app)}/answers", {"q1": "Mill", "q2": "1"})
    assert kept.status_code == 303
    assert answers(app) == {1: ["Mill"], 2: ["1"]}
    client.submit(f"{own(app)}/withdrawal")
    assert "(full)" not in text_of(client.get(FORM))
    again = client.submit(before, ADA | {"q1": "Lathe", "q2": "1"})
    assert again.status_code == 303, "the same form after withdrawing is a new registration"
    assert answers(app) == {1: ["Lathe"], 2: ["1"]}


def test_where_all_answers_are_full_nobody_has_to_choose_one(
    app: Flask, client: PortalClient
) -> None:
    with app.app_context(), transaction():
        forum = make_event(slug="forum")
        make_question(forum, Kind.ONE_OF, "Table", required=True, options=[("Only", 1)])
    register(client, "forum", q1="1")
    bob = {"first_name": "Bob", "email": "bob@example.org"}
    assert status_of(register(client, "forum", **bob)) == "confirmed"
    assert answers(app, "Bob") == {}


@pytest.mark.usefixtures("event")
def test_a_repeated_post_gets_the_same_answer_also_when_it_took_the_last_place(
    app: Flask, client: PortalClient
) -> None:
    form = client.get(FORM)
    for _time in range(2):
        assert client.submit(form, ADA | {"q1": "Lathe", "q2": "1"}).status_code == 303
    assert answers(app) == {1: ["Lathe"], 2: ["1"]}


@pytest.mark.usefixtures("event")
def test_changed_words_are_another_version_and_nobody_answers_what_they_did_not_read(
    app: Flask, client: PortalClient
) -> None:
    open_form = client.get(FORM)
    register(client, "forum", q1="Lathe", q9="y")
    with app.app_context(), transaction():
        forum = db.session.scalars(select(Event)).one()
        revision, announced = forum.revision, forum.announced_revision
        consent = queries.one(forum.id, 9)
        assert consent is not None
        facts = {
            "label": {"en": "I agree to be filmed."}, "help": {}, "required": False, "options": [],
            "condition": None,
        }  # fmt: skip
        service.change(forum, consent, facts, by=COMMAND, now=clock.now())
        assert (forum.revision, forum.announced_revision) == (revision + 1, announced)
        assert forum.tell_due_at is None, "nobody gets a letter for a question"
    assert "I agree to be filmed." in text_of(client.get(FORM))
    page = text_of(client.get(own(app)))
    assert "I agree to be recorded." in page and "filmed" not in page
    bob = ADA | {"first_name": "Bob", "email": "bob@example.org", "q1": "Drill", "q9": "y"}
    stale = client.submit(open_form, bob)
    assert stale.status_code == 422
    assert "This question has just been changed." in text_of(stale)
    assert client.submit(stale).status_code == 303, "to the new words nobody has agreed"
    before = rows_of(app, 1)
    client.submit(f"{own(app)}/answers", {"q6": "3"})
    assert rows_of(app, 1) == before, "what was not touched keeps its moment"
    assert answers(app) == {1: ["Lathe"], 6: ["3"]}, "the consent was to other words"
    for each in ("Ada", "Bob"):
        client.submit(f"{own(app, each)}/answers", {"q9": "y"})
    with app.app_context():
        rows = select(Registration.first_name, Question.version).select_from(Given)
        rows = rows.join(Question).join(Registration, Registration.id == Given.registration_id)
        found = db.session.execute(rows.where(Question.number == 9)).all()
        assert sorted(tuple(row) for row in found) == [("Ada", 2), ("Bob", 2)]
        assert len(queries.versions(1, 9)) == 2
        old = queries.versions(1, 9)[0].asked
        with pytest.raises(giving.Outdated):
            giving.ensure_free(1, [Said(old, ("yes",), "en")])


def test_a_question_added_later_is_asked_of_those_who_are_registered_also_by_hand(
    app: Flask, client: PortalClient
) -> None:
    with app.app_context(), transaction():
        forum = make_event(slug="forum")
        make_registration(forum, first_name="Ada")
    assert "Questions of the organisers" not in text_of(client.get(own(app)))
    assert client.get(f"{own(app)}/answers").status_code == 302
    with app.app_context(), transaction():
        forum = db.session.scalars(select(Event)).one()
        make_question(forum, Kind.YES_NO, "Will you eat?", required=True)
    page = client.get(own(app))
    assert "1 question needs your answer" in text_of(page)
    assert client.submit(f"{own(app)}/answers", {"q1": "no"}).status_code == 303
    assert "Will you eat? No" in text_of(client.get(own(app)))
    with app.app_context(), transaction():
        forum = db.session.scalars(select(Event)).one()
        forum.changes_until = clock.now()
        make_registration(forum, first_name="Late")
    closed = text_of(client.get(f"{own(app)}/answers"))
    assert "This cannot be changed any more" in closed and "Ask the organisers:" in closed
    assert client.submit(f"{own(app, 'Late')}/answers", {"q1": "yes"}).status_code == 303
    late = text_of(client.get(f"{own(app, 'Late')}/answers"))
    assert "The time to change details ended on" in late, "answered is answered"
    page = text_of(client.get(own(app)))
    assert "Will you eat? No" in page and "Change my answers" not in page
    assert "Your answers cannot be changed any more. Ask the organisers:" in page


def test_questions_are_asked_in_one_language_and_marked_where_it_is_not_the_readers(
    app: Flask, client: PortalClient
) -> None:
    with app.app_context(), transaction():
        forum = make_event(slug="forum")
        make_question(forum, label={"en": "Why?", "fr": "Pourquoi ?"})
        make_question(forum, label={"en": "Since when?"})
    page = client.get("/fr/events/forum/register").get_data(as_text=True)
    assert '<span lang="en">Why?</span>' in page and "Pourquoi" not in page
    register(client, "forum", lang="fr", q1="Darum")
    with app.app_context():
        read_in = [each.language for each in queries.given(1)]
        assert read_in == ["en"], "the words that were read, whatever the page's language"
    with app.app_context(), transaction():
        forum = db.session.scalars(select(Event)).one()
        found = queries.one(forum.id, 2)
        assert found is not None
        facts = {
            "label": {"en": "Since when?", "fr": "Depuis quand ?"}, "help": {}, "required": False,
            "options": [], "condition": None,
        }  # fmt: skip
        service.change(forum, found, facts, by=COMMAND, now=clock.now())
    page = client.get("/fr/events/forum/register").get_data(as_text=True)
    assert "Pourquoi ?" in page and "Depuis quand ?" in page and "Why?" not in page


def test_consents_are_taken_back_at_any_time_and_what_hung_on_them_is_forgotten(
    app: Flask, client: PortalClient
) -> None:
    with app.app_context(), transaction():
        forum = make_event(slug="forum", capacity=1)
        make_registration(forum, first_name="Zoe")
        agrees = make_question(forum, Kind.CONSENT, "I agree to be filmed.")
        make_question(forum, Kind.TEXT, "Which side?", only=(agrees, "yes"))
        make_question(forum, Kind.TEXT, "Why?")
    needs = {"access_needs": "Step-free", "access_consent": "y", "photo_consent": "y"}
    register(client, "forum", q1="y", q2="Left", q3="So", **needs)
    details = client.get(f"{own(app)}/details")
    with app.app_context(), transaction():
        db.session.scalars(select(Event)).one().changes_until = clock.now()
    assert "This cannot be changed any more" in text_of(client.get(f"{own(app)}/details"))
    refused = client.submit(details, {"role": "minister"})
    assert refused.status_code == 409 and "What you sent was not kept" in text_of(refused)
    page = client.get(own(app))
    assert 'data-status="waitlisted"' in page.text and "Take a consent back" in text_of(page)
    form = client.get(f"{own(app)}/consents")
    assert "I agree to be filmed." in text_of(form)
    none = client.submit(form)
    assert none.status_code == 422 and "Tick what you take back." in text_of(none)
    sent = client.submit(form, {"which": ["access_consent", "q1"]})
    assert "You have taken it back" in text_of(client.get(sent.headers["Location"]))
    assert answers(app) == {3: ["So"]}
    with app.app_context():
        ada = db.session.get_one(Registration, 2)
        assert (ada.access_needs, list(ada.consents), ada.status) == (
            "", ["photo_consent"], "waitlisted",
        )  # fmt: skip
    desk = sign_in(app, make_user(app, "olga@example.org", "forum"))
    story = text_of(desk.get("/desk/events/forum/registrations/2"))
    assert "Took a consent back" in story and "access needs may be used" in story
    assert story.count("I agree to be filmed.") == 1, "named in the history"
    client.submit(f"{own(app)}/withdrawal")
    client.submit(f"{own(app)}/consents", {"which": ["photo_consent"]})
    assert "There is nothing that you agreed to." in text_of(client.get(f"{own(app)}/consents"))
