"""Campaign links for tests."""

from __future__ import annotations

import itertools
from datetime import date
from time import monotonic, sleep
from typing import TypeVar

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal import clock
from portal.audit.service import COMMAND
from portal.campaigns import service
from portal.campaigns.models import Issue, Link, Visits
from portal.campaigns.rules import Place
from portal.db import db

DAY = date(2026, 11, 2)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"
Client = TypeVar("Client", bound=FlaskClient)
_numbers = itertools.count(1)


def as_firefox(client: Client) -> Client:
    """One that says that it is a browser, as readers' programs do."""
    client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    return client


def make_issue() -> Issue:
    facts = {"newsletter": "Championing skills", "number": str(next(_numbers)), "day": DAY}
    issue = service.create(facts, by=COMMAND, now=clock.now())
    db.session.flush()
    return issue


def make_link(
    target: str = "/events/", place: Place = Place.BUTTON, issue: Issue | None = None
) -> Link:
    """A link in an issue of its own, unless one is given."""
    return service.add_link(issue or make_issue(), place, target, by=COMMAND, now=clock.now())


def visits(app: Flask, most: int) -> dict[date, int]:
    """All visits by day, once so many are written: under load some are a moment later."""
    until = monotonic() + 20
    while sum((found := _written(app)).values()) < most and monotonic() < until:
        sleep(0.02)
    return found


def _written(app: Flask) -> dict[date, int]:
    with app.app_context():
        question = select(Visits.day, func.sum(Visits.count)).group_by(Visits.day)
        return {day: int(count) for day, count in db.session.execute(question)}
