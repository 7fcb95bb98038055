"""Decisions about events: values in, a value out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from portal.events.division import Division, in_all

TELL_AFTER = timedelta(minutes=10)
RESERVED = frozenset({"new"})
"""Addresses that pages of the desk have, and no event can."""

FEED_KEEPS_CANCELLED = timedelta(days=90)


class Kind(StrEnum):
    PEER_LEARNING = "peer_learning"
    CONFERENCE = "conference"
    WORKSHOP = "workshop"
    WEBINAR = "webinar"


class Format(StrEnum):
    IN_PERSON = "in_person"
    ONLINE = "online"
    HYBRID = "hybrid"


class State(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class SessionKind(StrEnum):
    PLENARY = "plenary"
    PARALLEL = "parallel"
    BREAK = "break"


class Consent(StrEnum):
    """How a speaker's consent to be shown by name stands."""

    UNASKED = "unasked"
    ASKED = "asked"
    AGREED = "agreed"
    CHANGED = "changed"
    """What they agreed to is shown; what was written since waits for their word."""
    REFUSED = "refused"


SHOWN = ("name", "role", "affiliation", "biography", "photo", "photo_text")
"""What a public page says of a speaker, and what their consent is about."""


class Interpretation(StrEnum):
    """How a working language is there: another thing than the languages of the page."""

    SPOKEN = "spoken"
    INTERPRETED = "interpreted"
    SIGN = "sign"
    CAPTIONS = "captions"


class Door(StrEnum):
    """How registration stands for a newcomer."""

    NOT_YET = "not_yet"
    OPEN = "open"
    WAITLIST = "waitlist"
    FULL = "full"
    CLOSED = "closed"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    OVER = "over"

    @property
    def lets_in(self) -> bool:
        return self in (Door.OPEN, Door.WAITLIST)


