"""Questions about reminders and thanks."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal.afterwards import queries as afterwards
from portal.circulars.queries import Progress
from portal.circulars.rules import Outcome
from portal.db import LARGEST_ID, db, for_update
from portal.events import queries as events
from portal.events.models import Event
from portal.events.rules import Format, State
from portal.heartbeat import LONG_AGO
from portal.outbox.models import Message
from portal.outbox.queries import WAITING
from portal.questions.models import Turn
from portal.questions.queries import second_form
from portal.registrations.models import Registration
from portal.registrations.queries import HAS_ADDRESS, HAS_ATTENDED
from portal.registrations.rules import Attendance, Status
from portal.reminders.models import Reminder, Run, Telling
from portal.reminders.rules import (
    LATE_AFTER,
    MOST_DAYS,
    Audience,
    Kind,
    RunState,
    last_call,
)

MOST = 200
_REACH = timedelta(days=MOST_DAYS + 2)
OCCASIONS = tuple(kind.value for kind in Kind)


def of_event(event: Event) -> Sequence[Reminder]:
    """The rules of an event, in the order in which they were made."""
    return db.session.scalars(
        select(Reminder)
        .where(Reminder.event_id == event.id, Reminder.removed_at.is_(None))
        .order_by(Reminder.id)
        .options(joinedload(Reminder.event))
    ).all()


def one(event: Event, reminder_id: int, *, hold: bool = False) -> Reminder | None:
    """The rule, if it is of this event and was not taken away; perhaps held until the end."""
    if reminder_id > LARGEST_ID:
        return None
    question = select(Reminder).where(
        Reminder.id == reminder_id, Reminder.event_id == event.id, Reminder.removed_at.is_(None)
    )
    held = for_update(question).execution_options(populate_existing=True)
    return db.session.scalar(held if hold else question)


def has_same(event: Event, facts: Mapping[str, Any]) -> bool:
    """Whether the event has a letter of this kind, for this moment and these people."""
    same = select(Reminder.id).where(
        Reminder.event_id == event.id,
        Reminder.removed_at.is_(None),
        Reminder.kind == facts["kind"],
        Reminder.number == facts["number"],
        Reminder.unit == facts["unit"],
        Reminder.at.is_not_distinct_from(facts["at"]),
        Reminder.audience == facts.get("audience", Audience.PLACES),
    )
    return db.session.execute(same.limit(1)).first() is not None


def hold(reminder: Reminder) -> None:
    """Nobody switches it on or off until the end of the transaction; it is read anew."""
    question = for_update(select(Reminder).where(Reminder.id == reminder.id))
    db.session.scalar(question.execution_options(populate_existing=True))


def due(now: datetime) -> Reminder | None:
    """A rule whose moment has come and which has not told of this date."""
    return next(iter(_due(db.session.scalars(_near(now)).all(), now)), None)


def held_if_due(reminder_id: int, now: datetime) -> Reminder | None:
    """The same rule as it is now, held, unless another worker was quicker."""
    question = select(Reminder).where(Reminder.id == reminder_id, *_IN_FORCE)
    held = for_update(question).execution_options(populate_existing=True)
    return next(iter(_due(db.session.scalars(held).all(), now)), None)


_IN_FORCE = (Reminder.is_on, Reminder.removed_at.is_(None))


def _near(now: datetime) -> Select[Reminder]:
    """Rules of events that are not too far away for any rule; what is urgent first."""
    return (
        select(Reminder)
        .join(Reminder.event)
        .where(
            Event.state == State.PUBLISHED,
            Event.starts_at < now + _REACH,
            Event.ends_at > now - _REACH - LATE_AFTER,
            *_IN_FORCE,
        )
        .order_by((Reminder.kind == Kind.SOON).desc(), Reminder.id)
        .options(contains_eager(Reminder.event))
    )


def _due(reminders: Sequence[Reminder], now: datetime) -> list[Reminder]:
    ripe = [each for each in reminders if _is_ripe(each, now)]
    if not ripe:
        return []
    told, since = dates_told(ripe), events.stands_since([each.event for each in ripe])
    return [
        each
        for each in ripe
        if (each.id, each.date_told) not in told
        and (each.moment or now) >= max(each.since, since[each.event_id])
    ]


def _is_ripe(reminder: Reminder, now: datetime) -> bool:
    """Its moment has come. What is not urgent lets a change of the event be told first."""
    event, moment = reminder.event, reminder.moment
    if moment is None or event.state is not State.PUBLISHED or reminder.lacks_link:
        return False
    if reminder.kind is Kind.ANSWERS and second_form(event.id) is None:
        return False
    is_told = event.tell_due_at is None and event.announced_revision <= event.told_revision
    in_time = moment <= now < last_call(reminder.kind, moment, event.starts_at)
    return in_time and (is_told or reminder.kind is Kind.SOON)


def dates_told(reminders: Collection[Reminder]) -> set[tuple[int, str]]:
    """(rule, date) of all that these have told."""
    rows = db.session.execute(
        select(Run.reminder_id, Run.date).where(
            Run.reminder_id.in_([each.id for each in reminders])
        )
    ).all()
    return {(row[0], row[1]) for row in rows}


@dataclass(frozen=True, slots=True)
class Told:
    """How many got a letter about a date, have it in the outbox, or were left out of it.

    Who lost their place is in none of the last two.
    """

    got: int
    on_the_way: int
    left_out: int


def told(event: Event, reminders: Collection[Reminder]) -> dict[tuple[int, str], Told]:
    """The same dates with how far each came, in one question."""
    is_to_get = and_(*_has_place(event), _is_for(event))
    is_unsent = and_(Message.id.is_not(None), WAITING, Message.in_doubt.is_(False))
    is_written = Telling.outcome == Outcome.WRITTEN
    is_coming = or_(Telling.outcome == Outcome.WAITING, and_(is_written, is_unsent))
    rows = db.session.execute(
        select(
            Run.reminder_id,
            Run.date,
            func.count().filter(is_written, ~is_unsent),
            func.count().filter(is_to_get, is_coming),
            func.count().filter(is_to_get, Telling.outcome == Outcome.SKIPPED),
        )
        .join(Run.reminder)
        .outerjoin(Telling, Telling.run_id == Run.id)
        .outerjoin(Registration, Registration.id == Telling.registration_id)
        .outerjoin(Message, Message.message_id == Telling.message_id)
        .where(Run.reminder_id.in_([each.id for each in reminders]))
        .group_by(Run.reminder_id, Run.date)
    ).all()
    return {(row[0], row[1]): Told(*row[2:]) for row in rows}


def told_of_now(reminder: Reminder) -> Run | None:
    """When it told of the date that the event has now."""
    return db.session.scalar(
        select(Run).where(Run.reminder_id == reminder.id, Run.date == reminder.date_told)
    )


def left_out(run: Run) -> Select[int]:
    """Copies that were not sent, of people who are still to get it."""
    event = run.reminder.event
    return (
        select(Telling.id)
        .join(Registration, Registration.id == Telling.registration_id)
        .join(Telling.run)
        .join(Run.reminder)
        .where(
            Telling.run_id == run.id,
            Telling.outcome == Outcome.SKIPPED,
            *_has_place(event),
            _is_for(event),
        )
    )


def _is_for(event: Event) -> ColumnElement[bool]:
    """“It starts soon” is for who takes part online."""
    return or_(Reminder.kind != Kind.SOON, _is_online(event))


@dataclass(frozen=True, slots=True)
class Noted:
    """Whether anybody noted who attended: in the room, by check-in; online, by a report.

    Of an event in one place only, either will do.
    """

    room: bool
    online: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people each kind of letter would go to now, and who is known to have attended."""

    places: int
    online: int
    attended: int
    attended_online: int
    noted: Noted
    format: Format
    unanswered: int | None
    """Who is asked by the second form and has not answered; None while it is not open."""

    def of(self, reminder: Reminder) -> int:
        if reminder.kind is Kind.ANSWERS:
            return self.unanswered or 0
        if reminder.kind is Kind.SOON:
            return self.online
        if reminder.audience is not Audience.CAME:
            return self.places
        room = self.attended - self.attended_online if self.noted.room else self._in_the_room
        return room + (self.attended_online if self.noted.online else self.online)

    @property
    def _in_the_room(self) -> int:
        return self.places - self.online


