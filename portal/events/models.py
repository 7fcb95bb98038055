"""Events, their sessions and speakers, and what each revision of an event said."""

import json
from dataclasses import fields
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Row, coded
from portal.edition import Published
from portal.events.division import Kept, in_all
from portal.events.rules import (
    SHOWN,
    Consent,
    Door,
    Entrance,
    Format,
    Kind,
    Places,
    SessionKind,
    State,
    changes_deadline,
    consent,
    decides_at,
    withdrawal_deadline,
)
from portal.i18n import Translated
from portal.tokens import code

_UNTOLD = text("announced_revision > told_revision")
_REACHABLE = text("email <> ''")


class Event(Published):
    """A public occasion.

    `revision` counts what changed, `announced_revision` what registrants are to be told,
    `told_revision` what all of them have been told, and `places_revision` each change in the
    places taken and in what only pages show, so that kept pages know when they are old;
    `public_sequence` counts what calendars have to renew; `notice_number` is the version of the
    data protection record under which people register, 0 where there is none.

    `publish_at` is when a draft goes public by itself, `publish_missed_at` when it should have and
    something was missing; who asked a colleague to approve it stands in `publish_asked_by` as in
    the audit, until it is public or sent back; `publish_asked_at` is empty again once it is
    approved. `reason` is what the organisers said of postponing or cancelling. Who registered
    before `asked_again_at` was asked whether they will still come. An event that `asks` has
    questions of its own, or had some that were answered. With `no_withdraws` a proven No of
    somebody's calendar gives their place back.

    With `online_capacity` a hybrid event has two numbers of places, and `capacity` is the room's;
    `has_quotas` spares all others a look for theirs. At one that `chooses` people choose among some
    of its sessions.

    With `offer_hours` a place that becomes free is offered to the next in line for so long; the
    first of the offers that are open ends at `offers_end_at`, which spares all others a look.
    `decision_at` is when people will know, where the organisers said so.
    """

    __tablename__ = "events"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("capacity >= 0", name="capacity_not_negative"),
        Index("ix_events_state_starts_at", "state", "starts_at"),
        Index("ix_events_tell_due_at", "tell_due_at"),
        Index("ix_events_publish_at", "publish_at"),
        Index("ix_events_offers_end_at", "offers_end_at"),
        Index("ix_events_untold", "id", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
    )

    slug: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[Kind] = mapped_column(coded(Kind))
    title: Mapped[Translated] = mapped_column(JSON)
    summary: Mapped[Translated] = mapped_column(JSON, default=dict)
    description: Mapped[Translated] = mapped_column(JSON, default=dict)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    zone: Mapped[str] = mapped_column(String(60))
    format: Mapped[Format] = mapped_column(coded(Format))
    venue: Mapped[str] = mapped_column(String(300), default="")
    address: Mapped[str] = mapped_column(String(500), default="")
    joining_url: Mapped[str] = mapped_column(String(1000), default="")
    joining_minutes: Mapped[int] = mapped_column(default=15)
    organisers: Mapped[list[Translated]] = mapped_column(JSON, default=list)
    sectors: Mapped[list[str]] = mapped_column(JSON, default=list)
    audience: Mapped[Translated] = mapped_column(JSON, default=dict)
    working_languages: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    contacts: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    hashtag: Mapped[str] = mapped_column(String(100), default="")
    registration_opens_at: Mapped[datetime | None]
    registration_closes_at: Mapped[datetime | None]
    changes_until: Mapped[datetime | None]
    withdrawals_until: Mapped[datetime | None]
    capacity: Mapped[int | None]
    online_capacity: Mapped[int | None]
    has_quotas: Mapped[bool] = mapped_column(default=False, server_default=false())
    waitlist: Mapped[bool] = mapped_column(default=True)
    offer_hours: Mapped[int | None]
    offers_end_at: Mapped[datetime | None]
    decision_at: Mapped[datetime | None]
    approval: Mapped[bool] = mapped_column(default=False)
    no_withdraws: Mapped[bool] = mapped_column(default=False, server_default=false())
    transferable: Mapped[bool] = mapped_column(default=False)
    state: Mapped[State] = mapped_column(coded(State), default=State.DRAFT)
    demonstration: Mapped[bool] = mapped_column(default=False)
    previous_starts_at: Mapped[datetime | None]
    state_changed_at: Mapped[datetime | None]
    reason: Mapped[Translated | None] = mapped_column(JSON(none_as_null=True))
    asked_again_at: Mapped[datetime | None]
    publish_at: Mapped[datetime | None]
    publish_missed_at: Mapped[datetime | None]
    publish_asked_at: Mapped[datetime | None]
    publish_asked_by: Mapped[int | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)
    announced_revision: Mapped[int] = mapped_column(default=1)
    told_revision: Mapped[int] = mapped_column(default=1)
    tell_due_at: Mapped[datetime | None]
    places_revision: Mapped[int] = mapped_column(default=0)
    public_sequence: Mapped[int] = mapped_column(default=0)
    notice_number: Mapped[int] = mapped_column(default=0, server_default="0")
    asks: Mapped[bool] = mapped_column(default=False, server_default=false())
    chooses: Mapped[bool] = mapped_column(default=False, server_default=false())

    sessions: Mapped[list["Session"]] = relationship(
        back_populates="event", order_by="Session.starts_at, Session.position, Session.id"
    )
    speakers: Mapped[list["Speaker"]] = relationship(
        back_populates="event", order_by="Speaker.position, Speaker.id"
    )

    def door(self, places: Places, now: datetime) -> Door:
        """How registration stands for a newcomer at `now`."""
        facts = {each.name: getattr(self, each.name) for each in fields(Entrance)}
        return Entrance(**facts).door(places, now)

    def planned(self, facts: dict[str, Any]) -> "Event":
        """The event as it would be with these facts; kept nowhere, and without its programme."""
        names = [column.key for column in Event.__mapper__.column_attrs if column.key != "id"]
        return Event(**({name: getattr(self, name) for name in names} | facts))

    @property
    def changes_deadline(self) -> datetime | None:
        """Until when details can be changed, where it is said; see `rules.changes_deadline`."""
        return changes_deadline(
            state=self.state,
            until=self.changes_until,
            starts_at=self.starts_at,
            asked_at=self.asked_again_at,
        )

    @property
    def withdrawal_deadline(self) -> datetime | None:
        """After which a withdrawal is late; see `rules.withdrawal_deadline`."""
        return withdrawal_deadline(
            state=self.state, until=self.withdrawals_until, asked_at=self.asked_again_at
        )

    @property
    def decides_at(self) -> datetime | None:
        """By when people hear whether there is a place for them; see `rules.decides_at`."""
        return decides_at(state=self.state, at=self.decision_at, asked_at=self.asked_again_at)

    @property
    def is_dated(self) -> bool:
        """Whether it is known when it is held, or was to be."""
        return self.state is not State.POSTPONED

    def is_over(self, now: datetime) -> bool:
        """Past is derived from the clock, not kept; a postponed event is still to be held."""
        return self.state is not State.POSTPONED and self.ends_at <= now

    @property
    def version(self) -> str:
        """Another with each change of what is said of the event, its speakers and materials."""
        return f"{self.revision}.{self.places_revision}"

    @property
    def awaits_its_time(self) -> bool:
        """A colleague has approved the draft, and it is to go public later."""
        return self._is_approved and self.publish_at is not None

    @property
    def lost_approval(self) -> bool:
        """A colleague had approved the draft, and then it was changed."""
        return self._is_approved and self.publish_at is None

    @property
    def _is_approved(self) -> bool:
        is_asked = self.publish_asked_at is not None
        return self.state is State.DRAFT and self.publish_asked_by is not None and not is_asked

    @property
    def is_divided(self) -> bool:
        """As `Entrance.is_divided`."""
        return self.has_quotas or self.online_capacity is not None

    @property
    def line_is_plain(self) -> bool:
        """Whether a position in line says how soon somebody's turn comes."""
        return not self.is_divided and not self.approval

    @property
    def places_in_all(self) -> int | None:
        """In the room and online together; None: no limit."""
        return in_all(self.capacity, self.online_capacity)

    @property
    def in_person(self) -> bool:
        return self.format is not Format.ONLINE

    @property
    def online(self) -> bool:
        return self.format is not Format.IN_PERSON

    @property
    def place(self) -> str:
        """Venue and address in one line; empty for what is only online."""
        return ", ".join(part for part in (self.venue, self.address) if part)


