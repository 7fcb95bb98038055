"""What people's own requests hold about them, and how it ends."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete

from portal.db import db
from portal.subjects import queries
from portal.subjects.models import Inquiry, Request

PERSONAL = ("address", "address_key", "text", "answer")
A_FEW = 500


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


def forget_old(now: datetime) -> None:
    """Remove some of both."""
    inquiries, requests = queries.old_inquiries(now), queries.old_requests(now)
    db.session.execute(delete(Inquiry).where(Inquiry.id.in_(inquiries.limit(A_FEW))))
    db.session.execute(delete(Request).where(Request.id.in_(requests.limit(A_FEW))))
