"""The data protection record at the desk, and the notice that registrants read."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from flask import Flask

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events import queries as events
from portal.events.rules import State
from portal.protection import queries, service
from portal.registrations.models import Registration
from tests.desk.front_door import make_user, sign_in, words
from tests.factories import make_event
from tests.harness.client import PortalClient, find_form
from tests.records import RECORD
from tests.registrations.front_door import ADA, register

pytestmark = pytest.mark.usefixtures("clock")
PAGE = "/desk/events/trust/protection"
PUBLICATION = "/desk/events/trust/publication"
NOTICE = "/en/events/trust/privacy"


@pytest.fixture
def organiser(app: Flask) -> PortalClient:
    with app.app_context(), transaction():
        make_event(slug="trust", state=State.DRAFT)
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def state_of(app: Flask) -> State:
    with app.app_context():
        event = events.any_slug("trust")
        assert event is not None
        return event.state


def facts_now(app: Flask) -> dict[str, Any]:
    with app.app_context():
        event = events.any_slug("trust")
        assert event is not None
        version = queries.current(event.id)
        assert version is not None
        return version.facts


def publish(client: PortalClient) -> None:
    client.submit(PUBLICATION, action="/publication")


def test_a_draft_with_gaps_in_its_record_stays_one(app: Flask, organiser: PortalClient) -> None:
    gaps = {"officer_email": "", "recipients-fr": ""}
    sent = organiser.submit(PAGE, gaps, action="/protection")
    assert sent.status_code == 303
    page = words(organiser.get(PAGE))
    assert "Give the mailbox of the data protection officer." in page
    assert "Say who gets to see the data. Missing in: French." in page
    closed = organiser.get(PUBLICATION)
    assert "missing Data protection record" in words(closed)
    token = find_form(closed, "/sign-out").values["csrf_token"]
    sent = organiser.post(PUBLICATION, data={"csrf_token": token, "when": "now"})
    assert sent.status_code == 409
    assert state_of(app) is State.DRAFT
    organiser.submit(
        PAGE, {"officer_email": "dpo@example.org", "recipients-fr": "Nous"}, action="/protection"
    )
    publish(organiser)
    assert state_of(app) is State.PUBLISHED


def test_a_new_events_record_begins_with_the_houses(app: Flask) -> None:
    client = sign_in(app, make_user(app, admin=True))
    house = "/desk/protection/"
    sent = client.submit(
        house,
        {
            "controllers-0-name": "The agency",
            "controllers-0-address": "Somewhere 1",
            "controllers-0-email": "data@agency.example",
        },
        action="/protection/",
    )
    assert sent.status_code == 303
    with app.app_context(), transaction():
        make_event(slug="trust")
    assert facts_now(app)["controllers"] == [
        {"name": "The agency", "address": "Somewhere 1", "email": "data@agency.example"}
    ]


def test_only_administrators_write_the_houses_record(organiser: PortalClient) -> None:
    assert organiser.get("/desk/protection/").status_code == 403


def test_the_notice_says_what_the_record_says_in_each_language(
    app: Flask, organiser: PortalClient, client: PortalClient
) -> None:
    organiser.submit(PAGE, {"more": "controllers"}, action="/protection")
    second = organiser.submit(PAGE, {"more": "processors"}, action="/protection")
    assert second.status_code == 200
    with app.app_context(), transaction():
        service.keep(_event_id(), joint(), by=COMMAND, now=portal_clock.now())
    publish(organiser)
    english, french = (words(client.get(f"/{lang}/events/trust/privacy")) for lang in ("en", "fr"))
    for said in (
        "Ministry of Work, Street 2, work@example.org", "They are responsible together",
        "The agency runs the desk.", "dpo@example.org", "General Data Protection Regulation",
        "Article 6(1)(e)", "Mailer Ltd", "sends the letters",
        "Data leave the European Economic Area",
        "Standard clauses", "7 days after the event", "Authority of Nowhere",
    ):  # fmt: skip
        assert said in english, said
    assert "90 days after they were sent" in english
    assert "Date of birth" not in english
    for said in ("L’agence tient le bureau.", "7 jours après l’événement", "article 6(1)(e)"):
        assert said.lower() in french.lower(), said


def _event_id() -> int:
    event = events.any_slug("trust")
    assert event is not None
    return event.id


def said(english: str, french: str) -> dict[str, str]:
    """A text that is there in every language."""
    return {"en": english, "fr": french, "de": f"{english} (de)", "el": f"{english} (el)"}


def joint() -> dict[str, Any]:
    """A record of two bodies under the GDPR, with everything in it."""
    facts = copy.deepcopy(RECORD)
    facts["law"] = "gdpr"
    facts["controllers"].append(
        {"name": "Ministry of Work", "address": "Street 2", "email": "work@example.org"}
    )
    facts["arrangement"] = said("The agency runs the desk.", "L’agence tient le bureau.")
    facts["officer_email"] = "dpo@example.org"
    facts["authority_name"] = "Authority of Nowhere"
    facts["authority_url"] = "https://authority.example"
    what = said("sends the letters", "envoie les messages")
    facts["processors"] = [{"name": "Mailer Ltd", "what": what}]
    facts["transfers"] = True
    facts["safeguards"] = said("Standard clauses", "Clauses types")
    facts["retention"]["needs"] = 7
    return facts


def test_people_register_under_a_version_that_stays_readable(
    app: Flask, organiser: PortalClient, client: PortalClient
) -> None:
    publish(organiser)
    assert "version 1" in words(client.get("/en/events/trust/register"))
    register(client, "trust")
    sent = organiser.submit(PAGE, {"officer_email": "new@example.org"}, action="/protection")
    assert sent.status_code == 303
    assert "version 2" in words(client.get("/en/events/trust/register"))
    register(app.test_client(), "trust", email="bob@example.org")  # type: ignore[arg-type]
    with app.app_context():
        kept = db.session.query(Registration.notice_version).order_by(Registration.id).all()
    assert [row[0] for row in kept] == ["1", "2"]
    assert "new@example.org" in words(client.get(NOTICE))
    old = words(client.get(f"{NOTICE}?version=1"))
    assert RECORD["officer_email"] in old and "The present version" in old


@pytest.mark.parametrize("version", ["0", "9", "x", "-1", "²", "9" * 5000, "1%00"])
def test_a_version_that_never_was_is_no_page(
    organiser: PortalClient, client: PortalClient, version: str
) -> None:
    publish(organiser)
    assert client.get(f"{NOTICE}?version={version}").status_code in (400, 404)


def test_a_drafts_notice_is_nobodys(organiser: PortalClient, client: PortalClient) -> None:
    assert client.get(NOTICE).status_code == 404


def test_who_read_an_earlier_notice_is_kept_under_that_one(
    app: Flask, organiser: PortalClient, client: PortalClient
) -> None:
    publish(organiser)
    form = client.get("/en/events/trust/register")
    organiser.submit(PAGE, {"officer_email": "new@example.org"}, action="/protection")
    assert client.submit(form, ADA).status_code == 303
    with app.app_context():
        registration = db.session.query(Registration).one()
        assert registration.notice_version == "1"
        registration_id = registration.id
    forged = client.submit(
        "/en/events/trust/register", ADA | {"email": "bob@example.org", "notice": "99"}
    )
    assert forged.status_code == 303
    with app.app_context():
        last = db.session.query(Registration).filter(Registration.id > registration_id).one()
        assert last.notice_version == "2"


def test_two_organisers_lose_nothing(app: Flask, organiser: PortalClient) -> None:
    first, second = organiser.get(PAGE), organiser.get(PAGE)
    mine = {"officer_email": "mine@example.org", "register_url": "https://mine.example"}
    theirs = {"officer_email": "theirs@example.org", "name": "100"}
    assert organiser.submit(first, theirs, action="/protection").status_code == 303
    again = organiser.submit(second, mine, action="/protection")
    assert again.status_code == 409
    said = words(again)
    assert "Taken over from your colleague: how long data are kept." in said
    assert "Changed by both of you, and here as you wrote it: the data protection officer." in said
    assert "Your colleague wrote, for the data protection officer: theirs@example.org" in said
    assert facts_now(app)["officer_email"] == "theirs@example.org"
    assert organiser.submit(again, action="/protection").status_code == 303
    facts = facts_now(app)
    assert (facts["officer_email"], facts["register_url"], facts["retention"]["name"]) == (
        "mine@example.org", "https://mine.example", 100,
    )  # fmt: skip


def test_another_entry_keeps_what_was_typed_and_saves_nothing(
    app: Flask, organiser: PortalClient
) -> None:
    before = facts_now(app)
    more = organiser.submit(
        PAGE, {"officer_email": "typed@example.org", "more": "controllers"}, action="/protection"
    )
    assert more.status_code == 200
    assert facts_now(app) == before
    done = organiser.submit(
        more, {"controllers-1-name": "Second", "controllers-1-email": "second@example.org"},
        action="/protection",
    )  # fmt: skip
    assert done.status_code == 303
    facts = facts_now(app)
    assert facts["officer_email"] == "typed@example.org"
    assert [each["name"] for each in facts["controllers"]][1:] == ["Second"]


def test_a_public_record_stays_whole(app: Flask, organiser: PortalClient) -> None:
    publish(organiser)
    sent = organiser.submit(
        PAGE, {"officer_email": "", "register_url": "https://kept.example"}, action="/protection"
    )
    assert sent.status_code == 422
    assert "Give the mailbox of the data protection officer." in words(sent)
    assert "https://kept.example" in sent.get_data(as_text=True)
    assert facts_now(app)["officer_email"] == RECORD["officer_email"]


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("officer_email", "nobody", "Enter an address like name@example.eu."),
        ("register_url", "ftp://example.org", "Enter a web address that begins with https://."),
        ("needs", "4000", "Enter a number of days from 0 to 3650."),
        ("needs", "-1", "Enter a whole number, or leave it empty."),
        ("controllers-0-email", "x@", "Enter an address like name@example.eu."),
        ("purposes-0-what-en", "x" * 501, "Write at most 500 characters."),
        ("purposes-0-basis", "because", "Choose one of those in the list."),
        ("law", "none", "Choose one of those in the list."),
    ],
)
def test_bad_input_gets_a_sentence_and_is_not_lost(
    organiser: PortalClient, field: str, typed: str, sentence: str
) -> None:
    sent = organiser.submit(PAGE, {field: typed}, action="/protection")
    assert sent.status_code == 422
    assert sentence in words(sent)
    if field not in ("law", "purposes-0-basis"):
        assert typed in sent.get_data(as_text=True)


def test_an_event_without_a_record_leads_to_the_sites_notice(
    app: Flask, client: PortalClient
) -> None:
    """Events of the first release have none."""
    with app.app_context(), transaction() as session:
        event = make_event(slug="trust")
        event.notice_number = 0
        session.query(queries.Version).delete()
    assert client.get(NOTICE).headers["Location"] == "/en/privacy"
    assert client.get("/en/events/trust/register").status_code == 200
