"""The one verb of the audit: to record."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from portal.audit.models import Entry
from portal.db import Row, db


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an organiser (by id), a registrant, the worker, a command, or a stranger."""

    kind: str
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """A row by its table and its id, for who has not loaded it."""

    __tablename__: str
    id: int | None


REGISTRANT = Actor("registrant")
WORKER = Actor("worker")
COMMAND = Actor("command")


def record(
    act: str,
    subject: Row | Subject,
    *,
    by: Actor,
    now: datetime,
    event_id: int | None = None,
    **details: Any,
) -> None:
    """Leave a line: `by` did `act` to `subject`; `details` are codes and numbers only."""
    line = {
        "at": now,
        "actor": by.kind,
        "actor_id": by.id,
        "act": act,
        "subject": subject.__tablename__,
        "subject_id": subject.id,
        "event_id": event_id,
        "details": details,
    }
    db.session.execute(_LINE, line)


_LINE = insert(Entry.metadata.tables["audit_entries"])
