"""Speakers: what the desk writes of them, what they agree to, and what the public sees."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal import cache
from portal.accounts.rules import TeamRole
from portal.audit.models import Entry
from portal.config import Settings
from portal.db import db, transaction
from portal.events.models import Appearance, Speaker
from portal.events.queries import any_slug
from portal.events.rules import State
from tests.desk.front_door import make_user, send, sign_in, words
from tests.factories import make_event, make_session
from tests.harness.client import PortalClient
from tests.harness.mails import html_of, text_of
from tests.materials.files import HTML, picture, taken_somewhere

Deliver = Callable[[], list[EmailMessage]]
PAGE = "/desk/events/trust/speakers/"
PUBLIC = "/en/events/trust/"
ADA = {
    "name": "Ada Example", "role-en": "Head of training", "role-fr": "Responsable formation",
    "affiliation": "Car parts plant", "biography-en": "Ada has trained people for ten years.",
    "photo_text-en": "Ada in front of a lathe",
}  # fmt: skip

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def client(app: Flask) -> PortalClient:
    with app.app_context(), transaction():
        make_session(make_event(slug="trust"))
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


@pytest.fixture
def ada(app: Flask, client: PortalClient) -> str:
    """Ada, in the first session, with a photo; her page at the desk."""
    given = ADA | {"photo": (BytesIO(picture()), "ada.png")}
    assert send(client, f"{PAGE}new", given).status_code == 303
    with app.app_context(), transaction():
        event = any_slug("trust")
        assert event is not None
        event.sessions[0].appearances.append(Appearance(speaker=event.speakers[0]))
        return f"{PAGE}{event.speakers[0].id}"


def speaker(app: Flask, *names: str) -> tuple[Any, ...]:
    with app.app_context():
        found = db.session.scalars(select(Speaker)).one()
        return tuple(getattr(found, name) for name in names)


def asked(client: PortalClient, ada: str, deliver: Deliver, language: str = "en") -> str:
    """The letter is sent; the path of the link in it."""
    answer = send(client, f"{ada}/consent", {"email": "ada@example.org", "language": language})
    assert answer.status_code == 303, words(answer)
    (mail,) = deliver()
    assert mail["To"].endswith("ada@example.org>")
    found = re.search(rf"https?://[^/\s]+(/{language}/speakers/[\w.\-]+)\s", text_of(mail))
    assert found, text_of(mail)
    assert found[1] in html_of(mail)
    return found[1]


def public(client: PortalClient, lang: str = "en") -> str:
    return words(client.get(PUBLIC.replace("/en/", f"/{lang}/")))


def test_without_consent_the_page_names_the_role_alone(
    app: Flask, client: PortalClient, ada: str
) -> None:
    html = client.get(PUBLIC).get_data(as_text=True)
    assert "Head of training" in html
    for hidden in ("Ada", "Car parts", "ten years", '<img class="people', "performer"):
        assert hidden not in html
    (photo,) = speaker(app, "photo")
    assert client.get(f"/speakers/1/{photo}").status_code == 404


def test_a_speaker_agrees_by_the_link_in_the_letter(
    app: Flask, client: PortalClient, ada: str, deliver: Deliver
) -> None:
    own = asked(client, ada, deliver)
    stranger = app.test_client()
    page = stranger.get(own)
    assert page.headers["Cache-Control"] == "no-store"
    assert "Ada has trained people" in words(page) and "Welcome" in words(page)
    assert 'alt="Ada in front of a lathe"' in page.get_data(as_text=True)
    assert stranger.get(f"{own}/photo").status_code == 200
    assert speaker(app, "agreed") == (None,)  # opening changes nothing
    assert stranger.submit(page, action="/consent").status_code == 303
    html = client.get(PUBLIC).get_data(as_text=True)
    for shown in ("Ada Example", "Car parts plant", "ten years", '"performer":[{"@type":"Person"'):
        assert shown in html
    image = re.search(r'<img class="people__photo" src="([^"]+)" alt="Ada in front', html)
    assert image
    photo = client.get(image[1])
    assert photo.status_code == 200
    assert photo.headers["Content-Type"] == "image/png"
    assert photo.headers["Cache-Control"] == "public, max-age=600"
    assert photo.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    etag = photo.headers["ETag"]
    assert client.get(image[1], headers={"If-None-Match": etag}).status_code == 304
    assert "You agreed" in words(stranger.get(own))


def test_recordings_are_asked_apart(
    app: Flask, client: PortalClient, ada: str, deliver: Deliver
) -> None:
    own = asked(client, ada, deliver)
    client.submit(own, action="/consent")
    assert speaker(app, "recordings") == (False,)
    client.submit(own, {"recordings": "y"}, action="/consent")
    assert speaker(app, "recordings") == (True,)


def test_consent_is_taken_back_as_easily_as_given(
    app: Flask, client: PortalClient, ada: str, deliver: Deliver
) -> None:
    own = asked(client, ada, deliver)
    client.submit(own, action="/consent")
    (photo,) = speaker(app, "photo")
    number = ada.rpartition("/")[2]
    assert client.get(f"/speakers/{number}/{photo}").status_code == 200
    assert client.submit(own, action="/refusal").status_code == 303
    assert "You refused" in words(client.get(own))
    assert "Ada" not in public(client)
    assert client.get(f"/speakers/{number}/{photo}").status_code == 404
    client.submit(own, action="/consent")
    assert "Ada Example" in public(client)


def test_what_is_changed_asks_again_and_the_page_shows_what_was_agreed(
    app: Flask, client: PortalClient, ada: str, deliver: Deliver, settings: Settings
) -> None:
    own = asked(client, ada, deliver)
    client.submit(own, action="/consent")
    changed = {"biography-en": "Ada knows all.", "photo": (BytesIO(picture("JPEG")), "b.jpg")}
    assert send(client, ada, changed).status_code == 303
    assert "Changed since they agreed" in words(client.get(PAGE))
    assert "Ada knows all." not in public(client) and "ten years" in public(client)
    assert len(list(settings.uploads_dir.glob("*"))) == 2
    assert "do you agree to it?" in words(client.get(own))
    client.submit(own, action="/consent")
    assert "Ada knows all." in public(client)
    assert len(list(settings.uploads_dir.glob("*"))) == 1


def test_who_agrees_to_what_was_changed_meanwhile_is_asked_to_look_again(
    app: Flask, client: PortalClient, ada: str, deliver: Deliver
) -> None:
    own = asked(client, ada, deliver)
    page = client.get(own)
    send(client, ada, {"biography-en": "Ada knows all."})
    assert client.submit(page, action="/consent").status_code == 409
    assert speaker(app, "agreed") == (None,)


def test_a_speaker_corrects_the_text_and_removes_the_photo(
    app: Flask, client: PortalClient, ada: str, deliver: Deliver, settings: Settings
) -> None:
    own = asked(client, ada, deliver)
    stranger = app.test_client()
    page = stranger.submit(f"{own}/details", {"name": ""})
    assert page.status_code == 422 and "Enter your name." in words(page)
    given = {"affiliation": "Plant of Ghent", "without_photo": "y"}
    assert stranger.submit(f"{own}/details", given).headers["Location"] == own
    assert "There is no photo." in words(stranger.get(own))
    assert list(settings.uploads_dir.glob("*")) == []
    stranger.submit(own, action="/consent")
    assert "Plant of Ghent" in public(client)


def test_a_photo_is_a_picture_drawn_anew_with_its_words(
    client: PortalClient, ada: str, deliver: Deliver, settings: Settings
) -> None:
    own = f"{asked(client, ada, deliver)}/details"
    for name, content in (("ada.png", HTML), ("ada.pdf", b"%PDF-1.7\n%%EOF"), ("ada.svg", HTML)):
        page = client.submit(own, {"photo": (BytesIO(content), name)})
        assert page.status_code == 422, name
        assert "cannot be used" in words(page)
    page = client.submit(own, {"photo_text-en": ""})
    assert page.status_code == 422
    assert "Say in a few words what the photo shows." in words(page)
    client.submit(own, {"photo": (BytesIO(taken_somewhere((300, 200))), "ada.jpg")})
    (file,) = settings.uploads_dir.glob("*")
    assert b"Brussels" not in file.read_bytes()


def test_a_link_that_is_not_theirs_opens_nothing(
    app: Flask, client: PortalClient, ada: str, deliver: Deliver
) -> None:
    own = asked(client, ada, deliver)
    for path in ("/en/speakers/x", own[:-2], f"{own[:-2]}/details", f"{own[:-2]}/photo"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "Ask the organisers" in answer.get_data(as_text=True)
    send(client, f"{ada}/removal")
    assert client.get(own).status_code == 404


def test_the_letter_is_in_the_language_that_was_chosen(
    client: PortalClient, ada: str, deliver: Deliver
) -> None:
    assert asked(client, ada, deliver, "fr").startswith("/fr/")


def test_consent_given_otherwise_is_noted_with_who_noted_it(
    app: Flask, client: PortalClient, ada: str
) -> None:
    assert "Ada has trained people" in words(client.get(f"{ada}/consent/note"))
    assert send(client, f"{ada}/consent/note", {"recordings": "y"}).status_code == 303
    assert "Noted by olga@example.org" in words(client.get(f"{ada}/consent"))
    assert "Ada Example" in public(client)
    with app.app_context():
        line = db.session.scalars(select(Entry).order_by(Entry.id.desc())).first()
        assert line is not None and line.act == "speaker.agreement_noted"
        assert "Ada" not in str(line.details)


def test_who_may_write_texts_sees_no_address_and_asks_nobody(
    app: Flask, client: PortalClient, ada: str, deliver: Deliver
) -> None:
    asked(client, ada, deliver)
    editor = sign_in(app, make_user(app, "ed@example.org", "trust", role=TeamRole.EDITOR))
    for path in (PAGE, ada, f"{PAGE}new"):
        page = editor.get(path)
        assert page.status_code == 200
        assert "ada@example.org" not in page.get_data(as_text=True)
    for path in (f"{ada}/consent", f"{ada}/consent/note"):
        assert editor.get(path).status_code == 403


def test_a_photo_of_a_draft_is_not_there(app: Flask, client: PortalClient, ada: str) -> None:
    send(client, f"{ada}/consent/note")
    (photo,) = speaker(app, "photo")
    number = ada.rpartition("/")[2]
    assert client.get(f"/speakers/{number}/{photo}").status_code == 200
    with app.app_context(), transaction():
        event = any_slug("trust")
        assert event is not None
        event.state = State.DRAFT
    assert client.get(f"/speakers/{number}/{photo}").status_code == 404
    assert client.get(f"/speakers/{number}/other.png").status_code == 404
    assert client.get(f"/speakers/{10**20}/{photo}").status_code == 404


def test_the_address_is_forgotten_thirty_days_after_the_event(
    app: Flask, client: PortalClient, ada: str, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    own = asked(client, ada, deliver)
    with app.app_context():
        event = any_slug("trust")
        assert event is not None
        ends_at = event.ends_at
    clock.move_to(ends_at + timedelta(days=29))
    deliver()
    assert speaker(app, "email") == ("ada@example.org",)
    clock.move_to(ends_at + timedelta(days=30, seconds=1))
    deliver()
    assert speaker(app, "email", "name") == ("", "Ada Example")
    assert client.get(own).status_code == 200


def test_who_is_removed_is_gone_with_everything(
    app: Flask, client: PortalClient, ada: str, settings: Settings
) -> None:
    send(client, f"{ada}/consent/note")
    assert "Ada Example" in public(client)
    assert send(client, f"{ada}/removal").status_code == 303
    cache.clear()
    assert "Ada" not in public(client)
    assert list(settings.uploads_dir.glob("*")) == []
    with app.app_context():
        assert db.session.scalars(select(Speaker)).all() == []
        assert db.session.scalars(select(Appearance)).all() == []


def test_the_second_of_two_editors_loses_nothing(
    app: Flask, client: PortalClient, ada: str
) -> None:
    mine = client.get(ada)
    send(client, ada, {"affiliation": "Theirs"})
    page = send(client, mine, {"affiliation": "Mine", "photo": (BytesIO(picture()), "b.png")})
    assert page.status_code == 409
    assert "Somebody else has changed this speaker meanwhile." in words(page)
    assert "Organisation: somebody else changed it too. Theirs: Theirs" in words(page)
    assert "Choose the photo again: browsers do not keep it." in words(page)
    send(client, page)
    assert speaker(app, "affiliation") == ("Mine",)


def test_a_speaker_and_an_organiser_who_write_at_once_lose_nothing(
    app: Flask, client: PortalClient, ada: str, deliver: Deliver
) -> None:
    own = asked(client, ada, deliver)
    stranger = app.test_client()
    mine = stranger.get(f"{own}/details")
    send(client, ada, {"role-en": "Head", "biography-en": "Theirs.", "biography-fr": "La leur."})
    page = stranger.submit(mine, {"name": "Ada B. Example", "biography-en": "Mine."})
    assert page.status_code == 409
    said = words(page)
    assert "The organisers have changed this meanwhile." in said
    assert "Role (English), as they left it: Head" in said
    assert "A few words about you (English): somebody else changed it too." in said
    assert "A few words about you (Français), as they left it: La leur." in said
    assert speaker(app, "name") == ("Ada Example",)
    assert stranger.submit(page).headers["Location"] == own
    assert speaker(app, "name", "role", "biography") == (
        "Ada B. Example", {"en": "Head", "fr": "Responsable formation"},
        {"en": "Mine.", "fr": "La leur."},
    )  # fmt: skip


def test_parts_in_another_language_say_so(client: PortalClient, ada: str) -> None:
    send(client, f"{ada}/consent/note")
    html = client.get("/fr/events/trust/").get_data(as_text=True)
    assert '<p lang="en">Ada has trained people for ten years.</p>' in html
    assert 'alt="Ada in front of a lathe" lang="en"' in html
    assert "Responsable formation" in html
