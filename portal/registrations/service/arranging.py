"""Places in sessions follow the places at the event."""

from datetime import datetime

from portal.audit.service import WORKER, record
from portal.db import db
from portal.events.models import Event
from portal.events.rules import State
from portal.registrations import queries
from portal.registrations.models import Registration
from portal.sessions import service as sessions


def arrange(event: Event, *, now: datetime) -> None:
    """Under the event's lock: who has a place at the event has what is free in the sessions that
    they chose, and who moves up in one is told.
    """
    if not event.chooses:
        return
    db.session.flush()
    is_on = event.state is not State.CANCELLED
    moved_up = sessions.arrange(event.id, is_on=is_on, now=now)
    for registration in queries.some_of_line(moved_up) if moved_up else ():
        have_told(registration)
        record(
            "registration.session_found", registration, by=WORKER, now=now, event_id=event.id,
            sessions=moved_up[registration.id],
        )  # fmt: skip


def have_told(registration: Registration) -> None:
    """Another letter is due that says how it is now."""
    registration.revision += 1
    registration.stuck_at = None
