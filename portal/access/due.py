"""What is due on access lists: whom to ask, to remind and to forget next."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy import Row as Result
from sqlalchemy.orm import contains_eager, joinedload

from portal.access.models import AccessList, Visitor
from portal.access.queries import COMES, HAS_THE_LINK
from portal.access.rules import LEFT_ALONE, reminds_by_itself
from portal.db import db, for_update
from portal.events.models import Event
from portal.events.rules import Format, State
from portal.registrations.models import Registration
from portal.registrations.rules import Status


def list_to_ask_on(now: datetime) -> int | None:
    """A list on which somebody has not been asked, or holds a link that is replaced."""
    return db.session.scalar(_to_ask(now).with_only_columns(AccessList.id).limit(1))


def next_to_ask(found: AccessList, now: datetime, count: int) -> Sequence[Registration]:
    """Who is to be asked next on this list, which is held."""
    return db.session.scalars(
        _to_ask(now)
        .with_only_columns(Registration)
        .where(AccessList.id == found.id)
        .order_by(Registration.id)
        .limit(count)
    ).all()


def next_to_remind(
    now: datetime, count: int, list_id: int | None = None
) -> Sequence[Result[Registration, Visitor]]:
    """Who is to be reminded next: by itself before the cut-off, or because an organiser asked."""
    by_itself = Visitor.reminded_at.is_(None) & (Visitor.asked_at <= now - LEFT_ALONE)
    due = Visitor.reminder_due_at.is_not(None) | (
        Visitor.list_id.in_(_lists_that_remind(now)) & by_itself
    )
    question = (
        select(Registration, Visitor)
        .join(Visitor, Visitor.registration_id == Registration.id)
        .join(AccessList, AccessList.id == Visitor.list_id)
        .join(Event, Event.id == AccessList.event_id)
        .where(due, *_open(now), *HAS_THE_LINK, Registration.stuck_at.is_(None))
        .order_by(Visitor.list_id, Registration.id)
        .limit(count)
    )
    if list_id is not None:
        question = question.where(Visitor.list_id == list_id)
    return db.session.execute(question).all()


def _lists_that_remind(now: datetime) -> list[int]:
    """Open lists whose cut-off is near; it is reckoned on the event's clock, and not by SQL."""
    found = db.session.scalars(
        select(AccessList)
        .join(Event, Event.id == AccessList.event_id)
        .where(*_open(now))
        .options(contains_eager(AccessList.event))
    )
    return [each.id for each in found if reminds_by_itself(cut_off=each.cut_off, now=now)]


def who_left(count: int, *, hold: bool = False) -> Sequence[Visitor]:
    """Visitors who do not come to the building any more, and of whom something is kept."""
    question = (
        select(Visitor)
        .join(Registration, Registration.id == Visitor.registration_id)
        .where(Visitor.told_link != "", ~and_(*COMES))
        .order_by(Visitor.id)
        .limit(count)
    )
    return db.session.scalars(for_update(question, skip_locked=True) if hold else question).all()


def list_to_erase(now: datetime) -> AccessList | None:
    """A list whose data have been kept long enough."""
    kept = db.session.scalars(
        select(AccessList)
        .where(exists().where(Visitor.list_id == AccessList.id))
        .options(joinedload(AccessList.event))
    )
    return next((each for each in kept if each.erase_at <= now), None)


def _open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        AccessList.switched_off_at.is_(None),
        Event.state == State.PUBLISHED,
        Event.format != Format.ONLINE,
        Event.starts_at > now,
    )


def _to_ask(now: datetime) -> Any:
    """Only who has heard, at their present address, that they have a place."""
    line = and_(Visitor.registration_id == Registration.id, Visitor.list_id == AccessList.id)
    return (
        select(AccessList.id)
        .join(Event, Event.id == AccessList.event_id)
        .join(Registration, Registration.event_id == Event.id)
        .outerjoin(Visitor, line)
        .where(
            *_open(now),
            *COMES,
            Registration.told_status == Status.CONFIRMED,
            Registration.told_address == Registration.email,
            Registration.stuck_at.is_(None),
            or_(Visitor.id.is_(None), Visitor.told_link != Registration.link_code),
        )
    )
