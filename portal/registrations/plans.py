"""What a change of an event would mean for its registrants, found out before it is made."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.events import queries as events
from portal.events.models import Event
from portal.events.rules import announced_on_its_own, places_left
from portal.events.service import snapshot
from portal.registrations import queries
from portal.registrations.changes import Change, changes
from portal.registrations.rules import Occasion, Status, stillness


@dataclass(frozen=True, slots=True)
class Plan:
    """The letters due, what they say, and who gets a place.

    `asked_for` is false where letters go out by themselves: there a change of time or place waits
    for ten quiet minutes, and anything else goes along.
    """

    occasion: Occasion
    changes: list[Change]
    letters: int
    on_its_own: bool
    promoted: int
    fields: list[str]


def of_change(event: Event, facts: dict[str, Any], now: datetime) -> Plan:
    """The plan of giving the event these facts, compared with what was last announced."""
    after = _with(event, facts)
    before, then = snapshot(event), snapshot(after)
    heard = events.revision_facts(event.id, event.announced_revision) or before
    return Plan(
        occasion=Occasion.PROGRAMME_CHANGED,
        changes=changes(heard, then),
        letters=queries.letters_due(event, event.revision + 1),
        on_its_own=event.tell_due_at is not None or announced_on_its_own(before, then),
        promoted=_promoted(after, event.id, now) - _promoted(event, event.id, now),
        fields=[name for name, value in facts.items() if getattr(event, name) != value],
    )


def of_state(event: Event, occasion: Occasion) -> Plan:
    """The plan of postponing or cancelling: everybody who may come is told."""
    letters = queries.letters_due(event, event.revision + 1)
    return Plan(occasion, [], letters, on_its_own=True, promoted=0, fields=[])


def _with(event: Event, facts: dict[str, Any]) -> Event:
    """The event as it would be; kept nowhere."""
    names = [column.key for column in Event.__mapper__.column_attrs if column.key != "id"]
    return Event(**({name: getattr(event, name) for name in names} | facts))


def _promoted(event: Event, event_id: int, now: datetime) -> int:
    """How many in line get a place with these places and dates."""
    left = places_left(event.capacity, queries.places(event_id).taken)
    still = stillness(
        event_state=event.state.value,
        starts_at=event.starts_at,
        closes_at=event.registration_closes_at,
        waitlist=event.waitlist,
        places_left=left,
        now=now,
    )
    waiting = queries.counts_by_status(event_id)[Status.WAITLISTED]
    return 0 if still is not None else waiting if left is None else min(waiting, left)