class Timed(Protocol):
    """Whatever starts and ends."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


T = TypeVar("T", bound=Timed)


@dataclass(frozen=True, slots=True)
class Need:
    """One line of what an event needs before it is public; a hint may stay unmet."""

    code: str
    is_met: bool
    is_must: bool = True


def checklist(
    *,
    title: bool,
    summary: bool,
    starts_at: datetime,
    format: Format,
    place: bool,
    joining_url: bool,
    contacts: bool,
    record: bool,
    now: datetime,
) -> list[Need]:
    """What an event needs before visitors see it, in the order of the pages that ask for it."""
    found = [
        Need("title", title),
        Need("summary", summary),
        Need("time", starts_at > now),
        Need("place", place or format is Format.ONLINE),
        Need("record", record),
        Need("contacts", contacts, is_must=False),
    ]
    if format is not Format.IN_PERSON:
        found.append(Need("joining_url", joining_url, is_must=False))
    return found


@dataclass(frozen=True, slots=True)
class Places:
    """How many places are taken, whether somebody stands in line, and how places are divided.

    Of most events they are not: whoever comes first gets the next one.
    """

    taken: int = 0
    someone_waits: bool = False
    division: Division | None = None

    def left(self, capacity: int | None) -> int | None:
        """How many can be had by somebody of whom nothing is known yet; None: no limit."""
        if self.division is not None:
            return self.division.left_for_newcomers
        return places_left(capacity, self.taken)

    def left_for_anybody(self, capacity: int | None) -> int | None:
        """How many nobody has and no quota keeps, whoever waits; None: no limit."""
        if self.division is not None:
            return self.division.open_left
        return places_left(capacity, self.taken)

    def is_full(self, capacity: int | None) -> bool:
        """Whether who comes now stands in line, unless places are kept for them."""
        waits_for_all = self.someone_waits and self.division is None
        return waits_for_all or self.left(capacity) == 0

    @property
    def kept_left(self) -> int:
        """How many are kept for some people, and free."""
        return 0 if self.division is None else self.division.kept_left


def places_left(capacity: int | None, taken: int) -> int | None:
    """None where the number of places has no limit; never below zero."""
    return None if capacity is None else max(capacity - taken, 0)


def door(
    *,
    state: State,
    starts_at: datetime,
    opens_at: datetime | None,
    closes_at: datetime | None,
    capacity: int | None,
    waitlist: bool,
    approval: bool,
    places: Places,
    now: datetime,
) -> Door:
    """What a newcomer meets at `now`: the first reason that holds is the one that is said."""
    if state is State.CANCELLED:
        return Door.CANCELLED
    if state is State.POSTPONED:
        return Door.POSTPONED
    if starts_at <= now:
        return Door.OVER
    if state is State.DRAFT or capacity == 0 or (closes_at is not None and closes_at <= now):
        return Door.CLOSED
    if opens_at is not None and now < opens_at:
        return Door.NOT_YET
    if not places.is_full(capacity) or approval:
        return Door.OPEN
    if waitlist:
        return Door.WAITLIST
    return Door.OPEN if places.kept_left else Door.FULL


class Misplaced(StrEnum):
    """Why a deadline cannot be what it says."""

    EARLY = "early"
    LATE = "late"


def misplaced(
    deadline: datetime, *, opens_at: datetime | None, at_most: datetime | None
) -> Misplaced | None:
    """A deadline lies after registration opens, and at the latest where all ends anyway."""
    if opens_at is not None and deadline <= opens_at:
        return Misplaced.EARLY
    if at_most is not None and deadline > at_most:
        return Misplaced.LATE
    return None


def changes_deadline(
    *, state: State, until: datetime | None, starts_at: datetime, asked_at: datetime | None
) -> datetime | None:
    """Until when details can be changed, where the organisers said so and the date holds.

    As with withdrawals: a date from before people were asked about a new one says nothing of it.
    """
    if until is None or state is State.POSTPONED:
        return None
    return None if asked_at is not None and until <= asked_at else min(until, starts_at)


def decides_at(*, state: State, at: datetime | None, asked_at: datetime | None) -> datetime | None:
    """The date that was promised for a decision, while it holds, as other dates do."""
    if at is None or state is State.POSTPONED:
        return None
    return None if asked_at is not None and at <= asked_at else at


def withdrawal_deadline(
    *, state: State, until: datetime | None, asked_at: datetime | None
) -> datetime | None:
    """The date up to which a withdrawal is in time, where there is one that holds.

    The dates of a postponed event are void; so is one from before people were asked whether they
    come on the new date: nobody is late who answers a question.
    """
    if until is None or state is State.POSTPONED:
        return None
    return None if asked_at is not None and until <= asked_at else until


@dataclass(frozen=True, slots=True)
class Entrance:
    """The few facts of an event that a registration asks for."""

    id: int
    slug: str
    revision: int
    format: Format
    state: State
    starts_at: datetime
    registration_opens_at: datetime | None
    registration_closes_at: datetime | None
    capacity: int | None
    waitlist: bool
    approval: bool
    notice_number: int = 0
    asks: bool = False
    online_capacity: int | None = None
    has_quotas: bool = False
    offers_end_at: datetime | None = None
    chooses: bool = False
    zone: str = ""
    places_revision: int = 0

    @property
    def is_divided(self) -> bool:
        """Whether it matters who somebody is, or how they take part, for getting a place."""
        return self.has_quotas or self.online_capacity is not None

    def door(self, places: Places, now: datetime) -> Door:
        """How registration stands for a newcomer at `now`."""
        return door(
            state=self.state,
            starts_at=self.starts_at,
            opens_at=self.registration_opens_at,
            closes_at=self.registration_closes_at,
            capacity=in_all(self.capacity, self.online_capacity),
            waitlist=self.waitlist,
            approval=self.approval,
            places=places,
            now=now,
        )


def next_change(moments: list[datetime | None], now: datetime) -> datetime | None:
    """The next of the moments, at which the words of a page change by themselves."""
    return min((moment for moment in moments if moment is not None and moment > now), default=None)


def side_by_side(items: Iterable[T]) -> list[list[T]]:
    """Rows of a programme, in order: what overlaps in time stands in one row."""
    rows: list[list[T]] = []
    ends_at: datetime | None = None
    for item in sorted(items, key=lambda item: item.starts_at):
        if ends_at is not None and item.starts_at < ends_at:
            rows[-1].append(item)
            ends_at = max(ends_at, item.ends_at)
        else:
            rows.append([item])
            ends_at = item.ends_at
    return rows


def renewed_in_calendars(before: dict[str, object], after: dict[str, object]) -> bool:
    """Another start, end, place or status is a new SEQUENCE (RFC 5546, 2.1.4), also in a feed."""
    shown = ("starts_at", "ends_at", "venue", "address", "state")
    return any(before[name] != after[name] for name in shown)


def announced_on_its_own(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """A change of time, place or state is always told; anything else on request.

    So is a session that moves or is cancelled, unless the whole event waits for a new date.
    """
    told = ("starts_at", "ends_at", "zone", "format", "venue", "address", "state")
    if any(before[name] != after[name] for name in told):
        return True
    were, are = _times(before), _times(after)
    moved = any(were[each] != are[each] for each in were.keys() & are.keys())
    return moved and after["state"] != State.POSTPONED


def _times(said: Mapping[str, Any]) -> dict[int, tuple[Any, ...]]:
    """When each session was said to be; revisions of the first release said nothing of them."""
    return {
        each["id"]: (each["starts_at"], each["ends_at"], each["cancelled"])
        for each in said.get("sessions", ())
    }


def lies_within(item: Timed, event: Timed, zone: str) -> bool:
    """Whether it is on the event's days, as a clock in `zone` shows them; midnight ends a day."""
    first, last = (_day(each, zone) for each in (event.starts_at, _before(event.ends_at)))
    return first <= _day(item.starts_at, zone) and _day(_before(item.ends_at), zone) <= last


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def _before(moment: datetime) -> datetime:
    return moment - timedelta(microseconds=1)


def overlapping(items: Iterable[T]) -> list[tuple[T, T]]:
    """Pairs that are held at the same time, each beside the first that it overlaps."""
    found: list[tuple[T, T]] = []
    latest: T | None = None
    for item in sorted(items, key=lambda item: item.starts_at):
        if latest is not None and item.starts_at < latest.ends_at:
            found.append((latest, item))
        if latest is None or item.ends_at > latest.ends_at:
            latest = item
    return found


def consent(
    *, shown: Mapping[str, Any], agreed: Mapping[str, Any] | None, was_asked: bool, refused: bool
) -> Consent:
    """What was agreed to holds for these words and this photo, and for no others."""
    if refused:
        return Consent.REFUSED
    if agreed is not None:
        return Consent.AGREED if agreed == shown else Consent.CHANGED
    return Consent.ASKED if was_asked else Consent.UNASKED
