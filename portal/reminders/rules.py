"""Decisions about reminders and thanks: values in, a value out."""

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

LATE_BEFORE, LATE_AFTER = timedelta(days=1), timedelta(days=3)
"""How late a letter may begin where no worker ran; a reminder never after the start."""

MOST_DAYS, MOST_HOURS, MOST_HOURS_SOON = 60, 48, 6
MOST_RULES = 20


class Kind(StrEnum):
    """What the letter says; each has its templates under this name."""

    REMINDER = "reminder"
    SOON = "soon"
    THANKS = "thanks"
    ANSWERS = "answers"

    @property
    def comes_after(self) -> bool:
        """Whether its time is counted from the end of the event, and not back from its start."""
        return self is Kind.THANKS


class Unit(StrEnum):
    DAYS = "days"
    HOURS = "hours"


class Audience(StrEnum):
    """To whom a thank-you goes; the other letters go to everybody with a place."""

    PLACES = "places"
    CAME = "came"


class RunState(StrEnum):
    WRITING = "writing"
    DONE = "done"


class Standing(StrEnum):
    """What comes of a rule next, and if nothing does, why."""

    COMING = "coming"
    SENT = "sent"
    HALTED = "halted"
    PASSED = "passed"
    IMPOSSIBLE = "impossible"
    NO_LINK = "no_link"
    NOT_ASKED = "not_asked"
    NOT_HELD = "not_held"
    OFF = "off"


def moment(
    kind: Kind,
    number: int,
    unit: Unit,
    at: time | None,
    *,
    starts_at: datetime,
    ends_at: datetime,
    zone: str,
) -> datetime | None:
    """The instant that is meant; None where it would not come before the start.

    A thank-you waits for the end, also where its hour of the day comes earlier.
    """
    if kind.comes_after:
        return max(_shifted(ends_at, number, unit, at, _last_day(ends_at, zone), zone), ends_at)
    found = _shifted(starts_at, -number, unit, at, starts_at.astimezone(ZoneInfo(zone)), zone)
    return found if found < starts_at else None


def _shifted(
    anchor: datetime, number: int, unit: Unit, at: time | None, day: datetime, zone: str
) -> datetime:
    """Hours have sixty minutes; days are those of the calendar on the wall.

    An hour that the clock skips is counted on from before the change, and of one that it shows
    twice the first is meant (RFC 5545, 3.3.5).
    """
    if unit is Unit.HOURS or at is None:
        return anchor.astimezone(UTC) + timedelta(hours=number)
    hands = datetime.combine(day.date() + timedelta(days=number), at)
    return hands.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def _last_day(ends_at: datetime, zone: str) -> datetime:
    """Midnight ends a day."""
    return (ends_at - timedelta(microseconds=1)).astimezone(ZoneInfo(zone))


def date_told(kind: Kind, *, starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """The date that a letter is about: of one date it goes out once.

    An event that moves within its day is told of by the letter about the change; “it starts soon”
    is about the very minute.
    """
    if kind is Kind.SOON:
        return starts_at.astimezone(UTC).isoformat()
    day = _last_day(ends_at, zone) if kind.comes_after else starts_at.astimezone(ZoneInfo(zone))
    return day.date().isoformat()


def last_call(kind: Kind, moment: datetime, starts_at: datetime) -> datetime:
    """Until when a letter that is late is still worth beginning."""
    if kind.comes_after:
        return moment + LATE_AFTER
    return min(starts_at, moment + LATE_BEFORE)


def standing(
    *,
    is_on: bool,
    is_held: bool,
    moment: datetime | None,
    since: datetime,
    was_begun: bool,
    had: int,
    left: int,
    lacks_link: bool,
    nobody_asked: bool,
    last_call: datetime | None,
    now: datetime,
) -> Standing:
    """What comes of a rule, by the first reason that holds.

    Once it was begun for this date, `had` counts who got it or is about to, `left` those whose
    letter was taken back. `since` is from when both the rule and the event's time were what they
    are: nothing that lay before it is made up for.
    """
    if was_begun:
        if not is_on and left and is_held and last_call and now < last_call:
            return Standing.HALTED
        return Standing.SENT if had or not left else Standing.PASSED
    if not is_on:
        return Standing.OFF
    if not is_held:
        return Standing.NOT_HELD
    if moment is None or last_call is None:
        return Standing.IMPOSSIBLE
    if moment < since or last_call <= now:
        return Standing.PASSED
    if nobody_asked:
        return Standing.NOT_ASKED
    return Standing.NO_LINK if lacks_link else Standing.COMING
