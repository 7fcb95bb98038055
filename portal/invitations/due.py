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
from portal.registrations.acting import Contact
from portal.registrations.models import Registration
from portal.registrations.queries import LIVE
from portal.registrations.rules import StakeholderGroup, Status

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
    """Whether a registration of the event has this address, whatever became of it.

    An office that was invited has answered once it registered somebody.
    """
    of_event = Registration.event_id == Invitation.event_id
    by_office = exists().where(of_event, _IS_FOR_OFFICE, _acts_for())
    return or_(
        exists().where(of_event, Registration.address_key == Invitation.address_key), by_office
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


def next_to_follow(now: datetime) -> tuple[int, int] | None:
    """(event, invitation) whose registration became another's, or nobody's."""
    gone = and_(
        Registration.status == Status.WITHDRAWN,
        or_(Registration.erase_asked_at.is_not(None), Registration.erased_at.is_not(None)),
        Invitation.stage == Stage.REGISTERED,
        Event.starts_at > now,
        Invitation.forgotten_at.is_(None),
    )
    found = db.session.execute(
        select(Invitation.event_id, Invitation.id)
        .join(Registration, Registration.id == Invitation.registration_id)
        .join(Event, Event.id == Invitation.event_id)
        .where(
            or_(Registration.merged_into.is_not(None), Registration.handed_to.is_not(None), gone)
        )
        .order_by(Invitation.id)
        .limit(1)
    ).first()
    return None if found is None else (found[0], found[1])


def taker_of(invitation: Invitation) -> Registration | None:
    """Who took over the place that was got by it, also if who gave it is back since."""
    by = invitation.registration
    if by is None or (by.invitation_id == invitation.id and by.handed_to is None):
        return None
    if by.handed_to is not None:
        return db.session.get(Registration, by.handed_to)
    which = Registration.event_id == by.event_id, Registration.invitation_id == invitation.id
    return db.session.scalar(select(Registration).where(*which, Registration.id != by.id).limit(1))


def is_disowned(registration: Registration, now: datetime) -> bool:
    """Whether it counts as never made: withdrawn and forgotten, of an event that is to come.

    What is forgotten after the event counts among those who registered.
    """
    is_gone = registration.erase_asked_at is not None or registration.erased_at is not None
    is_to_come = registration.event.starts_at > now
    return is_gone and is_to_come and registration.status is Status.WITHDRAWN


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
    """(event, invitation) of people who registered, or were registered, without their link.

    Also of who came by the link, withdrew, and is back without it. Not yet of who waits for a
    decision that the link makes needless: that is for who has the link, or had it.
    """
    is_open = Invitation.stage.in_(MAY_STILL_COME)
    by_address, by_office, is_back = _without_link()
    rows = db.session.execute(
        select(Invitation.event_id, Invitation.id)
        .join(Invitation.of_list)
        .where(
            Invitation.forgotten_at.is_(None),
            or_(
                and_(is_open, exists().where(by_address)),
                and_(is_open, exists().where(by_office)),
                and_(
                    or_(is_open, Invitation.stage == Stage.REGISTERED),
                    exists().where(is_back),
                ),
            ),
        )
        .order_by(Invitation.id)
        .limit(number)
    ).all()
    return [(row[0], row[1]) for row in rows]


def registration_without_link(invitation: Invitation) -> Registration | None:
    """The one that the chore found; theirs before another's."""
    by_address, by_office, is_back = _without_link()
    wanted = [is_back]
    if invitation.stage in MAY_STILL_COME:
        wanted += [by_address, by_office]
    elif invitation.stage is not Stage.REGISTERED or invitation.forgotten_at is not None:
        return None
    for which in wanted:
        found = db.session.scalar(
            select(Registration)
            .join(Invitation, Invitation.id == invitation.id)
            .join(Invitation.of_list)
            .outerjoin(Contact, Contact.registration_id == Registration.id)
            .where(which)
            .order_by(Registration.id)
            .limit(1)
        )
        if found is not None:
            return found
    return None


def _without_link() -> tuple[ColumnElement[bool], ColumnElement[bool], ColumnElement[bool]]:
    """What ties a registration to an invitation: its mailbox, who acted for it, or what it was.

    Two who share a mailbox are two: where a name is known, it has to be theirs.
    """
    comes = and_(
        Registration.event_id == Invitation.event_id,
        Registration.status.in_(LIVE),
        Registration.erase_asked_at.is_(None),
    )
    is_new = and_(
        comes,
        Registration.invitation_id.is_(None),
        or_(Registration.status != Status.PENDING, ~InvitationList.passes_approval),
    )
    is_theirs = or_(
        Invitation.sort_name == "",
        Registration.sort_name == Invitation.sort_name,
        and_(
            Invitation.first_name == "",
            Registration.sort_name.startswith(Invitation.sort_name + " "),
        ),
    )
    by_address = and_(is_new, Registration.address_key == Invitation.address_key, is_theirs)
    by_office = and_(is_new, _acts_for(), or_(_IS_FOR_OFFICE, is_theirs), ~InvitationList.binds)
    is_back = and_(
        comes,
        Registration.id == Invitation.registration_id,
        or_(Registration.invitation_id.is_(None), Invitation.stage != Stage.REGISTERED),
    )
    return by_address, by_office, is_back


def _acts_for() -> ColumnElement[bool]:
    """That the invited mailbox acts for who is registered."""
    return and_(
        Contact.registration_id == Registration.id,
        Contact.address_key == Invitation.address_key,
        Contact.ended_at.is_(None),
    )


_IS_FOR_OFFICE = Invitation.stakeholder_group == StakeholderGroup.MEP_OFFICE


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
