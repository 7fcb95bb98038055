"""What registrations hold about a person, and how they forget."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, or_, select

from portal.audit.service import WORKER, record
from portal.db import db
from portal.events.models import Event
from portal.events.rules import State
from portal.protection import queries as records
from portal.protection.rules import Kept, days
from portal.registrations.models import Note, Registration
from portal.registrations.person import without_needs

# Every column that says something about the person; the rest are counts, order and proof.
PERSONAL = (
    "title", "first_name", "last_name", "badge_name", "email", "phone", "organisation", "role",
    "access_needs", "diet", "address_key", "name_key", "sort_name", "search_text", "told_address",
    "source",
)  # fmt: skip
# What organisers wrote about the person, in a table of its own.
PERSONAL_NOTES = ("text",)
# Codes that are kept for statistics: they name nobody.
STATISTICAL = ("stakeholder_group", "country", "attendance", "language")

A_FEW = 200


def somebodys_needs_are_old(now: datetime) -> bool:
    """Whether needs are still kept that nobody needs to know any more."""
    return bool(_with_old_needs(now))


def forget_needs(now: datetime) -> None:
    """Forget what some people needed at events that are over, with their consents to it."""
    old = select(Registration).where(
        Registration.event_id.in_(_with_old_needs(now)), *_SOMETHING_NEEDED
    )
    for registration in db.session.scalars(old.limit(A_FEW)):
        registration.access_needs = registration.diet = ""
        registration.consents = without_needs(registration.consents)


def _with_old_needs(now: datetime) -> list[int]:
    """Events over for longer than their record lets needs be kept, and where some still are."""
    needed = select(Registration.event_id).where(*_SOMETHING_NEEDED).distinct()
    over = db.session.execute(
        select(Event.id, Event.ends_at).where(
            Event.id.in_(needed), Event.ends_at < now, Event.state != State.POSTPONED
        )
    ).all()
    said = records.records([event_id for event_id, _ends_at in over]) if over else {}
    return [
        event_id
        for event_id, ends_at in over
        if ends_at + timedelta(days=days(said.get(event_id), Kept.NEEDS)) < now
    ]


_SOMETHING_NEEDED = (or_(Registration.access_needs != "", Registration.diet != ""),)


def a_note_is_over(now: datetime) -> bool:
    """Whether any note was kept long enough."""
    return db.session.execute(_old_notes(now).limit(1)).first() is not None


def forget_notes(now: datetime) -> None:
    """Forget some of the notes that were kept long enough."""
    db.session.execute(delete(Note).where(Note.id.in_(_old_notes(now).limit(A_FEW))))


def _old_notes(now: datetime) -> Select[int]:
    return select(Note.id).where(Note.expires_at <= now)


def held(registration: Registration) -> dict[str, Any]:
    """What organisers wrote about the person, and how they came to be in the list."""
    notes = db.session.scalars(
        select(Note).where(Note.registration_id == registration.id).order_by(Note.id)
    )
    return {
        "phone": registration.phone,
        "entered_at_the_desk": registration.entered_by is not None,
        "source": registration.source,
        "notes": [
            {
                "kind": note.kind.value,
                "text": note.text,
                "written_at": note.written_at.isoformat(),
                "expires_at": note.expires_at.isoformat(),
            }
            for note in notes
        ],
    }


def blank(registration: Registration) -> None:
    """Forget at once all that the last letter does not need."""
    for name in ("title", "first_name", "last_name", "badge_name", "phone", "organisation", "role",
                 "access_needs", "diet", "sort_name", "search_text", "source"):  # fmt: skip
        setattr(registration, name, "")
    registration.consents = {}
    db.session.execute(delete(Note).where(Note.registration_id == registration.id))


def erase(registration: Registration, *, now: datetime) -> None:
    """Forget the person; the row stays, so that counts and the order of the line stay true."""
    for name in PERSONAL:
        setattr(registration, name, "")
    nobody = f"erased-{registration.id}"
    registration.email = f"{nobody}@invalid"
    registration.address_key = registration.name_key = nobody
    registration.consents = {}
    db.session.execute(delete(Note).where(Note.registration_id == registration.id))
    registration.still_comes_at = None
    registration.links_asked_at = registration.erase_asked_at = registration.stuck_at = None
    registration.erased_at = now
    record("registration.erased", registration, by=WORKER, now=now, event_id=registration.event_id)
