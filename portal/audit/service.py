"""The verbs of the audit: to record an act, and to count what was deleted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from portal.audit.models import Deletion, Entry
from portal.db import Row, db, for_update


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
    db.session.execute(_LINE, _line(act, subject, by, now) | {
        "event_id": event_id, "details": details,
    })  # fmt: skip


def record_all(act: str, subjects: Sequence[Row], *, by: Actor, now: datetime) -> None:
    """The same act to many rows, in one statement."""
    if subjects:
        db.session.execute(_LINE, [_line(act, each, by, now) for each in subjects])


def _line(act: str, subject: Row | Subject, by: Actor, now: datetime) -> dict[str, Any]:
    return {
        "at": now,
        "actor": by.kind,
        "actor_id": by.id,
        "act": act,
        "subject": subject.__tablename__,
        "subject_id": subject.id,
        "event_id": None,
        "details": {},
    }


def deleted(
    kind: str, counts: Mapping[int | None, int], *, number: int = 0, by: Actor, now: datetime
) -> None:
    """So many of this kind were deleted, by event; what goes on for a day is one line."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    question = select(Deletion).where(
        Deletion.kind == kind,
        Deletion.number == number,
        Deletion.actor == by.kind,
        Deletion.began_at >= today,
        Deletion.at >= today,
    )
    lines = {line.event_id: line for line in db.session.scalars(for_update(question))}
    for event_id, count in counts.items():
        line = lines.get(event_id)
        if line is None:
            line = Deletion(event_id=event_id, kind=kind, number=number, actor=by.kind, count=0,
                            began_at=now)  # fmt: skip
            db.session.add(line)
        line.count += count
        line.at = now


_LINE = insert(Entry.metadata.tables["audit_entries"])
