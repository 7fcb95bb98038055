"""What a letter cannot show is refused where it is typed, and named where that is too late."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.db import db, transaction
from portal.papers.models import EventPapers
from portal.pdf import unwritable
from portal.registrations.models import Registration
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import comes, event_of
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.papers.test_letters import DESK, SAID, own_page, pdf, text

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def olga(app: Flask) -> PortalClient:
    with app.app_context(), transaction():
        make_event(slug="trust")
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def test_what_the_typeface_lacks_is_found_by_trying(app: Flask) -> None:
    with app.app_context():
        assert unwritable("Łoś, Αδαμαντία, Ђурић, Nguyễn, ½ €", "שלום") == []
        assert unwritable("We 学习 in the 学校 🎉", "ก") == ["学", "习", "校", "🎉", "ก"]
        assert unwritable("", "\n") == []


@pytest.mark.parametrize(
    "field", ["body", "signer", "signer_role-el", "words-fr", "reference", "forms_url"]
)
def test_a_text_that_no_letter_could_show_is_refused_at_the_desk_and_not_lost(
    app: Flask, olga: PortalClient, field: str
) -> None:
    typed = SAID | {field: f"{SAID.get(field, '')} 会议 🎉"}
    if field == "forms_url":
        typed[field] = "https://agency.example/会议🎉"
    refused = olga.submit(DESK, typed, action="/papers/")
    said = words(refused)
    assert refused.status_code == 422 and "<title>Error:" in refused.text
    assert "Letters cannot show these characters: 会 议 🎉." in said
    assert "会议" in refused.text and f'href="#{field}"' in refused.text
    with app.app_context():
        assert db.session.query(EventPapers).count() == 0
    assert olga.submit(refused, {field: ""} | SAID, action="/papers/").status_code == 303


def test_who_cannot_be_written_reads_which_characters_and_where_to_change_them(
    app: Flask, client: PortalClient, olga: PortalClient
) -> None:
    assert olga.submit(DESK, SAID, action="/papers/").status_code == 303
    ada = comes(app, "ada", first_name="明", last_name="李", role="🎉")
    page = own_page(app, ada)
    refused = client.get(f"/en/{page}/invitation.pdf")
    assert refused.status_code == 409
    assert "the name, organisation or role has characters" in words(refused)
    assert "明 李 🎉" in words(refused)
    assert f'href="/en/{page}"' in refused.text, "the way on is their own page"
    desk = olga.get(f"/desk/events/trust/registrations/{ada}/letters/fr/invitation.pdf")
    assert desk.status_code == 409 and "明 李" in words(desk)
    with app.app_context(), transaction():
        found = db.session.get_one(Registration, ada)
        found.first_name, found.last_name, found.role = "Ming", "Li", ""
    assert "Ming Li" in text(pdf(client, f"/en/{page}/invitation.pdf"))


def test_small_pictures_in_the_words_of_the_event_are_left_out(
    app: Flask, client: PortalClient, olga: PortalClient
) -> None:
    assert olga.submit(DESK, SAID, action="/papers/").status_code == 303
    page = own_page(app, comes(app, "ada"))
    with app.app_context(), transaction():
        event_of().title = {"en": "Trust 👩‍💻 in skills 🎉"}
    said = text(pdf(client, f"/en/{page}/invitation.pdf"))
    assert "Trust in skills When" in said


def test_an_event_that_was_renamed_so_that_no_letter_can_be_written_says_so(
    app: Flask, client: PortalClient, olga: PortalClient
) -> None:
    assert olga.submit(DESK, SAID, action="/papers/").status_code == 303
    page = own_page(app, comes(app, "ada"))
    assert "Nobody can make a letter now" not in words(olga.get(DESK))
    with app.app_context(), transaction():
        event_of().title = {"en": "学习"}
    refused = client.get(f"/en/{page}/invitation.pdf")
    assert refused.status_code == 409
    assert "a text of the organisers has characters" in words(refused)
    assert "学 习" in words(refused) and "Ask them:" in words(refused)
    at_desk = words(olga.get(DESK))
    assert "Nobody can make a letter now" in at_desk and "学 习" in at_desk
