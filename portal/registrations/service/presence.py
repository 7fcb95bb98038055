"""Who was there: checked in at the door, or by the report of an online meeting."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, select

from portal import wiping
from portal.audit.service import Actor, deleted, record
from portal.db import db
from portal.errors import Refused
from portal.events import service as events
from portal.events.models import Event
from portal.events.rules import State
from portal.registrations.models import AttendanceReport, Registration
from portal.registrations.queries import HAS_ATTENDED
from portal.registrations.reports import Stay
from portal.registrations.rules import CHECK_IN_BEFORE, Status


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
    if not is_open(event, now):
        return _("Check-in opens a day before the event starts.")
    return _("Only people with a place are checked in. Give this person a place first.")


def is_open(event: Event, now: datetime) -> bool:
    """Whether anybody can have arrived by now."""
    return now >= event.starts_at - CHECK_IN_BEFORE


def keep_report(
    event: Event, people: Sequence[Stay], *, by: Actor, now: datetime
) -> AttendanceReport:
    """To be looked at before anything is noted; an earlier one of this event goes."""
    if event.state is not State.PUBLISHED or now < event.starts_at:
        raise Refused(_("The report can be read in once the event has begun."))
    forget_reports(AttendanceReport.event_id == event.id, by=by, now=now)
    kept = AttendanceReport(
        event_id=event.id, people=[each.kept() for each in people], created_at=now
    )
    db.session.add(kept)
    db.session.flush()
    record("report.looked_at", event, by=by, now=now, event_id=event.id, count=len(people))
    return kept


def take_over(event: Event, ids: Collection[int], *, by: Actor, now: datetime) -> int:
    """Note of these people that they attended; of how many nobody had. The report goes."""
    events.locked(event.id)
    people = db.session.scalars(
        select(Registration)
        .where(
            Registration.event_id == event.id,
            Registration.id.in_(ids),
            Registration.status == Status.CONFIRMED,
            ~HAS_ATTENDED,
        )
        .order_by(Registration.id)
        .execution_options(populate_existing=True)
    ).all()
    for registration in people:
        registration.reported_at = now
        record("registration.reported", registration, by=by, now=now, event_id=event.id)
    forget_reports(AttendanceReport.event_id == event.id, by=by, now=now)
    return len(people)


def forget_reports(which: ColumnElement[bool], *, by: Actor, now: datetime) -> None:
    """They were taken over, or lay there for a day; no byte of them stays."""
    gone = db.session.execute(
        delete(AttendanceReport).where(which).returning(AttendanceReport.event_id)
    )
    counts: Counter[int | None] = Counter(gone.scalars())
    if counts:
        deleted("reports", counts, by=by, now=now)
        wiping.ask()


def remove(registration: Registration, *, by: Actor, now: datetime) -> None:
    """It was a mistake: nobody notes any more that they attended; twice changes nothing."""
    events.locked(registration.event_id)
    db.session.refresh(registration)
    if registration.attended:
        _remove(registration, by=by, now=now)


def remove_all(event: Event, *, by: Actor, now: datetime) -> None:
    """It is held on another day than the one on which they arrived."""
    question = select(Registration).where(Registration.event_id == event.id, HAS_ATTENDED)
    for registration in db.session.scalars(question.order_by(Registration.id)):
        _remove(registration, by=by, now=now)


def _remove(registration: Registration, *, by: Actor, now: datetime) -> None:
    registration.checked_in_at = registration.checked_in_by = registration.reported_at = None
    event_id = registration.event_id
    record("registration.presence_removed", registration, by=by, now=now, event_id=event_id)
