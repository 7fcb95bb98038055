"""Sessions that people choose, for tests, and how people stand in them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events import programme_service as programme
from portal.events.models import Event, Session
from portal.events.rules import SessionKind
from portal.registrations.models import Registration
from portal.registrations.service import choosing
from portal.sessions.models import Chosen

FACTS: dict[str, Any] = {
    "abstract": {}, "kind": SessionKind.PARALLEL, "sector": "", "room": "", "chosen": True,
    "places": None, "waiting": None,
}  # fmt: skip


def make_chosen(
    event: Event, name: str, *, after: float = 0, hours: float = 1, **facts: Any
) -> Session:
    """A session that people choose, so many hours after the event's start."""
    starts_at = event.starts_at + timedelta(hours=after)
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=hours)}
    whole = FACTS | times | {"title": {"en": name}} | facts
    return programme.add_session(event, whole, by=COMMAND, now=clock.now())


def change(app: Flask, name: str, **facts: Any) -> None:
    """The organisers change a session."""
    with app.app_context(), transaction():
        choosing.change_session(session(name), facts, tell=False, by=COMMAND, now=clock.now())


def session(name: str) -> Session:
    """The session of this name."""
    return next(each for each in db.session.scalars(select(Session)) if each.title["en"] == name)


def number(app: Flask, name: str) -> str:
    """What its input carries."""
    with app.app_context():
        return str(session(name).id)


def standing(app: Flask) -> dict[str, list[str]]:
    """By session, who stands how in it: 'ada: place', those of a line in its order."""
    with app.app_context():
        rows = db.session.execute(
            select(Session, Registration.email, Chosen.state)
            .join(Chosen, Chosen.session_id == Session.id)
            .join(Registration, Registration.id == Chosen.registration_id)
            .where(Chosen.state != "gone")
            .order_by(Chosen.state.desc(), Chosen.number, Registration.email)
        ).all()
        found: dict[str, list[str]] = {}
        for each, email, state in rows:
            who = f"{email.partition('@')[0]}: {state.value}"
            found.setdefault(each.title["en"], []).append(who)
        return found
