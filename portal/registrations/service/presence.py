"""Who was there: checked in at the door, or by the report of an online meeting."""

from datetime import datetime

from flask_babel import gettext as _

from portal.audit.service import Actor, record
from portal.db import db
from portal.errors import Refused
from portal.events import service as events
from portal.events.models import Event
from portal.events.rules import State
from portal.registrations.models import Registration
from portal.registrations.rules import CHECK_IN_BEFORE


def check_in(registration: Registration, *, by: Actor, now: datetime) -> bool:
    """They are here; whether nobody had noted it before, at this desk or at another."""
    event = events.locked(registration.event_id)
    db.session.refresh(registration)
    if registration.checked_in_at is not None:
        return False
    if not registration.may_be_checked_in(now):
        raise Refused(_why_not(event, now))
    registration.checked_in_at, registration.checked_in_by = now, by.id
    record("registration.checked_in", registration, by=by, now=now, event_id=event.id)
    return True


def _why_not(event: Event, now: datetime) -> str:
    if event.state is not State.PUBLISHED:
        return _("Nobody is checked in while the event does not take place.")
    if now < event.starts_at - CHECK_IN_BEFORE:
        return _("Check-in opens a day before the event starts.")
    return _("Only people with a place are checked in. Give this person a place first.")


def remove(registration: Registration, *, by: Actor, now: datetime) -> None:
    """It was a mistake: nobody notes any more that they attended; twice changes nothing."""
    events.locked(registration.event_id)
    db.session.refresh(registration)
    if not registration.attended:
        return
    registration.checked_in_at = registration.checked_in_by = registration.reported_at = None
    event_id = registration.event_id
    record("registration.presence_removed", registration, by=by, now=now, event_id=event_id)
