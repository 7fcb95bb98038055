"""Who is entitled to reimbursement: marked, filtered, exported, said, and no account anywhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.invites.models import Invite
from portal.invites.rules import Partstat
from portal.papers import service as papers
from portal.registrations.models import Registration
from portal.registrations.own_links import token
from portal.registrations.rules import StakeholderGroup
from portal.registrations.service import details
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import LIST, acts, comes, event_of, person
from tests.factories import JANUARY, make_event
from tests.factories import person as a_person
from tests.harness.client import PortalClient, find_form
from tests.harness.mails import text_of

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def people(app: Flask) -> dict[str, int]:
    with app.app_context(), transaction():
        make_event(slug="trust", capacity=2)
        make_event(slug="other")
    return {
        "ada": comes(app, "ada", stakeholder_group=StakeholderGroup.MEP),
        "bob": comes(app, "bob"),
        "cid": comes(app, "cid", stakeholder_group=StakeholderGroup.MEP),
        "eve": comes(app, "eve", slug="other"),
    }


@pytest.fixture
def olga(app: Flask, people: dict[str, int]) -> PortalClient:
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def marks(app: Flask, people: dict[str, int]) -> list[str]:
    return [name for name, key in people.items() if person(app, key, "entitled") == (True,)]


def press(client: PortalClient, address: str, **values: str) -> TestResponse:
    """One of the buttons below the list: they send its form elsewhere."""
    form = find_form(client.get(LIST), "/approvals")
    return client.post(address, data={"csrf_token": form.values["csrf_token"]} | values)


def rows_of(client: PortalClient, query: str = "") -> list[dict[str, str]]:
    octets = client.get(f"{LIST}.csv{query}").data
    return list(csv.DictReader(io.StringIO(octets.decode("utf-8-sig"))))


def test_a_filter_is_marked_in_one_act_and_the_list_and_its_files_show_it(
    app: Flask, olga: PortalClient, people: dict[str, int]
) -> None:
    address = f"{LIST}/entitlements"
    marked = press(olga, address, scope="all", stakeholder_group="mep", mark="yes")
    assert marked.status_code == 303
    assert "The mark of 2 people is changed" in words(olga.get(marked.headers["Location"]))
    assert marks(app, people) == ["ada", "cid"]
    shown = words(olga.get(f"{LIST}?entitled=yes"))
    assert "2 people · entitled to reimbursement" in shown and "Bob" not in shown
    assert "Bob" in words(olga.get(f"{LIST}?entitled=no"))
    found = rows_of(olga, "?entitled=yes")
    assert [(row["first_name"], row["entitled_to_reimbursement"]) for row in found] == [
        ("Ada", "yes"), ("Cid", "yes"),
    ]  # fmt: skip
    again = press(olga, address, id=str(people["ada"]), mark="yes")
    assert "The mark of 0 people" in words(olga.get(again.headers["Location"]))
    assert [act for act, _more in acts(app, people["ada"])].count("registration.entitled") == 1
    theirs = press(olga, address, id=str(people["eve"]), mark="yes")
    assert theirs.status_code == 404 and marks(app, people) == ["ada", "cid"]
    assert press(olga, address, id=str(people["ada"])).status_code == 400
    one = f"{LIST}/{people['ada']}"
    assert olga.submit(one, {"mark": "no"}, action="/entitlement").status_code == 303
    assert marks(app, people) == ["cid"]
    assert "No longer entitled to reimbursement" in words(olga.get(one))


def test_their_page_and_letter_lead_to_the_forms_and_nobody_else_s_does(
    app: Flask,
    client: PortalClient,
    olga: PortalClient,
    people: dict[str, int],
    deliver: Callable[[], list[EmailMessage]],
) -> None:
    with app.app_context(), transaction():
        facts = {
            "invites": True, "body": "The agency", "signer": "Olga", "signer_role": {},
            "words": {}, "reference": "", "confirms": False,
            "forms_url": "https://agency.example/forms", "forms_until": JANUARY,
        }  # fmt: skip
        papers.keep(event_of(), facts, by=COMMAND, now=portal_clock.now())
        for name in ("ada", "cid"):
            db.session.get_one(Registration, people[name]).entitled = True

    def page(name: str) -> str:
        with app.app_context():
            found = db.session.get_one(Registration, people[name])
            return f"/en/registrations/{token(found)}"

    shown = client.get(page("ada"))
    assert "You are entitled to reimbursement." in words(shown)
    assert "Hand the forms in until" in words(shown)
    assert 'href="https://agency.example/forms"' in shown.get_data(as_text=True)
    assert b"agency.example/forms" in client.get(f"{page('ada')}/invitation.pdf").data
    for name in ("bob", "cid"):  # not entitled; entitled, and without a place
        assert "reimbursement" not in words(client.get(page(name))), name
    assert b"agency.example/forms" not in client.get(f"{page('bob')}/invitation.pdf").data
    told = {str(mail["To"]): "agency.example/forms" in text_of(mail) for mail in deliver()}
    assert {to for to, says in told.items() if says} == {"ada@example.org"}


def test_answers_of_calendars_are_filtered_and_exported(
    app: Flask, olga: PortalClient, people: dict[str, int]
) -> None:
    with app.app_context(), transaction() as session:
        for name, said in (("ada", Partstat.TENTATIVE), ("bob", None)):
            session.add(
                Invite(
                    registration_id=people[name], uid=name, sequence=0, partstat=said,
                    created_at=portal_clock.now(),
                )
            )  # fmt: skip
    assert "calendar: Perhaps" in words(olga.get(LIST))
    perhaps = words(olga.get(f"{LIST}?calendar_reply=TENTATIVE"))
    assert "1 person · Answer of their calendar: Perhaps" in perhaps and "Ada" in perhaps
    none = words(olga.get(f"{LIST}?calendar_reply=none"))
    assert "1 person · Answer of their calendar: none yet" in none and "Bob" in none
    assert olga.get(f"{LIST}?calendar_reply=MAYBE").status_code == 404
    rows = rows_of(olga)
    assert [row["calendar_reply"] for row in rows] == ["TENTATIVE", "", ""]


def test_the_mark_stays_with_a_person_whose_two_registrations_become_one(
    app: Flask, people: dict[str, int]
) -> None:
    names = {"first_name": "Eva", "last_name": "Twice"}
    one = comes(app, "eva", slug="other", **names)
    two = comes(app, "eva2", slug="other", **names)
    with app.app_context(), transaction():
        marked = db.session.get_one(Registration, one)
        marked.entitled = True
        written = a_person(**names, email="eva2@example.org")
        details.change(marked, written, {}, by=COMMAND, now=portal_clock.now())
    assert person(app, two, "entitled") == (True,)
    assert person(app, one, "is_merged") == (True,)
