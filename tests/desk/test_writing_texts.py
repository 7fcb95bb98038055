"""The texts of an event are written at the desk, by two at once as well."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.accounts.rules import TeamRole
from portal.db import transaction
from portal.events.queries import any_slug
from portal.events.rules import State
from tests.desk.front_door import make_user, sign_in, words
from tests.factories import make_event, make_session
from tests.harness.client import PortalClient

Deliver = Callable[[], list[EmailMessage]]
PAGE = "/desk/events/trust/"

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def client(app: Flask) -> PortalClient:
    with app.app_context(), transaction():
        make_event(
            slug="trust",
            working_languages=[{"code": "en", "how": ["spoken"]}],
            contacts=[{"role": {"en": "Questions"}, "email": "ask@example.org"}],
        )
    return sign_in(app, make_user(app, "olga@example.org", "trust", role=TeamRole.EDITOR))


@pytest.fixture
def other(app: Flask, client: PortalClient) -> PortalClient:
    return sign_in(app, make_user(app, "otto@example.org", "trust"))


def fact(app: Flask, name: str, slug: str = "trust") -> Any:
    with app.app_context():
        event = any_slug(slug)
        assert event is not None
        return getattr(event, name)


def save(
    client: PortalClient, page: TestResponse | str = f"{PAGE}texts", **changed: Any
) -> TestResponse:
    values = {re.sub("_(en|fr|de|el)$", r"-\1", name): value for name, value in changed.items()}
    return client.submit(page, values, action="/texts")


def test_an_untouched_form_changes_nothing(app: Flask, client: PortalClient) -> None:
    before = {name: fact(app, name) for name in ("organisers", "contacts", "working_languages")}
    assert save(client).status_code == 303
    assert fact(app, "revision") == 1
    assert {name: fact(app, name) for name in before} == before


def test_every_text_is_written_and_shown(app: Flask, client: PortalClient) -> None:
    saved = save(
        client,
        title_en="Trust and skills",
        description_en="Come **along**.\n\n- one\n- two",
        audience_fr="Tout le monde",
        kind="workshop",
        sectors=["retail"],
        organisers_en="The agency\nThe union",
        organisers_fr="L’agence\nLe syndicat",
        hashtag="Skills2027",
        language_2_code="fr",
        language_2_how=["interpreted", "captions"],
        contact_1_email="desk@example.org",
        contact_2_role_en="Press",
        contact_2_email="press@example.org",
    )
    assert saved.status_code == 303
    assert "The texts are saved" in words(client.get(saved.headers["Location"]))
    page = words(client.get("/en/events/trust/"))
    for said in (
        "Trust and skills", "Come along .", "Workshop", "The agency, The union", "#Skills2027",
        "English (spoken), French (interpreted, captions)",
        "Questions: desk@example.org", "Press: press@example.org",
    ):  # fmt: skip
        assert said in page, said
    assert "Manufacturing" not in page
    french = words(client.get("/fr/events/trust/"))
    assert "L’agence, Le syndicat" in french and "Tout le monde" in french


@pytest.mark.parametrize(
    ("changed", "anchor", "sentence"),
    [
        ({"title_en": "", "title_fr": ""}, "title-en", "Enter a title"),
        ({"hashtag": "two words"}, "hashtag", "Write one word"),
        ({"organisers_en": "A\nB"}, "organisers-en", "as many names in each language"),
        ({"contact_2_email": "nobody"}, "contact_2_email", "Enter an address like"),
        ({"contact_2_email": "a@example.org"}, "contact_2_role-en", "Say who answers"),
        ({"contact_1_email": ""}, "contact_1_email", "Enter the mail address of this contact"),
        ({"language_2_code": "en"}, "language_2_code", "stands above already"),
        ({"language_2_code": "tlh"}, "language_2_code", "Choose one of those"),
        ({"slug": "Trust!"}, "slug", "Write small letters"),
        ({"slug": ""}, "slug", "Enter an address"),
    ],
)
def test_what_cannot_be_is_said_and_leads_to_its_field(
    app: Flask, client: PortalClient, changed: dict[str, Any], anchor: str, sentence: str
) -> None:
    page = save(client, summary_en="Typed", **changed)
    assert page.status_code == 422
    assert sentence in words(page)
    assert f'href="#{anchor}"' in page.text and f'id="{anchor}"' in page.text
    assert "Typed" in page.text
    assert fact(app, "revision") == 1


def test_what_publication_needs_is_kept_while_the_event_is_public(
    app: Flask, client: PortalClient, other: PortalClient
) -> None:
    form = words(client.get(f"{PAGE}texts"))
    assert "Summary (needed before it is published)" in form and "About (optional)" in form
    page = save(client, summary_en="", summary_fr="")
    assert page.status_code == 422
    assert "enter a summary in at least one language" in words(page)
    homeless = other.submit(f"{PAGE}details", {"venue": "", "address": ""}, action="/details")
    assert homeless.status_code == 422
    assert "enter a venue or an address" in words(homeless)
    with app.app_context(), transaction():
        found = any_slug("trust")
        assert found is not None
        found.state = State.DRAFT
    assert save(client, summary_en="", summary_fr="").status_code == 303


def test_a_renamed_page_is_found_under_both_addresses_and_can_be_named_back(
    app: Flask, client: PortalClient
) -> None:
    assert save(client, slug="skills").headers["Location"] == "/desk/events/skills/?saved=yes"
    moved = client.get("/en/events/trust/")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/en/events/skills/")
    back = save(client, "/desk/events/skills/texts", slug="trust")
    assert back.headers["Location"] == "/desk/events/trust/?saved=yes"
    assert client.get("/en/events/trust/").status_code == 200
    assert client.get("/en/events/skills/").status_code == 301


def test_two_who_write_different_texts_both_have_theirs(
    app: Flask, client: PortalClient, other: PortalClient
) -> None:
    mine = client.get(f"{PAGE}texts")
    save(other, summary_en="Theirs", title_fr="Titre", hashtag="theirs")
    shown = save(client, mine, description_en="Mine", summary_fr="Le mien")
    assert shown.status_code == 409
    assert "<title>Error:" in shown.text
    said = words(shown)
    assert "Nothing of yours is lost" in said
    assert "Summary (English), as they left it: Theirs" in said
    assert "Title (Français), as they left it: Titre" in said
    assert fact(app, "description") == {"en": "What makes one *worth having*?"}
    assert save(client, shown).status_code == 303
    assert fact(app, "summary") == {"en": "Theirs", "fr": "Le mien"}
    assert fact(app, "description") == {"en": "Mine"}
    assert fact(app, "hashtag") == "#theirs"


def test_of_one_text_that_both_wrote_the_second_decides(
    app: Flask, client: PortalClient, other: PortalClient
) -> None:
    mine = client.get(f"{PAGE}texts")
    save(other, description_en="Theirs\n\nin two paragraphs", kind="webinar", sectors=[])
    shown = save(client, mine, description_en="Mine", kind="workshop", sectors=["retail"])
    assert shown.status_code == 409
    assert 'href="#description-en"' in shown.text
    said = words(shown)
    assert "About (English): somebody else changed it too. Theirs: Theirs in two" in said
    assert "Theirs, to compare and to copy from: Theirs in two paragraphs" in said
    assert "Kind: somebody else changed it too. Theirs: Webinar" in said
    assert "Sectors: somebody else changed it too. Theirs: (empty)" in said
    assert ">Mine</textarea>" in shown.text
    save(client, shown)
    assert (fact(app, "description"), fact(app, "kind")) == ({"en": "Mine"}, "workshop")
    assert fact(app, "sectors") == ["retail"]


def test_a_third_change_in_between_is_shown_as_well(
    app: Flask, client: PortalClient, other: PortalClient
) -> None:
    mine = client.get(f"{PAGE}texts")
    save(other, hashtag="one")
    shown = save(client, mine, hashtag="mine")
    save(other, hashtag="two")
    again = save(client, shown)
    assert (again.status_code, "Theirs: #two" in words(again)) == (409, True)
    save(client, again)
    assert fact(app, "hashtag") == "#mine"


def test_details_and_texts_do_not_meet(
    app: Flask, client: PortalClient, other: PortalClient
) -> None:
    mine = client.get(f"{PAGE}texts")
    review = other.submit(f"{PAGE}details", {"venue": "Elsewhere"}, action="/details")
    other.submit(review, {"step": "act"}, action="/details")
    assert save(client, mine, hashtag="mine").status_code == 303
    assert (fact(app, "venue"), fact(app, "hashtag")) == ("Elsewhere", "#mine")


def test_what_changed_between_form_and_review_is_shown_before_the_act(
    app: Flask, client: PortalClient, other: PortalClient
) -> None:
    third = sign_in(app, make_user(app, "third@example.org", "trust"))
    review = other.submit(
        f"{PAGE}details", {"capacity": "60", "starts_at": "2027-01-18T13:00"}, action="/details"
    )
    theirs = third.submit(
        f"{PAGE}details",
        {"zone": "Europe/Athens", "capacity": "70", "waitlist": None},
        action="/details",
    )
    third.submit(theirs, {"step": "act"}, action="/details")
    assert fact(app, "starts_at") == datetime(2027, 1, 18, 12, 0, tzinfo=UTC)  # 14:00, there
    shown = other.submit(review, {"step": "act"}, action="/details")
    assert shown.status_code == 409
    said = words(shown)
    assert "Places: somebody else changed it too. Theirs: 70" in said
    assert "Keep a waitlist when all places are taken, as they left it: no" in said
    assert "Time zone, as they left it: Athens" in said
    again = other.submit(shown, action="/details")
    other.submit(again, {"step": "act"}, action="/details")
    assert (fact(app, "capacity"), fact(app, "waitlist"), fact(app, "zone")) == (
        60, False, "Europe/Athens",
    )  # fmt: skip
    assert fact(app, "starts_at") == datetime(2027, 1, 18, 11, 0, tzinfo=UTC)  # 13:00, there


def test_another_zone_keeps_the_hands_of_the_clock(
    app: Flask, client: PortalClient, other: PortalClient
) -> None:
    with app.app_context(), transaction():
        event = any_slug("trust")
        assert event is not None
        make_session(event)
    review = other.submit(f"{PAGE}details", {"zone": "America/New_York"}, action="/details")
    said = words(review)
    assert "Brussels time" in said and "New York time" in said
    other.submit(review, {"step": "act"}, action="/details")
    assert fact(app, "starts_at") == datetime(2027, 1, 18, 19, 0, tzinfo=UTC)
    with app.app_context():
        event = any_slug("trust")
        assert event is not None
        assert [each.starts_at for each in event.sessions] == [event.starts_at]


def test_a_form_that_does_not_say_what_it_saw_overwrites_nothing(
    app: Flask, client: PortalClient
) -> None:
    for opened in ("", "nonsense", "title-en=", "=" * 50):
        assert save(client, opened=opened, hashtag="mine").status_code == 409
    assert fact(app, "hashtag") == ""


@pytest.mark.parametrize("state", [State.DRAFT, State.PUBLISHED])
def test_a_preview_is_the_public_page_in_each_language(
    app: Flask, client: PortalClient, state: State
) -> None:
    with app.app_context(), transaction() as session:
        event = any_slug("trust")
        assert event is not None
        session.get_one(type(event), event.id).state = state
        make_session(event)
    for lang, title, register in (
        ("en", "Trust in microcredentials", "Register"),
        ("fr", "La confiance dans les microcertifications", ""),
    ):
        page = client.get(f"{PAGE}preview/{lang}")
        assert f'<html lang="{lang}">' in page.text
        assert title in words(page) and register in words(page)
        assert 'name="robots" content="noindex' in page.text
        assert page.headers["Cache-Control"] == "no-store"
        assert 'rel="canonical"' not in page.text
        assert f'href="{PAGE}preview/fr"' in page.text or lang == "fr"
    assert "Welcome" in words(client.get(f"{PAGE}preview/en?zone=Europe/Athens"))
    assert client.get(f"{PAGE}preview/xx").status_code == 404
    assert client.get(f"{PAGE}preview/en?zone=Mars").status_code == 404
    assert client.get("/en/events/trust/").status_code == (404 if state is State.DRAFT else 200)
    assert fact(app, "state") is state
