"""What organisers and invited people do with invitations, for the tests of this part."""

from __future__ import annotations

import re
from email.message import EmailMessage
from io import BytesIO
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events import queries as events
from portal.events.models import Event
from portal.invitations.models import Invitation, InvitationList
from portal.invitations.rules import Person
from portal.invitations.service import lists
from portal.registrations.models import Registration
from tests.harness.client import PortalClient
from tests.harness.mails import text_of

DESK = "/desk/events/trust/invitations/"
SOURCE = "the members’ list of the network"
TYPED = {
    "first_name": "Ada", "last_name": "Test", "organisation": "Analytical Society",
    "stakeholder_group": "expert", "country": "BE",
}  # fmt: skip
"""What is to be typed by whoever is known by name alone."""


def make_list(event: Event, *names: str, sent: bool = True, **terms: Any) -> InvitationList:
    """A list, within a transaction: `ada` is Ada Test at ada@example.org."""
    now = clock.now()
    facts = {"name": "Network", "source": SOURCE, "language": "en"} | terms
    made = lists.make(event, facts, by=COMMAND, now=now)
    for name in names:
        lists.add(made, known(name), by=COMMAND, now=now)
    if sent:
        lists.send(made, by=COMMAND, now=now)
    return made


def known(name: str, **facts: Any) -> Person:
    return Person(**{
        "nth": 0,
        "address": f"{name}@example.org", "first_name": name.capitalize(), "last_name": "Test",
        **facts,
    })  # fmt: skip


def invite(app: Flask, *names: str, slug: str = "trust", **terms: Any) -> int:
    """The same by itself; the number of the list."""
    with app.app_context(), transaction():
        event = events.any_slug(slug)
        assert event is not None
        return make_list(event, *names, **terms).id


def link_in(mail: EmailMessage) -> str:
    """The path of one's invitation in a letter."""
    found = re.search(r"https?://[^/\s]+(/\w\w/invitations/[\w.\-]+)\s", text_of(mail))
    assert found, text_of(mail)
    return found[1]


def links(mails: list[EmailMessage]) -> dict[str, str]:
    """Each one's path, by the name before the @."""
    written = [mail for mail in mails if "/invitations/" in text_of(mail)]
    return {str(mail["To"]).partition("@")[0]: link_in(mail) for mail in written}


def press(client: PortalClient, page: str, button: str) -> TestResponse:
    """Press a button of the page behind the link: 'opening', 'refusal', 'objection'."""
    return client.submit(page, action=f"/{button}")


def register(client: PortalClient, link: str, **fields: Any) -> TestResponse:
    """Fill in the form behind the link and send it."""
    return client.submit(f"{link}/registration", TYPED | fields)


def stages(app: Flask) -> dict[str, str]:
    """How far each invitation is, by the name before the @."""
    with app.app_context():
        found = db.session.scalars(select(Invitation).order_by(Invitation.id))
        return {each.email.partition("@")[0]: each.stage.value for each in found}


def comers(app: Flask) -> dict[str, str]:
    """Who is registered, and how they stand."""
    with app.app_context():
        found = db.session.scalars(select(Registration).order_by(Registration.id))
        return {each.email.partition("@")[0]: each.status.value for each in found}


def hand_in(client: PortalClient, list_id: int, file: bytes, name: str = "a.csv") -> TestResponse:
    """A file; where it can be read, the page that shows what would become of each row."""
    path = f"{DESK}lists/{list_id}/file"
    sent = client.submit(path, {"file": (BytesIO(file), name)}, action="/file")
    return client.get(sent.headers["Location"]) if sent.status_code == 303 else sent


def fates(page: TestResponse) -> list[tuple[str, str]]:
    """(row, what becomes of it) of each row that the page shows."""
    rows = re.findall(r'<tr class="ecl-table__row">(.*?)</tr>', page.text, re.DOTALL)
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in rows]
    return [(plain(each[0]), plain(each[-1])) for each in cells[1:]]


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())
