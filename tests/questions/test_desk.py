"""Organisers write the questions of their event."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import pytest
from flask import Flask
from openpyxl import load_workbook

from portal.db import transaction
from portal.questions import queries
from portal.questions.rules import Asked, Kind
from tests.desk.front_door import act, make_user, sign_in
from tests.factories import make_event, make_registration
from tests.harness.client import PortalClient
from tests.questions.making import make_question
from tests.questions.test_answering import answers, own, text_of
from tests.registrations.front_door import register

pytestmark = pytest.mark.usefixtures("clock")
DESK = "/desk/events/forum/questions"


@pytest.fixture
def desk(app: Flask) -> PortalClient:
    with app.app_context(), transaction():
        make_event(slug="forum")
    return sign_in(app, make_user(app, "olga@example.org", "forum"))


def asked(app: Flask) -> list[Asked]:
    with app.app_context():
        return queries.asked(1)


def test_questions_are_written_ordered_and_removed_without_a_script(
    app: Flask, desk: PortalClient, client: PortalClient
) -> None:
    assert "No question yet" in text_of(desk.get(f"{DESK}/"))
    refused = act(desk, f"{DESK}/new/one_of", {"options-0-label-en": "Shop floor"})
    assert refused.status_code == 422
    assert "Enter the question in one language at least." in text_of(refused)
    assert "Enter two answers at least." in text_of(refused)
    more = desk.submit(refused, {"label-en": "Table", "more": "yes"}, action="/one_of")
    kept = {"options-1-label-en": "Back office", "options-1-places": "0", "more": None}
    assert desk.submit(more, kept, action="/one_of").status_code == 303
    act(desk, f"{DESK}/new/yes_no", {"label-en": "Do you travel?", "required": "y"})
    how = {"label-en": "How?", "condition": "2,yes", "help-en": "By train or by car."}
    act(desk, f"{DESK}/new/text", how)
    found = asked(app)
    assert [(each.number, each.kind, each.required) for each in found] == [
        (1, Kind.ONE_OF, False), (2, Kind.YES_NO, True), (3, Kind.TEXT, False),
    ]  # fmt: skip
    assert [(each.code, each.places) for each in found[0].options] == [("1", None), ("2", 0)]
    page = text_of(client.get("/en/events/forum/register"))
    assert "Back office (full)" in page
    assert "By train or by car. Only if you answered “Yes” to “Do you travel?”." in page
    listed = desk.get(f"{DESK}/")
    assert desk.submit(listed, {"to": "later"}, action="/1/place").status_code == 303
    assert [each.number for each in asked(app)] == [2, 1, 3]
    last = desk.submit(desk.get(f"{DESK}/"), {"to": "later"}, action="/1/place")
    assert last.status_code == 303
    assert [each.number for each in asked(app)] == [2, 3, 1]
    listed = desk.get(f"{DESK}/").text
    assert listed.count("show it after the one below") == 1, "what cannot be done is not offered"
    assert act(desk, f"{DESK}/2/removal").status_code == 409
    assert act(desk, f"{DESK}/3/removal").status_code == 303
    assert act(desk, f"{DESK}/2/removal").status_code == 303
    assert [each.number for each in asked(app)] == [1]


def test_a_language_is_offered_when_it_is_complete_and_the_desk_says_what_is_missing(
    desk: PortalClient,
) -> None:
    act(desk, f"{DESK}/new/text", {"label-en": "Why?", "label-fr": "Pourquoi ?"})
    act(desk, f"{DESK}/new/text", {"label-en": "Since when?"})
    page = text_of(desk.get(f"{DESK}/"))
    assert "French 1 English Preview as a visitor: French" in page
    assert "English 0 English" in page
    missing = desk.get(f"{DESK}/").text
    assert "What is missing: French" in missing and "/questions/2#label-fr" in missing
    assert "/questions/1#label-fr" not in missing
    assert 'id="label-fr"' in desk.get(f"{DESK}/2").text
    assert "Why?" in text_of(desk.get(f"{DESK}/preview/fr"))
    act(desk, f"{DESK}/2", {"label-fr": "Depuis quand ?"})
    assert "French 0 French" in text_of(desk.get(f"{DESK}/"))
    assert "Pourquoi ?" in text_of(desk.get(f"{DESK}/preview/fr"))
    assert desk.get(f"{DESK}/preview/xx").status_code == 404
    assert desk.get(f"{DESK}/new/file").status_code == 404


def test_two_who_edit_one_question_lose_nothing(app: Flask, desk: PortalClient) -> None:
    act(desk, f"{DESK}/new/text", {"label-en": "Why?"})
    mine = desk.get(f"{DESK}/1")
    act(desk, f"{DESK}/1", {"label-en": "Why do you come?"})
    clash = desk.submit(mine, {"label-en": "What for?"}, action="/1")
    assert clash.status_code == 409
    assert "Why do you come?" in text_of(clash) and "What for?" in clash.get_data(as_text=True)
    assert desk.submit(clash, action="/1").status_code == 303
    assert asked(app)[0].label == {"en": "What for?"}


def test_an_answered_question_keeps_its_words_for_who_read_them(
    app: Flask, desk: PortalClient, client: PortalClient
) -> None:
    options = {"options-0-label-en": "Shop floor", "options-1-label-en": "Back office"}
    act(desk, f"{DESK}/new/one_of", {"label-en": "Table"} | options)
    register(client, "forum", q1="2")
    assert "People have answered it" in text_of(desk.get(f"{DESK}/1"))
    act(
        desk,
        f"{DESK}/1",
        {"label-en": "Group", "options-1-label-en": "", "options-2-label-en": "Yard"},
    )
    assert [each.code for each in asked(app)[0].options] == ["1", "3"], "no code means two things"
    assert "Table Back office" in text_of(client.get(own(app)))
    form = client.get(f"{own(app)}/answers")
    assert "Group" in text_of(form) and 'value="2"' not in form.get_data(as_text=True)
    removal = desk.get(f"{DESK}/1/removal")
    assert "The answer of 1 person stays readable" in text_of(removal)
    desk.submit(removal, action="/removal")
    assert asked(app) == []
    assert "Table Back office" in text_of(client.get(own(app)))
    assert "Table" not in text_of(client.get("/en/events/forum/register"))
    assert "Table Back office" in text_of(desk.get("/desk/events/forum/registrations/1"))


def test_answers_stand_in_the_files_of_the_list(
    app: Flask, desk: PortalClient, client: PortalClient
) -> None:
    with app.app_context(), transaction():
        from portal.events import queries as events

        forum = events.any_slug("forum")
        assert forum is not None
        make_question(forum, Kind.SEVERAL, "Topics", options=["Skills", "Trust"])
        make_question(forum, Kind.LONG_TEXT, "Why?")
        make_registration(forum, first_name="Bob")
    register(client, "forum", q1=["1", "2"], q2="=1+1")
    codes = desk.get("/desk/events/forum/registrations.csv").get_data(as_text=True)
    rows = list(csv.DictReader(StringIO(codes.lstrip("\ufeff"))))
    assert {row["first_name"]: (row["question_1"], row["question_2"]) for row in rows} == {
        "Ada": ("1 2", "'=1+1"), "Bob": ("", ""),
    }  # fmt: skip
    sheet = load_workbook(BytesIO(desk.get("/desk/events/forum/registrations.xlsx").data)).active
    assert sheet is not None
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(row for row in cells if "Topics" in row)
    ada = next(row for row in cells if "Ada" in row)
    assert dict(zip(head, ada, strict=False))["Topics"] == "Skills, Trust"
    assert answers(app) == {1: ["1", "2"], 2: ["=1+1"]}


def test_the_next_edition_asks_the_same_and_takes_no_answer_along(
    app: Flask, desk: PortalClient, client: PortalClient
) -> None:
    travels = {"label-en": "Do you travel?", "label-fr": "Voyagez-vous ?", "required": "y"}
    act(desk, f"{DESK}/new/yes_no", travels)
    act(desk, f"{DESK}/new/text", {"label-en": "How?", "condition": "1,yes"})
    register(client, "forum", q1="yes", q2="By train")
    made = act(desk, "/desk/events/forum/edition", {"slug": "forum-2"})
    assert made.status_code == 303, text_of(made)
    page = text_of(desk.get("/desk/events/forum-2/questions/"))
    assert "Do you travel? Yes or no An answer is needed 0" in page
    assert "How? Only if you answered “Yes” to “Do you travel?”." in page
    with app.app_context():
        first, second = queries.asked(1), queries.asked(2)
        assert [(each.number, each.version, each.condition) for each in second] == [
            (each.number, 1, each.condition) for each in first
        ]
