"""Questions about registrations."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal.db import db, for_update, glance
from portal.events import queries as event_queries
from portal.events.models import Event
from portal.events.rules import Entrance, Places, State
from portal.outbox.models import Message
from portal.registrations import divisions, offers, way_in
from portal.registrations.acting import Contact
from portal.registrations.divisions import Divisible
from portal.registrations.models import Answer, AttendanceReport, Recall, Registration
from portal.registrations.offices import HAS_NO_OTHER_MAILBOX
from portal.registrations.reports import Stay
from portal.registrations.rules import TAKING, Status

_A_LETTER_WAITS = exists().where(
    Message.thread.in_(
        [literal(about) + cast(Registration.id, String) for about in ("registration:", "contact:")]
    ),
    Message.sent_at.is_(None),
    Message.parked_at.is_(None),
)
_COUNTS = Registration.erased_at.is_(None) | (Registration.status != Status.WITHDRAWN)
"""Who was forgotten still came; who withdrew, or never registered, and was forgotten, did not."""

HAS_ATTENDED = Registration.checked_in_at.is_not(None) | Registration.reported_at.is_not(None)
"""Was checked in at the door, or was in the online meeting by its report."""
MISSED = and_(
    Registration.status == Status.CONFIRMED,
    Registration.checked_in_at.is_(None),
    Registration.reported_at.is_(None),
)
"""Had a place, and nobody noted that they attended."""

LIVE = tuple(status for status in Status if status.is_live)


def entrance(slug: str, now: datetime) -> tuple[Entrance, Places] | None:
    """The way into a public event, and its places, mostly in one small read."""
    with glance() as connection:
        found = connection.execute(_ENTRANCE, {"slug": slug}).first()
    if found is None:
        return None
    *facts, taken, someone_waits = found
    entrance = Entrance(*facts)
    counts = way_in.of(entrance, now).counts
    division = None if counts is None else counts.division(entrance, now)
    ended = offers.ended_of({entrance.id: entrance}, now)[entrance.id]
    return entrance, Places(int(taken) - ended, bool(someone_waits), division)


def places(event_id: int) -> Places:
    """How many places are taken, and whether somebody waits, in one read."""
    found = db.session.execute(_PLACES, {"event_id": event_id}).one()
    return Places(int(found[0]), bool(found[1]))


def places_now(event_id: int, event: Divisible, now: datetime) -> Places:
    """The same at this moment: without offers that ended, and how the places are divided."""
    found = places(event_id)
    return replace(
        found,
        taken=found.taken - offers.ended_of({event_id: event}, now)[event_id],
        division=divisions.of({event_id: event}, now).get(event_id),
    )


# The questions that every registration asks are put together once: that costs as much as asking.
_OF_EVENT = Registration.event_id == bindparam("event_id")
_TAKES_A_PLACE = Registration.status.in_([literal_column(f"'{status}'") for status in TAKING])
_PLACES_TAKEN = (
    select(func.count()).where(_OF_EVENT, Registration.status.in_(TAKING)).scalar_subquery(),
    exists().where(_OF_EVENT, Registration.status == Status.WAITLISTED).select().scalar_subquery(),
)
_PLACES = select(*_PLACES_TAKEN)
_ENTRANCE = select(
    *event_queries.ENTRANCE,
    select(func.count())
    .where(Registration.event_id == Event.id, _TAKES_A_PLACE)
    .correlate(Event)
    .scalar_subquery(),
    exists()
    .where(Registration.event_id == Event.id, Registration.status == Status.WAITLISTED)
    .correlate(Event)
    .select()
    .scalar_subquery(),
).where(Event.slug == bindparam("slug"), Event.state != State.DRAFT)
_OF_PERSON = select(Registration).where(
    _OF_EVENT,
    Registration.address_key == bindparam("address_key"),
    Registration.name_key == bindparam("name_key"),
)
_LAST_NUMBER = select(func.max(Registration.queue_number)).where(_OF_EVENT)
_THIS_FORM = and_(
    Answer.event_id == bindparam("event_id"), Answer.form_key == bindparam("form_key")
)
_SITUATION = select(
    _OF_PERSON.with_only_columns(Registration.id).exists().select().scalar_subquery(),
    select(Answer.answer).where(_THIS_FORM).scalar_subquery(),
    select(Answer.at).where(_THIS_FORM).scalar_subquery(),
    *_PLACES_TAKEN,
)


def places_of(events: Sequence[Event], now: datetime) -> dict[int, Places]:
    """The same for several events, in one read, and two where places of some are divided."""
    event_ids = [event.id for event in events]
    divided = divisions.of({event.id: event for event in events}, now)
    ended = offers.ended_of({event.id: event for event in events}, now)
    rows = db.session.execute(
        select(Registration.event_id, Registration.status, func.count())
        .where(
            Registration.event_id.in_(event_ids),
            Registration.status.in_((*TAKING, Status.WAITLISTED)),
        )
        .group_by(Registration.event_id, Registration.status)
    ).all()
    counts = {(event_id, status): count for event_id, status, count in rows}
    return {
        event_id: Places(
            sum(counts.get((event_id, status), 0) for status in TAKING) - ended[event_id],
            (event_id, Status.WAITLISTED) in counts,
            divided.get(event_id),
        )
        for event_id in event_ids
    }


def counts_by_status(event_id: int) -> dict[Status, int]:
    """How many registrations of an event stand at each status, also of people forgotten since."""
    rows = db.session.execute(
        select(Registration.status, func.count())
        .where(Registration.event_id == event_id)
        .group_by(Registration.status)
    ).all()
    return dict.fromkeys(Status, 0) | {status: count for status, count in rows}


def numbers_by_status() -> dict[Status, int]:
    """How many registrations of all events stand at each status."""
    rows = db.session.execute(
        select(Registration.status, func.count()).group_by(Registration.status)
    ).all()
    return dict.fromkeys(Status, 0) | {status: count for status, count in rows}


def stuck_number() -> int:
    """How many letters could not be written."""
    return db.session.scalar(select(func.count()).where(Registration.stuck_at.is_not(None))) or 0


def of_person(event_id: int, address_key: str, name_key: str) -> Registration | None:
    """The registration of this person at this event, held as it is now until the end."""
    keys = {"event_id": event_id, "address_key": address_key, "name_key": name_key}
    question = for_update(_OF_PERSON).execution_options(populate_existing=True)
    return db.session.scalar(question, keys)


@dataclass(frozen=True, slots=True)
class Situation:
    """What has to be known to answer a form: who is there, what was answered, what is left."""

    is_known: bool
    answer: Status | None
    answered_at: datetime | None
    places: Places


def situation(event_id: int, address_key: str, name_key: str, form_key: str) -> Situation:
    """How things stand for this person and this very form, in one read."""
    keys = {"address_key": address_key, "name_key": name_key, "form_key": form_key}
    found = db.session.execute(_SITUATION, {"event_id": event_id} | keys).one()
    is_known, answer, answered_at, taken, someone_waits = found
    return Situation(bool(is_known), answer, answered_at, Places(int(taken), bool(someone_waits)))


def by_id(registration_id: int) -> Registration | None:
    """A registration with its event."""
    return db.session.scalar(
        select(Registration)
        .where(Registration.id == registration_id)
        .options(joinedload(Registration.event), joinedload(Registration.contact))
    )


def of_link(values: Sequence[Any]) -> Registration | None:
    """The registration that a signed link names, unless a newer link has replaced it."""
    if len(values) != 2 or not isinstance(values[0], int):
        return None
    registration = by_id(values[0])
    if registration is None or registration.link_code != values[1]:
        return None
    return registration


def read_anew(registrations: Sequence[Registration]) -> None:
    """As they are now, in one read: what was loaded before a lock may be old under it."""
    ids = [each.id for each in registrations]
    question = select(Registration).where(Registration.id.in_(ids))
    db.session.scalars(question.execution_options(populate_existing=True)).all()


def of_address(address_key: str) -> Sequence[Registration]:
    """All registrations of a mailbox at public events, with their events."""
    return db.session.scalars(
        select(Registration)
        .join(Registration.event)
        .where(Registration.address_key == address_key, Event.state != State.DRAFT)
        .options(joinedload(Registration.event), joinedload(Registration.contact))
        .order_by(Event.starts_at, Registration.id)
    ).all()


def last_of_each(address_key: str) -> list[Registration]:
    """The latest registration of each person of a mailbox, who is still named in it."""
    latest_first = db.session.scalars(
        select(Registration)
        .where(
            Registration.address_key == address_key,
            *_IS_NAMED,
        )
        .order_by(Registration.registered_at.desc(), Registration.id.desc())
        .limit(MOST_OF_A_MAILBOX)
    )
    people: dict[str, Registration] = {}
    for each in latest_first:
        people.setdefault(each.name_key, each)
    return list(people.values())[:MOST_PEOPLE]


def named(registration_id: int) -> Registration | None:
    """The registration, while it still says who it is of."""
    which = Registration.id == registration_id, *_IS_NAMED
    return db.session.scalar(select(Registration).where(*which))


_IS_NAMED = (
    Registration.last_name != "",
    Registration.email != "",
    Registration.erased_at.is_(None),
    Registration.erase_asked_at.is_(None),
    ~HAS_NO_OTHER_MAILBOX,
)
MOST_OF_A_MAILBOX, MOST_PEOPLE = 200, 8


def someone_recalls() -> bool:
    """Whether anybody waits for a form with their last details."""
    return db.session.execute(select(Recall.id).limit(1)).first() is not None


def next_recall() -> Recall | None:
    """The next one."""
    question = select(Recall).order_by(Recall.id).limit(1)
    return db.session.scalar(for_update(question, skip_locked=True))


def with_needs(event_id: int) -> Sequence[Registration]:
    """Who said what they need on the spot."""
    return db.session.scalars(
        select(Registration).where(
            Registration.event_id == event_id,
            (Registration.access_needs != "") | (Registration.diet != ""),
        )
    ).all()


def last_queue_number(event_id: int) -> int:
    """The highest number ever given in this line."""
    return db.session.scalar(_LAST_NUMBER, {"event_id": event_id}) or 0


def first_waiting(event_id: int, count: int | None) -> Sequence[Registration]:
    """The first `count` in line, or the whole line."""
    return db.session.scalars(
        select(Registration)
        .where(Registration.event_id == event_id, Registration.status == Status.WAITLISTED)
        .order_by(Registration.queue_number)
        .limit(count)
    ).all()


def some_of_line(ids: Collection[int]) -> Sequence[Registration]:
    """These people, in the order of the line."""
    question = select(Registration).where(Registration.id.in_(ids))
    return db.session.scalars(question.order_by(Registration.queue_number)).all()


def line(event_id: int) -> list[tuple[int, int]]:
    """The whole line, first to last: (registration, queue number), as it is now."""
    rows = db.session.execute(
        select(Registration.id, Registration.queue_number)
        .where(Registration.event_id == event_id, Registration.status == Status.WAITLISTED)
        .order_by(Registration.queue_number)
    ).all()
    return [(row[0], row[1] or 0) for row in rows]


def position(registration: Registration) -> int | None:
    """1 for the first in line; None for who is in no line."""
    if registration.status is not Status.WAITLISTED or registration.queue_number is None:
        return None
    before = db.session.scalar(
        select(func.count()).where(
            Registration.event_id == registration.event_id,
            Registration.status == Status.WAITLISTED,
            Registration.queue_number <= registration.queue_number,
        )
    )
    return int(before or 0)


def event_with_a_line_that_may_move(now: datetime) -> int | None:
    """An event where somebody waits although a place is free, as after a raised capacity."""
    taken = (
        select(func.count())
        .where(Registration.event_id == Event.id, Registration.status.in_(TAKING))
        .scalar_subquery()
    )
    return db.session.scalar(
        select(Event.id)
        .where(
            *_has_a_line(now),
            ~_IS_DIVIDED,
            Event.capacity.is_(None) | (Event.capacity > taken),
        )
        .order_by(Event.id)
        .limit(1)
    )


def divided_event_with_a_line_that_may_move(now: datetime) -> int | None:
    """The same where it matters who waits, as after a quota's moment; three reads for all."""
    found = db.session.scalars(select(Event).where(*_has_a_line(now), _IS_DIVIDED)).all()
    divided = divisions.of({event.id: event for event in found}, now)
    return next((number for number, each in divided.items() if each.line_moves), None)


