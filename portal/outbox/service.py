"""The verbs of the outbox: post, take back, claim, and note what became of a mail."""

import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import aliased

from portal.audit.service import Actor, record
from portal.db import db, for_update
from portal.errors import Refused
from portal.outbox import kept_mails
from portal.outbox.models import Message
from portal.outbox.queries import WAITING

URGENT, PERSONAL, BULK = -10, 0, 10
"""What is urgent overtakes everything, also what is to go to its own reader before it in bulk."""
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_TRYING, FEWEST_TRIES = timedelta(days=5), 10
EXPIRED = "5.4.7"
"""Delivery time expired (RFC 3463, 3.5): the reason why a mail that was put off is parked."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail that this worker may send until its lease ends.

    `in_doubt` says whether it may have left before this try: no answer to this one can settle that.
    """

    id: int
    message_id: str
    recipient: str
    octets: bytes
    in_doubt: bool
    return_path: str = ""


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
    return_path: str = "",
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
            return_path=return_path,
            created_at=now,
            due_at=now,
        )
    )


def take_back(thread: str) -> dict[str, Any] | None:
    """Remove the newest letters of a thread that surely never left; the earliest `before` of them.

    It goes back to the last one that left, or may have left because a try was cut off: what came
    before that cannot be unsaid. The letters are held meanwhile, so that no postman takes one out
    that is being removed.
    """
    newest_first = db.session.scalars(
        for_update(select(Message).where(Message.thread == thread).order_by(Message.id.desc()))
    )
    before = None
    for message in newest_first:
        if message.priority == URGENT:  # it says nothing of how things stand
            continue
        if message.sent_at is not None or message.in_doubt:
            break
        if message.before is not None:
            before = message.before
            db.session.delete(message)
    if before is not None:
        db.session.flush()
    return before


def remove(message_ids: Select[str], *, parked: bool = False) -> list[str]:
    """Remove those of these mails that surely did not leave; which they were.

    Only those that wait, or only those that were refused for good.
    """
    shelf = Message.parked_at.is_not(None) if parked else WAITING
    removed = (
        delete(Message)
        .where(Message.message_id.in_(message_ids), shelf, Message.in_doubt.is_(False))
        .returning(Message.message_id)
    )
    return list(db.session.scalars(removed))


def claim(count: int, *, lease: timedelta, now: datetime) -> list[Claimed]:
    """Take up to `count` due mails for this worker; of each thread only the first unsent one."""
    ready = for_update(_READY, skip_locked=True)
    found = db.session.execute(ready, {"now": now, "count": count}).all()
    claimed = [Claimed(*row) for row in found]
    if claimed:
        ids = [message.id for message in claimed]
        db.session.execute(_LEASE, {"ids": ids, "until": now + lease})
    return claimed


def something_is_due(now: datetime) -> bool:
    """Whether any mail could be claimed: a look before the lock is taken."""
    return db.session.execute(_SOMETHING_IS_DUE, {"now": now}).first() is not None


def note_sent(message_id: int, *, now: datetime) -> None:
    """The server took it; its octets are not needed any more and hold personal data."""
    db.session.execute(_SENT, {"mail": message_id, "now": now})


# What is asked and noted for every mail is put together once: that costs as much as asking.
_MAILS = Message.metadata.tables["outbox_messages"]
_earlier = aliased(Message)
_FIRST_OF_THREAD = ~(
    select(_earlier.id)
    .where(
        _earlier.thread == Message.thread,
        _earlier.id < Message.id,
        _earlier.sent_at.is_(None),
        _earlier.parked_at.is_(None),
        or_(Message.priority > URGENT, _earlier.priority < BULK),
    )
    .exists()
)
_MAY_BE_CLAIMED = and_(
    WAITING,
    Message.due_at <= bindparam("now"),
    or_(Message.leased_until.is_(None), Message.leased_until < bindparam("now")),
    or_(Message.thread == "", _FIRST_OF_THREAD),
)
_SOMETHING_IS_DUE = select(Message.id).where(_MAY_BE_CLAIMED).limit(1)
_READY = (
    select(
        Message.id, Message.message_id, Message.recipient, Message.octets, Message.in_doubt,
        Message.return_path,
    )
    .where(_MAY_BE_CLAIMED)
    .order_by(Message.priority, Message.id)
    .limit(bindparam("count"))
)  # fmt: skip
_LEASE = (
    update(_MAILS)
    .where(_MAILS.c.id.in_(bindparam("ids", expanding=True)))
    .values(leased_until=bindparam("until"), in_doubt=True, attempts=_MAILS.c.attempts + 1)
)
_SENT = (
    update(_MAILS)
    .where(_MAILS.c.id == bindparam("mail"))
    .values(
        sent_at=bindparam("now"), leased_until=None, in_doubt=False, parked_at=None, octets=b"",
        before=None, reason="",
    )
)  # fmt: skip


