"""A passkey opens the desk for who holds it, once for each challenge, at this address alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import clock as portal_clock
from portal.accounts import letters, privacy, service
from portal.accounts.models import Passkey, SignIn
from portal.audit.service import COMMAND
from portal.db import db, transaction
from tests.accounts.authenticator import Authenticator
from tests.desk.front_door import account, act, give_password, make_user, sign_in, words
from tests.harness.client import PortalClient

Deliver = Callable[[], list[EmailMessage]]
OWN = "/desk/account/passkeys"
DOOR = "/desk/sign-in"
REFUSED = "This passkey did not open the desk."

pytestmark = pytest.mark.usefixtures("clock")


def asked(client: PortalClient, page: str, challenge: str) -> dict[str, Any]:
    """What the page's script is told when it asks for a challenge."""
    answer = client.post(challenge, data={"csrf_token": token(client, page)})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def token(client: PortalClient, page: str) -> str:
    html = client.get(page).get_data(as_text=True)
    found = re.search(
        r'data-passkey=.*?name="csrf_token" type="hidden" value="([^"]+)"', html, re.S
    )
    assert found
    return found[1]


def send(client: PortalClient, page: str, path: str, answer: str, **more: str) -> TestResponse:
    data = {"csrf_token": token(client, page), "answer": answer} | more
    return client.post(path, data=data)


def new(app: Flask) -> PortalClient:
    client = app.test_client()
    assert isinstance(client, PortalClient)
    return client


def add(client: PortalClient, device: Authenticator, name: str = "my phone") -> TestResponse:
    options = asked(client, OWN, f"{OWN}/challenge")
    return send(client, OWN, OWN, device.make(options), name=name)


def options_at_the_door(client: PortalClient) -> dict[str, Any]:
    return asked(client, DOOR, f"{DOOR}/passkey/challenge")


def enter(client: PortalClient, answer: str, path: str = f"{DOOR}/passkey") -> TestResponse:
    return send(client, DOOR, path, answer)


@pytest.fixture
def device(app: Flask) -> Authenticator:
    """Olga's, whose account has an app as well."""
    device = Authenticator()
    client = sign_in(app, make_user(app))
    assert add(client, device).status_code == 303
    return device


def test_a_passkey_is_made_at_the_desk_listed_and_told(app: Flask, deliver: Deliver) -> None:
    client = sign_in(app, make_user(app))
    options = asked(client, OWN, f"{OWN}/challenge")
    assert options["rp"] == {"name": "Peer-learning portal", "id": "localhost"}
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    device = Authenticator()
    sent = send(client, OWN, OWN, device.make(options), name="my phone")
    assert sent.headers["Location"] == OWN
    assert "my phone 2 November 2026, 10:00 not yet" in words(client.get(OWN))
    assert [m["Subject"] for m in deliver()] == ["A passkey was added to your account"]
    assert len(asked(client, OWN, f"{OWN}/challenge")["excludeCredentials"]) == 1


def test_a_passkey_alone_opens_the_desk(app: Flask, device: Authenticator) -> None:
    client = new(app)
    led = client.get("/desk/outbox/").headers["Location"]
    options = asked(client, led, f"{DOOR}/passkey/challenge")
    assert options["userVerification"] == "required"
    assert options["allowCredentials"] == []
    done = enter(client, device.use(options), f"{DOOR}/passkey?next=/desk/outbox/")
    assert done.headers["Location"] == "/desk/outbox/"
    assert client.get("/desk/outbox/").status_code == 200
    with app.app_context():
        assert list(db.session.scalars(select(SignIn.how).order_by(SignIn.id)))[-1] == "passkey"
    assert "passkey 2 November 2026, 10:00" in words(client.get("/desk/account/"))


def test_a_passkey_leads_nobody_out_of_the_site(app: Flask, device: Authenticator) -> None:
    client = new(app)
    answer = device.use(options_at_the_door(client))
    done = enter(client, answer, f"{DOOR}/passkey?next=//evil.example")
    assert done.headers["Location"] == "/desk/"


