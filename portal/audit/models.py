"""Audit entries; they hold ids and codes, never a person's data."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Row


class Entry(Row):
    """One act by one actor on one row."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_subject", "subject", "subject_id"),
        Index("ix_audit_entries_event", "event_id", "at"),
    )

    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int | None]
    act: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None]
    event_id: Mapped[int | None]
    details: Mapped[dict[str, Any]]


class Deletion(Row):
    """How much of what was deleted in one day, by whom, under which version of a record.

    `began_at` and `at` are its first and its last moment. `number` is 0 where no record of an event
    says the time; nothing here says about whom it was.
    """

    __tablename__ = "deletions"
    __table_args__ = (Index("ix_deletions_event_id", "event_id", "at"),)

    event_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(40))
    number: Mapped[int] = mapped_column(default=0)
    actor: Mapped[str] = mapped_column(String(20))
    count: Mapped[int]
    began_at: Mapped[datetime]
    at: Mapped[datetime] = mapped_column(index=True)
