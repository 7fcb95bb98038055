"""What was read of the portal's own mailbox: that it was, and nothing of what it said."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Row, coded
from portal.inbox.rules import Outcome


class Reading(Row):
    """A mail under its digest, so that it has its effect once, and is tried so often at most.

    Until `leased_until` one worker reads it.
    """

    __tablename__ = "inbox_readings"

    digest: Mapped[str] = mapped_column(String(64), unique=True)
    outcome: Mapped[Outcome] = mapped_column(coded(Outcome), default=Outcome.TAKEN)
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    at: Mapped[datetime] = mapped_column(index=True)