_IS_DIVIDED = Event.has_quotas | Event.online_capacity.is_not(None)


def _has_a_line(now: datetime) -> list[ColumnElement[bool]]:
    waiting = exists().where(
        Registration.event_id == Event.id, Registration.status == Status.WAITLISTED
    )
    return [
        Event.state == State.PUBLISHED,
        Event.waitlist.is_(True),
        Event.starts_at > now,
        Event.registration_closes_at.is_(None) | (Event.registration_closes_at > now),
        waiting,
    ]


def someone_untold(now: datetime) -> bool:
    """Whether anybody's own registration changed since their last letter."""
    return db.session.execute(_SOMEONE_UNTOLD, {"now": now}).first() is not None


def next_untold(now: datetime, count: int) -> Sequence[Registration]:
    """The next people whose own registration changed since their last letter."""
    question = for_update(_NEXT_UNTOLD, skip_locked=True)
    return db.session.scalars(question, {"now": now, "count": count}).all()


HAS_ADDRESS = Registration.email != ""
"""Whose mail address is still kept: nobody else is written to."""

_UNTOLD = and_(
    Registration.revision > Registration.told_revision,
    HAS_ADDRESS,
    Registration.stuck_at.is_(None),
    Registration.letter_due_at.is_(None) | (Registration.letter_due_at <= bindparam("now")),
    (Registration.status != Status.OFFERED) | (Registration.offered_until > bindparam("now")),
)
_SOMEONE_UNTOLD = select(Registration.id).where(_UNTOLD).limit(1)
_NEXT_UNTOLD = (
    select(Registration)
    .where(_UNTOLD)
    .order_by(Registration.id)
    .limit(bindparam("count"))
    .options(selectinload(Registration.contact))
)


