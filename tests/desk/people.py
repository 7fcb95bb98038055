"""Two events and their people, for the tests of what organisers do about people."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.audit.models import Entry
from portal.circulars import chores as circulars
from portal.db import db, transaction
from portal.events.models import Event
from portal.events.queries import any_slug
from portal.outbox import service as outbox
from portal.outbox.models import Message
from portal.registrations import chores
from portal.registrations.models import Registration
from tests.factories import make_registration

LIST = "/desk/events/trust/registrations"
PROOF = {"version": "1", "at": "2026-11-02T09:00:00+00:00"}


def event_of(slug: str = "trust") -> Event:
    found = any_slug(slug)
    assert found is not None
    return found


def comes(app: Flask, name: str, slug: str = "trust", **fields: Any) -> int:
    """Somebody registers, named like their mailbox; their id."""
    given = {"email": f"{name}@example.org", "first_name": name.capitalize(), "last_name": "Test"}
    with app.app_context(), transaction():
        return make_registration(event_of(slug), **(given | fields)).id


def person(app: Flask, registration_id: int, *names: str) -> tuple[Any, ...]:
    """What is kept of a person in these columns."""
    with app.app_context():
        found = db.session.get_one(Registration, registration_id)
        return tuple(getattr(found, name) for name in names)


def line(app: Flask, slug: str = "trust") -> list[str]:
    """Who waits, by first name, first to last."""
    with app.app_context():
        question = (
            select(Registration.first_name)
            .where(Registration.event_id == event_of(slug).id, Registration.status == "waitlisted")
            .order_by(Registration.queue_number)
        )
        return list(db.session.scalars(question))


def acts(app: Flask, registration_id: int) -> list[tuple[str, dict[str, Any]]]:
    """What the audit says about a person."""
    with app.app_context():
        question = (
            select(Entry)
            .where(Entry.subject == "registrations", Entry.subject_id == registration_id)
            .order_by(Entry.id)
        )
        return [(each.act, each.details) for each in db.session.scalars(question)]


def park(app: Flask, registration_id: int, reason: str = "550 no such mailbox") -> None:
    """The mail server refuses the person's letters that wait for good."""
    with app.app_context():
        now = clock.now()
        while chores.write_next_letters(now) or circulars.write_next_circulars(now):
            pass
        with transaction() as session:
            thread = f"registration:{registration_id}"
            for message in session.query(Message).filter_by(thread=thread, sent_at=None):
                claimed = outbox.Claimed(message.id, "", "", b"", in_doubt=False)
                outbox.note_parked(claimed, reason, now=now)
