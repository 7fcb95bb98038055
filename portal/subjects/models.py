"""What people asked for about their data: to see it, to be answered, to be forgotten."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Row, coded
from portal.events.models import Event
from portal.subjects.rules import RequestKind
from portal.tokens import code

_UNTOLD = text("told_at IS NULL")
_OPEN = text("answered_at IS NULL")
_UNDONE = text("done_at IS NULL")


class Inquiry(Row):
    """Somebody asked what is kept about an address; the link in the letter names it.

    One about an address of which nothing is kept goes unanswered, the others when the link ends.
    """

    __tablename__ = "subject_inquiries"
    __table_args__ = (
        Index("ix_subject_inquiries_asked_at", "asked_at"),
        Index("ix_subject_inquiries_address_key", "address_key"),
        Index(
            "ix_subject_inquiries_untold", "id", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD
        ),
    )  # fmt: skip

    address: Mapped[str] = mapped_column(String(254))
    address_key: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(8))
    code: Mapped[str] = mapped_column(String(32), default=code)
    asked_at: Mapped[datetime]
    told_at: Mapped[datetime | None]


class Request(Row):
    """What a person asks of an event's organisers, until it is answered and for a year after."""

    __tablename__ = "subject_requests"
    __table_args__ = (
        Index("ix_subject_requests_event_id", "event_id", "due_at"),
        Index("ix_subject_requests_address_key", "address_key"),
        Index("ix_subject_requests_answered_at", "answered_at"),
        Index("ix_subject_requests_open", "due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    kind: Mapped[RequestKind] = mapped_column(coded(RequestKind))
    address: Mapped[str] = mapped_column(String(254))
    address_key: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None]
    answer: Mapped[str] = mapped_column(Text, default="")

    event: Mapped[Event] = relationship()

    def is_overdue(self, now: datetime) -> bool:
        return self.answered_at is None and self.due_at < now


class Erasure(Row):
    """An address to be forgotten everywhere; it is itself forgotten when that is done.

    `tells` says whether a last letter of its own is to be written, `asked_by` which administrator
    asked in the person's place.
    """

    __tablename__ = "subject_erasures"
    __table_args__ = (
        Index("ix_subject_erasures_asked_at", "asked_at"),
        Index("ix_subject_erasures_undone", "id", sqlite_where=_UNDONE, postgresql_where=_UNDONE),
    )

    address: Mapped[str] = mapped_column(String(254))
    address_key: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(8))
    registrations: Mapped[int]
    tells: Mapped[bool]
    asked_at: Mapped[datetime]
    asked_by: Mapped[int | None]
    told_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]

    @property
    def thread(self) -> str:
        return f"erasure:{self.id}"
