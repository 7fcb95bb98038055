"""An organiser corrects somebody's details, and the person hears of it."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.db import db, transaction
from portal.outbox.models import Message
from portal.registrations.rules import Attendance
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import LIST, PROOF, acts, comes, event_of, park, person
from tests.factories import make_event
from tests.harness.client import PortalClient, find_form
from tests.harness.mails import text_of
from tests.registrations.front_door import link_in, told

Deliver = Callable[[], list[EmailMessage]]

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def client(app: Flask) -> PortalClient:
    with app.app_context(), transaction():
        make_event(slug="trust", capacity=2)
        make_event(slug="other")
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def correct(
    client: PortalClient, page: TestResponse | str, values: dict[str, Any] | None = None
) -> TestResponse:
    """Send the form of the person's details."""
    return client.submit(page, values, action="/details")


def test_what_was_corrected_is_kept_and_told(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    ada = comes(app, "ada")
    deliver()
    sent = correct(client, f"{LIST}/{ada}/details", {"last_name": "Byron", "phone": "+32 2 1"})
    assert sent.headers["Location"] == f"{LIST}/{ada}"
    names = ("last_name", "phone", "name_key", "sort_name")
    assert person(app, ada, *names) == ("Byron", "+32 2 1", "ada byron", "byron ada")
    (mail,) = deliver()
    assert told([mail]) == [("ada@example.org", "Your details are changed", "REQUEST")]
    assert "by you or for you by an organiser" in text_of(mail)
    assert acts(app, ada)[-1] == ("registration.changed", {"fields": ["last_name", "phone"]})


def test_nothing_changed_means_no_letter(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    ada = comes(app, "ada")
    deliver()
    correct(client, f"{LIST}/{ada}/details")
    assert deliver() == []


def test_the_language_of_letters_is_the_persons(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    ada = comes(app, "ada")
    deliver()
    correct(client, f"{LIST}/{ada}/details", {"language": "fr"})
    assert deliver()[0]["Content-Language"] == "fr"


def test_a_mistyped_address_is_written_to_anew_and_never_heard(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    ada = comes(app, "ada", email="ada@exmaple.org")
    park(app, ada)
    old_link = person(app, ada, "link_code")
    correct(client, f"{LIST}/{ada}/details", {"email": "ada@example.org"})
    (mail,) = deliver()
    assert told([mail]) == [("ada@example.org", "Your place is confirmed", "REQUEST")]
    assert link_in(mail)
    assert person(app, ada, "link_code") != old_link
    with app.app_context():
        assert [m.recipient for m in db.session.query(Message)] == ["ada@example.org"]


def test_an_address_that_worked_hears_that_it_was_changed(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    ada = comes(app, "ada")
    deliver()
    correct(client, f"{LIST}/{ada}/details", {"email": "lovelace@example.org"})
    assert told(deliver()) == [
        ("ada@example.org", "Another address for your registration", "CANCEL"),
        ("lovelace@example.org", "Your details are changed", "REQUEST"),
    ]


def test_nobody_ticks_a_consent_for_somebody_else(app: Flask, client: PortalClient) -> None:
    ada = comes(app, "ada", access_needs="a ramp",
                consents={"access_consent": PROOF, "list_consent": PROOF})  # fmt: skip
    form = client.get(f"{LIST}/{ada}/details")
    assert 'name="photo_consent"' not in form.text and 'value="photo_consent"' not in form.text
    assert 'name="diet"' not in form.text
    forged = client.post(
        f"{LIST}/{ada}/details",
        data=find_form(form, "/details").values | {"taken": ["photo_consent"]},
    )
    assert forged.status_code == 422
    correct(client, form, {"taken": ["access_consent"]})
    assert person(app, ada, "consents", "access_needs") == ({"list_consent": PROOF}, "")
    assert acts(app, ada)[-1] == ("registration.consent_taken", {"consents": ["access_consent"]})


def test_two_organisers_at_once_lose_nothing(app: Flask, client: PortalClient) -> None:
    ada = comes(app, "ada")
    second = sign_in(app, make_user(app, "otto@example.org", "trust", name="Otto"))
    form = second.get(f"{LIST}/{ada}/details")
    assert "adviser" not in str(find_form(form, "/details").values["opened"])
    correct(client, f"{LIST}/{ada}/details", {
        "role": "poet", "organisation": "Royal Society", "country": "GR",
    })  # fmt: skip
    shown = correct(second, form, {"role": "countess", "last_name": "King"})
    assert shown.status_code == 409
    said = words(shown)
    assert "Somebody else, perhaps the person, has changed the details meanwhile." in said
    assert "Role: somebody else changed it too. Theirs: poet" in said
    assert "Organisation, as they left it: Royal Society" in said
    assert "Country, as they left it: Greece" in said
    assert person(app, ada, "role", "organisation", "last_name") == (
        "poet", "Royal Society", "Test",
    )  # fmt: skip
    saved = correct(second, shown)
    assert saved.status_code == 303
    assert person(app, ada, "role", "organisation", "last_name") == (
        "countess", "Royal Society", "King",
    )  # fmt: skip


@pytest.mark.parametrize("nonsense", ["", "x", "role", "role=", "=" * 500])
def test_what_the_form_claims_to_have_seen_may_be_nonsense(
    app: Flask, client: PortalClient, nonsense: str
) -> None:
    ada = comes(app, "ada")
    form = client.get(f"{LIST}/{ada}/details")
    assert correct(client, form, {"opened": nonsense, "role": "poet"}).status_code in (303, 409)


def test_a_person_who_is_registered_already_is_shown(app: Flask, client: PortalClient) -> None:
    ada, twin = comes(app, "ada"), comes(app, "twin", first_name="Ada")
    page = correct(client, f"{LIST}/{twin}/details", {"email": "ADA@example.org"})
    assert page.status_code == 409
    assert f'href="{LIST}/{ada}"' in page.text
    assert person(app, twin, "email") == ("twin@example.org",)


def test_errors_are_said_and_nothing_typed_is_lost(app: Flask, client: PortalClient) -> None:
    ada = comes(app, "ada")
    page = correct(client, f"{LIST}/{ada}/details", {"first_name": "", "role": "poet"})
    assert page.status_code == 422
    assert "<title>Error: Correct the details" in page.text
    assert 'value="poet"' in page.text
    assert "Enter the first name." in words(page)


def test_who_does_not_come_in_person_any_more_needs_nothing_there(
    app: Flask, client: PortalClient
) -> None:
    from portal.events.rules import Format

    with app.app_context(), transaction():
        event_of().format = Format.HYBRID
    ada = comes(app, "ada", diet="vegan", attendance=Attendance.IN_PERSON,
                consents={"diet_consent": PROOF})  # fmt: skip
    correct(client, f"{LIST}/{ada}/details", {"attendance": "online"})
    assert person(app, ada, "diet", "consents", "attendance") == ("", {}, Attendance.ONLINE)


def test_details_changed_while_a_postponement_waits_are_told_with_it(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    ada = comes(app, "ada")
    comes(app, "bob")
    deliver()
    client.submit("/desk/events/trust/postponement", action="/postponement")
    correct(client, f"{LIST}/{ada}/details", {"last_name": "Byron"})
    client.submit("/desk/events/trust/", action="/letters")
    mails = {str(mail["To"]): mail for mail in deliver()}
    assert mails["ada@example.org"]["Subject"].startswith("Postponed")
    assert "Your details were changed as well" in text_of(mails["ada@example.org"])
    assert "Your details were changed" not in text_of(mails["bob@example.org"])
