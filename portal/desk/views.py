"""The front page of the desk: the events one may see, and what waits in each."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from portal import clock, labels
from portal.accounts import queries as accounts
from portal.accounts.guards import guard, organiser
from portal.accounts.rules import Right
from portal.db import db
from portal.events import service
from portal.events.models import Event
from portal.events.rules import State
from portal.outbox.models import Message
from portal.registrations import listing
from portal.registrations.rules import Status

bp = Blueprint("desk", __name__, url_prefix="/desk")
guard(bp)


@bp.get("/")
def front() -> ResponseReturnValue:
    now, event_ids = clock.now(), accounts.event_ids(organiser())
    events = _events(event_ids)
    return render_template(
        "desk/front.html",
        coming=[event for event in events if not event.is_over(now)],
        past=[event for event in reversed(events) if event.is_over(now)],
        counts=listing.counts_of(event_ids),
        letters_due=listing.letters_due_of(event_ids),
        parked=_parked(event_ids),
        missing=_missing([event for event in events if event.state is State.DRAFT], now),
        Status=Status,
        with_people=accounts.event_ids(organiser(), Right.PEOPLE),
    )


def _events(event_ids: list[int] | None) -> Sequence[Event]:
    question = select(Event).order_by(Event.starts_at, Event.id)
    if event_ids is not None:
        question = question.where(Event.id.in_(event_ids))
    return db.session.scalars(question).all()


def _missing(drafts: Sequence[Event], now: datetime) -> dict[int, list[str]]:
    """What keeps each draft from being published, in words."""
    whole = service.with_whole_record([event.id for event in drafts]) if drafts else set()
    lacks = {event.id: service.missing(event, now, record=event.id in whole) for event in drafts}
    return {key: [str(labels.NEEDS[code]) for code in codes] for key, codes in lacks.items()}


def _parked(event_ids: list[int] | None) -> dict[int | None, int]:
    """How many mails are parked, by event."""
    question = (
        select(Message.event_id, func.count())
        .where(Message.parked_at.is_not(None))
        .group_by(Message.event_id)
    )
    if event_ids is not None:
        question = question.where(Message.event_id.in_(event_ids))
    return {row[0]: row[1] for row in db.session.execute(question).all()}
