"""What access lists hold about a person, and how they forget.

All of it goes some days after the event (`chores.erase_over`), at once when the person does not
come any more (`chores.erase_who_left`), and with the list (`service.switch_off`).
"""

from typing import Any

from sqlalchemy import select

from portal.access.models import AccessList, Visitor
from portal.access.service import about
from portal.db import db
from portal.registrations.models import Registration
from portal.sealing import Unreadable, opened

PERSONAL = ("sealed",)
NOBODY = "erased"
"""Marks a line that was given on and is empty now: the next list has to say that it is gone."""


def held(registration: Registration) -> dict[str, Any]:
    """What the person gave for the building, opened for themselves."""
    rows = db.session.execute(
        select(Visitor, AccessList)
        .join(AccessList, AccessList.id == Visitor.list_id)
        .where(Visitor.registration_id == registration.id)
    ).all()
    return {"access_list": [_said(visitor, found, registration) for visitor, found in rows]}


def erase(registration: Registration) -> None:
    """Forget what the person gave; a number without a name stays until the building knows."""
    question = select(Visitor).where(Visitor.registration_id == registration.id)
    for visitor in db.session.scalars(question):
        if visitor.exported:
            visitor.sealed = visitor.told_link = visitor.notice_version = ""
            visitor.given_at = visitor.asked_at = visitor.reminded_at = None
            visitor.reminder_due_at = None
            visitor.exported = NOBODY
        else:
            db.session.delete(visitor)


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
