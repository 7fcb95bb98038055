"""Questions about mails that wait, were sent, or are parked."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, String, bindparam, func, select
from sqlalchemy.orm import defer

from portal.db import db
from portal.outbox.models import Message

Columns = TypeVarTuple("Columns")

WAITING = Message.sent_at.is_(None) & Message.parked_at.is_(None)


@dataclass(frozen=True)
class Figures:
    """How the outbox stands; `oldest` is when the longest waiting mail was written."""

    waiting: int
    parked: int
    oldest: datetime | None


def figures(event_ids: list[int] | None = None) -> Figures:
    """The outbox in numbers, of some events or of all."""
    waiting, oldest = db.session.execute(
        _of(select(func.count(), func.min(Message.created_at)).where(WAITING), event_ids)
    ).one()
    parked = db.session.scalar(
        _of(select(func.count()).where(Message.parked_at.is_not(None)), event_ids)
    )
    return Figures(int(waiting), int(parked or 0), oldest)


def listed(shelf: str, event_ids: list[int] | None = None) -> Select[Message]:
    """Mails on one shelf ('waiting', 'sent', 'parked'), without their octets."""
    where: dict[str, ColumnElement[bool]] = {
        "waiting": WAITING,
        "sent": Message.sent_at.is_not(None),
        "parked": Message.parked_at.is_not(None),
    }
    order = {
        "waiting": (Message.priority, Message.id),
        "sent": (Message.sent_at.desc(), Message.id.desc()),
        "parked": (Message.parked_at.desc(), Message.id.desc()),
    }
    question = select(Message).where(where[shelf]).order_by(*order[shelf])
    return _of(question.options(defer(Message.octets)), event_ids)


def by_id(message_id: int) -> Message | None:
    return db.session.get(Message, message_id)


def written_to(recipient: str, since: datetime) -> int:
    """How many mails were written to this mailbox since then, however its name was typed."""
    return db.session.scalar(_WRITTEN_TO, {"recipient": recipient, "since": since}) or 0


_WRITTEN_TO = select(func.count()).where(
    func.lower(Message.recipient) == func.lower(bindparam("recipient", type_=String())),
    Message.created_at >= bindparam("since"),
)


def _of(question: Select[*Columns], event_ids: list[int] | None) -> Select[*Columns]:
    return question if event_ids is None else question.where(Message.event_id.in_(event_ids))


def has_thread(thread: str) -> bool:
    """Whether a mail of this thread was ever posted, and is still listed."""
    found = select(Message.id).where(Message.thread == thread).limit(1)
    return db.session.execute(found).first() is not None
