"""The verbs of the outbox: post, take back, claim, and note what became of a mail."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import aliased

from portal.audit.service import Actor, record
from portal.db import db, for_update
from portal.errors import Refused
from portal.outbox.models import Message
from portal.outbox.queries import WAITING

PERSONAL, BULK = 0, 10
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail that this worker may send until its lease ends."""

    id: int
    message_id: str
    recipient: str
    octets: bytes


def post(
    *,
    message_id: str,
    recipient: str,
    subject: str,
    octets: bytes,
    occasion: str,
    now: datetime,
    thread: str = "",
    event_id: int | None = None,
    method: str = "",
    before: dict[str, Any] | None = None,
    priority: int = PERSONAL,
) -> None:
    """Put a finished mail where it waits for the postman."""
    db.session.add(
        Message(
            message_id=message_id,
            recipient=recipient,
            subject=subject,
            octets=octets,
            occasion=occasion,
            thread=thread,
            event_id=event_id,
            method=method,
            before=before,
            priority=priority,
            created_at=now,
            due_at=now,
        )
    )


def take_back(thread: str) -> dict[str, Any] | None:
    """Remove what surely never left of the letters that carry a `before`; the earliest of these.

    A mail that may have left, because a try was cut off, stays, and its successors follow it.
    They are held meanwhile, so that no postman takes one out that is being removed.
    """
    unsent = db.session.scalars(
        for_update(
            select(Message)
            .where(Message.thread == thread, Message.sent_at.is_(None))
            .order_by(Message.id.desc())
        )
    ).all()
    before = None
    for message in unsent:
        if message.in_doubt:
            break
        if message.before is not None:
            before = message.before
            db.session.delete(message)
    if before is not None:
        db.session.flush()
    return before


def claim(count: int, *, lease: timedelta, now: datetime) -> list[Claimed]:
    """Take up to `count` due mails for this worker; of each thread only the first unsent one."""
    earlier = aliased(Message)
    first_of_thread = ~(
        select(earlier.id)
        .where(
            earlier.thread == Message.thread,
            earlier.id < Message.id,
            earlier.sent_at.is_(None),
            earlier.parked_at.is_(None),
        )
        .exists()
    )
    ready = db.session.scalars(
        for_update(
            select(Message)
            .where(
                WAITING,
                Message.due_at <= now,
                or_(Message.leased_until.is_(None), Message.leased_until < now),
                or_(Message.thread == "", first_of_thread),
            )
            .order_by(Message.priority, Message.id)
            .limit(count),
            skip_locked=True,
        )
    ).all()
    for message in ready:
        message.leased_until = now + lease
        message.in_doubt = True
        message.attempts += 1
    return [Claimed(m.id, m.message_id, m.recipient, m.octets) for m in ready]


def something_is_due(now: datetime) -> bool:
    """Whether any mail could be claimed: a look before the lock is taken."""
    return (
        db.session.execute(
            select(Message.id)
            .where(
                WAITING,
                Message.due_at <= now,
                or_(Message.leased_until.is_(None), Message.leased_until < now),
            )
            .limit(1)
        ).first()
        is not None
    )


def note_sent(message_id: int, *, now: datetime) -> None:
    """The server took it; its octets are not needed any more and hold personal data."""
    db.session.execute(
        update(Message)
        .where(Message.id == message_id)
        .values(sent_at=now, leased_until=None, in_doubt=False, parked_at=None, octets=b"",
                before=None, reason="")
    )  # fmt: skip


def note_postponed(message_id: int, reason: str, *, certain: bool, now: datetime) -> None:
    """Not now: try again after a pause that doubles, with jitter."""
    message = db.session.get_one(Message, message_id)
    pause = min(FIRST_PAUSE * 2 ** min(message.attempts - 1, 10), LONGEST_PAUSE)
    message.due_at = now + pause * random.uniform(0.75, 1.25)
    message.leased_until = None
    message.in_doubt = message.in_doubt and not certain
    message.reason = reason


def note_parked(message_id: int, reason: str, *, now: datetime) -> None:
    """Never as it is: it waits at the desk for a person."""
    message = db.session.get_one(Message, message_id)
    message.parked_at = now
    message.leased_until = None
    message.in_doubt = False
    message.reason = reason


def put_back(message_ids: list[int], reason: str = "") -> None:
    """Claimed, but not tried after all."""
    db.session.execute(
        update(Message)
        .where(Message.id.in_(message_ids), Message.sent_at.is_(None))
        .values(
            leased_until=None,
            in_doubt=Message.attempts > 1,
            attempts=Message.attempts - 1,
            reason=reason[:300],
        )
    )


def try_again(message: Message, *, by: Actor, now: datetime) -> None:
    """An organiser mended the cause of a parked or waiting mail."""
    if message.sent_at is not None:
        raise Refused(_("This message was sent already."))
    message.parked_at = None
    message.due_at = now
    record("message.tried_again", message, by=by, now=now, event_id=message.event_id)


def forget_thread(thread: str) -> bool:
    """Remove all mails of a thread; not while one of them is still to be sent."""
    waiting = select(Message.id).where(Message.thread == thread, WAITING).limit(1)
    if db.session.execute(waiting).first() is not None:
        return False
    db.session.execute(delete(Message).where(Message.thread == thread))
    return True
