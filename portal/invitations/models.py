"""Lists of people who are invited to an event, the invitations, and files that are looked at."""

from datetime import datetime, time
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Row, coded
from portal.events.models import Event
from portal.i18n import Translated
from portal.invitations.rules import ImportState, Stage
from portal.registrations.models import Registration
from portal.registrations.rules import StakeholderGroup, Status
from portal.reminders import rules as reminders

_NEW = text("stage = 'new'")
_DUE = text("reminder_due_at IS NOT NULL")
_HANDED = text("handed_on AND NOT told_handed_on")
_RUNNING = text("state = 'running'")


class InvitationList(Row):
    """People who are invited on the same terms, and the organisers' words to them.

    `source` says where their data are from. Letters go out from `sent_at` on. `remind_days` before
    the event, at `remind_at` of its clock, who has not answered is reminded.
    """

    __tablename__ = "invitation_lists"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    source: Mapped[str] = mapped_column(String(300))
    language: Mapped[str] = mapped_column(String(8))
    words: Mapped[Translated] = mapped_column(JSON, default=dict)
    answer_until: Mapped[datetime | None]
    binds: Mapped[bool] = mapped_column(default=False)
    transferable: Mapped[bool] = mapped_column(default=False)
    passes_approval: Mapped[bool] = mapped_column(default=False)
    passes_closed: Mapped[bool] = mapped_column(default=False)
    remind_days: Mapped[int | None]
    remind_at: Mapped[time | None]
    remind_since: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime]
    made_by: Mapped[int | None]
    sent_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()

    @property
    def reminds_at(self) -> datetime | None:
        """When who has not answered is reminded, as the event stands now."""
        if self.remind_days is None:
            return None
        event = self.event
        return reminders.moment(
            reminders.Kind.REMINDER, self.remind_days, reminders.Unit.DAYS, self.remind_at,
            starts_at=event.starts_at, ends_at=event.ends_at, zone=event.zone,
        )  # fmt: skip

    @property
    def date_told(self) -> str:
        """The date that a reminder is about: of one date it goes out once."""
        event = self.event
        return reminders.date_told(
            reminders.Kind.REMINDER, starts_at=event.starts_at, ends_at=event.ends_at,
            zone=event.zone,
        )  # fmt: skip

    def is_shut(self, now: datetime) -> bool:
        """Whether its links lead to no form any more, since registration has closed."""
        closes_at = self.event.registration_closes_at
        return closes_at is not None and closes_at <= now and not self.passes_closed

    def reminds_now(self, now: datetime) -> bool:
        """Whether reminders are written by the rule at this moment."""
        moment = self.reminds_at
        if moment is None or self.sent_at is None or moment < self.remind_since:
            return False
        last = reminders.last_call(reminders.Kind.REMINDER, moment, self.event.starts_at)
        return moment <= now < last


class Invitation(Row):
    """One person who is asked to come to an event, once.

    `address_key` recognises them; of who objected or was erased only `digest` is left, by which a
    later file is told that they are not to be asked again. `link_code` revokes the link, and
    `reply_code` is where a mail server sends a letter back to. `registration_id` is what became of
    it; `handed_on` says that somebody else came by it. `told_state` is what who has not answered
    was told of an event that will not be held at its time: "postponed", "cancelled".
    """

    __tablename__ = "invitations"
    __table_args__ = (
        UniqueConstraint("event_id", "address_key"),
        Index("ix_invitations_event_id_digest", "event_id", "digest"),
        Index("ix_invitations_event_id_name", "event_id", "sort_name", "id"),
        Index("ix_invitations_event_id_stage", "event_id", "stage"),
        Index("ix_invitations_list_id_stage", "list_id", "stage"),
        Index("ix_invitations_address_key", "address_key"),
        Index("ix_invitations_registration_id", "registration_id"),
        Index("ix_invitations_message_id", "message_id"),
        Index("ix_invitations_new", "list_id", "id", sqlite_where=_NEW, postgresql_where=_NEW),
        Index("ix_invitations_due", "id", sqlite_where=_DUE, postgresql_where=_DUE),
        Index("ix_invitations_handed_on", "id", sqlite_where=_HANDED, postgresql_where=_HANDED),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    list_id: Mapped[int] = mapped_column(ForeignKey("invitation_lists.id"))
    stage: Mapped[Stage] = mapped_column(coded(Stage), default=Stage.NEW)

    title: Mapped[str] = mapped_column(String(50), default="")
    first_name: Mapped[str] = mapped_column(String(100), default="")
    last_name: Mapped[str] = mapped_column(String(100), default="")
    email: Mapped[str] = mapped_column(String(254))
    organisation: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[str] = mapped_column(String(200), default="")
    stakeholder_group: Mapped[StakeholderGroup | None] = mapped_column(coded(StakeholderGroup))
    country: Mapped[str] = mapped_column(String(2), default="")
    language: Mapped[str] = mapped_column(String(8))

    address_key: Mapped[str] = mapped_column(String(254))
    digest: Mapped[str] = mapped_column(String(64), default="")
    sort_name: Mapped[str] = mapped_column(String(300))
    search_text: Mapped[str] = mapped_column(Text)

    link_code: Mapped[str] = mapped_column(String(32))
    reply_code: Mapped[str] = mapped_column(String(20), unique=True)
    message_id: Mapped[str] = mapped_column(String(250), default="")
    letters: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    made_by: Mapped[int | None]
    invited_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]
    bounce_code: Mapped[str] = mapped_column(String(20), default="")
    withdrawn_at: Mapped[datetime | None]
    forgotten_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    reminded_of: Mapped[str] = mapped_column(String(40), default="")
    reminder_due_at: Mapped[datetime | None]
    stuck_at: Mapped[datetime | None]
    stuck_reason: Mapped[str] = mapped_column(String(200), default="")
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"))
    handed_on: Mapped[bool] = mapped_column(default=False)
    told_handed_on: Mapped[bool] = mapped_column(default=False)
    told_state: Mapped[str] = mapped_column(String(20), default="", server_default="")

    event: Mapped[Event] = relationship()
    of_list: Mapped[InvitationList] = relationship()
    registration: Mapped[Registration | None] = relationship()

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part)

    @property
    def stands(self) -> Stage:
        """How far it is; `left` where who registered by it withdrew and handed no place over."""
        by = self.registration
        if self.stage is not Stage.REGISTERED or by is None or by.handed_to is not None:
            return self.stage
        return Stage.LEFT if by.status is Status.WITHDRAWN else Stage.REGISTERED

    @property
    def came_back(self) -> bool:
        """Whether the link can be used once more, since who registered by it has withdrawn."""
        by = self.registration
        is_there = by is not None and by.erased_at is None and by.erase_asked_at is None
        return is_there and self.stands is Stage.LEFT

    @property
    def thread(self) -> str:
        """Under which the outbox keeps the letters of this invitation in order."""
        return f"invitation:{self.id}"


class InvitationImport(Row):
    """A file that an organiser looks at, or that the worker takes over: for a day at most.

    `people` are its rows until they are invitations; `done` says how many the worker has taken.
    """

    __tablename__ = "invitation_imports"
    __table_args__ = (
        Index(
            "ix_invitation_imports_running", "id",
            sqlite_where=_RUNNING, postgresql_where=_RUNNING,
        ),
    )  # fmt: skip

    list_id: Mapped[int] = mapped_column(ForeignKey("invitation_lists.id"), index=True)
    state: Mapped[ImportState] = mapped_column(coded(ImportState), default=ImportState.READ)
    people: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    made: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(index=True)
    created_by: Mapped[int | None]

    of_list: Mapped[InvitationList] = relationship()
