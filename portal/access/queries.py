"""Questions about access lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy import Row as Result
from sqlalchemy.orm import contains_eager, joinedload

from portal.access.models import AccessList, Visitor
from portal.access.rules import LEFT_ALONE, Standing, reminds_by_itself, standing
from portal.db import db, for_update
from portal.events.models import Event
from portal.events.rules import Format, State
from portal.registrations.models import Registration
from portal.registrations.rules import Attendance, Status

PAGE = 50


@dataclass(frozen=True, slots=True)
class Figures:
    """How an access list stands: who is asked, and what of it is there."""

    people: int
    given: int
    late: int
    asked: int

    @property
    def missing(self) -> int:
        return self.people - self.given - self.late


def of_event(event_id: int) -> AccessList | None:
    """The event's list, also one that is switched off."""
    return db.session.scalar(
        select(AccessList)
        .where(AccessList.event_id == event_id)
        .options(joinedload(AccessList.event))
    )


def held(list_id: int, *, skip_locked: bool = False) -> AccessList | None:
    """The list as it is now, held until the end of the transaction."""
    question = for_update(
        select(AccessList).where(AccessList.id == list_id), skip_locked=skip_locked
    )
    return db.session.scalar(question.execution_options(populate_existing=True))


def open_list(registration: Registration, now: datetime) -> AccessList | None:
    """The list for which this person may give something now."""
    comes = registration.holds_place and registration.attendance is Attendance.IN_PERSON
    forgotten = registration.erase_asked_at is not None or registration.erased_at is not None
    if not comes or forgotten:
        return None
    found = of_event(registration.event_id)
    return found if found is not None and found.is_open(now) else None


def visitor(list_id: int, registration_id: int) -> Visitor | None:
    """The person's line on the list."""
    return db.session.scalar(
        select(Visitor).where(
            Visitor.list_id == list_id, Visitor.registration_id == registration_id
        )
    )


def of_registration(registration_id: int) -> Visitor | None:
    """The person's line on the list of their event."""
    return db.session.scalar(select(Visitor).where(Visitor.registration_id == registration_id))


def standing_of(registration: Registration, found: AccessList) -> Standing:
    """Whether this person's data are there; nothing else is told of them."""
    return standing_in(found, registration, visitor(found.id, registration.id))


def shown_of(registration: Registration) -> Standing | None:
    """The same for the desk; nothing for who is not asked."""
    found = of_event(registration.event_id)
    comes = registration.holds_place and registration.attendance is Attendance.IN_PERSON
    if found is None or found.switched_off_at is not None or not comes:
        return None
    return standing_of(registration, found)


def standing_in(found: AccessList, registration: Registration, line: Visitor | None) -> Standing:
    """The same for who has read the person's line already."""
    return standing(
        given_at=line.given_at if line else None,
        placed_at=registration.status_at,
        cut_off=found.cut_off,
    )


def next_number(list_id: int) -> int:
    """The next number on the list, which is held."""
    last = select(func.max(Visitor.number)).where(Visitor.list_id == list_id)
    return (db.session.scalar(last) or 0) + 1


def figures(found: AccessList) -> Figures:
    """How many people are asked and how many have given, in one read."""
    late = or_(Visitor.given_at > found.cut_off, Registration.status_at > found.cut_off)
    given = Visitor.given_at.is_not(None)
    row = db.session.execute(
        _people(found, func.count(), func.count().filter(given, ~late),
                func.count().filter(given, late),
                func.count().filter(Visitor.asked_at.is_not(None)))
    ).one()  # fmt: skip
    return Figures(*(int(each) for each in row))


def people(
    found: AccessList, wanted: Standing | None, number: int
) -> Sequence[Result[Registration, Visitor | None]]:
    """A page of those who are asked, by name; all, or those who stand so."""
    question = _people(found, Registration, Visitor).order_by(
        Registration.sort_name, Registration.id
    )
    late = or_(Visitor.given_at > found.cut_off, Registration.status_at > found.cut_off)
    given = Visitor.given_at.is_not(None)
    if wanted is not None:
        question = question.where(
            {Standing.MISSING: ~given, Standing.GIVEN: given & ~late, Standing.LATE: given & late}[
                wanted
            ]
        )
    return db.session.execute(question.offset((number - 1) * PAGE).limit(PAGE)).all()