def event_with_news() -> Event | None:
    """An event that announced something which not all of its people were told."""
    return db.session.scalar(
        select(Event)
        .where(Event.announced_revision > Event.told_revision)
        .order_by(Event.id)
        .limit(1)
    )


def next_untold_of(event: Event, count: int) -> Sequence[Registration]:
    """The next people at this event who have not heard what it announced."""
    question = _untold_of(event).order_by(Registration.told_event_revision).limit(count)
    question = question.options(selectinload(Registration.contact))
    return db.session.scalars(for_update(question, skip_locked=True)).all()


def someone_untold_of(event: Event) -> bool:
    """Whether anybody at this event has not heard, also those another worker holds just now."""
    return db.session.execute(_untold_of(event).limit(1)).first() is not None


def someone_asked_for_links() -> bool:
    """Whether anybody waits for links."""
    return db.session.execute(_SOMEONE_ASKED).first() is not None


def next_asked_for_links() -> Registration | None:
    """The next person who asked for links; one registration stands for all of its mailbox."""
    return db.session.scalar(for_update(_NEXT_ASKED, skip_locked=True))


_first = aliased(Registration)
_ASKED = and_(
    Registration.links_asked_at.is_not(None), Registration.stuck_at.is_(None), HAS_ADDRESS
)
_IS_ANOTHER = exists().where(
    _first.address_key == Registration.address_key,
    _first.links_asked_at.is_not(None),
    _first.stuck_at.is_(None),
    _first.id < Registration.id,
)
_SOMEONE_ASKED = select(Registration.id).where(_ASKED).limit(1)
_NEXT_ASKED = select(Registration).where(_ASKED, ~_IS_ANOTHER).order_by(Registration.id).limit(1)


