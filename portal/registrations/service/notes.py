"""What organisers write about a person, who can ask to see it."""

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete

from portal.audit.service import Actor, record
from portal.db import db
from portal.errors import Refused
from portal.events.models import Event
from portal.registrations.models import Note, Registration
from portal.registrations.rules import NoteKind

KEPT_AFTER_EVENT = timedelta(days=30)
LONGEST_KEPT = timedelta(days=365)


def usual_end(event: Event, now: datetime) -> datetime:
    """Until when a note is kept unless its author says otherwise."""
    return min(max(event.ends_at, now) + KEPT_AFTER_EVENT, now + LONGEST_KEPT)


def write(
    registration: Registration,
    text: str,
    *,
    kind: NoteKind = NoteKind.NOTE,
    expires_at: datetime | None = None,
    by: Actor,
    now: datetime,
) -> None:
    """Keep a note; the audit knows that there is one, not what it says."""
    expires_at = expires_at or usual_end(registration.event, now)
    if not now < expires_at <= now + LONGEST_KEPT:
        raise Refused(_("A note is kept for a year at most."))
    db.session.add(
        Note(
            registration_id=registration.id,
            kind=kind,
            text=text,
            author_id=by.id,
            written_at=now,
            expires_at=expires_at,
        )
    )
    if kind is NoteKind.NOTE:
        event_id = registration.event_id
        record("registration.noted", registration, by=by, now=now, event_id=event_id)


def remove(registration: Registration, note_id: int, *, by: Actor, now: datetime) -> None:
    """Before its end; somebody else may have removed it meanwhile."""
    of_this_person = Note.registration_id == registration.id, Note.id == note_id
    if db.session.execute(delete(Note).where(*of_this_person)).rowcount:  # type: ignore[attr-defined]
        event_id = registration.event_id
        record("registration.note_removed", registration, by=by, now=now, event_id=event_id)


def told(registration: Registration, text: str, *, by: Actor, now: datetime) -> None:
    """An organiser told the person what no letter could: they are not to be reached any more."""
    registration.reached_at = now
    write(registration, text, kind=NoteKind.TOLD, by=by, now=now)
    record("registration.reached", registration, by=by, now=now, event_id=registration.event_id)
