"""Questions about access lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy import Row as Result
from sqlalchemy.orm import joinedload

from portal.access.models import AccessList, Visitor
from portal.access.rules import Standing, standing
from portal.db import db, for_update
from portal.events.models import Event
from portal.events.rules import State
from portal.registrations.models import Registration
from portal.registrations.rules import Attendance, Status

PAGE = 50


@dataclass(frozen=True, slots=True)
class Figures:
    """How an access list stands: who is asked, and what of it is there."""

    people: int
    missing: int
    given: int
    late: int


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
    found = _list_for(registration)
    return found if found is not None and found.is_open(now) else None


def list_of(registration: Registration, now: datetime) -> AccessList | None:
    """The same, and as long as the person stands on it: what was given can be taken back."""
    found = _list_for(registration)
    if found is None or found.is_open(now):
        return found
    return found if visitor(found.id, registration.id) else None


def comes(registration: Registration) -> bool:
    """Whether the person goes through the door: `COMES` of one who was read already."""
    forgotten = registration.erase_asked_at is not None or registration.erased_at is not None
    in_person = registration.attendance is Attendance.IN_PERSON
    return registration.holds_place and in_person and not forgotten


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
    if found is None or found.switched_off_at is not None or not comes(registration):
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
    counts = (func.count().filter(so) for so in _so(found).values())
    row = db.session.execute(_people(found, func.count(), *counts)).one()
    return Figures(*(int(each) for each in row))


def people(
    found: AccessList, wanted: Standing | None, number: int
) -> Sequence[Result[Registration, Visitor | None]]:
    """A page of those who are asked, by name; all, or those who stand so."""
    question = _people(found, Registration, Visitor)
    if wanted is not None:
        question = question.where(_so(found)[wanted])
    in_order = question.order_by(Registration.sort_name, Registration.id)
    return db.session.execute(in_order.offset((number - 1) * PAGE).limit(PAGE)).all()


def visitors_with_data(found: AccessList) -> Sequence[Result[Visitor, Registration]]:
    """Everybody whom the building is told of, or was told of before, by number."""
    return db.session.execute(
        select(Visitor, Registration)
        .join(Registration, Registration.id == Visitor.registration_id)
        .where(Visitor.list_id == found.id, (Visitor.sealed != "") | (Visitor.exported != ""))
        .order_by(Visitor.number)
    ).all()


def visitors(list_id: int) -> Sequence[Visitor]:
    """Everybody who stands on the list in some way."""
    return db.session.scalars(select(Visitor).where(Visitor.list_id == list_id)).all()


def given_number(list_id: int) -> int:
    """Of how many people data are kept."""
    question = select(func.count()).where(Visitor.list_id == list_id, Visitor.sealed != "")
    return db.session.scalar(question) or 0


def somebody_was_asked(list_id: int) -> bool:
    """Whether people were told already what is asked, by whom and for how long."""
    return bool(db.session.scalar(select(exists().where(Visitor.list_id == list_id))))


def to_ask_number(event: Event) -> int:
    """How many letters switching the list on would make."""
    if event.state is not State.PUBLISHED:
        return 0
    question = select(func.count()).select_from(Registration)
    return db.session.scalar(question.where(Registration.event_id == event.id, *COMES)) or 0


def to_remind(found: AccessList) -> Select[int]:
    """Who was asked and has given nothing, within another question."""
    return (
        select(Visitor.id)
        .join(Registration, Registration.id == Visitor.registration_id)
        .where(Visitor.list_id == found.id, *HAS_THE_LINK)
    )


def to_remind_number(found: AccessList) -> int:
    """How many letters a reminder would make now."""
    return db.session.scalar(select(func.count()).select_from(to_remind(found).subquery())) or 0


COMES: tuple[ColumnElement[bool], ...] = (
    Registration.status == Status.CONFIRMED,
    Registration.attendance == Attendance.IN_PERSON,
    Registration.erase_asked_at.is_(None),
    Registration.erased_at.is_(None),
)
"""Who comes through the building's door."""

HAS_THE_LINK: tuple[ColumnElement[bool], ...] = (
    Visitor.sealed == "",
    Visitor.told_link == Registration.link_code,
    *COMES,
)
"""Who was asked, by a letter whose link still holds, and has given nothing."""


def _list_for(registration: Registration) -> AccessList | None:
    return of_event(registration.event_id) if comes(registration) else None


def _people(found: AccessList, *columns: Any) -> Any:
    line = and_(Visitor.registration_id == Registration.id, Visitor.list_id == found.id)
    return (
        select(*columns)
        .select_from(Registration)
        .outerjoin(Visitor, line)
        .where(Registration.event_id == found.event_id, *COMES)
    )


def _so(found: AccessList) -> dict[Standing, ColumnElement[bool]]:
    """`rules.standing` as SQL."""
    late = or_(Visitor.given_at > found.cut_off, Registration.status_at > found.cut_off)
    given = Visitor.given_at.is_not(None)
    return {
        Standing.MISSING: ~given,
        Standing.GIVEN: given & ~late,
        Standing.LATE: given & late,
    }
