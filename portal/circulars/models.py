"""Letters to a selection, and what became of each recipient's."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.circulars.rules import CircularState, Outcome
from portal.db import Row, coded
from portal.events.models import Event
from portal.i18n import Translated
from portal.registrations.models import Registration

_SENDING = text("state = 'sending'")
_WAITING = text("outcome = 'waiting'")
_FAILED = text("outcome = 'failed'")


class Circular(Row):
    """A letter to some people of an event.

    While it is a draft, `selection` says whom it goes to, in ids or in codes of the list's filter,
    never in words; sending makes it a list of recipients, and that list does not change any more.
    """

    __tablename__ = "circulars"
    __table_args__ = (
        Index("ix_circulars_event_id", "event_id", "id"),
        Index("ix_circulars_sending", "id", sqlite_where=_SENDING, postgresql_where=_SENDING),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    state: Mapped[CircularState] = mapped_column(coded(CircularState))
    subject: Mapped[Translated] = mapped_column(JSON, default=dict)
    body: Mapped[Translated] = mapped_column(JSON, default=dict)
    urgent: Mapped[bool] = mapped_column(default=False)
    selection: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    revision: Mapped[int] = mapped_column(default=1)
    made_by: Mapped[int | None]
    made_at: Mapped[datetime]
    changed_by: Mapped[int | None]
    sent_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()


class Recipient(Row):
    """One person's copy: waiting until it is written, once, into the outbox under `message_id`.

    That of whoever acts for them has an id of its own.
    """

    __tablename__ = "circular_recipients"
    __table_args__ = (
        UniqueConstraint("circular_id", "registration_id"),
        Index("ix_circular_recipients_registration_id", "registration_id"),
        Index("ix_circular_recipients_message_id", "message_id"),
        Index("ix_circular_recipients_waiting", "circular_id", "id",
              sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_circular_recipients_failed", "circular_id", "registration_id",
              sqlite_where=_FAILED, postgresql_where=_FAILED),
    )  # fmt: skip

    circular_id: Mapped[int] = mapped_column(ForeignKey("circulars.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    outcome: Mapped[Outcome] = mapped_column(coded(Outcome))
    message_id: Mapped[str] = mapped_column(String(250), default="")
    office_message_id: Mapped[str] = mapped_column(String(250), default="", server_default="")
    reason: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime | None]

    registration: Mapped[Registration] = relationship()
