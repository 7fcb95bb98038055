"""Events whose record lets things be kept for certain days, and what is left of their people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.accounts import service as accounts
from portal.audit.models import Deletion
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events import service as events
from portal.events.models import Event
from portal.registrations.models import Registration
from tests.desk.front_door import account, make_user
from tests.desk.people import event_of
from tests.factories import JANUARY
from tests.records import RECORD

END = JANUARY + timedelta(hours=3, minutes=30)
DAYS = {"name": 60, "contact": 90, "organisation": 100, "needs": 30}
ADA = {
    "title": "Countess", "first_name": "Ada", "last_name": "Lovelace", "badge_name": "Ada of Love",
    "email": "ada@canary.example", "phone": "+32 2 987 65 43", "organisation": "Canary Society",
    "role": "songbird", "access_needs": "a perch", "diet": "seeds only",
}  # fmt: skip
PROOF = {"version": "1", "at": "2026-11-02T09:00:00+00:00"}
CONSENTS = dict.fromkeys(("access_consent", "diet_consent", "list_consent"), PROOF)


def keep_days(event: Event, **days: int) -> None:
    """Another version of the event's record, with these days."""
    facts = RECORD | {"retention": DAYS | days}
    events.keep_record(event, facts, by=COMMAND, now=clock.now())


def change_days(app: Flask, slug: str = "trust", **days: int) -> None:
    with app.app_context(), transaction():
        keep_days(event_of(slug), **days)


def left(app: Flask, **which: Any) -> dict[str, Any]:
    """What is still there of the only registration of an event that was something."""
    with app.app_context():
        found = db.session.scalars(select(Registration).filter_by(**which)).one()
        return {name: value for name in ADA if (value := getattr(found, name))}


def deletions(app: Flask) -> list[tuple[str, int, int, str]]:
    """(what, of how many, under which version, by whom) of all that was deleted, in order."""
    with app.app_context():
        found = db.session.scalars(select(Deletion).order_by(Deletion.id))
        return [(each.kind, each.count, each.number, each.actor) for each in found]


def tables_with(app: Flask, word: str) -> set[str]:
    """In which columns of the whole database this word is found, however it is spelled."""
    found = set()
    with app.app_context():
        for table in db.metadata.sorted_tables:
            for row in db.session.execute(select(table)).mappings():
                for name, value in row.items():
                    said = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
                    if word.casefold() in str(said).casefold():
                        found.add(f"{table.name}.{name}")
    return found


def make_officer(app: Flask) -> str:
    """The data protection officer, who is in no team."""
    email = make_user(app, "dora@example.org")
    with app.app_context(), transaction():
        accounts.make_officer(account(email), by=COMMAND, now=clock.now())
    return email
