"""What the outbox holds about a person, and how it forgets.

A mail's octets go when it is sent; its recipient and subject stay listed for some time, so that an
organiser can answer who was told what. A parked mail that nobody helped goes as late. Whoever asks
to be forgotten is forgotten at once (`service.forget_thread`).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, String, and_, bindparam, delete, func, or_, select
from sqlalchemy.orm import defer

from portal.audit.service import Actor, deleted
from portal.db import db
from portal.keeping import Keeping, Rules, Whose
from portal.outbox import kept_mails
from portal.outbox.models import Message

PERSONAL = ("recipient", "subject", "octets", "before")
MAILS_ARE_KEPT = timedelta(days=90)
A_FEW = 500

KEEPING: Rules = {
    Message: Keeping(
        Whose.REGISTRANTS,
        what=_l("Letters: the mail until it is sent, then address and subject"),
        end=_l("90 days after they were sent, or with the person"),
        personal=(*PERSONAL, "reason", "message_id", "return_path"),
        of_the_record=("thread", "occasion", "method"),
    ),
}


def something_is_old(now: datetime) -> bool:
    """Whether any mail was listed long enough."""
    return db.session.execute(select(Message.id).where(_old(now)).limit(1)).first() is not None


def forget_old(by: Actor, now: datetime) -> None:
    """Remove some of the mails that were listed long enough."""
    question = select(Message.id).where(_old(now)).limit(A_FEW)
    some = db.session.scalars(question).all()
    deleted("letters", _forget(Message.id.in_(some)), by=by, now=now)


def old_by_event(now: datetime) -> dict[int | None, int]:
    """How many mails are listed longer than they may be, by event."""
    question = select(Message.event_id, func.count()).where(_old(now)).group_by(Message.event_id)
    return {row[0]: row[1] for row in db.session.execute(question).all()}


def letters_by_event(event_ids: Collection[int]) -> dict[int, int]:
    """How many mails of these events wait or are listed."""
    question = (
        select(Message.event_id, func.count())
        .where(Message.event_id.in_(event_ids))
        .group_by(Message.event_id)
    )
    return {row[0] or 0: row[1] for row in db.session.execute(question).all()}


def forget_threads(threads: Sequence[str]) -> dict[int | None, int]:
    """Remove every mail of these threads; how many they were, by event.

    Who calls has seen that none is still to be sent.
    """
    return _forget(Message.thread.in_(threads))


def forget_mailboxes(addresses: Sequence[str], *occasions: str) -> None:
    """Remove the mails of these occasions, of no thread, that have left for these mailboxes."""
    _forget(
        and_(
            func.lower(Message.recipient).in_([address.lower() for address in addresses]),
            Message.thread == "",
            Message.occasion.in_(occasions),
            or_(Message.sent_at.is_not(None), Message.parked_at.is_not(None)),
        )
    )


def _forget(which: ColumnElement[bool]) -> dict[int | None, int]:
    """Remove these mails, and the files of those that are kept so; how many, by event."""
    removed = delete(Message).where(which).returning(Message.event_id, Message.message_id)
    gone = db.session.execute(removed).all()
    kept_mails.drop([row[1] for row in gone])
    return Counter(row[0] for row in gone)


def _old(now: datetime) -> ColumnElement[bool]:
    before = now - MAILS_ARE_KEPT
    return or_(Message.sent_at < before, Message.parked_at < before)


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
