"""Who is to be written to next, and what the worker has to note about invitations."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, selectinload

from portal.db import db, for_update
from portal.events.models import Event
from portal.events.rules import State
from portal.invitations.models import Invitation, InvitationList
from portal.invitations.rules import MAY_STILL_COME, UNANSWERED, Occasion, Stage
from portal.outbox.models import Message
from portal.outbox.queries import WAITING
from portal.registrations.models import Registration
from portal.registrations.queries import LIVE
from portal.registrations.rules import Status

THREAD = "invitation:"
_LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def to_send(of_list: InvitationList) -> int:
    """How many of the list have got no letter yet."""
    which = Invitation.list_id == of_list.id, Invitation.stage == Stage.NEW
    return db.session.scalar(select(func.count()).where(*which)) or 0


def to_remind(of_list: InvitationList) -> Select[int]:
    """Who was written to and has not answered, and is not to be reminded anyway."""
    return select(Invitation.id).where(
        Invitation.list_id == of_list.id,
        Invitation.stage.in_(UNANSWERED),
        Invitation.invited_at.is_not(None),
        Invitation.reminder_due_at.is_(None),
        ~_registered_otherwise(),
    )


def to_remind_number(of_list: InvitationList) -> int:
    return db.session.scalar(select(func.count()).select_from(to_remind(of_list).subquery())) or 0


def _registered_otherwise() -> ColumnElement[bool]:
    """Whether a registration of the event has this address, whatever became of it."""
    return exists().where(
        Registration.event_id == Invitation.event_id,
        Registration.address_key == Invitation.address_key,
    )


def _may_be_written(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """While the event is to come, they can still register by the link, and have not."""
    return (
        Event.state == State.PUBLISHED,
        Event.starts_at > now,
        or_(InvitationList.answer_until.is_(None), InvitationList.answer_until > now),
        or_(
            InvitationList.passes_closed,
            Event.registration_closes_at.is_(None),
            Event.registration_closes_at > now,
        ),
        Invitation.stuck_at.is_(None),
        ~_registered_otherwise(),
    )


def to_invite(now: datetime, number: int) -> Sequence[int]:
    """The next who get their letter."""
    return db.session.scalars(
        _with_event()
        .where(
            Invitation.stage == Stage.NEW,
            InvitationList.sent_at <= now,
            *_may_be_written(now),
        )
        .order_by(Invitation.list_id, Invitation.id)
        .limit(number)
    ).all()


def due_for_reminding(now: datetime, number: int) -> Sequence[int]:
    """The next whom an organiser wants to have reminded, or the rule of their list."""
    asked = and_(Invitation.reminder_due_at <= now, Invitation.stage.in_(UNANSWERED))
    wanted = [asked, *(_by_rule(each) for each in _reminding(now))]
    return db.session.scalars(
        _with_event()
        .where(or_(*wanted), *_may_be_written(now))
        .order_by(Invitation.id)
        .limit(number)
    ).all()


def untold(now: datetime, number: int) -> Sequence[int]:
    """The next who have not answered, and hear what became of the event, or of its new date.

    With those who registered: once nobody has changed the event for some minutes.
    """
    gone = and_(
        Event.state.in_((State.POSTPONED, State.CANCELLED)),
        Invitation.told_state != Event.state,
        Invitation.stuck_at.is_(None),
        ~_registered_otherwise(),
    )
    is_on_again = and_(Invitation.told_state != "", *_may_be_written(now))
    return db.session.scalars(
        _with_event()
        .where(
            Invitation.stage.in_(UNANSWERED),
            Invitation.invited_at.is_not(None),
            Event.tell_due_at.is_(None),
            or_(gone, is_on_again),
        )
        .order_by(Invitation.id)
        .limit(number)
    ).all()


def next_void(now: datetime, number: int) -> Sequence[int]:
    """Whose letter waits still, and asks for an answer that nobody can give any more."""
    is_over = or_(
        Event.state != State.PUBLISHED,
        Event.starts_at <= now,
        InvitationList.answer_until <= now,
        and_(~InvitationList.passes_closed, Event.registration_closes_at <= now),
    )
    return db.session.scalars(
        _with_event()
        .join(Message, func.coalesce(Message.message_id, "") == Invitation.message_id)
        .where(
            WAITING,
            Message.in_doubt.is_(False),
            Message.occasion.in_((Occasion.INVITATION, Occasion.REMINDER, Occasion.NEW_DATE)),
            is_over,
        )
        .limit(number)
    ).all()


def next_of_merged() -> tuple[int, int] | None:
    """(event, invitation) whose registration became one with another of its person."""
    found = db.session.execute(
        select(Invitation.event_id, Invitation.id)
        .join(Registration, Registration.id == Invitation.registration_id)
        .where(Registration.merged_into.is_not(None))
        .order_by(Invitation.id)
        .limit(1)
    ).first()
    return None if found is None else (found[0], found[1])


def _with_event() -> Select[int]:
    return select(Invitation.id).join(Invitation.of_list).join(InvitationList.event)


def hold(ids: Sequence[int]) -> Sequence[Invitation]:
    """These invitations as they are now, but for those that another worker holds."""
    question = select(Invitation).where(Invitation.id.in_(ids)).order_by(Invitation.id)
    return db.session.scalars(
        for_update(question, skip_locked=True)
        .options(selectinload(Invitation.of_list).selectinload(InvitationList.event))
        .execution_options(populate_existing=True)
    ).all()


def _reminding(now: datetime) -> list[InvitationList]:
    """The lists whose moment is now: few, so that Python may ask each on its event's clock."""
    question = (
        select(InvitationList)
        .join(InvitationList.event)
        .where(
            InvitationList.remind_days.is_not(None),
            InvitationList.sent_at.is_not(None),
            Event.state == State.PUBLISHED,
            Event.starts_at > now,
        )
        .options(contains_eager(InvitationList.event))
    )
    return [each for each in db.session.scalars(question) if each.reminds_now(now)]


