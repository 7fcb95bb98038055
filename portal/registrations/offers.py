"""Questions about places that are offered for a while; the decisions are in `rules`.

An offer is over by the clock: whoever counts places leaves out those that ended, whether or not
the worker came by.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import BindParameter, ColumnElement, and_, func, or_, select

from portal.db import db
from portal.events.models import Event
from portal.events.rules import State
from portal.registrations.models import Registration
from portal.registrations.rules import Status


class Offering(Protocol):
    """Whatever says when the first of an event's open offers ends."""

    @property
    def offers_end_at(self) -> datetime | None: ...


def has_ended(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Whether a place was offered until a moment that is over."""
    return and_(Registration.status == Status.OFFERED, Registration.offered_until <= now)


def ended_of(events: Mapping[int, Offering], now: datetime) -> dict[int, int]:
    """How many offers of each event are over and not taken back yet; mostly nothing is asked."""
    found = dict.fromkeys(events, 0)
    asked = [number for number, event in events.items() if _is_due(event, now)]
    if asked:
        counted = (
            select(Registration.event_id, func.count())
            .where(Registration.event_id.in_(asked), has_ended(now))
            .group_by(Registration.event_id)
        )
        found |= {row[0]: row[1] for row in db.session.execute(counted)}
    return found


def _is_due(event: Offering, now: datetime) -> bool:
    return event.offers_end_at is not None and event.offers_end_at <= now


def of_event(event_id: int) -> Sequence[Registration]:
    """Everybody to whom a place is offered, in the order of the line."""
    return db.session.scalars(
        select(Registration)
        .where(Registration.event_id == event_id, Registration.status == Status.OFFERED)
        .order_by(Registration.queue_number)
    ).all()


def first_end(event_id: int) -> datetime | None:
    """When the first of the open offers ends."""
    offered = Registration.event_id == event_id, Registration.status == Status.OFFERED
    return db.session.scalar(select(func.min(Registration.offered_until)).where(*offered))


def event_to_end_offers_of(now: datetime) -> int | None:
    """An event with an offer that is over, or that cannot be taken up since it was postponed."""
    is_over = and_(Event.state == State.PUBLISHED, Event.offers_end_at <= now)
    is_void = and_(Event.state == State.POSTPONED, Event.tell_due_at.is_(None))
    question = select(Event.id).where(Event.offers_end_at.is_not(None), or_(is_over, is_void))
    return db.session.scalar(question.order_by(Event.id).limit(1))
