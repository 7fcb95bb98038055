"""Dates that hang on the start of an event, and what becomes of them when it moves."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portal.events.models import Event, Quota
from portal.events.rules import State
from portal.wall_clock import distance, moved

BOUNDS = {
    "registration_opens_at": "starts_at",
    "registration_closes_at": "starts_at",
    "changes_until": "starts_at",
    "withdrawals_until": "ends_at",
    "decision_at": "starts_at",
}
"""Each date that organisers may set, and what it lies before."""


def void(event: Event, facts: dict[str, Any], *, asked_at: datetime | None) -> list[str]:
    """The dates that mean nothing at the new time: they lie after it, or were over before people
    were asked about it (`asked_at`)."""
    found = []
    for name, bound in BOUNDS.items():
        date, last = getattr(event, name), facts.get(bound, getattr(event, bound))
        is_over = asked_at is not None and date is not None and date <= asked_at
        is_late = date is not None and date > last
        if is_late or (is_over and name != "registration_opens_at"):
            found.append(name)
    return found


def quotas_moved(
    event: Event, facts: dict[str, Any], quotas: Iterable[Quota]
) -> list[tuple[Quota, datetime]]:
    """The quotas that would keep places until nobody can get them, each with its new moment.

    They are released as long before the end as they were to be: the line needs that time.
    """
    if event.state is State.POSTPONED and "starts_at" not in facts:
        return []
    after, found = event.planned(facts), []
    for quota in quotas:
        before, last = last_moment(event, quota), last_moment(after, quota)
        if quota.until > last:
            until = moved(last, distance(before, quota.until, event.zone), after.zone)
            found.append((quota, min(until, last)))
    return found


def last_moment(event: Event, quota: Quota) -> datetime:
    """When a place of it can last be given; to invited people also when registration is closed."""
    closes_at = None if quota.invited else event.registration_closes_at
    return min(closes_at or event.starts_at, event.starts_at)
