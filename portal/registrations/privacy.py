"""What registrations hold about a person, and how they forget."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, delete, or_, select

from portal import wiping
from portal.audit.service import WORKER, record
from portal.db import db
from portal.events.models import Event
from portal.events.rules import State
from portal.protection import queries as records
from portal.protection.rules import Kept, days
from portal.registrations.models import Note, Registration
from portal.registrations.person import FIELDS, without_needs

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
    """All that the registration says of the person, what they were told, and notes about them."""
    event = registration.event
    return {
        "event": event.title,
        "event_page": event.slug,
        "starts_at": event.starts_at.isoformat(),
        "status": registration.standing.value,
        "registered_at": registration.registered_at.isoformat(),
        "status_since": registration.status_at.isoformat(),
        **{name: _plain(getattr(registration, name)) for name in FIELDS},
        "language": registration.language,
        "number_in_line": registration.queue_number,
        "entered_at_the_desk": registration.entered_by is not None,
        "source": registration.source,
        "notice_version": registration.notice_version,
        "consents": [
            {"consent": name} | _proof(proof) for name, proof in registration.consents.items()
        ],
        "told_status": registration.told_status.value if registration.told_status else None,
        "told_at_address": registration.told_address,
        "joined_at": _moment(registration.joined_at),
        "still_comes_at": _moment(registration.still_comes_at),
        "reached_at": _moment(registration.reached_at),
        "notes": _notes(registration),
    }


def _notes(registration: Registration) -> list[dict[str, Any]]:
    notes = db.session.scalars(
        select(Note).where(Note.registration_id == registration.id).order_by(Note.id)
    )
    return [
        {
            "kind": note.kind.value,
            "text": note.text,
            "written_at": note.written_at.isoformat(),
            "expires_at": note.expires_at.isoformat(),
        }
        for note in notes
    ]


def _proof(proof: Any) -> dict[str, Any]:
    return dict(proof) if isinstance(proof, dict) else {"given": str(proof)}


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, StrEnum) else value


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


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
    registration.told_revision = registration.revision
    registration.links_asked_at = registration.erase_asked_at = registration.stuck_at = None
    registration.erased_at = now
    record("registration.erased", registration, by=WORKER, now=now, event_id=registration.event_id)
    wiping.ask()
