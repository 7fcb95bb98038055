"""Decisions about registrations: values in, a value out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.protection.rules import Kept

# The version of the privacy notice that registrants are shown; kept with each registration.
NOTICE_VERSION = "2026-11-22"


def notice_version(number: int) -> str:
    """Under which notice somebody registers: the event's by its number, else the site's."""
    return str(number) if number else NOTICE_VERSION


def notice_read(said: str | None, number: int) -> str:
    """The notice that stood beside a form, as the form says, while `number` is the present one.

    What a form cannot have shown is taken for the present one.
    """
    is_number = bool(said) and str(said).isdecimal() and len(str(said)) < 9
    if number and is_number and 0 < int(str(said)) <= number:
        return str(int(str(said)))
    return notice_version(number)


class Status(StrEnum):
    PENDING = "pending"
    CONFIRMED = "confirmed"
    OFFERED = "offered"
    WAITLISTED = "waitlisted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"

    @property
    def is_live(self) -> bool:
        """Whether the person may still come."""
        return self in (Status.PENDING, Status.CONFIRMED, Status.OFFERED, Status.WAITLISTED)


TAKING = (Status.CONFIRMED, Status.OFFERED)
"""Whose place nobody else can have: also one that is offered is counted as taken."""


class StakeholderGroup(StrEnum):
    MEP = "mep"
    MEP_OFFICE = "mep_office"
    POLICY_MAKER = "policy_maker"
    SOCIAL_PARTNER = "social_partner"
    VET_PROVIDER = "vet_provider"
    EMPLOYER = "employer"
    EXPERT = "expert"
    LEARNER = "learner"
    OTHER = "other"


class Attendance(StrEnum):
    IN_PERSON = "in_person"
    ONLINE = "online"


CHECK_IN_BEFORE = timedelta(days=1)
"""Before the start: desks are tried, and people arrive, before the hour."""


def attended(checked_in_at: datetime | None, reported_at: datetime | None) -> bool:
    """Whether they were there: by check-in, or by the report of the online meeting."""
    return checked_in_at is not None or reported_at is not None


def may_be_checked_in(
    *, status: Status, event_state: str, starts_at: datetime, now: datetime
) -> bool:
    """Who has a place at an event that takes place; also afterwards, from a list on paper."""
    takes_place = event_state == "published" and now >= starts_at - CHECK_IN_BEFORE
    return status is Status.CONFIRMED and takes_place


NEEDED_FOR = {"access_consent": "access_needs", "diet_consent": "diet"}
"""What may be kept and used with this consent only."""


HOLDS: Mapping[Kept, tuple[str, ...]] = {
    Kept.NAME: ("title", "first_name", "last_name", "badge_name"),
    Kept.CONTACT: ("email", "phone", "told_address", "source"),
    Kept.ORGANISATION: ("organisation", "role"),
    Kept.NEEDS: ("access_needs", "diet", "answered"),
}
"""The columns that a record's days are about; what is derived from them goes with them."""


def still_held(kept: Kept) -> str:
    """Whether anything of this is still there, as indexes and questions say it."""
    held = " OR ".join(f"{name} <> ''" for name in HOLDS[kept])
    return f"({held})"


class Placing(StrEnum):
    """Where who is entered at the desk stands, when there is no free place without a line."""

    END = "end"
    NEXT = "next"


class Target(StrEnum):
    """How a new position in the line is said."""

    TO = "to"
    BEFORE = "before"
    AFTER = "after"


class NoteKind(StrEnum):
    """What a note is about: nothing else, or the reason of an act."""

    NOTE = "note"
    PROMOTED = "promoted"
    MOVED = "moved"
    OFFER = "offer"
    TOLD = "told"