def reach(event: Event, now: datetime) -> Reach:
    """The same for all rules of an event, in one question."""
    is_online = _is_online(event)
    places, online, attended, attended_online, checked_in, reported = db.session.execute(
        select(
            func.count(),
            func.count().filter(is_online),
            func.count().filter(HAS_ATTENDED),
            func.count().filter(is_online, HAS_ATTENDED),
            func.count().filter(Registration.checked_in_at.is_not(None)),
            func.count().filter(Registration.reported_at.is_not(None)),
        ).where(*_has_place(event))
    ).one()
    is_hybrid = event.in_person and event.online
    noted = Noted(
        room=bool(checked_in if is_hybrid else attended),
        online=bool(reported if is_hybrid else attended),
    )
    unanswered = afterwards.to_remind(event.id, now) if second_form(event.id) else None
    return Reach(places, online, attended, attended_online, noted, event.format, unanswered)


def recipients(reminder: Reminder, *, until: datetime, noted: Noted) -> Select[int]:
    """Whom the letter goes to: who had a place by then. Who got theirs later was told just now.

    Where nobody noted who came, it is taken that everybody did.
    """
    found = (
        select(Registration.id)
        .where(*_has_place(reminder.event), Registration.status_at <= until)
        .order_by(Registration.id)
    )
    is_online = _is_online(reminder.event)
    if reminder.kind is Kind.SOON:
        return found.where(is_online)
    if reminder.kind is Kind.ANSWERS:
        return found.where(*afterwards.can_be_reminded(reminder.event_id, until))
    if reminder.audience is not Audience.CAME:
        return found
    unknown = [(~is_online, noted.room), (is_online, noted.online)]
    return found.where(or_(HAS_ATTENDED, *(side for side, is_noted in unknown if not is_noted)))


