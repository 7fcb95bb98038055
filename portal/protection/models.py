"""Versions of records of processing: what registrants were told stays readable."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Row

_OF_THE_HOUSE = text("event_id IS NULL")


class Version(Row):
    """What the record of an event said from one moment on, or, without an event, the house's own.

    The house's record is what a new event's begins with.
    """

    __tablename__ = "protection_versions"
    __table_args__ = (
        Index("ix_protection_versions_event", "event_id", "number", unique=True),
        Index(
            "ix_protection_versions_house", "number", unique=True,
            sqlite_where=_OF_THE_HOUSE, postgresql_where=_OF_THE_HOUSE,
        ),
    )  # fmt: skip

    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    number: Mapped[int]
    facts: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    user_id: Mapped[int | None]
