"""What a person does at the front door, for the tests of this part."""

from __future__ import annotations

import re
from email.message import EmailMessage
from typing import Any

from werkzeug.test import TestResponse

from tests.harness.client import PortalClient
from tests.harness.mails import calendar_of, text_of

ADA = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "email": "ada@example.org",
    "organisation": "Analytical Society",
    "role": "adviser",
    "stakeholder_group": "expert",
    "country": "BE",
}


def register(client: PortalClient, slug: str, lang: str = "en", **fields: Any) -> TestResponse:
    """Open the form, fill it, send it, and follow to the answer."""
    sent = client.submit(f"/{lang}/events/{slug}/register", ADA | fields)
    if sent.status_code == 303:
        return client.get(sent.headers["Location"])
    return sent


def status_of(page: TestResponse) -> str:
    """The state that the page carries."""
    found = re.search(r'data-status="(\w+)"', page.get_data(as_text=True))
    assert found, page.get_data(as_text=True)[:2000]
    return found[1]


def link_in(mail: EmailMessage) -> str:
    """The path of one's own registration in a letter."""
    found = re.search(r"https?://[^/\s]+(/\w\w/registrations/[\w.\-]+)\s", text_of(mail))
    assert found, text_of(mail)
    return found[1]


def told(mails: list[EmailMessage]) -> list[tuple[str, str, str]]:
    """(recipient, subject's first words, calendar method) of each mail."""
    return [
        (str(mail["To"]), str(mail["Subject"]).partition(":")[0], method_of(mail)) for mail in mails
    ]


def method_of(mail: EmailMessage) -> str:
    """REQUEST, CANCEL, or nothing."""
    octets = calendar_of(mail)
    if octets is None:
        return ""
    return property_of(octets, "METHOD")


def property_of(octets: bytes, name: str) -> str:
    """The value of a property in the calendar, unfolded."""
    lines = octets.replace(b"\r\n ", b"").decode().split("\r\n")
    return next(line.partition(":")[2] for line in lines if re.match(rf"{name}[:;]", line))
