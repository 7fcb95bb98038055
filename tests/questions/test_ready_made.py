"""The question for the Transparency Register number, and questions that nobody should ask."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.db import transaction
from portal.questions import queries
from portal.questions.ready_made import asks_for_account
from portal.questions.register import register_number
from portal.questions.rules import Asked, Kind
from tests.desk.front_door import act, make_user, sign_in, words
from tests.desk.people import event_of
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.questions.making import make_question
from tests.registrations.front_door import register

pytestmark = pytest.mark.usefixtures("clock")
DESK = "/desk/events/trust/questions"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("123456789012-34", "123456789012-34"), (" 0801162959 - 21 ", "0801162959-21"),
        ("501222919–71", "501222919-71"), ("03181945560‑59", "03181945560-59"),
        ("1234567890123-45", None), ("123456789012-3", None), ("1234-12", None),
        ("12345678901234", None), ("abc", None), ("１２３４５６７８９-12", None), ("", None),
        ("123456789-12\n<b>", None),
    ],
)  # fmt: skip
def test_a_register_number_has_digits_a_hyphen_and_two_digits(typed: str, kept: str | None) -> None:
    assert register_number(typed) == kept


@pytest.mark.parametrize(
    ("label", "does"),
    [
        ("Your IBAN", True), ("Numéro de compte (banque)", True), ("Ihre Bankverbindung?", True),
        ("Αριθμός τραπεζικού λογαριασμού", True), ("Coordonnées bancaires", True),
        ("What do you want to hear about the bicycle bank?", False), ("Tribunal", False),
        ("Who pays?", False), ("BIC/SWIFT", True), ("Your SWIFT code", True),
        ("Joindre votre RIB", True), ("Relevé d’identité bancaire", True),
        ("Τραπεζικός λογαριασμός", True), ("ΑΡΙΘΜΟΣ ΛΟΓΑΡΙΑΣΜΟΥ", True), ("Bankkontonummer", True),
        ("Σε ποιο τραπέζι θέλετε να καθίσετε;", False), ("Στρογγυλή τράπεζα", False),
        ("Do you need swift boarding?", False), ("A RIB of your choice", False),
        ("Welche Getränke sollen auf die Bank?", False), ("Quel compte rendu ?", False),
    ],
)  # fmt: skip
def test_a_question_for_an_account_is_known_in_four_languages(label: str, does: bool) -> None:
    assert asks_for_account(Asked(1, 1, 1, Kind.TEXT, {"en": label}, {}, False)) is does


def test_the_number_comes_with_its_words_is_checked_and_leads_to_the_register(
    app: Flask, client: PortalClient
) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust")
    olga = sign_in(app, make_user(app, "olga@example.org", "trust"))
    assert act(olga, f"{DESK}/new/register_number", {}).status_code == 303
    with app.app_context():
        (found,) = queries.asked(event_of().id)
    assert found.kind is Kind.REGISTER_NUMBER and not found.required
    assert set(found.label) == set(found.help) == {"en", "fr", "de", "el"}
    wrong = register(client, "trust", q1="12-34")
    assert wrong.status_code == 422
    assert "as in 123456789012-34" in words(wrong) and 'value="12-34"' in wrong.text
    assert register(client, "trust", q1=" 0801162959 - 21 ").status_code == 200
    page = olga.get("/desk/events/trust/registrations/1").get_data(as_text=True)
    assert "?id=0801162959-21" in page and ">0801162959-21</a>" in page
    assert ",0801162959-21" in olga.get("/desk/events/trust/registrations.csv").text
    with app.app_context(), transaction():
        make_question(event_of(), label={"en": "IBAN", "fr": "IBAN"})
    assert "It seems to ask for a bank account" in words(olga.get(f"{DESK}/"))