def next_to_erase() -> Registration | None:
    """The next person to forget, once they have been told what there was to tell, or cannot be."""
    return db.session.scalar(
        for_update(
            select(Registration)
            .where(
                Registration.erase_asked_at.is_not(None),
                HAS_HEARD,
            )
            .order_by(Registration.id)
            .limit(1),
            skip_locked=True,
        )
    )


HAS_HEARD = and_(
    (Registration.told_revision >= Registration.revision) | Registration.stuck_at.is_not(None),
    ~_A_LETTER_WAITS,
    ~exists().where(
        Contact.registration_id == Registration.id, Contact.is_due, Contact.email != ""
    ),
)
"""Who was told what there was to tell, or cannot be, and for whom nothing waits in the outbox."""


def _untold_of(event: Event) -> Select[Registration]:
    return select(Registration).where(
        Registration.event_id == event.id,
        Registration.status.in_(LIVE),
        Registration.told_event_revision < event.announced_revision,
        HAS_ADDRESS,
        Registration.stuck_at.is_(None),
        Registration.letter_due_at.is_(None),
    )


def report(event_id: int, report_id: int) -> AttendanceReport | None:
    """The report of an online meeting that is looked at, if it is of this event."""
    return db.session.scalar(
        select(AttendanceReport).where(
            AttendanceReport.id == report_id, AttendanceReport.event_id == event_id
        )
    )


def stays(kept: AttendanceReport) -> list[Stay]:
    """Everybody who stands in it."""
    return [Stay(**each) for each in kept.people]


def name_of(registration_id: int) -> str:
    """The name of somebody who handed a place over, or took it; empty once it is forgotten."""
    other = db.session.get(Registration, registration_id)
    return other.full_name if other is not None else ""
