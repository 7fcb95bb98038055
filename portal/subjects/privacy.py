"""What people's own requests hold about them, and how it ends."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from portal.audit.service import Actor, deleted
from portal.db import db
from portal.keeping import Keeping, Rules, Whose
from portal.subjects import queries
from portal.subjects.models import Erasure, Inquiry, Request

_MAILBOX = ("address", "address_key")
PERSONAL = (*_MAILBOX, "text", "answer")
A_FEW = 500

KEEPING: Rules = {
    Inquiry: Keeping(
        Whose.VISITORS,
        what=_l("That somebody asked what is kept about their mail address"),
        end=_l("a day after they asked"),
        personal=_MAILBOX,
        of_the_record=("language", "code"),
    ),
    Request: Keeping(
        Whose.REGISTRANTS,
        what=_l("What they asked about their data, and what they were answered"),
        end=_l("a year after the answer, or with an erasure on request"),
        personal=PERSONAL,
        of_the_record=("kind", "language"),
    ),
    Erasure: Keeping(
        Whose.VISITORS,
        what=_l("A mail address that is to be forgotten everywhere"),
        end=_l("when that is done"),
        personal=_MAILBOX,
        of_the_record=("language",),
    ),
}


def requests_by_event(event_ids: Collection[int]) -> dict[int, int]:
    """How many requests that still name somebody are kept, by event."""
    question = (
        select(Request.event_id, func.count())
        .where(Request.event_id.in_(event_ids), Request.address != "")
        .group_by(Request.event_id)
    )
    return {row[0]: row[1] for row in db.session.execute(question).all()}


def held(address_key: str) -> list[dict[str, Any]]:
    """What the person asked for, and what they were answered."""
    return [
        {
            "event": each.event.title,
            "kind": each.kind.value,
            "text": each.text,
            "asked_at": each.asked_at.isoformat(),
            "due_at": each.due_at.isoformat(),
            "answered_at": each.answered_at.isoformat() if each.answered_at else None,
            "answer": each.answer,
        }
        for each in queries.requests_of(address_key)
    ]


def something_is_old(now: datetime) -> bool:
    """Whether a link has ended, or a request was answered long enough ago."""
    return any(
        db.session.execute(old.limit(1)).first() is not None
        for old in (queries.old_inquiries(now), queries.old_requests(now))
    )


def old_requests_by_event(now: datetime) -> dict[int | None, int]:
    """How many answered requests are kept longer than they may be, by event."""
    old = queries.old_requests(now).with_only_columns(Request.event_id, func.count())
    rows = db.session.execute(old.group_by(Request.event_id)).all()
    return {row[0]: row[1] for row in rows}


def forget_old(by: Actor, now: datetime) -> None:
    """Remove some of both."""
    inquiries, requests = queries.old_inquiries(now), queries.old_requests(now)
    db.session.execute(delete(Inquiry).where(Inquiry.id.in_(inquiries.limit(A_FEW))))
    gone = delete(Request).where(Request.id.in_(requests.limit(A_FEW))).returning(Request.event_id)
    deleted("requests", Counter(db.session.scalars(gone)), by=by, now=now)