def note_postponed(claimed: Claimed, reason: str, *, certain: bool, now: datetime) -> None:
    """Not now: try again after a pause that doubles, with jitter; parked if that lasts too long."""
    message = db.session.get_one(Message, claimed.id)
    if message.attempts >= FEWEST_TRIES and now - message.created_at >= LONGEST_TRYING:
        message.parked_at = now
        reason = f"{EXPIRED} {reason}"
    pause = min(FIRST_PAUSE * 2 ** min(message.attempts - 1, 10), LONGEST_PAUSE)
    message.due_at = now + pause * random.uniform(0.75, 1.25)  # noqa: S311
    message.leased_until = None
    message.in_doubt = claimed.in_doubt or not certain
    message.reason = reason


def note_parked(claimed: Claimed, reason: str, *, now: datetime) -> None:
    """Never as it is: it waits at the desk for a person."""
    message = db.session.get_one(Message, claimed.id)
    message.parked_at = now
    message.leased_until = None
    message.in_doubt = claimed.in_doubt
    message.reason = reason


def put_back(claimed: list[Claimed], reason: str = "") -> None:
    """Claimed, but not tried after all: they stand as they stood before."""
    in_doubt = [message.id for message in claimed if message.in_doubt]
    why = {"reason": reason[:300]} if reason else {}
    db.session.execute(
        update(Message)
        .where(Message.id.in_([message.id for message in claimed]), Message.sent_at.is_(None))
        .values(
            leased_until=None,
            in_doubt=Message.id.in_(in_doubt),
            attempts=Message.attempts - 1,
            **why,
        )
    )


def try_again(message: Message, *, by: Actor, now: datetime) -> None:
    """An organiser mended the cause of a parked or waiting mail."""
    if message.sent_at is not None:
        raise Refused(_("This message was sent already."))
    if message.parked_at is not None:
        if _was_overtaken(message):
            raise Refused(_("A later message to this person has left: this one is out of date."))
        message.parked_at = None
        message.attempts = 0
    message.due_at = now
    record("message.tried_again", message, by=by, now=now, event_id=message.event_id)


def _was_overtaken(message: Message) -> bool:
    """Whether a later mail of its thread was sent, or may have been; they are held meanwhile."""
    if not message.thread:
        return False
    later = select(Message).where(Message.thread == message.thread, Message.id > message.id)
    found = db.session.scalars(for_update(later).execution_options(populate_existing=True))
    return any(each.sent_at or each.in_doubt for each in found)


def forget_thread(thread: str, recipient: str, *occasions: str) -> bool:
    """Remove a thread's mails, and its readers' of these occasions that belong to no thread.

    Its readers are all mailboxes that it was ever written to. Not while one of these mails is
    still to be sent.
    """
    written_to = select(func.lower(Message.recipient)).where(Message.thread == thread)
    of_nothing = and_(
        Message.thread == "",
        Message.occasion.in_(occasions),
        or_(
            func.lower(Message.recipient) == func.lower(recipient),
            func.lower(Message.recipient).in_(written_to),
        ),
    )
    return _forget(or_(Message.thread == thread, of_nothing))


def forget_address(addresses: Collection[str]) -> bool:
    """Remove every mail to these mailboxes; not while one of them is still to be sent."""
    mailboxes = [address.lower() for address in addresses]
    if not _forget(func.lower(Message.recipient).in_(mailboxes)):
        return False
    kept_mails.drop_about(addresses)
    return True


def drop_waiting(thread: str) -> None:
    """What was still to be sent of a thread is not sent any more."""
    db.session.execute(delete(Message).where(Message.thread == thread, WAITING))


def _forget(told: ColumnElement[bool]) -> bool:
    if db.session.execute(select(Message.id).where(told, WAITING).limit(1)).first() is not None:
        return False
    removed = delete(Message).where(told).returning(Message.message_id)
    kept_mails.drop(db.session.scalars(removed).all())
    return True