def _has_place(event: Event) -> tuple[ColumnElement[bool], ...]:
    return (
        Registration.event_id == event.id,
        Registration.status == Status.CONFIRMED,
        func.coalesce(Registration.erased_at, Registration.erase_asked_at).is_(None),
        HAS_ADDRESS,
    )


def _is_online(event: Event) -> ColumnElement[bool]:
    """Of an event that is only online everybody is."""
    return true() if not event.in_person else Registration.attendance == Attendance.ONLINE


def nth(reminder: Reminder, number: int, *, until: datetime, noted: Noted) -> Registration | None:
    """One of those to whom it would go, by name; 1 is the first."""
    whom = recipients(reminder, until=until, noted=noted).order_by(None)
    return db.session.scalar(
        select(Registration)
        .where(Registration.id.in_(whom))
        .order_by(Registration.sort_name, Registration.id)
        .offset(number - 1)
        .limit(1)
    )


def languages(reminder: Reminder, *, until: datetime, noted: Noted) -> dict[str, int]:
    """How many of them read letters in which language."""
    whom = recipients(reminder, until=until, noted=noted).order_by(None)
    rows = db.session.execute(
        select(Registration.language, func.count())
        .where(Registration.id.in_(whom))
        .group_by(Registration.language)
        .order_by(Registration.language)
    ).all()
    return {language: count for language, count in rows}


def runs(event: Event) -> Sequence[Run]:
    """Each time that a letter went out, the newest first, also by rules that were taken away."""
    return db.session.scalars(
        select(Run)
        .join(Run.reminder)
        .where(Reminder.event_id == event.id)
        .order_by(Run.id.desc())
        .limit(MOST)
        .options(contains_eager(Run.reminder))
    ).all()


def run(event: Event, run_id: int) -> Run | None:
    """One of them, held until the end of the transaction."""
    if run_id > LARGEST_ID:
        return None
    question = select(Run).join(Run.reminder).where(Run.id == run_id)
    return db.session.scalar(for_update(question.where(Reminder.event_id == event.id)))


def progress(found: Sequence[Run]) -> dict[int, Progress]:
    """How far each is, in two questions."""
    ids = [each.id for each in found]
    outcomes: dict[int, Counter[Outcome]] = {each: Counter() for each in ids}
    counted = select(Telling.run_id, Telling.outcome, func.count())
    grouped = counted.where(Telling.run_id.in_(ids)).group_by(Telling.run_id, Telling.outcome)
    for run_id, outcome, count in db.session.execute(grouped).all():
        outcomes[run_id][outcome] = count
    rows = db.session.execute(
        select(Telling.run_id, func.count(), func.count(Message.parked_at))
        .join(Message, Message.message_id == Telling.message_id)
        .where(
            Telling.run_id.in_(ids),
            Telling.outcome == Outcome.WRITTEN,
            Message.sent_at.is_(None),
        )
        .group_by(Telling.run_id)
    ).all()
    unsent = {run_id: (count - parked, parked) for run_id, count, parked in rows}
    return {each: Progress(outcomes[each], *unsent.get(each, (0, 0))) for each in ids}


