"""How an organiser comes in and goes about, for the tests of the desk."""

from __future__ import annotations

import re
from email.message import EmailMessage
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from portal import clock
from portal.accounts import credentials, queries, service
from portal.accounts.models import User
from portal.accounts.rules import TeamRole
from portal.audit.service import COMMAND
from portal.db import transaction
from tests.harness.client import PortalClient
from tests.harness.mails import text_of

PASSWORD = "four words are easy enough"


def make_user(
    app: Flask,
    email: str = "olga@example.org",
    *slugs: str,
    role: TeamRole = TeamRole.ORGANISER,
    **facts: Any,
) -> str:
    """An organiser with a password and an authenticator app, in the teams of these events."""
    from portal.events import queries as events

    now = clock.now()
    with app.app_context(), transaction():
        user = service.create(email, by=COMMAND, now=now, **({"name": "Olga"} | facts))
        service.set_password(user, credentials.hashed(PASSWORD), by=COMMAND, now=now)
        service.prepare_second_factor(user, credentials.new_secret())
        service.confirm_second_factor(user, [], by=COMMAND, now=now)
        for slug in slugs:
            event = events.any_slug(slug)
            assert event is not None
            service.join_team(user, event.id, role=role, by=COMMAND, now=now)
    return email


def code_now(app: Flask, email: str) -> str:
    """What the person's app shows, as if no code had been used yet."""
    with app.app_context(), transaction():
        user = account(email)
        user.totp_counter = None
        return app.extensions["security"].totp_factory.generate_totp_password(user.tf_totp_secret)


def account(email: str) -> User:
    found = queries.by_address(email)
    assert found is not None
    return found


def give_password(client: PortalClient, email: str, where: str = "/desk/sign-in") -> TestResponse:
    return client.submit(where, {"email": email, "password": PASSWORD})


def sign_in(app: Flask, email: str, where: str = "/desk/sign-in") -> PortalClient:
    """A browser of its own that has come in by password and code."""
    client = app.test_client()
    assert isinstance(client, PortalClient)
    step = give_password(client, email, where)
    assert step.headers["Location"] == "/desk/sign-in/code", step.get_data(as_text=True)
    done = client.submit("/desk/sign-in/code", {"code": code_now(app, email)})
    assert done.status_code == 303, done.get_data(as_text=True)
    client.landed = done.headers["Location"]  # type: ignore[attr-defined]
    return client


def act(client: PortalClient, path: str, values: dict[str, Any] | None = None) -> TestResponse:
    """Open a page of the desk and send the form that leads to itself."""
    return client.submit(path, values, action=path)


def link_in(mail: EmailMessage) -> str:
    """The path of the link that an organiser's letter carries."""
    found = re.search(r"https?://[^/\s]+(/desk/\S+)", text_of(mail))
    assert found, text_of(mail)
    return found[1]


def words(page: TestResponse) -> str:
    """The page's text as a reader hears it, in one line."""
    html = page.get_data(as_text=True).partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def send(
    client: PortalClient, page: TestResponse | str, values: dict[str, Any] | None = None
) -> TestResponse:
    """Fill and send the first form of a page's own content."""
    response = client.get(page) if isinstance(page, str) else page
    main = response.get_data(as_text=True).partition("<main")[2]
    found = re.search(r'<form method="post" action="([^"]*)"', main)
    assert found, f"{response.status}: {words(response)}"
    return client.submit(response, values, action=found[1])
