"""Organisers come in with a password and a code, and go out for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from portal import clock as portal_clock
from portal.accounts import letters, service
from portal.accounts.models import SignIn, User
from portal.audit.models import Entry
from portal.audit.service import COMMAND
from portal.db import db, transaction
from tests.desk.front_door import (
    PASSWORD,
    account,
    code_now,
    give_password,
    link_in,
    make_user,
    sign_in,
    words,
)
from tests.harness.applications import close
from tests.harness.client import PortalClient
from tests.harness.mails import text_of

Deliver = Callable[[], list[EmailMessage]]
NEW_PASSWORD = "another handful of words"

pytestmark = pytest.mark.usefixtures("clock")


def test_password_and_code_open_the_desk(app: Flask) -> None:
    client = sign_in(app, make_user(app))
    front = client.get("/desk/")
    assert front.status_code == 200
    assert "olga@example.org" in front.get_data(as_text=True)
    assert front.headers["Cache-Control"] == "no-store"
    with app.app_context():
        acts = db.session.scalars(select(Entry.act).order_by(Entry.id)).all()
        assert acts[-1] == "account.signed_in"


def test_the_password_alone_opens_nothing(app: Flask, client: PortalClient) -> None:
    give_password(client, make_user(app))
    assert client.get("/desk/").headers["Location"] == "/desk/sign-in?next=/desk/"


@pytest.mark.own_portal
def test_a_password_that_was_hashed_too_lightly_is_hashed_anew_at_sign_in(
    app: Flask, client: PortalClient
) -> None:
    email = make_user(app)
    light = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with app.app_context(), transaction():
        account(email).password = light
    assert give_password(client, email).status_code == 303
    with app.app_context():
        now = account(email).password
    assert now is not None
    assert "m=19456,t=2,p=1" in now
    assert give_password(client, email).status_code == 303


@pytest.mark.parametrize("email", ["olga@example.org", "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_address_look_the_same(
    app: Flask, client: PortalClient, email: str
) -> None:
    make_user(app)
    page = client.submit("/desk/sign-in", {"email": email, "password": "wrong"})
    assert page.status_code == 422
    assert "Address and password do not belong together." in words(page)
    assert page.get_data(as_text=True).count("<title>Error:") == 1


def test_a_code_opens_once(app: Flask, client: PortalClient) -> None:
    email = make_user(app)
    give_password(client, email)
    code = code_now(app, email)
    assert client.submit("/desk/sign-in/code", {"code": code}).status_code == 303
    other = app.test_client()
    assert isinstance(other, PortalClient)
    give_password(other, email)
    assert other.submit("/desk/sign-in/code", {"code": code}).status_code == 422


def test_ten_wrong_passwords_make_an_account_rest(app: Flask, client: PortalClient) -> None:
    email = make_user(app)
    for _attempt in range(10):
        wrong = client.submit("/desk/sign-in", {"email": email, "password": "wrong"})
        assert wrong.status_code == 422
    assert give_password(client, email).status_code == 429


@pytest.mark.settings(PORTAL_LIMITS="sign_in=3/hour")
def test_a_network_that_tries_too_often_has_to_wait(app: Flask, client: PortalClient) -> None:
    for number in range(3):
        client.submit("/desk/sign-in", {"email": f"a{number}@example.org", "password": "wrong"})
    refused = client.submit("/desk/sign-in", {"email": "b@example.org", "password": "wrong"})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_a_copied_cookie_dies_at_sign_out(app: Flask) -> None:
    client = sign_in(app, make_user(app))
    thief = copy_of(app, client)
    assert thief.get("/desk/").status_code == 200
    assert client.submit("/desk/", action="/desk/sign-out").status_code == 303
    assert thief.get("/desk/").status_code == 303
    assert client.get("/desk/").status_code == 303


def test_another_password_ends_all_other_sessions_and_tells_the_person(
    app: Flask, deliver: Deliver
) -> None:
    email = make_user(app)
    client, other = sign_in(app, email), sign_in(app, email)
    changed = client.submit(
        "/desk/account/password",
        {"current": PASSWORD, "password": NEW_PASSWORD},
        action="/account/password",
    )
    assert changed.status_code == 303
    assert client.get("/desk/").status_code == 200
    assert other.get("/desk/").status_code == 303
    assert [(m["To"], m["Subject"]) for m in deliver()] == [
        ("Olga <olga@example.org>", "Your password was changed")
    ]


def test_the_old_password_is_asked_for_and_a_weak_new_one_refused(app: Flask) -> None:
    client = sign_in(app, make_user(app))
    page = client.submit(
        "/desk/account/password",
        {"current": "wrong", "password": NEW_PASSWORD},
        action="/account/password",
    )
    assert page.status_code == 422
    assert "This is not your password until now." in words(page)
    weak = client.submit(page, {"current": PASSWORD, "password": "short"}, action="/password")
    assert weak.status_code == 422


def test_who_was_removed_is_out_at_once(app: Flask, client: PortalClient) -> None:
    email = make_user(app)
    client = sign_in(app, email)
    with app.app_context(), transaction():
        service.remove(account(email), by=COMMAND, now=portal_clock.now())
    assert client.get("/desk/").status_code == 303
    assert give_password(client, email).status_code == 422


def test_a_session_ends_after_two_idle_hours_and_after_twelve_in_all(
    app: Flask, clock: time_machine.Traveller
) -> None:
    email = make_user(app)
    idle, busy = sign_in(app, email), sign_in(app, email)
    clock.shift(timedelta(hours=1, minutes=59))
    assert busy.get("/desk/").status_code == 200
    clock.shift(timedelta(minutes=2))
    assert idle.get("/desk/").status_code == 303
    for _hour in range(9):
        clock.shift(timedelta(hours=1))
        assert busy.get("/desk/").status_code == 200
    clock.shift(timedelta(minutes=60))
    assert busy.get("/desk/").status_code == 303


def test_a_session_that_is_over_is_not_listed_and_soon_not_kept(
    app: Flask, clock: time_machine.Traveller, deliver: Deliver
) -> None:
    email = make_user(app)
    sign_in(app, email)
    clock.shift(timedelta(hours=2))
    client = sign_in(app, email)
    page = words(client.get("/desk/account/"))
    assert page.count("this one") == 1
    assert "another browser" not in page
    assert kept_sessions(app) == 2
    clock.shift(timedelta(hours=10))
    deliver()
    assert kept_sessions(app) == 1


def kept_sessions(app: Flask) -> int:
    with app.app_context():
        return len(db.session.scalars(select(SignIn)).all())


def test_everywhere_else_is_signed_out_from_the_account_page(app: Flask) -> None:
    email = make_user(app)
    client, other = sign_in(app, email), sign_in(app, email)
    client.submit("/desk/account/", action="/other-sessions/end")
    assert client.get("/desk/").status_code == 200
    assert other.get("/desk/").status_code == 303


def test_a_session_is_kept_as_a_digest_only(app: Flask) -> None:
    client = sign_in(app, make_user(app))
    with client.session_transaction() as session, app.app_context():
        kept = db.session.scalars(select(SignIn)).one()
        assert session["sign_in"] != kept.code_digest


def test_the_language_of_the_desk_is_ones_own(app: Flask) -> None:
    client = sign_in(app, make_user(app))
    client.submit("/desk/account/", {"language": "fr"}, action="/account/language")
    assert '<html lang="fr">' in client.get("/desk/").get_data(as_text=True)


# Invitation and second factor


def invited(app: Flask, email: str = "new@example.org") -> str:
    with app.app_context(), transaction():
        now = portal_clock.now()
        user = service.create(email, name="Nora", by=COMMAND, now=now)
        return letters.invite(user, now=now).removeprefix("http://localhost")


def test_an_invitation_leads_to_a_password_a_second_factor_and_the_desk(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    path = invited(app)
    (mail,) = deliver()
    assert (mail["To"], mail["Subject"]) == (
        "Nora <new@example.org>",
        "You are invited to the desk",
    )
    assert link_in(mail) == path
    step = client.submit(path, {"password": NEW_PASSWORD})
    assert step.headers["Location"] == "/desk/sign-in/second-factor"
    picture = client.get("/desk/sign-in/second-factor/qr.svg")
    assert picture.mimetype == "image/svg+xml"
    assert b"style=" not in picture.get_data()
    done = client.submit("/desk/sign-in/second-factor", {"code": code_now(app, "new@example.org")})
    assert done.status_code == 200
    assert done.get_data(as_text=True).count("<code>") == 8
    assert client.get("/desk/").status_code == 200
    assert client.get(path).status_code == 404


def test_an_invitation_ends_after_a_week_and_passes_to_no_other_account(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    path = invited(app)
    assert client.get(path[:-3] + "abc").status_code == 404
    assert client.get(path.replace("invitation", "reset")).status_code == 404
    clock.shift(timedelta(days=7, seconds=1))
    assert client.get(path).status_code == 404


def test_a_recovery_code_stands_in_for_the_app_once(app: Flask, client: PortalClient) -> None:
    client.submit(invited(app), {"password": PASSWORD})
    page = client.submit("/desk/sign-in/second-factor", {"code": code_now(app, "new@example.org")})
    recovery = page.get_data(as_text=True).partition("<code>")[2].partition("</code>")[0]
    for expected in (303, 422):
        other = app.test_client()
        assert isinstance(other, PortalClient)
        give_password(other, "new@example.org")
        entered = other.submit("/desk/sign-in/code", {"code": recovery.upper()})
        assert entered.status_code == expected


def test_a_second_factor_outlives_a_rotation_of_the_secret_key(
    app: Flask, settings: Any, client: PortalClient
) -> None:
    from dataclasses import replace

    from portal.app import create_app

    email = make_user(app)
    rotated = create_app(replace(settings, secret_keys=("k" * 20 + "0123456789abcdefghij",)))
    rotated.test_client_class = PortalClient
    assert sign_in(rotated, email).get("/desk/").status_code == 200
    close(rotated)


# Password reset


def test_a_forgotten_password_is_set_anew_by_a_letter(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    email = make_user(app)
    session = sign_in(app, email)
    known = client.submit("/desk/password/reset", {"email": " Olga@Example.org "})
    (mail,) = deliver()
    lines = text_of(mail).splitlines()
    assert lines[:2] == ["Set a new password", ""]
    assert lines[lines.index("Choose a new password:") + 1].startswith("http://localhost/desk/")
    path = link_in(mail)
    assert client.get(path).status_code == 200
    assert session.get("/desk/").status_code == 200
    done = client.submit(path, {"password": NEW_PASSWORD})
    assert done.headers["Location"] == "/desk/sign-in?done=password"
    assert session.get("/desk/").status_code == 303
    used = client.get(path)
    assert used.status_code == 404
    assert 'href="/desk/password/reset"' in used.text
    assert [m["Subject"] for m in deliver()] == ["Your password was changed"]
    step = client.submit("/desk/sign-in", {"email": email, "password": NEW_PASSWORD})
    assert step.headers["Location"] == "/desk/sign-in/code"
    assert known.status_code == 200


def test_asking_for_a_reset_does_not_tell_who_has_an_account(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    make_user(app)
    known = client.submit("/desk/password/reset", {"email": "olga@example.org"})
    unknown = client.submit("/desk/password/reset", {"email": "nils@example.org"})
    assert known.status_code == unknown.status_code == 200
    same = known.get_data(as_text=True).replace("olga@", "nils@")
    assert same == unknown.get_data(as_text=True)
    assert [m["To"] for m in deliver()] == ["Olga <olga@example.org>"]


@pytest.mark.settings(PORTAL_LIMITS="mail=3/hour")
def test_asking_for_a_reset_counts_the_same_for_known_and_unknown(
    app: Flask, client: PortalClient
) -> None:
    from limits import parse

    from portal.extensions import limiter

    make_user(app)
    left = []
    for address in ("olga@example.org", "nils@example.org"):
        client.submit("/desk/password/reset", {"email": address})
        with app.app_context():
            rate = parse(app.extensions["portal"].limits["mail"])
            left.append(limiter.limiter.get_window_stats(rate, "mail", address).remaining)
    assert left[0] == left[1]


def test_a_reset_link_ends_after_an_hour(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    make_user(app)
    client.submit("/desk/password/reset", {"email": "olga@example.org"})
    path = link_in(deliver()[0])
    clock.shift(timedelta(hours=1, seconds=1))
    assert client.get(path).status_code == 404


# The demonstration's link


@pytest.fixture
def demonstration_link(app: Flask) -> str:
    with app.app_context(), transaction():
        service.add_demonstration_organiser(now=portal_clock.now())
    with app.app_context():
        return str(app.extensions["sign_in_link"]()).removeprefix("http://localhost")


def test_the_demonstrations_link_opens_a_page_whose_button_signs_in_once(
    app: Flask, client: PortalClient, demonstration_link: str
) -> None:
    for _scanner in range(3):
        assert client.get(demonstration_link).status_code == 200
    assert client.get("/desk/").status_code == 303
    assert client.submit(demonstration_link).headers["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200
    used = client.get(demonstration_link)
    assert used.status_code == 404
    assert "It has been used, or is older than 15 minutes" in used.text
    assert 'href="/desk/sign-in"' in used.text


def test_the_demonstrations_link_lasts_fifteen_minutes(
    client: PortalClient, demonstration_link: str, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(minutes=14, seconds=59))
    assert client.get(demonstration_link).status_code == 200
    clock.shift(timedelta(seconds=2))
    assert client.get(demonstration_link).status_code == 404


def test_nobody_but_the_demonstrations_organiser_has_such_a_link(
    app: Flask, client: PortalClient
) -> None:
    from portal.accounts import links

    email = make_user(app)
    with app.app_context():
        assert app.extensions["sign_in_link"]() is None
        path = links.link(links.SIGN_IN, account(email)).removeprefix("http://localhost")
    assert client.get(path).status_code == 404


# Ways back


@pytest.mark.parametrize(
    "evil",
    [
        "https://evil.example", "//evil.example", "///evil.example", "////evil.example",
        "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/\t/evil.example",
        "/\n/evil.example", " //evil.example", "http:evil.example", "https:/evil.example",
        "javascript:alert(1)", "data:text/html,x", "evil.example", "//evil.example@localhost",
        "/%0d%0a//evil.example\r\nX: y", "http://[::1", "/／evil.example", "@evil.example",
    ],
)  # fmt: skip
def test_after_signing_in_nobody_is_led_out_of_the_site(app: Flask, evil: str) -> None:
    from urllib.parse import quote

    client = sign_in(app, make_user(app), f"/desk/sign-in?next={quote(evil, safe='')}")
    assert client.landed == "/desk/"  # type: ignore[attr-defined]


def test_after_signing_in_one_is_where_one_wanted_to_go(app: Flask) -> None:
    make_user(app)
    stranger = app.test_client()
    led = stranger.get("/desk/outbox/?shelf=sent").headers["Location"]
    client = sign_in(app, "olga@example.org", led)
    assert client.landed == "/desk/outbox/?shelf=sent"  # type: ignore[attr-defined]


def test_public_pages_know_nobody(app: Flask) -> None:
    client = sign_in(app, make_user(app))
    page = client.get("/en/events/")
    assert "Set-Cookie" not in page.headers
    assert "Cookie" not in page.headers.get("Vary", "")
    assert "olga@example.org" not in page.get_data(as_text=True)


def test_commands_invite_remove_and_let_set_up_another_app(
    app: Flask, deliver: Deliver, client: PortalClient
) -> None:
    from click.testing import CliRunner
    from flask.cli import ScriptInfo

    from portal.accounts.cli import user

    def run(*arguments: str) -> str:
        info = ScriptInfo(create_app=lambda: app, set_debug_flag=False)
        result = CliRunner().invoke(user, arguments, obj=info)
        return result.output + (repr(result.exception) if result.exception else "")

    said = run("invite", "ines@example.org", "--name", "Ines", "--admin")
    assert link_in(deliver()[0]) in said
    assert "There is no event nowhere" in run("invite", "i@example.org", "--event", "nowhere")
    assert "is not a mail address" in run("invite", "nonsense")
    make_user(app)
    session = sign_in(app, "olga@example.org")
    run("forget-second-factor", "olga@example.org")
    assert [m["Subject"] for m in deliver()] == ["Your second step is to be set up anew"]
    assert session.get("/desk/").status_code == 303
    step = give_password(client, "olga@example.org")
    assert step.headers["Location"] == "/desk/sign-in/second-factor"
    run("remove", "olga@example.org")
    assert give_password(client, "olga@example.org").status_code == 422
    with app.app_context():
        assert db.session.scalars(select(User.email).where(User.active)).all() == [
            "ines@example.org"
        ]


def test_commands_keep_an_administrator_unless_the_operator_means_it(app: Flask) -> None:
    from click.testing import CliRunner
    from flask.cli import ScriptInfo

    from portal.accounts.cli import user

    def run(*arguments: str) -> str:
        info = ScriptInfo(create_app=lambda: app, set_debug_flag=False)
        return CliRunner().invoke(user, arguments, obj=info).output

    sign_in(app, make_user(app, "ada@example.org", admin=True))
    sign_in(app, make_user(app, "eva@example.org", admin=True))
    assert "teams only" in run("unmake-admin", "eva@example.org")
    for command in ("unmake-admin", "remove"):
        refused = run(command, "ada@example.org")
        assert "Nobody else who has signed in is an administrator." in refused
        assert "Or add --even-last." in refused
    assert "The account is closed." in run("remove", "--even-last", "ada@example.org")


def copy_of(app: Flask, client: PortalClient) -> PortalClient:
    """Another browser with the same cookies."""
    thief = app.test_client()
    assert isinstance(thief, PortalClient)
    for cookie in client._cookies.values():  # type: ignore[union-attr]
        thief.set_cookie(cookie.key, cookie.value)
    return thief
