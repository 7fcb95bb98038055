"""What people chose among the sessions of an event."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Row, coded
from portal.sessions.rules import State

_WAITS = text("state = 'line'")


class Chosen(Row):
    """One session that one person chose.

    `number` only rises within a session, so that its line follows the order of arrival; `sequence`
    counts what the person's own calendar has to renew. What was given up stays as a row, for the
    calendar that showed it.
    """

    __tablename__ = "session_choices"
    __table_args__ = (
        UniqueConstraint("registration_id", "session_id"),
        Index("ix_session_choices_session_id_state", "session_id", "state"),
        Index("ix_session_choices_waiting", "session_id",
              sqlite_where=_WAITS, postgresql_where=_WAITS),
    )  # fmt: skip

    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    state: Mapped[State] = mapped_column(coded(State))
    number: Mapped[int] = mapped_column(default=0)
    sequence: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]
