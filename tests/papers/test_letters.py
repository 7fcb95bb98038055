"""Letters that people make themselves: tagged, true on their day, and to be found genuine."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject

from portal import clock as portal_clock
from portal import tokens
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events.rules import State
from portal.papers.models import EventPapers
from portal.registrations import service
from portal.registrations.models import Registration
from portal.registrations.own_links import token
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import acts, comes, event_of
from tests.factories import JANUARY, make_event
from tests.harness.client import PortalClient

pytestmark = pytest.mark.usefixtures("clock")
DESK = "/desk/events/trust/papers/"
NUMBER = r"/en/letters/(i\d+-[0-9a-f]{8}-[0-9a-f]{12})"
ASK = "Ask the organisers: trust@example.org"
HOLDS, NO_MORE = "This letter holds", "This letter does not hold any more"
SAID = {
    "invites": "y",
    "confirms": "y",
    "body": "The agency\nRue de la Loi 1\n1000 Brussels",
    "signer": "Olga Organiser",
    "signer_role-en": "Head of unit",
    "signer_role-el": "Προϊσταμένη μονάδας",
    "words-en": "Travel is paid by the agency.\n\nHotels are not.",
    "reference": "AG-2027/18",
    "forms_url": "https://agency.example/forms",
    "forms_until": "2027-02-18T12:00",
}


@pytest.fixture
def olga(app: Flask) -> PortalClient:
    with app.app_context(), transaction():
        make_event(slug="trust")
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


@pytest.fixture
def ada(app: Flask, olga: PortalClient) -> int:
    sent = olga.submit(DESK, SAID, action="/papers/")
    assert sent.status_code == 303, words(sent)
    return comes(app, "ada", first_name="Αδαμαντία", last_name="Łoś-Ђурић", title="Dr")


def own_page(app: Flask, registration_id: int) -> str:
    with app.app_context():
        return f"registrations/{token(db.session.get_one(Registration, registration_id))}"


def pdf(client: PortalClient, path: str) -> PdfReader:
    answer = client.get(path)
    assert answer.status_code == 200, words(answer)
    assert answer.content_type == "application/pdf"
    assert "no-store" in answer.headers["Cache-Control"]
    return PdfReader(BytesIO(answer.data), strict=True)


def text(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def tags(node: Any) -> list[str]:
    """The names of the tags in reading order."""
    if isinstance(node, IndirectObject):
        node = node.get_object()
    if isinstance(node, list):
        return [name for each in node for name in tags(each)]
    if not isinstance(node, DictionaryObject):
        return []
    own = [str(node["/S"])] if "/S" in node else []
    return own + tags(node.get("/K"))


def test_an_invitation_is_a_tagged_pdf_in_the_language_of_its_address(
    app: Flask, client: PortalClient, olga: PortalClient, ada: int
) -> None:
    page = own_page(app, ada)
    assert "Letter of invitation: Ελληνικά (PDF)" in words(client.get(f"/en/{page}"))
    for lang in ("en", "fr", "de", "el"):
        reader = pdf(client, f"/{lang}/{page}/invitation.pdf")
        catalogue = reader.trailer["/Root"]
        assert catalogue["/Lang"] == lang
        assert catalogue["/MarkInfo"]["/Marked"]
        assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
        assert reader.metadata is not None and reader.metadata.title
        assert "pdfuaid:part" in catalogue["/Metadata"].get_data().decode()
        found = tags(catalogue["/StructTreeRoot"])
        assert found.count("/H1") == 1 and found.index("/P") < found.index("/H1")
        assert {"/L", "/LI", "/Link"} <= set(found)
        fonts = [
            font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            for font in reader.pages[0]["/Resources"]["/Font"].values()
        ]
        assert fonts and all("/FontFile3" in each or "/FontFile2" in each for each in fonts)
        said = text(reader)
        assert "Αδαμαντία Łoś-Ђурић" in said and "Rue de la Loi 1" in said
    said = text(pdf(client, f"/en/{page}/invitation.pdf"))
    order = ("The agency", "2 November 2026", "Letter of invitation", "We invite Dr", "Event",
             "Monday 18 January 2027", "Travel is paid", "Hotels", "Olga Organiser",
             "Head of unit", "AG-2027/18", "Number of this letter", "genuine")  # fmt: skip
    assert sorted(order, key=said.index) == list(order)
    assert "reimbursement" not in said
    assert "Προϊσταμένη" in text(pdf(client, f"/el/{page}/invitation.pdf"))
    assert (
        client.get(f"/en/{page}/invitation.pdf").data
        == client.get(f"/en/{page}/invitation.pdf").data
    )
    assert "First name Last name" in text(pdf(olga, f"{DESK}sample/en/invitation.pdf"))
    made = pdf(olga, f"/desk/events/trust/registrations/{ada}/letters/fr/invitation.pdf")
    assert made.trailer["/Root"]["/Lang"] == "fr"
    assert ("registration.letter_taken", {"paper": "invitation"}) in acts(app, ada)
    assert "Letter made at the desk" in words(olga.get(f"/desk/events/trust/registrations/{ada}"))


def test_a_letter_is_genuine_by_its_number_as_long_as_what_it_says_is_so(
    app: Flask, client: PortalClient, ada: int
) -> None:
    said = text(pdf(client, f"/en/{own_page(app, ada)}/invitation.pdf"))
    found = re.search(NUMBER, said)
    assert found is not None
    check = words(client.get(f"/en/letters/{found[1]}"))
    assert "This letter holds" in check and "Trust in microcredentials" in check
    assert "Łoś" not in check and "ada@" not in check
    forged = found[1][:-1] + ("0" if found[1][-1] != "0" else "1")
    for number in (forged, f"i{2**40}-{'0' * 12}", found[1].replace("i", "a", 1), "x", "%00"):
        assert client.get(f"/en/letters/{number}").status_code == 404, number
    with app.app_context(), transaction():
        here = db.session.get_one(Registration, ada)
        service.withdraw(here, by=COMMAND, now=portal_clock.now())
    assert NO_MORE in words(client.get(f"/en/letters/{found[1]}"))


@pytest.mark.parametrize(
    ("of", "name", "value"),
    [
        ("person", "title", "Prof"), ("person", "last_name", "Other"),
        ("person", "organisation", "Kingdom of X"), ("person", "role", "Minister of Truth"),
        ("event", "venue", "Elsewhere"), ("event", "starts_at", JANUARY - timedelta(days=7)),
        ("event", "ends_at", JANUARY + timedelta(days=7, hours=3)), ("event", "zone", "Asia/Tokyo"),
    ],
)  # fmt: skip
def test_a_letter_holds_only_while_all_that_was_printed_is_so(
    app: Flask, client: PortalClient, ada: int, of: str, name: str, value: Any
) -> None:
    """Nor does a letter hold that says what somebody was called for five minutes."""

    def set_to(value: Any) -> Any:
        with app.app_context(), transaction():
            person = db.session.get_one(Registration, ada)
            row = person if of == "person" else person.event
            before = getattr(row, name)
            setattr(row, name, value)
        return before

    def printed() -> str:
        found = re.search(NUMBER, text(pdf(client, f"/en/{own_page(app, ada)}/invitation.pdf")))
        assert found is not None
        return found[1]

    def said(number: str) -> str:
        answer = client.get(f"/en/letters/{number}")
        assert answer.status_code == 200 and number in words(answer)
        return words(answer)

    first = printed()
    before = set_to(value)
    second = printed()
    assert NO_MORE in said(first) and second not in said(first)
    assert HOLDS in said(second)
    set_to(before)
    assert HOLDS in said(first) and NO_MORE in said(second)


def test_a_number_from_when_it_covered_the_name_alone_is_known_still(
    app: Flask, client: PortalClient, ada: int
) -> None:
    with app.app_context():
        name = db.session.get_one(Registration, ada).full_name
        number = f"i{ada}-{tokens.keyed('paper', 'invitation', ada, name)[:12]}"
    assert HOLDS in words(client.get(f"/en/letters/{number}"))
    with app.app_context(), transaction():
        db.session.get_one(Registration, ada).last_name = "Other"
    assert client.get(f"/en/letters/{number}").status_code == 404


def test_who_has_no_place_or_no_event_gets_no_letter_and_a_sentence(
    app: Flask, client: PortalClient, ada: int, clock: time_machine.Traveller
) -> None:
    with app.app_context(), transaction():
        event_of().capacity = 1
        event_of().contacts = [{"role": {}, "email": "trust@example.org"}]
    page, waits = own_page(app, ada), own_page(app, comes(app, "bob"))

    def refused(paper: str, of: str = page) -> str:
        answer = client.get(f"/en/{of}/{paper}.pdf")
        assert answer.status_code == 409 and "pdf" not in answer.content_type
        return words(answer)

    assert "people with a place only" in refused("invitation", waits)
    assert "Letter of invitation" not in words(client.get(f"/en/{waits}"))
    assert ASK in refused("invitation", waits)
    assert "noted that they attended" in refused("attendance") and ASK in refused("attendance")
    with app.app_context(), transaction():
        event_of().state = State.POSTPONED
    assert "no date at the moment" in refused("invitation")
    with app.app_context(), transaction():
        event_of().state = State.CANCELLED
    assert "The event is cancelled" in refused("invitation")
    with app.app_context(), transaction():
        event_of().state = State.PUBLISHED
        db.session.get_one(Registration, ada).reported_at = portal_clock.now()
    assert "noted that they attended" in refused("attendance")  # it is not over yet
    clock.move_to(JANUARY)
    clock.shift(5 * 3600)
    assert "The event is over" in refused("invitation")
    said = text(pdf(client, f"/en/{page}/attendance.pdf"))
    assert "took part in this event" in said and "Travel is paid" not in said
    with app.app_context(), transaction():
        found = db.session.query(EventPapers).one()
        found.invites = found.confirms = False
    assert client.get(f"/en/{page}/attendance.pdf").status_code == 404
    assert "Letters" not in words(client.get(f"/en/{page}"))


def test_a_name_is_shown_and_never_run_and_one_without_glyphs_gets_a_sentence(
    app: Flask, client: PortalClient, ada: int
) -> None:
    with app.app_context(), transaction():
        db.session.get_one(Registration, ada).last_name = '#read("/etc/passwd") *x* $1$ \\ "'
    said = text(pdf(client, f"/en/{own_page(app, ada)}/invitation.pdf"))
    assert 'Αδαμαντία #read("/etc/passwd") *x* $1$' in said
    with app.app_context(), transaction():
        db.session.get_one(Registration, ada).last_name = "李"
    answer = client.get(f"/en/{own_page(app, ada)}/invitation.pdf")
    assert answer.status_code == 409 and "Latin, Greek or Cyrillic" in words(answer)


def test_what_is_offered_is_said_with_a_sender_and_kept_against_a_colleague(
    app: Flask, olga: PortalClient
) -> None:
    bare = olga.submit(DESK, {"invites": "y"}, action="/papers/")
    assert bare.status_code == 422
    assert "Say who invites" in words(bare) and "Say who signs the letters" in words(bare)
    no_page = {"forms_url": "file:///etc/passwd"}
    assert olga.submit(DESK, no_page, action="/papers/").status_code == 422
    stale = olga.get(DESK)
    assert olga.submit(DESK, SAID, action="/papers/").status_code == 303
    again = olga.submit(stale, {"signer": "Somebody Else"}, action="/papers/")
    assert again.status_code == 409 and "Somebody Else" in again.get_data(as_text=True)
    assert "Letter of invitation: Français (PDF)" in words(olga.get(DESK))
    assert olga.get(f"{DESK}sample/xx/invitation.pdf").status_code == 404
    made = olga.submit("/desk/events/trust/edition", {"slug": "trust-2028"}, action="/edition")
    assert made.status_code == 303, words(made)
    copied = olga.get("/desk/events/trust-2028/papers/").get_data(as_text=True)
    assert "Olga Organiser" in copied and "agency.example/forms" not in copied