def visitors_with_data(found: AccessList) -> Sequence[Result[Visitor, Registration]]:
    """Everybody whom the building is told of, or was told of before, by number."""
    return db.session.execute(
        select(Visitor, Registration)
        .join(Registration, Registration.id == Visitor.registration_id)
        .where(Visitor.list_id == found.id, (Visitor.sealed != "") | (Visitor.exported != ""))
        .order_by(Visitor.number)
    ).all()


def given_number(list_id: int) -> int:
    """Of how many people data are kept."""
    question = select(func.count()).where(Visitor.list_id == list_id, Visitor.sealed != "")
    return db.session.scalar(question) or 0


def somebody_was_asked(list_id: int) -> bool:
    """Whether people were told already what is asked, by whom and for how long."""
    return bool(db.session.scalar(select(exists().where(Visitor.list_id == list_id))))


def list_with_someone_to_ask(now: datetime) -> int | None:
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


def to_ask_number(event: Event) -> int:
    """How many letters switching the list on would make."""
    if event.state is not State.PUBLISHED:
        return 0
    question = select(func.count()).select_from(Registration)
    return db.session.scalar(question.where(Registration.event_id == event.id, *_COMES)) or 0


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
        .where(due, *_open(now), *_HAS_THE_LINK, Registration.stuck_at.is_(None))
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


def to_remind(found: AccessList) -> Select[int]:
    """Who was asked and has given nothing, within another question."""
    return (
        select(Visitor.id)
        .join(Registration, Registration.id == Visitor.registration_id)
        .where(Visitor.list_id == found.id, *_HAS_THE_LINK)
    )


def to_remind_number(found: AccessList) -> int:
    """How many letters a reminder would make now."""
    return db.session.scalar(select(func.count()).select_from(to_remind(found).subquery())) or 0


def next_who_left(count: int) -> Sequence[Visitor]:
    """Visitors who do not come to the building any more, and of whom something is kept."""
    return db.session.scalars(
        select(Visitor)
        .join(Registration, Registration.id == Visitor.registration_id)
        .where(Visitor.told_link != "", ~and_(*_COMES))
        .order_by(Visitor.id)
        .limit(count)
    ).all()


def due_to_erase(now: datetime) -> AccessList | None:
    """A list whose data have been kept long enough."""
    kept = db.session.scalars(
        select(AccessList)
        .where(exists().where(Visitor.list_id == AccessList.id))
        .options(joinedload(AccessList.event))
    )
    return next((each for each in kept if each.erase_at <= now), None)


_COMES: tuple[ColumnElement[bool], ...] = (
    Registration.status == Status.CONFIRMED,
    Registration.attendance == Attendance.IN_PERSON,
    Registration.erase_asked_at.is_(None),
    Registration.erased_at.is_(None),
)
"""Who comes through the building's door."""

_HAS_THE_LINK: tuple[ColumnElement[bool], ...] = (
    Visitor.sealed == "",
    Visitor.told_link == Registration.link_code,
    *_COMES,
)
"""Who was asked, by a letter whose link still holds, and has given nothing."""


def _people(found: AccessList, *columns: Any) -> Any:
    line = and_(Visitor.registration_id == Registration.id, Visitor.list_id == found.id)
    return (
        select(*columns)
        .select_from(Registration)
        .outerjoin(Visitor, line)
        .where(Registration.event_id == found.event_id, *_COMES)
    )


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
            *_COMES,
            Registration.told_status == Status.CONFIRMED,
            Registration.told_address == Registration.email,
            Registration.stuck_at.is_(None),
            or_(Visitor.id.is_(None), Visitor.told_link != Registration.link_code),
        )
    )