class Occasion(StrEnum):
    """Why a letter is written; each has its templates under this name."""

    RECEIVED = "received"
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    PLACE_FOUND = "place_found"
    OFFERED = "offered"
    OFFER_ENDED = "offer_ended"
    OFFER_TAKEN_BACK = "offer_taken_back"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    DETAILS_CHANGED = "details_changed"
    ADDRESS_CHANGED = "address_changed"
    PROGRAMME_CHANGED = "programme_changed"
    EVENT_POSTPONED = "event_postponed"
    EVENT_CANCELLED = "event_cancelled"
    ERASED = "erased"
    LINKS = "links"
    LAST_DETAILS = "last_details"
    OFFICE_ENDED = "office_ended"
    OFFICE_LINK = "office_link"
    OFFICE_REGISTERED = "office_registered"


OF_A_MAILBOX = (Occasion.LINKS, Occasion.LAST_DETAILS)
"""Letters about no one registration, which go with any of the mailbox."""

LAST_DETAILS_HOLD = timedelta(hours=2)
"""For how long a form can be opened filled in by the link of its letter."""


class Stillness(StrEnum):
    """Why a waitlist does not move."""

    FULL = "full"
    CLOSED = "closed"
    OVER = "over"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"
    SWITCHED_OFF = "switched_off"


class Reply(StrEnum):
    """What a person answered to “Will you still come?”; no is a withdrawal."""

    YES = "yes"
    NONE = "none"


ASKED = (Status.CONFIRMED, Status.WAITLISTED)


def reply(
    *,
    status: Status,
    registered_at: datetime,
    asked_at: datetime | None,
    still_comes_at: datetime | None,
) -> Reply | None:
    """What they answered, or None where they are not asked: who registered since knew the date."""
    if asked_at is None or status not in ASKED or registered_at >= asked_at:
        return None
    answered = still_comes_at is not None and still_comes_at >= asked_at
    return Reply.YES if answered else Reply.NONE


@dataclass(frozen=True, slots=True)
class Heard:
    """What a person has last heard, or would hear now."""

    status: Status | None
    address: str
    revision: int
    event_revision: int
    event_state: str
    status_at: datetime | None = None
    has_let_pass: bool = False


def first_status(*, approval: bool, places_left: int | None, someone_waits: bool) -> Status:
    """What a newcomer gets: a decision later, a place, or the end of the line."""
    if approval:
        return Status.PENDING
    if someone_waits or places_left == 0:
        return Status.WAITLISTED
    return Status.CONFIRMED


def place_by_hand(
    *, places_left: int | None, someone_waits: bool, placing: Placing | None
) -> Status | None:
    """What who is entered at the desk gets; None where the organiser has to say it."""
    is_free = places_left is None or places_left > 0
    if is_free and (not someone_waits or placing is Placing.NEXT):
        return Status.CONFIRMED
    return None if placing is None else Status.WAITLISTED


def new_position(target: Target, number: int, current: int) -> int:
    """The position that "before the third" means for who stands at `current` now."""
    if target is Target.TO or number == current:
        return number
    behind = number > current
    if target is Target.BEFORE:
        return number - 1 if behind else number
    return number if behind else number + 1


def reordered(line: Sequence[int], who: int, position: int) -> list[int]:
    """The line with one person at another position; the others keep their order."""
    others = [each for each in line if each != who]
    return [*others[: position - 1], who, *others[position - 1 :]]


def standing(status: Status, event_state: str) -> Status:
    """The true state: a cancelled event is over for all who might have come."""
    if event_state == "cancelled" and status.is_live:
        return Status.CANCELLED
    return status


def stillness(
    *,
    event_state: str,
    starts_at: datetime,
    closes_at: datetime | None,
    waitlist: bool,
    places_left: int | None,
    now: datetime,
) -> Stillness | None:
    """Why nobody moves up, or None where the first in line gets a place at once."""
    if event_state == "cancelled":
        return Stillness.CANCELLED
    if event_state != "published":
        return Stillness.POSTPONED
    if starts_at <= now:
        return Stillness.OVER
    if not waitlist:
        return Stillness.SWITCHED_OFF
    if closes_at is not None and closes_at <= now:
        return Stillness.CLOSED
    return Stillness.FULL if places_left == 0 else None


