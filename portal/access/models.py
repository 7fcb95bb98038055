"""The access list of an event's building, and who stands on it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.access import rules
from portal.access.rules import Asked
from portal.db import Row
from portal.events.models import Event
from portal.events.rules import State
from portal.i18n import Translated

_TOLD = text("told_link <> ''")
_REMINDED = text("reminder_due_at IS NOT NULL")


class AccessList(Row):
    """What an event's building asks, of whom it is told, and until when.

    `closes_at` was chosen while the event started at `closes_for`: where the start moves, the
    cut-off moves with it. `erased_…` say what was erased last, how much and why. `exports` is the
    number of the last file, and `given_on` of the one that the building has.
    """

    __tablename__ = "access_lists"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), unique=True)
    asks: Mapped[list[Any]] = mapped_column(JSON)
    receiver: Mapped[Translated] = mapped_column(JSON)
    words: Mapped[Translated] = mapped_column(JSON, default=dict)
    basis: Mapped[str] = mapped_column(String(40))
    closes_at: Mapped[datetime]
    closes_for: Mapped[datetime]
    days_kept: Mapped[int]
    revision: Mapped[int] = mapped_column(default=1)
    switched_off_at: Mapped[datetime | None]
    exports: Mapped[int] = mapped_column(default=0)
    exported_at: Mapped[datetime | None]
    given_on: Mapped[int] = mapped_column(default=0)
    erased_at: Mapped[datetime | None]
    erased_people: Mapped[int] = mapped_column(default=0)
    erased_why: Mapped[str] = mapped_column(String(20), default="")

    event: Mapped[Event] = relationship()

    @property
    def asked(self) -> list[Asked]:
        """What is asked, in the order of the form."""
        return [each for each in Asked if each.value in self.asks]

    @property
    def cut_off(self) -> datetime:
        """The moment after which who gives data is a latecomer."""
        event = self.event
        return rules.cut_off(
            closes_at=self.closes_at,
            closes_for=self.closes_for,
            starts_at=event.starts_at,
            zone=event.zone,
        )

    @property
    def erase_at(self) -> datetime:
        """When all data are erased, as things stand."""
        event = self.event
        return rules.erase_at(
            state=event.state.value,
            state_changed_at=event.state_changed_at,
            ends_at=event.ends_at,
            days=self.days_kept,
        )

    @property
    def has_file(self) -> bool:
        """Whether there is a file of what is kept now, and not only of what was erased since."""
        last, erased = self.exported_at, self.erased_at
        return last is not None and (erased is None or last > erased)

    def is_open(self, now: datetime) -> bool:
        """Whether people may give something, latecomers too: until the event starts."""
        event = self.event
        is_on = self.switched_off_at is None and event.in_person
        return is_on and event.state is State.PUBLISHED and now < event.starts_at


class Visitor(Row):
    """A person on an access list, under a number that the building can name them by.

    `sealed` is what they gave, readable with the key in the data directory only; `told_link` is
    the link code that their last letter bore, so that who has another one is written to again;
    `exported` marks what the list that was given on said of them, `taken_out` the last file.
    """

    __tablename__ = "access_visitors"
    __table_args__ = (
        UniqueConstraint("list_id", "registration_id"),
        UniqueConstraint("list_id", "number"),
        Index("ix_access_visitors_registration_id", "registration_id"),
        Index("ix_access_visitors_told", "list_id", sqlite_where=_TOLD, postgresql_where=_TOLD),
        Index("ix_access_visitors_reminded", "list_id",
              sqlite_where=_REMINDED, postgresql_where=_REMINDED),
    )  # fmt: skip

    list_id: Mapped[int] = mapped_column(ForeignKey("access_lists.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    number: Mapped[int]
    sealed: Mapped[str] = mapped_column(Text, default="")
    given_at: Mapped[datetime | None]
    notice_version: Mapped[str] = mapped_column(String(20), default="")
    told_link: Mapped[str] = mapped_column(String(32), default="")
    asked_at: Mapped[datetime | None]
    reminder_due_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    exported: Mapped[str] = mapped_column(String(64), default="")
    taken_out: Mapped[str] = mapped_column(String(64), default="")

    @property
    def was_told_of(self) -> bool:
        """Whether a file names them, so that a next one has to say that they are gone."""
        return bool(self.exported or self.taken_out)
