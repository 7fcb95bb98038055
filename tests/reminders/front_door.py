"""What organisers and the worker do with reminders, for the tests of this part."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from werkzeug.test import TestResponse

from portal.db import db
from portal.reminders.models import Reminder, Run, Telling
from tests.desk.front_door import words
from tests.harness.client import PortalClient

DESK = "/desk/events/trust/reminders/"
BRUSSELS = ZoneInfo("Europe/Brussels")


def at(written: str) -> datetime:
    """An instant as a clock in Brussels shows it: '2027-01-17 10:00'."""
    return datetime.fromisoformat(written).replace(tzinfo=BRUSSELS).astimezone(UTC)


def add(client: PortalClient, kind: str, **values: Any) -> TestResponse:
    """Fill in the form of one more letter; it is taken."""
    sent = client.submit(f"{DESK}new/{kind}", values, action=f"/new/{kind}")
    assert sent.status_code == 303, words(sent)
    return sent


def outcomes(app: Flask) -> list[str]:
    """What became of everybody's copy, in the order in which they were to be written."""
    with app.app_context():
        return [each.outcome.value for each in db.session.query(Telling).order_by(Telling.id)]


def begun(app: Flask) -> list[tuple[str, str]]:
    """Which letter told of which date."""
    with app.app_context():
        found = db.session.query(Run).order_by(Run.id)
        return [(run.reminder.kind.value, run.date) for run in found]


def rule(app: Flask, *names: str) -> tuple[Any, ...]:
    """What the newest rule says."""
    with app.app_context():
        found = db.session.query(Reminder).order_by(Reminder.id.desc()).first()
        assert found is not None
        return tuple(getattr(found, name) for name in names)


def kinds(app: Flask) -> list[str]:
    """Of the rules of all events."""
    with app.app_context():
        return sorted(each.kind.value for each in db.session.query(Reminder))
