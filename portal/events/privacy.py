"""What events hold about speakers, and how they forget."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, literal_column, select

from portal.db import db
from portal.events.models import Event, Speaker
from portal.events.rules import State

# Every column that says something about a speaker; removing them at the desk removes all of it.
PERSONAL = (
    "name", "role", "affiliation", "biography", "photo", "photo_text", "email", "agreed",
)  # fmt: skip

# A speaker's address is needed until what they said is published, and no longer.
ADDRESSES_ARE_KEPT = timedelta(days=30)


def held(speaker: Speaker) -> dict[str, Any]:
    """What is kept of a speaker, and what they agreed to have shown."""
    shown = ("name", "role", "affiliation", "biography", "photo", "photo_text", "email")
    moments = ("asked_at", "agreed_at", "refused_at")
    found = {name: getattr(speaker, name) for name in moments}
    return {
        "event": speaker.event.title,
        "starts_at": speaker.event.starts_at.isoformat(),
        **{name: getattr(speaker, name) for name in shown},
        **{name: moment.isoformat() if moment else None for name, moment in found.items()},
        "recordings": speaker.recordings,
        "agreed": speaker.agreed,
    }


def next_forgotten(now: datetime) -> Speaker | None:
    """A speaker whose mail address is not needed any more."""
    return db.session.scalars(_old_addresses(now).limit(1)).first()


def _old_addresses(now: datetime) -> Select[Speaker]:
    return (
        select(Speaker)
        .join(Event, Event.id == Speaker.event_id)
        .where(
            Speaker.email != literal_column("''"),  # as its index says it
            Event.ends_at < now - ADDRESSES_ARE_KEPT,
            Event.state != State.POSTPONED,
        )
        .order_by(Speaker.id)
    )
