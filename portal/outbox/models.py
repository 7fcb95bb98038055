"""Finished mails that wait, are on their way, were sent, or are parked."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, validates

from portal.db import Row

_WAITING = text("sent_at IS NULL AND parked_at IS NULL")
_PARKED = text("parked_at IS NOT NULL")


class Message(Row):
    """One mail to one person; its octets are frozen, so that each try is the same.

    `thread` keeps the letters about one registration in order; `before` is what the person had
    heard until then, so that a letter that was never sent can be taken back; `in_doubt` is true
    from the moment a try begins until its refusal is certain; `return_path` is where a server sends
    it back to, empty for the portal's own address.
    """

    __tablename__ = "outbox_messages"
    __table_args__ = (
        Index(
            "ix_outbox_messages_waiting",
            "priority",
            "id",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        Index(
            "ix_outbox_messages_parked_of_event",
            "event_id",
            sqlite_where=_PARKED,
            postgresql_where=_PARKED,
        ),
        Index("ix_outbox_messages_thread", "thread", "id"),
        Index("ix_outbox_messages_recipient", text("lower(recipient)"), "created_at"),
        Index("ix_outbox_messages_sent_at", "sent_at"),
        Index("ix_outbox_messages_parked_at", "parked_at"),
    )

    message_id: Mapped[str] = mapped_column(String(250), unique=True)
    thread: Mapped[str] = mapped_column(String(60), default="")
    event_id: Mapped[int | None] = mapped_column(index=True)
    occasion: Mapped[str] = mapped_column(String(40))
    recipient: Mapped[str] = mapped_column(String(254))
    return_path: Mapped[str] = mapped_column(String(254), default="", server_default="")
    subject: Mapped[str] = mapped_column(String(500))
    method: Mapped[str] = mapped_column(String(20), default="")
    octets: Mapped[bytes] = mapped_column(LargeBinary)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    priority: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    in_doubt: Mapped[bool] = mapped_column(default=False)
    leased_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(300), default="")

    @validates("subject", "reason")
    def _fits(self, name: str, value: str) -> str:
        return value[:300]
