"""Whom to write to about the second form."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.events.models import Event
from portal.events.rules import State
from portal.outbox.models import Message
from portal.outbox.queries import WAITING
from portal.questions.models import SecondForm, Turn
from portal.registrations.models import Registration
from portal.registrations.offices import HAS_NO_OTHER_MAILBOX
from portal.registrations.queries import HAS_ADDRESS
from portal.registrations.rules import Status
from portal.registrations.second_form import can_answer, is_asked, is_open

OCCASION, REMINDER = "second_form", "second_form_reminder"


def form_to_ask(now: datetime) -> tuple[SecondForm, int] | None:
    """A form whose event gave places since everybody was asked, and up to which revision."""
    row = db.session.execute(
        select(SecondForm, Event.places_revision)
        .join(Event, Event.id == SecondForm.event_id)
        .where(*_is_to_come(now), SecondForm.asked_at_revision != Event.places_revision)
        .order_by(SecondForm.id)
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None


def next_to_ask(event_id: int, count: int) -> Sequence[Registration]:
    """The next who know that they have a place, and were not asked."""
    knows = Registration.told_status == Status.CONFIRMED, Registration.stuck_at.is_(None)
    question = select(Registration).where(*_to_ask(event_id), *knows)
    return db.session.scalars(question.order_by(Registration.id).limit(count)).all()


def someone_to_ask(event_id: int) -> bool:
    """Whether anybody is to be asked, also once their confirmation is written."""
    question = select(Registration.id).where(*_to_ask(event_id)).limit(1)
    return db.session.execute(question).first() is not None


def to_ask(event_id: int) -> int:
    """How many would be written to if the form were opened now."""
    return db.session.scalar(select(func.count()).where(*_to_ask(event_id))) or 0


def form_to_remind() -> SecondForm | None:
    """A form of which an organiser wants those reminded who have not answered."""
    return db.session.scalar(
        select(SecondForm)
        .where(
            SecondForm.remind_asked_at.is_not(None),
            SecondForm.reminded_at.is_distinct_from(SecondForm.remind_asked_at),
        )
        .order_by(SecondForm.id)
        .limit(1)
    )


def next_to_remind(form: SecondForm, now: datetime, count: int) -> Sequence[Registration]:
    """The next of them; who answered, withdrew or cannot be reached meanwhile is none of them."""
    done = (
        exists()
        .where(
            Turn.registration_id == Registration.id,
            or_(Turn.reminded_at >= form.remind_asked_at, Turn.asked_at >= form.remind_asked_at),
        )
        .correlate(Registration)
    )
    question = select(Registration).where(
        *can_be_reminded(form.event_id, now), Registration.stuck_at.is_(None), ~done
    )
    return db.session.scalars(question.order_by(Registration.id).limit(count)).all()


def to_remind(event_id: int, now: datetime) -> int:
    """How many would be reminded now."""
    question = select(func.count()).where(*can_be_reminded(event_id, now))
    return db.session.scalar(question) or 0


def is_to_be_reminded(registration: Registration, now: datetime) -> bool:
    """Whether this person was asked, has not answered and still can, and is reached by mail."""
    question = select(Registration.id).where(
        Registration.id == registration.id, *can_be_reminded(registration.event_id, now)
    )
    return db.session.execute(question).first() is not None


def can_be_reminded(event_id: int, now: datetime) -> list[ColumnElement[bool]]:
    """Who was asked, has not answered and still can, and is reached by mail."""
    turn = aliased(Turn)
    was_asked = (
        exists()
        .where(turn.registration_id == Registration.id, turn.asked_at.is_not(None))
        .correlate(Registration)
    )
    return [
        is_open(event_id),
        can_answer(event_id, now),
        was_asked,
        *_REACHED,
        Registration.failing_at.is_(None),
    ]


def outdated(now: datetime, count: int) -> Sequence[Turn]:
    """Letters that wait in the outbox for who has answered, or has no place any more."""
    return db.session.scalars(
        select(Turn)
        .join(Message, func.coalesce(Message.message_id, "") == Turn.message_id)
        .join(Registration, Registration.id == Turn.registration_id)
        .join(Registration.event)
        .where(
            Message.occasion.in_((OCCASION, REMINDER)),
            WAITING,
            Message.in_doubt.is_(False),
            or_(
                Turn.answered_at >= func.coalesce(Turn.reminded_at, Turn.asked_at),
                Registration.status != Status.CONFIRMED,
                Registration.erase_asked_at.is_not(None),
                Event.state != State.PUBLISHED,
                Event.starts_at <= now,
            ),
        )
        .limit(count)
    ).all()


def events_of(registration_ids: Collection[int]) -> Sequence[int]:
    """The events at which these people are."""
    of_them = Registration.id.in_(registration_ids)
    return db.session.scalars(select(Registration.event_id).where(of_them).distinct()).all()


_REACHED = (
    func.coalesce(Registration.erased_at, Registration.erase_asked_at).is_(None),
    HAS_ADDRESS,
    ~HAS_NO_OTHER_MAILBOX,
)
"""Also who answers themself: no office gets the link to a person's own answers."""


def _to_ask(event_id: int) -> list[ColumnElement[bool]]:
    asked = (
        exists()
        .where(
            Turn.registration_id == Registration.id,
            or_(Turn.asked_at.is_not(None), Turn.answered_at.is_not(None)),
        )
        .correlate(Registration)
    )
    return [is_asked(event_id), ~asked, *_REACHED, Registration.failing_at.is_(None)]


def _is_to_come(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Event.state == State.PUBLISHED, Event.starts_at > now
