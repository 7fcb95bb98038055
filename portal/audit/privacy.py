"""What the audit holds about a person: acts on rows, by ids and codes, which stay."""

from typing import Any

from sqlalchemy import select

from portal.audit.models import Entry
from portal.db import db

PERSONAL: tuple[str, ...] = ()


def held(subject: str, subject_id: int) -> dict[str, Any]:
    """What was done to a row, when, and by what kind of actor."""
    entries = db.session.scalars(
        select(Entry)
        .where(Entry.subject == subject, Entry.subject_id == subject_id)
        .order_by(Entry.id)
    )
    return {
        "acts": [
            {"at": each.at.isoformat(), "act": each.act, "by": each.actor} for each in entries
        ]
    }  # fmt: skip
