"""What a change of the event means at once for whoever is registered."""

from datetime import datetime
from typing import Any

from sqlalchemy import update

from portal.audit.service import Actor
from portal.db import db
from portal.events import service as events
from portal.events.models import Event
from portal.events.rules import Format
from portal.registrations import queries
from portal.registrations.models import Registration
from portal.registrations.person import without_needs
from portal.registrations.rules import Attendance
from portal.registrations.service import offers, presence


def change(
    event: Event, facts: dict[str, Any], *, tell: bool = False, by: Actor, now: datetime
) -> None:
    """The event changes; where it is held in one way only now, everybody takes part so."""
    before = event.format
    events.change(event, facts, tell=tell, by=by, now=now)
    _follow(event, before, by=by, now=now)


def take_up(event: Event, facts: dict[str, Any], *, by: Actor, now: datetime) -> None:
    """A postponed event has a new time, and nobody has been there yet."""
    before, postponed_at = event.format, event.state_changed_at
    offers.end(event, now=now)  # where people have heard of it, what was offered is void
    events.take_up(event, facts, by=by, now=now)
    offers.resume(event, postponed_at, now=now)
    _follow(event, before, by=by, now=now)


def _follow(event: Event, before: Format, *, by: Actor, now: datetime) -> None:
    if event.format is not before and not event.in_person:
        _everybody_online(event.id)
    elif event.format is not before and not event.online:
        _everybody(event.id, Attendance.IN_PERSON)
    if not presence.is_open(event, now):
        presence.remove_all(event, by=by, now=now)


def _everybody_online(event_id: int) -> None:
    """What they need in the room and at the table is forgotten with the room."""
    _everybody(event_id, Attendance.ONLINE)
    for registration in queries.with_needs(event_id):
        registration.access_needs = registration.diet = ""
        registration.consents = without_needs(registration.consents)


def _everybody(event_id: int, how: Attendance) -> None:
    db.session.execute(
        update(Registration)
        .where(Registration.event_id == event_id)
        .values(attendance=how)
        .execution_options(synchronize_session=False)
    )
