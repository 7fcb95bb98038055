"""The addresses at which mailboxes subscribe to their own events."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Row
from portal.registrations.models import Registration

_UNTOLD = text("told_at IS NULL")
_OF_SOMEBODY = text("address_key <> ''")


class PersonalFeed(Row):
    """One address of a mailbox's own calendar, asked for from the page of a registration.

    The address itself is in the letter alone: `code_digest` is what is kept of its random code,
    made when the letter is written. Without an `address_key` it is nobody's any more. The row
    stays, so that the address goes on saying that it has ended.
    """

    __tablename__ = "personal_feeds"
    __table_args__ = (
        Index("ix_personal_feeds_address_key", "address_key",
              sqlite_where=_OF_SOMEBODY, postgresql_where=_OF_SOMEBODY),
        Index("ix_personal_feeds_untold", "id", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
    )  # fmt: skip

    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), index=True)
    address_key: Mapped[str] = mapped_column(String(254))
    code_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    registration: Mapped[Registration] = relationship()

    @property
    def is_live(self) -> bool:
        return bool(self.address_key) and self.ended_at is None
