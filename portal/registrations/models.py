"""A registration: the person's record for one event, and what the person was told of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Row, coded
from portal.events.division import Who
from portal.events.models import Event
from portal.events.rules import State
from portal.protection.rules import Kept
from portal.registrations import rules
from portal.registrations.acting import Contact
from portal.registrations.person import who_is
from portal.registrations.rules import Attendance, NoteKind, Reply, StakeholderGroup, Status

_UNTOLD = text("revision > told_revision")
_ASKED = text("links_asked_at IS NOT NULL")
_MERGED = text("merged_into IS NOT NULL")
_STUCK = text("stuck_at IS NOT NULL")
_FAILING = text("failing_at IS NOT NULL")
STILL_HELD = {kept: text(rules.still_held(kept)) for kept in Kept}
"""Word for word as in the indexes, without which SQLite would not use them."""

HELD_BY = {
    Kept.NAME: "names", Kept.CONTACT: "contacts", Kept.ORGANISATION: "organisations",
    Kept.NEEDS: "needs",
}  # fmt: skip


class Registration(Row):
    """One person at one event.

    `address_key` and `name_key` recognise the person; `queue_number` only rises within an event,
    so that positions follow the order of arrival; the `told_…` columns say what the person has
    last heard; `failing_at` is when a mail to the address came back; `quota_id` is the quota that
    a place is from, None for an open place and for who has none; `still_comes_at` is when they
    said that they will still come; `link_code` revokes the link in the letters when it changes;
    `answered` is "yes" while answers of theirs to the event's questions are kept
    (`questions.models`); `withdrawn_late` says that a place came back after the event's date for
    that.
    `joined_at` is when they went to the joining link, which proves nothing: who attended was
    checked in at the door (`checked_in_at`), or stood in a conference tool's report that an
    organiser took over (`reported_at`). `entitled`: their costs are reimbursed. `handed_to` and
    `handed_by` are the other registrations where a place went to a colleague. `offered_until` is
    the end of an open offer, or of the one that a withdrawn person let pass (`has_let_pass`).
    `invitation_id` is the invitation by which they come. `merged_into` is the other registration of
    one person, which went on for both.
    """

    __tablename__ = "registrations"
    __table_args__ = (
        UniqueConstraint("event_id", "address_key", "name_key"),
        UniqueConstraint("event_id", "queue_number"),
        Index("ix_registrations_event_id_status", "event_id", "status", "queue_number"),
        Index("ix_registrations_event_id_told", "event_id", "told_event_revision"),
        Index("ix_registrations_address_key", "address_key"),
        Index("ix_registrations_untold", "id", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
        Index("ix_registrations_links", "id", sqlite_where=_ASKED, postgresql_where=_ASKED),
        Index("ix_registrations_stuck", "event_id", sqlite_where=_STUCK, postgresql_where=_STUCK),
        Index(
            "ix_registrations_failing", "event_id",
            sqlite_where=_FAILING, postgresql_where=_FAILING,
        ),
        *(
            Index(f"ix_registrations_{HELD_BY[kept]}", "event_id",
                  sqlite_where=STILL_HELD[kept], postgresql_where=STILL_HELD[kept])
            for kept in Kept
        ),
        Index("ix_registrations_merged", "id", sqlite_where=_MERGED, postgresql_where=_MERGED),
        Index("ix_registrations_event_id_name", "event_id", "sort_name", "id"),
        Index("ix_registrations_event_id_registered", "event_id", "registered_at", "id"),
    )  # fmt: skip

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    status: Mapped[Status] = mapped_column(coded(Status))
    registered_at: Mapped[datetime]
    status_at: Mapped[datetime]
    queue_number: Mapped[int | None]
    quota_id: Mapped[int | None]
    invitation_id: Mapped[int | None]
    language: Mapped[str] = mapped_column(String(8))

    title: Mapped[str] = mapped_column(String(50), default="")
    first_name: Mapped[str] = mapped_column(String(100))
    last_name: Mapped[str] = mapped_column(String(100))
    badge_name: Mapped[str] = mapped_column(String(100), default="")
    email: Mapped[str] = mapped_column(String(254))
    organisation: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[str] = mapped_column(String(200), default="")
    stakeholder_group: Mapped[StakeholderGroup] = mapped_column(coded(StakeholderGroup))
    country: Mapped[str] = mapped_column(String(2))
    attendance: Mapped[Attendance] = mapped_column(coded(Attendance))
    access_needs: Mapped[str] = mapped_column(Text, default="")
    diet: Mapped[str] = mapped_column(Text, default="")
    answered: Mapped[str] = mapped_column(String(3), default="", server_default="")
    consents: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    notice_version: Mapped[str] = mapped_column(String(20))

    address_key: Mapped[str] = mapped_column(String(254))
    name_key: Mapped[str] = mapped_column(String(300))
    sort_name: Mapped[str] = mapped_column(String(300))
    search_text: Mapped[str] = mapped_column(Text)

    link_code: Mapped[str] = mapped_column(String(32))
    revision: Mapped[int] = mapped_column(default=1)
    told_revision: Mapped[int] = mapped_column(default=0)
    told_event_revision: Mapped[int] = mapped_column(default=0)
    told_status: Mapped[Status | None] = mapped_column(coded(Status))
    told_status_at: Mapped[datetime | None]
    told_address: Mapped[str] = mapped_column(String(254), default="")
    told_sessions: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    letter_due_at: Mapped[datetime | None]
    links_asked_at: Mapped[datetime | None]
    stuck_at: Mapped[datetime | None]
    stuck_reason: Mapped[str] = mapped_column(String(200), default="")
    failing_at: Mapped[datetime | None]
    failing_code: Mapped[str] = mapped_column(String(20), default="", server_default="")
    joined_at: Mapped[datetime | None]
    checked_in_at: Mapped[datetime | None]
    checked_in_by: Mapped[int | None]
    reported_at: Mapped[datetime | None]
    still_comes_at: Mapped[datetime | None]
    erase_asked_at: Mapped[datetime | None] = mapped_column(index=True)
    erased_at: Mapped[datetime | None]

    offered_until: Mapped[datetime | None]
    handed_to: Mapped[int | None]
    handed_by: Mapped[int | None]
    merged_into: Mapped[int | None]

    phone: Mapped[str] = mapped_column(String(40), default="")
    entered_by: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(300), default="")
    reached_at: Mapped[datetime | None]
    withdrawn_late: Mapped[bool] = mapped_column(default=False, server_default=false())
    entitled: Mapped[bool] = mapped_column(default=False, server_default=false())

    event: Mapped[Event] = relationship()
    contact: Mapped[Contact | None] = relationship(back_populates="registration")

    @property
    def acting(self) -> Contact | None:
        """Who acts for the person, if anybody does."""
        return self.contact if self.contact is not None and self.contact.acts else None

    @property
    def is_seen_to_by_its_office(self) -> bool:
        """Whether the only mailbox is that of whoever acts: no link of the person's own leaves."""
        return self.acting is not None and self.acting.is_the_mailbox

    @property
    def only_reader(self) -> Contact | None:
        """Who acts for a person without a mailbox of their own, and reads what is sent to them."""
        return self.acting if self.is_seen_to_by_its_office else None

    @property
    def gets_letters(self) -> bool:
        """Whether letters go to the person, as whoever acts for them chose."""
        acting = self.acting
        return acting is None or (acting.letters.has_person and not acting.is_the_mailbox)

    @property
    def gets_invite(self) -> bool:
        """The same of the invite, to who has a place."""
        acting = self.acting
        return acting is None or (acting.invites.has_person and not acting.is_the_mailbox)

    @property
    def standing(self) -> Status:
        """The true state: cancelled with the event, else the person's own."""
        return rules.standing(self.status, self.event.state.value)

    @property
    def is_merged(self) -> bool:
        """It became one with another of the same person, and is soon forgotten."""
        return self.address_key == f"merged-{self.id}"

    @property
    def who(self) -> Who:
        """What decides which places this person may have."""
        facts = self.stakeholder_group, self.country, self.attendance
        return who_is(*facts, self.invitation_id is not None)

    @property
    def holds_place(self) -> bool:
        return self.standing is Status.CONFIRMED

    def is_offered(self, now: datetime) -> bool:
        """Whether a place is offered that can be taken up now."""
        event = self.event
        return self.status is Status.OFFERED and rules.offer_is_open(
            self.offered_until, event_state=event.state.value, starts_at=event.starts_at, now=now
        )

    @property
    def has_let_pass(self) -> bool:
        """Whether they left the line because an offer ended."""
        return self.status is Status.WITHDRAWN and self.offered_until is not None

    @property
    def attended(self) -> bool:
        return rules.attended(self.checked_in_at, self.reported_at)

    def may_be_checked_in(self, now: datetime) -> bool:
        return rules.may_be_checked_in(
            status=self.standing,
            event_state=self.event.state.value,
            starts_at=self.event.starts_at,
            now=now,
        )

    @property
    def reply(self) -> Reply | None:
        """What they answered to “Will you still come?”; None where nobody asks."""
        event = self.event
        is_on = event.state is State.PUBLISHED
        return rules.reply(
            status=self.status,
            registered_at=self.registered_at,
            asked_at=event.asked_again_at if is_on else None,
            still_comes_at=self.still_comes_at,
        )

    def may_change(self, now: datetime) -> bool:
        return rules.may_change(
            status=self.standing,
            event_state=self.event.state.value,
            starts_at=self.event.starts_at,
            changes_until=self.event.changes_deadline,
            now=now,
        )

    def may_withdraw(self, now: datetime) -> bool:
        return rules.may_withdraw(
            status=self.standing,
            event_state=self.event.state.value,
            ends_at=self.event.ends_at,
            now=now,
        )

    def withdraws_late(self, now: datetime) -> bool:
        """Whether giving the place back now would be noted as late."""
        return rules.withdraws_late(
            status=self.standing, deadline=self.event.withdrawal_deadline, now=now
        )

    def may_hand_over(self, now: datetime) -> bool:
        """A place of an event that takes place, while details may be changed."""
        is_on = self.event.state is State.PUBLISHED
        return self.event.transferable and is_on and self.holds_place and self.may_change(now)

    def may_join(self, now: datetime) -> bool:
        """Whether the joining link is handed out to this person now; see `rules.may_join`."""
        event = self.event
        takes_place_online = event.online and event.state is State.PUBLISHED
        return (
            bool(event.joining_url)
            and takes_place_online
            and rules.may_join(
                status=self.standing,
                starts_at=event.starts_at,
                ends_at=event.ends_at,
                minutes=event.joining_minutes,
                now=now,
            )
        )

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part)

    @property
    def thread(self) -> str:
        """Under which the outbox keeps the letters about this registration in order."""
        return f"registration:{self.id}"

    @property
    def threads(self) -> list[str]:
        """The same, and of those to whoever acts, or acted, for the person."""
        return [self.thread, f"contact:{self.id}"]


class Note(Row):
    """What organisers wrote about a person, who can ask to see it; forgotten at `expires_at`."""

    __tablename__ = "registration_notes"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), index=True)
    kind: Mapped[NoteKind] = mapped_column(coded(NoteKind))
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int | None]
    written_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Recall(Row):
    """Somebody at an event's form asked for their last details; gone once that is answered."""

    __tablename__ = "registration_recalls"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    address_key: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(8))
    asked_at: Mapped[datetime]

    event: Mapped[Event] = relationship()


class Answer(Row):
    """What the page answered to one sent form, so that a repeated post gets the same answer."""

    __tablename__ = "registration_answers"
    __table_args__ = (UniqueConstraint("event_id", "form_key"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    form_key: Mapped[str] = mapped_column(String(64))
    answer: Mapped[Status] = mapped_column(coded(Status))
    at: Mapped[datetime] = mapped_column(index=True)


class AttendanceReport(Row):
    """Who was in an online meeting, while an organiser looks at it: for a day at most.

    Also of people who never registered; so it goes as soon as it is taken over.
    """

    __tablename__ = "attendance_reports"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    people: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(index=True)