class Quota(Row):
    """Places of an event that are kept until a moment for some groups, some countries, or both.

    Where `invited` is true, of these only for people who come by an invitation.

    `online` says of which capacity they are, where the room and what is online have their own.
    """

    __tablename__ = "quotas"
    __table_args__ = (CheckConstraint("places > 0", name="places_positive"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    places: Mapped[int]
    until: Mapped[datetime]
    groups: Mapped[list[Any]] = mapped_column(default=list)
    countries: Mapped[list[Any]] = mapped_column(default=list)
    online: Mapped[bool] = mapped_column(default=False)
    invited: Mapped[bool] = mapped_column(default=False, server_default=false())

    @property
    def kept(self) -> Kept:
        """As the rule wants it."""
        return Kept(
            self.id, self.places, self.until, frozenset(self.groups), frozenset(self.countries),
            self.online, self.invited,
        )  # fmt: skip


class OldSlug(Row):
    """An address that an event had before; it leads to the event for ever."""

    __tablename__ = "event_old_slugs"

    slug: Mapped[str] = mapped_column(String(100), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)


class Template(Row):
    """What events are made from again and again: texts, settings and programme, and nobody.

    `pattern` is what `patterns.of` makes of an event.
    """

    __tablename__ = "event_templates"

    name: Mapped[str] = mapped_column(String(200), unique=True)
    pattern: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class Revision(Row):
    """What an event said to its registrants from one revision on."""

    __tablename__ = "event_revisions"
    __table_args__ = (UniqueConstraint("event_id", "revision"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    revision: Mapped[int]
    facts: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class Session(Row):
    """A timed item of an event's programme; once public it is cancelled, never deleted.

    People have to choose one that is `chosen`: it has so many `places` (None: no limit, 0: closed),
    and so many can wait for one (`waiting`; None: nobody). `sequence` counts what calendars have to
    renew: another time, another room, off and on again.
    """

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_sessions_event_id_starts_at", "event_id", "starts_at"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    title: Mapped[Translated] = mapped_column(JSON)
    abstract: Mapped[Translated] = mapped_column(JSON, default=dict)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    sector: Mapped[str] = mapped_column(String(40), default="")
    room: Mapped[str] = mapped_column(String(200), default="")
    kind: Mapped[SessionKind] = mapped_column(coded(SessionKind))
    position: Mapped[int] = mapped_column(default=0)
    cancelled_at: Mapped[datetime | None]
    cancelled_why: Mapped[Translated] = mapped_column(JSON, default=dict)
    chosen: Mapped[bool] = mapped_column(default=False, server_default=false())
    places: Mapped[int | None]
    waiting: Mapped[int | None]
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")

    event: Mapped[Event] = relationship(back_populates="sessions")
    appearances: Mapped[list["Appearance"]] = relationship(
        order_by="Appearance.position", cascade="all, delete-orphan", lazy="selectin"
    )


class Speaker(Row):
    """Who speaks at an event, under the role and affiliation they have there.

    `agreed` is what they agreed to have shown, word for word: public pages show that and nothing
    else of them but their role, until a change is agreed to as well.
    """

    __tablename__ = "speakers"
    __table_args__ = (
        Index("ix_speakers_email", "id", sqlite_where=_REACHABLE, postgresql_where=_REACHABLE),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Translated] = mapped_column(JSON, default=dict)
    affiliation: Mapped[str] = mapped_column(String(300), default="")
    biography: Mapped[Translated] = mapped_column(JSON, default=dict)
    photo: Mapped[str] = mapped_column(String(80), default="")
    photo_text: Mapped[Translated] = mapped_column(JSON, default=dict)
    email: Mapped[str] = mapped_column(String(254), default="")
    position: Mapped[int] = mapped_column(default=0)

    link_code: Mapped[str] = mapped_column(String(32), default=code)
    asked_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    agreed: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    agreed_at: Mapped[datetime | None]
    noted_by: Mapped[int | None]
    recordings: Mapped[bool] = mapped_column(default=False)

    event: Mapped[Event] = relationship(back_populates="speakers")

    @property
    def shown(self) -> dict[str, Any]:
        """What the public page would say of them, to be agreed to."""
        return {name: getattr(self, name) for name in SHOWN}

    @property
    def digest(self) -> str:
        """Of these words and this photo, so that nobody agrees to others than they saw."""
        written = json.dumps(self.shown, sort_keys=True, ensure_ascii=False)
        return sha256(written.encode()).hexdigest()[:24]

    @property
    def consent(self) -> Consent:
        return consent(
            shown=self.shown,
            agreed=self.agreed,
            was_asked=self.asked_at is not None,
            refused=self.refused_at is not None,
        )


class Appearance(Row):
    """A speaker in a session."""

    __tablename__ = "appearances"
    __table_args__ = (UniqueConstraint("session_id", "speaker_id"),)

    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    speaker_id: Mapped[int] = mapped_column(ForeignKey("speakers.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)

    speaker: Mapped[Speaker] = relationship()
