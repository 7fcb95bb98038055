"""What the books of acts and deletions hold about a person: ids and codes."""

from typing import Any

from sqlalchemy import select

from portal.audit.models import Deletion, Entry
from portal.db import db
from portal.keeping import Impersonal, Rules

KEEPING: Rules = {
    Entry: Impersonal(
        "Ids, codes and numbers. They prove what was done (Regulation (EU) 2018/1725, Article "
        "4(2)) and name nobody once the row of their id is emptied.",
        texts=("actor", "act", "subject", "details"),
    ),
    Deletion: Impersonal(
        "How many of what were deleted when; no id of a person.",
        texts=("kind", "actor"),
    ),
}


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
