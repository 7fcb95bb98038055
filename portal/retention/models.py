"""Lists that organisers took out of the portal, which cannot delete those itself."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.db import Row
from portal.events.models import Event

_OPEN = text("gone_at IS NULL")


class Export(Row):
    """A list of people as a file, with whoever took it.

    Who took it is asked once, at `told_at`, to delete it, and says at `gone_at` that it is gone.
    """

    __tablename__ = "exports"
    __table_args__ = (
        Index("ix_exports_event_id", "event_id", "taken_at"),
        Index("ix_exports_user_id", "user_id", "taken_at"),
        Index("ix_exports_open", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(20))
    count: Mapped[int]
    taken_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    gone_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()
    user: Mapped[User] = relationship()
