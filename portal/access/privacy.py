"""What access lists hold about a person, and how they forget.

All of it goes some days after the event (`chores.erase_over`), at once when the person does not
come any more (`chores.erase_who_left`), and with the list (`service.switch_off`).
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.access.models import AccessList, Visitor
from portal.access.service import about
from portal.db import db
from portal.keeping import Impersonal, Keeping, Rules, Whose
from portal.registrations.models import Registration
from portal.sealing import Unreadable, opened

PERSONAL = ("sealed",)
NOBODY = "erased"
"""Marks a line that was given on and is empty now: the next list has to say that it is gone."""


KEEPING: Rules = {
    AccessList: Impersonal(
        "What a building asks, of whom in numbers, and for whom it is.",
        texts=("asks", "receiver", "words", "basis", "erased_why"),
    ),
    Visitor: Keeping(
        Whose.REGISTRANTS,
        what=_l("What a building asks: date of birth, nationality, identity document, sealed"),
        end=_l("with the access list, days after the event, or when the person does not come"),
        personal=(*PERSONAL, "exported", "taken_out"),
        of_the_record=("notice_version", "told_link"),
    ),
}


def held(registration: Registration) -> dict[str, Any]:
    """What the person gave for the building, opened for themselves."""
    rows = db.session.execute(
        select(Visitor, AccessList)
        .join(AccessList, AccessList.id == Visitor.list_id)
        .where(Visitor.registration_id == registration.id)
    ).all()
    return {"access_list": [_said(visitor, found, registration) for visitor, found in rows]}


def erase(registration: Registration) -> None:
    """Forget what the person gave."""
    forget_all([registration.id])


def forget_all(registration_ids: Sequence[int]) -> None:
    """Forget what these people gave; a number without a name stays until the building knows."""
    question = select(Visitor).where(Visitor.registration_id.in_(registration_ids))
    for visitor in db.session.scalars(question):
        if visitor.was_told_of:
            visitor.sealed = visitor.told_link = visitor.notice_version = ""
            visitor.given_at = visitor.asked_at = visitor.reminded_at = None
            visitor.reminder_due_at = None
            visitor.exported = NOBODY if visitor.exported else ""
            visitor.taken_out = NOBODY if visitor.taken_out else ""
        else:
            db.session.delete(visitor)


def ends_by_event(event_ids: Collection[int]) -> dict[int, tuple[datetime, int]]:
    """When the access lists of these events are erased, and of how many people that is something;
    only of lists that hold anything."""
    given = visitors_by_event(event_ids)
    question = (
        select(AccessList)
        .where(AccessList.event_id.in_(given))
        .options(joinedload(AccessList.event))
    )
    return {
        each.event_id: (each.erase_at, given[each.event_id])
        for each in db.session.scalars(question)
    }


def visitors_by_event(event_ids: Collection[int]) -> dict[int, int]:
    """Of how many people something for the building is kept, by event."""
    question = (
        select(AccessList.event_id, func.count())
        .join(Visitor, Visitor.list_id == AccessList.id)
        .where(AccessList.event_id.in_(event_ids), Visitor.sealed != "")
        .group_by(AccessList.event_id)
    )
    return {row[0]: row[1] for row in db.session.execute(question).all()}


def over_by_event(now: datetime) -> dict[int | None, int]:
    """Of how many people something is kept whose access list ends by then, by event."""
    given = select(Visitor.id).where(Visitor.list_id == AccessList.id, Visitor.sealed != "")
    found = db.session.scalars(
        select(AccessList).where(given.exists()).options(joinedload(AccessList.event))
    )
    over = [each.event_id for each in found if each.erase_at <= now]
    return {event_id: count for event_id, count in visitors_by_event(over).items()}


def _said(visitor: Visitor, found: AccessList, registration: Registration) -> dict[str, Any]:
    return {
        "number": visitor.number,
        "receiver": found.receiver,
        "given_at": visitor.given_at.isoformat() if visitor.given_at else None,
        "erased_at": found.erase_at.isoformat(),
        "given": _given(visitor, registration),
    }


def _given(visitor: Visitor, registration: Registration) -> dict[str, Any] | str | None:
    if not visitor.sealed:
        return None
    try:
        return opened(about(registration), visitor.sealed)
    except Unreadable:
        return "unreadable"