def test_a_passkey_does_instead_of_the_code(app: Flask, device: Authenticator) -> None:
    client = new(app)
    give_password(client, "olga@example.org")
    code = f"{DOOR}/code"
    options = asked(client, code, f"{code}/passkey/challenge")
    assert len(options["allowCredentials"]) == 1
    done = send(client, code, f"{code}/passkey", device.use(options))
    assert done.headers["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200


def test_the_passkey_of_another_person_is_no_second_step(app: Flask, device: Authenticator) -> None:
    make_user(app, "eva@example.org")
    evas = Authenticator()
    add(sign_in(app, "eva@example.org"), evas)
    client = new(app)
    give_password(client, "olga@example.org")
    code = f"{DOOR}/code"
    options = asked(client, code, f"{code}/passkey/challenge")
    refused = send(client, code, f"{code}/passkey", evas.use(options))
    assert refused.status_code == 422
    assert REFUSED in words(refused)


@pytest.mark.parametrize(
    "false",
    [
        {"origin": "https://localhost.evil.example"},
        {"origin": "http://localhost:8080"},
        {"rp": "evil.example"},
        {"verified": False},
        {"challenge": "AAAA"},
        {"count": 0},
    ],
    ids=["origin", "port", "relying party", "not verified", "challenge", "count"],
)
def test_what_does_not_fit_opens_nothing(
    app: Flask, device: Authenticator, false: dict[str, Any]
) -> None:
    client = new(app)
    device.use(options_at_the_door(client))
    enter(client, device.use(options_at_the_door(client)))
    client = new(app)
    refused = enter(client, device.use(options_at_the_door(client), **false))
    assert refused.status_code == 422
    assert REFUSED in words(refused)
    assert refused.get_data(as_text=True).count("<title>Error:") == 1
    assert client.get("/desk/").status_code == 303


def test_an_answer_opens_once(app: Flask, device: Authenticator) -> None:
    client = new(app)
    page_token = token(client, DOOR)
    answer = device.use(options_at_the_door(client))
    thief = new(app)
    for cookie in client._cookies.values():  # type: ignore[union-attr]
        thief.set_cookie(cookie.key, cookie.value)
    data = {"csrf_token": page_token, "answer": answer}
    assert client.post(f"{DOOR}/passkey", data=data).status_code == 303
    with app.app_context(), transaction():
        db.session.scalars(select(Passkey)).one().sign_count = 0
    assert thief.post(f"{DOOR}/passkey", data=data).status_code == 422


def test_a_wrong_answer_uses_the_challenge_up(app: Flask, device: Authenticator) -> None:
    client = new(app)
    options = options_at_the_door(client)
    assert enter(client, device.use(options, origin="http://evil.example")).status_code == 422
    assert enter(client, device.use(options)).status_code == 422


def test_a_challenge_lasts_five_minutes(
    app: Flask, device: Authenticator, clock: time_machine.Traveller
) -> None:
    client = new(app)
    options = options_at_the_door(client)
    clock.shift(timedelta(minutes=5))
    assert enter(client, device.use(options)).status_code == 422


def test_a_removed_passkey_and_a_removed_colleague_open_nothing(
    app: Flask, device: Authenticator
) -> None:
    owner = sign_in(app, "olga@example.org")
    spare = Authenticator()
    add(owner, spare, "key at home")
    with app.app_context():
        first = db.session.scalars(select(Passkey.id).order_by(Passkey.id)).first()
    assert act(owner, f"{OWN}/{first}/removal").headers["Location"] == OWN
    client = new(app)
    assert enter(client, device.use(options_at_the_door(client))).status_code == 422
    assert enter(client, spare.use(options_at_the_door(client))).status_code == 303
    with app.app_context(), transaction():
        olga = account("olga@example.org")
        service.remove(olga, by=COMMAND, now=portal_clock.now())
        privacy.erase(olga)
    client = new(app)
    assert enter(client, spare.use(options_at_the_door(client))).status_code == 422
    with app.app_context():
        assert db.session.scalars(select(Passkey)).all() == []


@pytest.mark.parametrize(
    "answer", ["", "{", "[]", "null", '{"id": 7}', '{"id": "x"}', "[" * 9000, "x" * 30_000]
)
def test_what_is_no_answer_is_no_fault(app: Flask, device: Authenticator, answer: str) -> None:
    client = new(app)
    options_at_the_door(client)
    assert enter(client, answer).status_code == 422
    owner = sign_in(app, "olga@example.org")
    asked(owner, OWN, f"{OWN}/challenge")
    assert send(owner, OWN, OWN, answer, name="").status_code in (409, 422)


def test_broken_parts_of_a_known_passkeys_answer_are_no_fault(
    app: Flask, device: Authenticator
) -> None:
    for part in ("clientDataJSON", "authenticatorData", "signature"):
        for wrong in ('""', '"AAAA"', '"é"', "7", "null", "[]"):
            client = new(app)
            answer = device.use(options_at_the_door(client))
            broken = re.sub(rf'"{part}": "[^"]*"', f'"{part}": {wrong}', answer)
            assert broken != answer
            assert enter(client, broken).status_code == 422, (part, wrong)


def test_the_first_second_step_can_be_a_passkey(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        user = service.create("new@example.org", name="Nora", by=COMMAND, now=portal_clock.now())
        path = letters.invite(user, now=portal_clock.now()).removeprefix("http://localhost")
    client.submit(path, {"password": "four words are easy enough"})
    step, device = f"{DOOR}/second-factor", Authenticator()
    options = asked(client, step, f"{step}/passkey/challenge")
    wrong = device.make(options, origin="http://evil.example")
    assert send(client, step, f"{step}/passkey", wrong).status_code == 422
    options = asked(client, step, f"{step}/passkey/challenge")
    done = send(client, step, f"{step}/passkey", device.make(options), name="")
    assert done.get_data(as_text=True).count("<code>") == 8
    assert client.get("/desk/").status_code == 200
    recovery = done.get_data(as_text=True).partition("<code>")[2].partition("</code>")[0]
    other = new(app)
    give_password(other, "new@example.org")
    assert other.submit(f"{DOOR}/code", {"code": recovery}).status_code == 303


def test_the_last_second_step_is_not_removed(app: Flask, device: Authenticator) -> None:
    owner = sign_in(app, "olga@example.org")
    with app.app_context(), transaction():
        olga = account("olga@example.org")
        olga.tf_primary_method = olga.tf_totp_secret = None
        key = olga.passkeys[0].id
    refused = act(owner, f"{OWN}/{key}/removal")
    assert refused.status_code == 409
    assert "This is your only second step." in words(refused)


def test_a_passkey_of_somebody_else_is_not_found(app: Flask, device: Authenticator) -> None:
    eva = sign_in(app, make_user(app, "eva@example.org"))
    with app.app_context():
        key = db.session.scalars(select(Passkey.id)).one()
    assert eva.get(f"{OWN}/{key}/removal").status_code == 404


def test_one_passkey_belongs_to_one_account(app: Flask, device: Authenticator) -> None:
    eva = sign_in(app, make_user(app, "eva@example.org"))
    again = add(eva, device)
    assert again.status_code == 409
    assert "known here already" in words(again)


@pytest.mark.settings(PORTAL_PUBLIC_URL="http://127.0.0.1:8000")
def test_without_a_name_and_https_the_pages_say_so(app: Flask) -> None:
    client = sign_in(app, make_user(app))
    assert "Passkeys need a public address with a name and https" in words(client.get(OWN))
    assert "passkey" not in words(new(app).get(DOOR))
