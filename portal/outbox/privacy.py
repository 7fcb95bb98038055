"""What the outbox holds about a person, and how it forgets.

A mail's octets go when it is sent; its recipient and subject stay listed for some time, so that an
organiser can answer who was told what. A parked mail that nobody helped goes as late. Whoever asks
to be forgotten is forgotten at once (`service.forget_thread`).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, bindparam, delete, func, or_, select
from sqlalchemy.orm import defer

from portal.db import db
from portal.outbox.models import Message

PERSONAL = ("recipient", "subject", "octets", "before")
MAILS_ARE_KEPT = timedelta(days=90)
A_FEW = 500


def something_is_old(now: datetime) -> bool:
    """Whether any mail was listed long enough."""
    return db.session.execute(_old(now).limit(1)).first() is not None


def forget_old(now: datetime) -> None:
    """Remove some of the mails that were listed long enough."""
    db.session.execute(delete(Message).where(Message.id.in_(_old(now).limit(A_FEW))))


def _old(now: datetime) -> Select[int]:
    before = now - MAILS_ARE_KEPT
    return select(Message.id).where(or_(Message.sent_at < before, Message.parked_at < before))


def held(thread: str) -> dict[str, Any]:
    """The letters of a thread: when, to which mailbox, about what, and what became of them."""
    return {"letters": _letters(Message.thread == thread)}


def held_of_mailbox(address: str, but: Iterable[str]) -> list[dict[str, Any]]:
    """The letters to a mailbox outside these threads."""
    to = func.lower(Message.recipient) == func.lower(bindparam("address", address, type_=String()))
    return _letters(to & Message.thread.not_in(list(but)))


def _letters(which: ColumnElement[bool]) -> list[dict[str, Any]]:
    question = select(Message).where(which).order_by(Message.id)
    found = db.session.scalars(question.options(defer(Message.octets), defer(Message.before)))
    return [
        {
            "written_at": each.created_at.isoformat(),
            "occasion": each.occasion,
            "to": each.recipient,
            "subject": each.subject,
            "state": "sent" if each.sent_at else "parked" if each.parked_at else "waiting",
            "sent_at": each.sent_at.isoformat() if each.sent_at else None,
        }
        for each in found
    ]
