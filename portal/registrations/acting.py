"""Who acts for somebody else: the contact of one registration, and the mailbox of many."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import JSON, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Row, coded
from portal.registrations.readers import Readers
from portal.registrations.rules import Status

if TYPE_CHECKING:
    from portal.events.models import Event
    from portal.registrations.models import Registration

_DUE = text("is_due")
_ASKED = text("links_asked_at IS NOT NULL")


class Contact(Row):
    """Who registered somebody else and acts for them, and what this reader was told of it.

    One row of a registration for ever: whoever acts later takes it over, so that nobody's letters
    and invites get out of order. Without a mail address there is nobody any more; `ended_at` is
    when they were to stop, until they are told. `form_code` is the form in whose one letter they
    heard of everybody whom they registered with it. `is_due` is set when the person's own letters
    were seen to, so that the worker looks at few rows. `failing_at` is when a mail to them
    came back.
    """

    __tablename__ = "registration_contacts"
    __table_args__ = (
        Index("ix_registration_contacts_address_key", "address_key"),
        Index("ix_registration_contacts_due", "id", sqlite_where=_DUE, postgresql_where=_DUE),
    )

    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    address_key: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(8))
    letters: Mapped[Readers] = mapped_column(coded(Readers))
    invites: Mapped[Readers] = mapped_column(coded(Readers))
    form_code: Mapped[str] = mapped_column(String(64), default="", server_default="")
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    is_due: Mapped[bool] = mapped_column(default=False, server_default=false())
    letter_due_at: Mapped[datetime | None]
    told_revision: Mapped[int] = mapped_column(default=0)
    told_event_revision: Mapped[int] = mapped_column(default=0)
    told_status: Mapped[Status | None] = mapped_column(coded(Status))
    told_status_at: Mapped[datetime | None]
    told_address: Mapped[str] = mapped_column(String(254), default="")
    told_sessions: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    failing_at: Mapped[datetime | None]
    failing_code: Mapped[str] = mapped_column(String(20), default="", server_default="")

    registration: Mapped[Registration] = relationship(back_populates="contact")

    @property
    def acts(self) -> bool:
        return bool(self.email) and self.ended_at is None

    @property
    def registered_them(self) -> bool:
        """Whether they gave us the person's data; else organisers entered who acts since."""
        return self.since <= self.registration.registered_at

    @property
    def is_the_mailbox(self) -> bool:
        """Whether the person has no mailbox of their own: all goes to the office's, once."""
        return self.address_key == self.registration.address_key

    @property
    def gets_letters(self) -> bool:
        return self.letters.has_office or self.is_the_mailbox

    @property
    def gets_invite(self) -> bool:
        return self.acts and (self.invites.has_office or self.is_the_mailbox)

    @property
    def event(self) -> Event:
        return self.registration.event

    @property
    def full_name(self) -> str:
        return self.name

    @property
    def thread(self) -> str:
        """Under which the outbox keeps the letters to this reader in order."""
        return f"contact:{self.registration_id}"

    @property
    def receipt_thread(self) -> str:
        return f"receipt:{self.form_code}"[:60]


class Office(Row):
    """A mailbox that registered others: one page shows all of them, behind a link of its own.

    `link_code` revokes the link when it changes.
    """

    __tablename__ = "offices"
    __table_args__ = (
        Index("ix_offices_links", "id", sqlite_where=_ASKED, postgresql_where=_ASKED),
    )

    address_key: Mapped[str] = mapped_column(String(254), unique=True)
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(8))
    link_code: Mapped[str] = mapped_column(String(32))
    links_asked_at: Mapped[datetime | None]
