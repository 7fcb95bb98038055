"""Places in sessions follow the places at the event."""

from datetime import datetime

from portal.audit.service import WORKER, Subject, record
from portal.db import db
from portal.events.models import Event
from portal.events.rules import State as EventState
from portal.registrations import queries
from portal.registrations.models import Registration
from portal.sessions import service as sessions
from portal.sessions.rules import State


def arrange(event: Event, *, now: datetime) -> None:
    """Under the event's lock: who has a place at the event has what is free in the sessions that
    they chose, and who moves up in one is told.
    """
    if not event.chooses:
        return
    db.session.flush()
    is_on = event.state is not EventState.CANCELLED
    moved = sessions.arrange(event.id, is_on=is_on, is_dated=event.is_dated, now=now)
    moved_up = [number for number, own in moved.items() if _moved_up(own)]
    for registration in queries.some_of_line(moved_up) if moved_up else ():
        have_told(registration)
    for number, own in moved.items():
        act = "registration.session_found" if _moved_up(own) else "registration.sessions_decided"
        record(
            act, Subject(Registration.__tablename__, number), by=WORKER, now=now,
            event_id=event.id, moved=sessions.said(own),
        )  # fmt: skip


def _moved_up(own: sessions.Moved) -> bool:
    """Whether they hear of it by this alone; what became of a wish is in the letter about it."""
    return any(then is State.LINE for then, _now in own.values())


def have_told(registration: Registration) -> None:
    """Another letter is due that says how it is now."""
    registration.revision += 1
    registration.stuck_at = None