def offer_ends(
    *, hours: int, closes_at: datetime | None, starts_at: datetime, now: datetime
) -> datetime:
    """Until when an offer that is made now is open: when nobody can come any more it is over."""
    return min(now + timedelta(hours=hours), closes_at or starts_at, starts_at)


def offer_is_open(
    until: datetime | None, *, event_state: str, starts_at: datetime, now: datetime
) -> bool:
    """An offer is read by the clock, whether or not the worker has ended it yet."""
    return until is not None and event_state == "published" and now < min(until, starts_at)


def occasion(heard: Heard, truth: Heard) -> Occasion | None:
    """The letter that brings `heard` up to `truth`, or None where nothing is to be said."""
    if heard.status is None:
        return None if truth.status is None else _news_of_status(truth)
    if heard.status is not truth.status:
        return _change_of_status(heard, truth)
    if heard.status_at != truth.status_at:
        return _news_of_status(truth)  # there and back again: the person asked, and hears
    news = heard.event_revision < truth.event_revision and truth.status.is_live
    if news and truth.event_state == "postponed" and heard.event_state != "postponed":
        return Occasion.EVENT_POSTPONED
    if heard.revision < truth.revision:
        return Occasion.DETAILS_CHANGED
    return Occasion.PROGRAMME_CHANGED if news else None


def _news_of_status(truth: Heard) -> Occasion:
    if truth.has_let_pass:
        return Occasion.OFFER_ENDED
    return {
        Status.PENDING: Occasion.RECEIVED,
        Status.CONFIRMED: Occasion.CONFIRMED,
        Status.OFFERED: Occasion.OFFERED,
        Status.WAITLISTED: Occasion.WAITLISTED,
        Status.DECLINED: Occasion.DECLINED,
        Status.WITHDRAWN: Occasion.WITHDRAWN,
        Status.CANCELLED: Occasion.EVENT_CANCELLED,
    }[truth.status or Status.PENDING]


def _change_of_status(heard: Heard, truth: Heard) -> Occasion:
    if heard.status is Status.WAITLISTED and truth.status is Status.CONFIRMED:
        return Occasion.PLACE_FOUND
    if heard.status is Status.OFFERED and truth.status is Status.WAITLISTED:
        return Occasion.OFFER_TAKEN_BACK
    return _news_of_status(truth)


def may_change(
    *,
    status: Status,
    event_state: str,
    starts_at: datetime,
    changes_until: datetime | None,
    now: datetime,
) -> bool:
    """Details can be changed until the deadline, at the latest until the event starts.

    The dates of a postponed event are void.
    """
    in_time = event_state == "postponed" or now < min(starts_at, changes_until or starts_at)
    return status.is_live and in_time


def may_withdraw(*, status: Status, event_state: str, ends_at: datetime, now: datetime) -> bool:
    """A place can be given back until the event is over; a postponed one is not over."""
    return status.is_live and (event_state == "postponed" or now < ends_at)


def withdraws_late(*, status: Status, deadline: datetime | None, now: datetime) -> bool:
    """Only a place that somebody held comes back late; who leaves the line takes nothing along."""
    return status is Status.CONFIRMED and deadline is not None and deadline <= now


def joining_opens_at(starts_at: datetime, minutes: int) -> datetime:
    """From when the joining link is handed out."""
    return starts_at - timedelta(minutes=minutes)


def may_join(
    *, status: Status, starts_at: datetime, ends_at: datetime, minutes: int, now: datetime
) -> bool:
    """Confirmed people get the joining link from some minutes before until the end."""
    opens = joining_opens_at(starts_at, minutes)
    return status is Status.CONFIRMED and opens <= now < ends_at
