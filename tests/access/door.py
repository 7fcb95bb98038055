"""A building that asks, and people who answer, for the tests of access lists."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.access.models import AccessList, Visitor
from portal.db import db
from tests.harness.client import PortalClient
from tests.harness.mails import text_of

LIST = "/desk/events/trust/access-list/"
SETTINGS = "/desk/events/trust/access-list/settings"
CUT_OFF = datetime(2027, 1, 11, 11, 0, tzinfo=UTC)
"""Noon in Brussels, a week before the event."""
CANARY = "QX7731CANARY"
ASKS = {
    "asks": ["birth_date", "nationality", "document"],
    "receiver-en": "Security service of the Parliament",
    "receiver-fr": "Service de sécurité du Parlement",
    "receiver-de": "Sicherheitsdienst des Parlaments",
    "receiver-el": "Υπηρεσία ασφάλειας του Κοινοβουλίου",
    "words-en": "Bring the document along.",
    "closes_at": "2027-01-11T12:00",
    "days_kept": "3",
}
GIVES = {
    "birth_date-day": "27", "birth_date-month": "3", "birth_date-year": "1985",
    "nationality": "BE", "document_kind": "passport", "document_number": CANARY,
}  # fmt: skip


def switch_on(client: PortalClient, **facts: Any) -> None:
    """The organiser's form, filled and sent."""
    done = client.submit(SETTINGS, ASKS | facts, action="/settings")
    assert done.status_code == 303, done.get_data(as_text=True)


def link_in(mail: EmailMessage) -> str:
    """The path of the page for the door that a letter leads to."""
    found = re.search(r"https?://[^/\s]+(/\w\w/access-list/[\w.\-]+)\s", text_of(mail))
    assert found, text_of(mail)
    return found[1]


def links(mails: list[EmailMessage]) -> dict[str, str]:
    """The same of all letters that lead there, by the name in the address."""
    return {
        str(mail["To"]).partition("@")[0]: link_in(mail)
        for mail in mails
        if "/access-list/" in text_of(mail)
    }


def give(client: PortalClient, link: str, **fields: str) -> TestResponse:
    """Fill in the form of the link and follow to the answer."""
    sent = client.submit(link, GIVES | fields)
    return client.get(sent.headers["Location"]) if sent.status_code == 303 else sent


def standing(page: TestResponse) -> str:
    found = re.search(r'data-standing="(\w+)"', page.get_data(as_text=True))
    assert found, page.get_data(as_text=True)
    return found[1]


def take_out(client: PortalClient, kind: str = "csv") -> TestResponse:
    """Press one of the two buttons of the page that gives the list out."""
    return client.submit(f"{LIST}export", {"kind": kind}, action="/export")


def give_on(client: PortalClient) -> None:
    """The organiser says that the building has the last file."""
    assert client.submit(LIST, action="/handover").status_code == 303


def rows(response: TestResponse) -> list[list[str]]:
    """The lines of a CSV below its heads."""
    assert response.status_code == 200, response.status
    text = response.get_data().decode("utf-8-sig")
    return [line.split(",") for line in text.splitlines()[1:]]


def kept(app: Flask) -> tuple[AccessList, list[Visitor]]:
    """The list and its lines as the database has them, in the application's context."""
    found = db.session.scalars(select(AccessList)).one()
    return found, list(db.session.scalars(select(Visitor).order_by(Visitor.number)))


def sealed_number(app: Flask) -> int:
    """Of how many people something is kept."""
    with app.app_context():
        return sum(bool(each.sealed) for each in kept(app)[1])
