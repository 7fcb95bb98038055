"""Rules for letters at a moment, each time one went out, and what became of everybody's copy."""

from datetime import datetime, time

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.circulars.rules import Outcome
from portal.db import Row, coded
from portal.events.models import Event
from portal.i18n import Translated
from portal.reminders import rules
from portal.reminders.rules import Audience, Kind, RunState, Unit

_WRITING = text("state = 'writing'")
_WAITING = text("outcome = 'waiting'")


class Reminder(Row):
    """A rule: so many days or hours before the start or after the end, `at` an hour of the clock.

    It keeps no moment, since that follows the event. `since` is when it last became what it is: a
    moment before that is not made up for. Who took it away left `removed_at`, so that what went out
    by it stays listed.
    """

    __tablename__ = "reminders"
    __table_args__ = (Index("ix_reminders_event_id", "event_id", "id"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    kind: Mapped[Kind] = mapped_column(coded(Kind))
    number: Mapped[int]
    unit: Mapped[Unit] = mapped_column(coded(Unit))
    at: Mapped[time | None]
    audience: Mapped[Audience] = mapped_column(coded(Audience), default=Audience.PLACES)
    words: Mapped[Translated] = mapped_column(JSON, default=dict)
    is_on: Mapped[bool] = mapped_column(default=True)
    since: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()

    @property
    def moment(self) -> datetime | None:
        """When it is due as the event stands now; see `rules.moment`."""
        event = self.event
        return rules.moment(
            self.kind, self.number, self.unit, self.at,
            starts_at=event.starts_at, ends_at=event.ends_at, zone=event.zone,
        )  # fmt: skip

    @property
    def last_call(self) -> datetime | None:
        """Until when it may begin, as the event stands now; see `rules.last_call`."""
        moment = self.moment
        return rules.last_call(self.kind, moment, self.event.starts_at) if moment else None

    @property
    def date_told(self) -> str:
        """The date that it would tell of now."""
        event = self.event
        return rules.date_told(
            self.kind, starts_at=event.starts_at, ends_at=event.ends_at, zone=event.zone
        )

    @property
    def lacks_link(self) -> bool:
        """“It starts soon” says nothing without the link to join by."""
        is_ready = self.event.online and bool(self.event.joining_url)
        return self.kind is Kind.SOON and not is_ready


class Run(Row):
    """The one time that a rule told of a date: when, and with which words of the organisers."""

    __tablename__ = "reminder_runs"
    __table_args__ = (
        UniqueConstraint("reminder_id", "date"),
        Index("ix_reminder_runs_writing", "id", sqlite_where=_WRITING, postgresql_where=_WRITING),
    )

    reminder_id: Mapped[int] = mapped_column(ForeignKey("reminders.id"))
    date: Mapped[str] = mapped_column(String(40))
    state: Mapped[RunState] = mapped_column(coded(RunState))
    words: Mapped[Translated] = mapped_column(JSON, default=dict)
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    reminder: Mapped[Reminder] = relationship()


class Telling(Row):
    """One person's copy: waiting until it is written, once, into the outbox under `message_id`.

    `event_revision` is what the event was when it was written: while the mail has not left, it is
    written anew when the event changes. What whoever acts for the person gets has an id of its own.
    """

    __tablename__ = "reminder_tellings"
    __table_args__ = (
        UniqueConstraint("run_id", "registration_id"),
        Index("ix_reminder_tellings_registration_id", "registration_id"),
        Index("ix_reminder_tellings_message_id", "message_id"),
        Index("ix_reminder_tellings_waiting", "run_id", "id",
              sqlite_where=_WAITING, postgresql_where=_WAITING),
    )  # fmt: skip

    run_id: Mapped[int] = mapped_column(ForeignKey("reminder_runs.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    outcome: Mapped[Outcome] = mapped_column(coded(Outcome))
    event_revision: Mapped[int] = mapped_column(default=0)
    message_id: Mapped[str] = mapped_column(String(250), default="")
    office_message_id: Mapped[str] = mapped_column(String(250), default="", server_default="")
    reason: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime | None]

    run: Mapped[Run] = relationship()
