"""What registrations hold about a person, and how they forget."""

from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select

from portal.audit.service import WORKER, record
from portal.db import db
from portal.events.models import Event
from portal.events.rules import State
from portal.registrations.models import Registration
from portal.registrations.person import without_needs

# Every column that says something about the person; the rest are counts, order and proof.
PERSONAL = (
    "title", "first_name", "last_name", "badge_name", "email", "organisation", "role",
    "access_needs", "diet", "address_key", "name_key", "sort_name", "search_text", "told_address",
)  # fmt: skip
# Codes that are kept for statistics: they name nobody.
STATISTICAL = ("stakeholder_group", "country", "attendance", "language")

# What people need on the spot is told to be forgotten this long after the event.
NEEDS_ARE_KEPT = timedelta(days=30)
A_FEW = 200


def somebodys_needs_are_old(now: datetime) -> bool:
    """Whether needs are still kept that nobody needs to know any more."""
    return db.session.execute(_old_needs(now).limit(1)).first() is not None


def forget_needs(now: datetime) -> None:
    """Forget what some people needed at events that are over, with their consents to it."""
    for registration in db.session.scalars(_old_needs(now).limit(A_FEW)):
        registration.access_needs = registration.diet = ""
        registration.consents = without_needs(registration.consents)


def _old_needs(now: datetime) -> Select[Registration]:
    return (
        select(Registration)
        .join(Event, Event.id == Registration.event_id)
        .where(
            Event.ends_at < now - NEEDS_ARE_KEPT,
            Event.state != State.POSTPONED,
            or_(Registration.access_needs != "", Registration.diet != ""),
        )
    )


def blank(registration: Registration) -> None:
    """Forget at once all that the last letter does not need."""
    for name in ("title", "first_name", "last_name", "badge_name", "organisation", "role",
                 "access_needs", "diet", "sort_name", "search_text"):  # fmt: skip
        setattr(registration, name, "")
    registration.consents = {}


def erase(registration: Registration, *, now: datetime) -> None:
    """Forget the person; the row stays, so that counts and the order of the line stay true."""
    for name in PERSONAL:
        setattr(registration, name, "")
    nobody = f"erased-{registration.id}"
    registration.email = f"{nobody}@invalid"
    registration.address_key = registration.name_key = nobody
    registration.consents = {}
    registration.still_comes_at = None
    registration.links_asked_at = registration.erase_asked_at = registration.stuck_at = None
    registration.erased_at = now
    record("registration.erased", registration, by=WORKER, now=now, event_id=registration.event_id)