def _by_rule(of_list: InvitationList) -> ColumnElement[bool]:
    """Who was invited before its moment, and has heard nothing since of this date."""
    return and_(
        Invitation.list_id == of_list.id,
        Invitation.stage.in_(UNANSWERED),
        Invitation.invited_at < of_list.reminds_at,
        Invitation.reminded_of != of_list.date_told,
    )


def next_handed_on() -> Invitation | None:
    """Somebody who is to hear that somebody else comes in their place."""
    question = (
        select(Invitation)
        .where(
            Invitation.handed_on,
            ~Invitation.told_handed_on,
            Invitation.forgotten_at.is_(None),
        )
        .order_by(Invitation.id)
        .limit(1)
    )
    return db.session.scalar(for_update(question, skip_locked=True))


def next_registered_otherwise(number: int) -> Sequence[tuple[int, int]]:
    """(event, invitation) of people who registered with this address, without their link.

    Also of who came by the link, withdrew, and is back without it. Not yet of who waits for a
    decision that the link makes needless: that is for who has the link.
    """
    live = and_(
        Registration.event_id == Invitation.event_id,
        Registration.address_key == Invitation.address_key,
        Registration.status.in_(LIVE),
        Registration.erase_asked_at.is_(None),
        or_(Registration.status != Status.PENDING, ~InvitationList.passes_approval),
    )
    is_back = and_(
        Registration.id == Invitation.registration_id, Registration.invitation_id.is_(None)
    )
    rows = db.session.execute(
        select(Invitation.event_id, Invitation.id)
        .join(Invitation.of_list)
        .where(
            or_(
                and_(Invitation.stage.in_(MAY_STILL_COME), exists().where(live)),
                and_(Invitation.stage == Stage.REGISTERED, exists().where(live, is_back)),
            )
        )
        .order_by(Invitation.id)
        .limit(number)
    ).all()
    return [(row[0], row[1]) for row in rows]


def registration_of_address(invitation: Invitation) -> Registration | None:
    """The one that the chore found: of the invited mailbox, and theirs before another's there."""
    is_theirs = Registration.id == (invitation.registration_id or 0)
    decided = [Registration.status != Status.PENDING] if invitation.of_list.passes_approval else []
    return db.session.scalar(
        select(Registration)
        .where(
            Registration.event_id == invitation.event_id,
            Registration.address_key == invitation.address_key,
            Registration.status.in_(LIVE),
            Registration.erase_asked_at.is_(None),
            *decided,
        )
        .order_by(is_theirs.desc(), Registration.id)
        .limit(1)
    )


def next_refused(number: int) -> Sequence[tuple[Invitation, str]]:
    """Whose letter a mail server refused for good, and with which words.

    From the few refused mails on: `coalesce` keeps the planner from beginning with all invitations.
    """
    rows = db.session.execute(
        select(Invitation, Message.reason)
        .join(Message, func.coalesce(Message.message_id, "") == Invitation.message_id)
        .where(
            Message.parked_at > _LONG_AGO,
            Message.occasion.in_(set(Occasion) - {Occasion.HANDED_ON}),
            Message.in_doubt.is_(False),
            Invitation.stage.in_(UNANSWERED),
        )
        .limit(number)
    ).all()
    return [(row[0], row[1]) for row in rows]


def waiting(invitation: Invitation) -> dict[str, str]:
    """What was written of it and has not left: Message-ID and occasion."""
    question = select(Message.message_id, Message.occasion).where(
        Message.thread == invitation.thread, WAITING
    )
    return {row[0]: row[1] for row in db.session.execute(question).all()}


def of_bounce(codes: Collection[str], message_ids: Sequence[str]) -> Invitation | None:
    """Whose letter came back, by the address it came back to, or by its Message-ID."""
    if not codes and not message_ids:
        return None
    thread = select(Message.thread).where(
        Message.message_id.in_(message_ids[:5]), Message.thread.startswith(THREAD)
    )
    said = db.session.scalar(thread.limit(1)) if message_ids else None
    number = (said or "").removeprefix(THREAD)
    which: list[ColumnElement[bool]] = [Invitation.reply_code.in_(list(codes))]
    if number.isdigit():
        which.append(Invitation.id == int(number))
    question = select(Invitation).where(or_(*which), Invitation.forgotten_at.is_(None)).limit(1)
    return db.session.scalar(for_update(question))


def somebody_is_to_hear_of_another() -> bool:
    """Whether an invitation was handed on of which the invited does not know."""
    which = Invitation.handed_on, ~Invitation.told_handed_on, Invitation.forgotten_at.is_(None)
    return db.session.execute(select(Invitation.id).where(*which).limit(1)).first() is not None
