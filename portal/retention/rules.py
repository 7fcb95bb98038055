"""Decisions about what is kept until when: values in, a value out."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from portal.wall_clock import moved

EXPORTS_HOLD = timedelta(days=30)
"""For how long a list that was taken out may be used after the event, or after it was taken."""

GRACE = timedelta(hours=1)
"""How late the worker may be before somebody has to be told."""


def over_at(*, state: str, ends_at: datetime, state_changed_at: datetime | None) -> datetime | None:
    """From when the days of a record count; None where that is not known yet.

    A postponed event has no end until it has a new date, a cancelled one ended when it was
    cancelled: nothing is prepared any more.
    """
    if state == "postponed":
        return None
    if state == "cancelled" and state_changed_at is not None:
        return state_changed_at
    return ends_at


def falls_due(over: datetime, days: int, zone: str) -> datetime:
    """So many days later, at the same hour on the event's clock."""
    return moved(over, timedelta(days=days), zone)


def is_overdue(due_at: datetime, now: datetime) -> bool:
    """Whether what should be gone is late: the worker stands still, or a letter holds it up."""
    return due_at + GRACE < now


def expires_at(over: datetime | None, ends: Iterable[datetime], now: datetime) -> datetime:
    """When a copy that is taken out now has to be deleted.

    Never later than the portal itself deletes anything that is in it; what is deleted already is
    in no copy.
    """
    latest = max(over or now, now) + EXPORTS_HOLD
    return min([latest, *(each for each in ends if each > now)])
