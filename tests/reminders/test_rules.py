"""When a letter is due: on the clock of the wall, also in the nights when it changes."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from portal.reminders.rules import Kind, Standing, Unit, date_told, last_call, moment, standing
from tests.reminders.front_door import BRUSSELS, at


def due(kind: Kind, number: int, unit: Unit, clock: str, starts: str, hours: float = 3) -> str:
    """The moment as the clock in Brussels shows it."""
    starts_at = at(starts)
    found = moment(
        kind, number, unit, time.fromisoformat(clock) if clock else None,
        starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours), zone="Europe/Brussels",
    )  # fmt: skip
    return f"{found.astimezone(BRUSSELS):%Y-%m-%d %H:%M %Z}" if found else "never"


@pytest.mark.parametrize(
    ("kind", "number", "unit", "clock", "starts", "said"),
    [
        ("reminder", 1, "days", "10:00", "2027-01-18 14:00", "2027-01-17 10:00 CET"),
        ("reminder", 7, "days", "10:00", "2027-01-18 14:00", "2027-01-11 10:00 CET"),
        ("reminder", 0, "days", "08:00", "2027-01-18 14:00", "2027-01-18 08:00 CET"),
        ("reminder", 0, "days", "14:00", "2027-01-18 14:00", "never"),
        # Days are those of the wall: the night between has 23 or 25 hours.
        ("reminder", 1, "days", "10:00", "2027-03-28 14:00", "2027-03-27 10:00 CET"),
        ("reminder", 1, "days", "10:00", "2027-10-31 14:00", "2027-10-30 10:00 CEST"),
        ("reminder", 1, "days", "14:00", "2027-03-28 14:00", "2027-03-27 14:00 CET"),
        ("thanks", 1, "days", "10:00", "2027-10-30 14:00", "2027-10-31 10:00 CET"),
        # Hours have sixty minutes, and no night has a say in them.
        ("reminder", 3, "hours", "", "2027-03-28 04:00", "2027-03-28 00:00 CET"),
        ("reminder", 3, "hours", "", "2027-10-31 04:00", "2027-10-31 02:00 CEST"),
        # 02:30 does not exist on that night in March, and exists twice on that one in October.
        ("reminder", 1, "days", "02:30", "2027-03-29 14:00", "2027-03-28 03:30 CEST"),
        ("reminder", 1, "days", "02:30", "2027-11-01 14:00", "2027-10-31 02:30 CEST"),
        ("soon", 1, "hours", "", "2027-01-18 14:00", "2027-01-18 13:00 CET"),
        ("thanks", 2, "hours", "", "2027-01-18 14:00", "2027-01-18 19:00 CET"),
        ("thanks", 0, "days", "18:00", "2027-01-18 14:00", "2027-01-18 18:00 CET"),
        ("thanks", 0, "days", "09:00", "2027-01-18 14:00", "2027-01-18 17:00 CET"),
        # It ends at midnight, which is the end of that day and not the beginning of the next.
        ("thanks", 1, "days", "10:00", "2027-01-18 21:00", "2027-01-19 10:00 CET"),
    ],
)  # fmt: skip
def test_a_letter_is_due(
    kind: str, number: int, unit: str, clock: str, starts: str, said: str
) -> None:
    assert due(Kind(kind), number, Unit(unit), clock, starts) == said


def test_the_date_told_is_the_day_and_of_it_starts_soon_the_minute() -> None:
    """A reminder of a day is not sent again because the event begins an hour later."""
    one, later, next_day = (at(f"2027-01-{day} {hour}:00") for day, hour in
                            ((18, 14), (18, 15), (19, 14)))  # fmt: skip

    def told(kind: Kind, starts_at: datetime) -> str:
        ends_at = starts_at + timedelta(hours=1)
        return date_told(kind, starts_at=starts_at, ends_at=ends_at, zone="Europe/Brussels")

    assert told(Kind.REMINDER, one) == told(Kind.REMINDER, later) == "2027-01-18"
    assert told(Kind.REMINDER, next_day) == told(Kind.THANKS, next_day) == "2027-01-19"
    assert told(Kind.SOON, one) != told(Kind.SOON, later)


def test_what_is_late_begins_before_the_start_or_not_at_all() -> None:
    start = at("2027-01-18 14:00")
    day_before, week_before = start - timedelta(hours=20), start - timedelta(days=7)
    assert last_call(Kind.REMINDER, day_before, start) == start
    assert last_call(Kind.REMINDER, week_before, start) == week_before + timedelta(days=1)
    assert last_call(Kind.THANKS, start, start) == start + timedelta(days=3)


HOLDS: dict[str, Any] = {
    "is_on": True, "is_held": True, "moment": at("2027-01-17 10:00"), "was_begun": False,
    "had": 0, "left": 0, "lacks_link": False, "nobody_asked": False,
    "last_call": at("2027-01-18 10:00"), "since": at("2027-01-01 10:00"),
    "now": at("2027-01-10 10:00"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("but", "said"),
    [
        ({}, Standing.COMING),
        ({"now": at("2027-01-17 12:00")}, Standing.COMING),
        ({"now": at("2027-01-18 10:00")}, Standing.PASSED),
        ({"since": at("2027-01-17 10:01")}, Standing.PASSED),
        ({"lacks_link": True}, Standing.NO_LINK),
        ({"nobody_asked": True}, Standing.NOT_ASKED),
        ({"moment": None, "last_call": None}, Standing.IMPOSSIBLE),
        ({"is_held": False}, Standing.NOT_HELD),
        ({"is_on": False}, Standing.OFF),
        ({"is_on": False, "was_begun": True}, Standing.SENT),
        ({"is_on": False, "was_begun": True, "had": 1, "left": 1}, Standing.HALTED),
        ({"is_on": True, "was_begun": True, "had": 1, "left": 1}, Standing.SENT),
        ({"is_on": True, "was_begun": True, "left": 1}, Standing.PASSED),
    ],
)
def test_what_comes_of_a_rule_next(but: dict[str, Any], said: Standing) -> None:
    assert standing(**(HOLDS | but)) is said
