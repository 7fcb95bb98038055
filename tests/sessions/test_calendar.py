"""The sessions that somebody chose stand in their own calendar."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask

from tests.harness.client import PortalClient
from tests.harness.mails import text_of
from tests.invites.readers import faults
from tests.registrations.front_door import link_in
from tests.sessions.making import change
from tests.sessions.test_choosing import comes, event, send

Deliver = Callable[[], list[EmailMessage]]
__all__ = ["event"]
pytestmark = pytest.mark.usefixtures("clock")


@pytest.mark.usefixtures("event")
def test_ones_own_calendar_has_each_session_under_a_uid_of_its_own_and_hears_of_its_end(
    app: Flask, client: PortalClient, clock: Any, deliver: Deliver
) -> None:
    comes(app, client, "ada", "Shop floor", "Workshop")
    comes(app, client, "bob", "Shop floor")
    ada, bob = (link_in(mail) for mail in deliver())
    mine, other = (own_calendar(client, link, deliver) for link in (ada, bob))
    first = entries(client, mine)
    assert {name: each["STATUS"] for name, each in first.items()} == {
        "Trust in microcredentials": "CONFIRMED", "Shop floor": "CONFIRMED",
        "Workshop": "CONFIRMED",
    }  # fmt: skip
    assert first["Workshop"]["DTSTART"] == "20270118T140000Z"
    assert entries(client, other)["Shop floor"]["STATUS"] == "TENTATIVE"
    assert client.get(mine).data == client.get(mine).data

    clock.shift(60)
    send(app, client, f"{ada}/sessions", "Workshop")
    change(app, "Workshop", room="Library")
    second = entries(client, mine)
    assert second["Shop floor"]["STATUS"] == "CANCELLED"
    assert "Library" in second["Workshop"]["LOCATION"]
    assert entries(client, other)["Shop floor"]["STATUS"] == "CONFIRMED"
    for name in ("Shop floor", "Workshop"):
        assert first[name]["UID"] == second[name]["UID"]
        assert int(first[name]["SEQUENCE"]) < int(second[name]["SEQUENCE"])
    assert len({each["UID"] for each in second.values()}) == 3
    send(app, client, f"{ada}/sessions", "Shop floor", "Workshop")  # in line now
    third = entries(client, mine)["Shop floor"]
    assert third["STATUS"] == "TENTATIVE"
    assert int(third["SEQUENCE"]) > int(second["Shop floor"]["SEQUENCE"])
    client.submit(f"{ada}/withdrawal")
    assert {each["STATUS"] for each in entries(client, mine).values()} == {"CANCELLED"}
    clock.shift(timedelta(days=91))
    assert entries(client, mine) == {}


def own_calendar(client: PortalClient, link: str, deliver: Deliver) -> str:
    """The path of the calendar that the page of a registration has sent."""
    client.submit(link, action="/calendar-address")
    (letter,) = deliver()
    found = re.search(r"(/en/calendars/[^/\s]+/events\.ics)", text_of(letter))
    assert found, text_of(letter)
    return found[1]


def entries(client: PortalClient, path: str) -> dict[str, dict[str, str]]:
    """What a calendar says, by title and property."""
    octets = client.get(path).data
    assert faults(octets) == []
    text = octets.replace(b"\r\n ", b"").decode()
    found = {}
    for block in text.split("BEGIN:VEVENT\r\n")[1:]:
        lines = (line.partition(":") for line in block.split("\r\n"))
        facts = {name.partition(";")[0]: value for name, _colon, value in lines}
        found[facts["SUMMARY"]] = facts
    return found