def writing() -> Run | None:
    """The next that is being written: what is urgent first."""
    return db.session.scalar(_WRITING)


_WRITING = (
    select(Run)
    .join(Run.reminder)
    .join(Reminder.event)
    .where(Run.state == RunState.WRITING)
    .order_by((Reminder.kind == Kind.SOON).desc(), Run.id)
    .limit(1)
    .options(contains_eager(Run.reminder).contains_eager(Reminder.event))
)


def next_waiting(run_id: int, count: int) -> Sequence[Telling]:
    """The next people to write to, held so that no other worker writes to them."""
    question = _waiting(run_id).order_by(Telling.id).limit(count)
    return db.session.scalars(for_update(question, skip_locked=True)).all()


def someone_waits(run_id: int) -> bool:
    """Whether anybody is still to be written to, also those another worker holds just now."""
    return db.session.execute(_waiting(run_id).limit(1)).first() is not None


def _waiting(run_id: int) -> Select[Telling]:
    return select(Telling).where(Telling.run_id == run_id, Telling.outcome == Outcome.WAITING)


def is_told(run_id: int, address_key: str) -> bool:
    """Whether this mailbox gets the letter as somebody's own anyway."""
    question = (
        select(Telling.id)
        .join(Registration, Registration.id == Telling.registration_id)
        .where(Telling.run_id == run_id, Registration.address_key == address_key)
    )
    return db.session.execute(question.limit(1)).first() is not None


def registrations_of(tellings: Sequence[Telling]) -> dict[int, Registration]:
    """The people behind these copies, as they are now."""
    ids = [each.registration_id for each in tellings]
    question = select(Registration).where(Registration.id.in_(ids))
    found = db.session.scalars(question.options(selectinload(Registration.contact)))
    return {each.id: each for each in found}


def outdated(now: datetime, count: int) -> Sequence[Telling]:
    """Copies that wait in the outbox and are not true any more, or soon of no use."""
    return db.session.scalars(
        _copies()
        .where(
            WAITING,
            Message.in_doubt.is_(False),
            or_(
                Telling.event_revision < Event.revision,
                Event.state != State.PUBLISHED,
                and_(Reminder.kind != Kind.THANKS, Event.starts_at <= now),
                and_(Reminder.kind == Kind.ANSWERS, _HAS_ANSWERED_SINCE),
                ~and_(*_IN_FORCE),
                Registration.status != Status.CONFIRMED,
                Registration.erase_asked_at.is_not(None),
            ),
        )
        .limit(count)
    ).all()


_HAS_ANSWERED_SINCE = exists().where(
    Turn.registration_id == Telling.registration_id, Turn.answered_at >= Telling.at
)


def refused_at_an_old_address(count: int) -> Sequence[Telling]:
    """Copies that were refused by an address which has been corrected since."""
    return db.session.scalars(
        _copies()
        .where(
            Message.parked_at > LONG_AGO,
            Message.in_doubt.is_(False),
            func.lower(Message.recipient) != func.lower(Registration.email),
            func.coalesce(Registration.erased_at, Registration.erase_asked_at).is_(None),
            HAS_ADDRESS,
        )
        .limit(count)
    ).all()


def _copies() -> Select[Telling]:
    """From the few mails on: `coalesce` keeps the planner from beginning with all tellings."""
    return (
        select(Telling)
        .join(Message, func.coalesce(Message.message_id, "") == Telling.message_id)
        .join(Registration, Registration.id == Telling.registration_id)
        .join(Telling.run)
        .join(Run.reminder)
        .join(Reminder.event)
        .where(Message.occasion.in_(OCCASIONS), Telling.outcome == Outcome.WRITTEN)
        .options(contains_eager(Telling.run, Run.reminder, Reminder.event))
    )


def received(registration_id: int) -> Sequence[Telling]:
    """The letters that somebody was to get."""
    return db.session.scalars(
        select(Telling)
        .where(Telling.registration_id == registration_id)
        .order_by(Telling.id)
        .options(joinedload(Telling.run).joinedload(Run.reminder))
    ).all()
