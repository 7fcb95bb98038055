"""What a person's calendar holds because we sent it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Row, coded
from portal.invites.rules import Partstat


class OneCalendar:
    """What one calendar holds of one registration. Never deleted, so that SEQUENCE only rises.

    `held` is what the calendar at `address` holds since our last message, None where it holds
    nothing: enough to write the CANCEL that takes it out again. `reply_code` stands in the address
    to which answers and bounces come; it is given before the first invite or never, since the
    ORGANIZER stays the same for life. `partstat` is what the calendar answered to this SEQUENCE.
    """

    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), unique=True)
    uid: Mapped[str] = mapped_column(String(200), unique=True)
    sequence: Mapped[int | None]
    stamped_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    substance: Mapped[str | None] = mapped_column(String(64))
    content: Mapped[str | None] = mapped_column(String(64))
    held: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    first_message_id: Mapped[str] = mapped_column(String(250), default="")
    reply_code: Mapped[str | None] = mapped_column(String(32))
    partstat: Mapped[Partstat | None] = mapped_column(coded(Partstat))
    replied_at: Mapped[datetime | None]
    reply_stamped_at: Mapped[datetime | None]


class Invite(OneCalendar, Row):
    """The entry in the calendar of the person who is registered."""

    __tablename__ = "invites"
    __table_args__ = (Index("ix_invites_reply_code", "reply_code", unique=True),)


class OfficeInvite(OneCalendar, Row):
    """The entry in the calendar of whoever acts for the person, with a UID of its own.

    It asks for no answer: whether the person comes is for the person's own calendar to say. What
    it answers all the same is read, and gives no place back.
    """

    __tablename__ = "office_invites"
    __table_args__ = (Index("ix_office_invites_reply_code", "reply_code", unique=True),)
