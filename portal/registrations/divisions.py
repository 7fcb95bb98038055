"""Questions about how the places of events are divided; the decisions are in `events.division`."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Select, bindparam, func, select

from portal.db import Moment, db
from portal.events import queries as events
from portal.events.division import Division, Kept, Seat, Who
from portal.events.models import Quota
from portal.registrations import offers
from portal.registrations.models import Registration
from portal.registrations.person import who_is
from portal.registrations.rules import TAKING, Attendance, Status


class Divisible(Protocol):
    """Whatever says how many places an event has: its row, the few facts of it, or a plan."""

    @property
    def capacity(self) -> int | None: ...
    @property
    def online_capacity(self) -> int | None: ...
    @property
    def is_divided(self) -> bool: ...
    @property
    def offers_end_at(self) -> datetime | None: ...


def of(divisible: Mapping[int, Divisible], now: datetime) -> dict[int, Division]:
    """How the places of those of these events are divided that have quotas or two capacities.

    Two reads for all of them together, and none where there are no such events.
    """
    divided = {number: event for number, event in divisible.items() if event.is_divided}
    if not divided:
        return {}
    found = counts(divided, now)
    return {number: found[number].division(event, now) for number, event in divided.items()}


@dataclass(frozen=True, slots=True)
class Counts:
    """The quotas of an event, how many have a place of each, and who waits."""

    kept: list[Kept] = field(default_factory=list)
    taken: Counter[tuple[bool, int | None]] = field(default_factory=Counter)
    waiting: Counter[Who] = field(default_factory=Counter)

    def division(self, event: Divisible, now: datetime) -> Division:
        """How that divides the places at this moment; whoever gives some out changes only this."""
        whole = event.capacity, event.online_capacity
        return Division(*whole, self.kept, self.taken, self.waiting, now)


def counts(event_ids: Collection[int], now: datetime) -> dict[int, Counts]:
    """The same before the clock and the capacities are looked at."""
    found = {number: Counts() for number in event_ids}
    for quota in events.quotas(event_ids):
        found[quota.event_id].kept.append(quota.kept)
    values = {"event_ids": list(event_ids), "now": now}
    for event_id, status, quota_id, *facts, count in db.session.execute(_COUNTED, values):
        who = who_is(*facts)
        if status is Status.WAITLISTED:
            found[event_id].waiting[who] += count
        else:
            found[event_id].taken[who.online, quota_id] += count
    return found


_INVITED = Registration.invitation_id.is_not(None)
_WHO = (
    Registration.stakeholder_group, Registration.country, Registration.attendance,
    _INVITED.label("invited"),
)  # fmt: skip


_KINDS = Registration.event_id, Registration.status, Registration.quota_id, *_WHO
_COUNTED: Select[*tuple[Any, ...]] = (  # put together once: that costs more than asking
    select(*_KINDS, func.count())
    .where(
        Registration.event_id.in_(bindparam("event_ids", expanding=True)),
        Registration.status.in_((*TAKING, Status.WAITLISTED)),
        ~offers.has_ended(bindparam("now", type_=Moment())),
    )
    .group_by(*_KINDS)
)


def with_open_places(quota: Quota, count: int, *, is_apart: bool) -> Sequence[Registration]:
    """Who has an open place and could have one of this quota, in order of arrival."""
    question = (
        select(Registration)
        .where(
            Registration.event_id == quota.event_id,
            Registration.status.in_(TAKING),
            Registration.quota_id.is_(None),
        )
        .order_by(Registration.registered_at, Registration.id)
        .limit(count)
    )
    if quota.groups:
        question = question.where(Registration.stakeholder_group.in_(quota.groups))
    if quota.countries:
        question = question.where(Registration.country.in_(quota.countries))
    if quota.invited:
        question = question.where(_INVITED)
    if is_apart:
        there = Attendance.ONLINE if quota.online else Attendance.IN_PERSON
        question = question.where(Registration.attendance == there)
    return db.session.scalars(question).all()


def moving_up(event_id: int, event: Divisible, now: datetime) -> dict[int, Seat]:
    """Who of the line of a divided event can have a place, and which: the first who may have it."""
    division = of({event_id: event}, now)[event_id]
    if not division.line_moves:
        return {}
    rows = db.session.execute(
        select(Registration.id, *_WHO)
        .where(Registration.event_id == event_id, Registration.status == Status.WAITLISTED)
        .order_by(Registration.queue_number)
    )
    return division.move_up((row[0], who_is(*row[1:])) for row in rows)
