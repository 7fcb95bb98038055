"""What a change of an event would mean for its registrants, found out before it is made."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from portal import mail
from portal.events import queries as events
from portal.events.models import Event
from portal.events.rules import State, announced_on_its_own, places_left
from portal.events.service import programme_moves, sessions_moved, sessions_said, snapshot
from portal.i18n import translated
from portal.mail import Said
from portal.registrations import news, queries
from portal.registrations.changes import Change, changes
from portal.registrations.rules import Occasion, Status, stillness


@dataclass(frozen=True, slots=True)
class Plan:
    """The letters due, what they say, and who gets a place.

    `on_its_own` is false where a letter is written on request only: a change of time or place
    waits for ten quiet minutes, and anything else goes along.
    """

    said: Said
    changes: list[Change]
    letters: int
    on_its_own: bool
    promoted: int = 0
    programme_moves: bool = False
    fields: tuple[str, ...] = ()


def of_change(event: Event, facts: dict[str, Any], now: datetime) -> Plan:
    """The plan of giving the event these facts, compared with what was last announced."""
    after = _with(event, facts)
    sessions = sessions_moved(event, after.starts_at, after.zone)
    before, then = snapshot(event), snapshot(after, sessions)
    heard = events.revision_facts(event.id, event.announced_revision) or before
    promoted = _promoted(after, event.id, now)
    first = [each.id for each in queries.first_waiting(event.id, promoted)]
    return Plan(
        said=replace(_said(event, Occasion.PROGRAMME_CHANGED, calendar=False), lead=""),
        changes=changes(heard, then, joins=True),
        letters=news.letters_due(event, then, without=first),
        on_its_own=event.tell_due_at is not None or announced_on_its_own(before, then),
        promoted=promoted - _promoted(event, event.id, now),
        programme_moves=programme_moves(event, after.starts_at),
        fields=tuple(name for name, value in facts.items() if getattr(event, name) != value),
    )


def of_programme(event: Event, sessions: list[dict[str, Any]], now: datetime) -> Plan:
    """The plan of giving the event this programme; of a draft or a past event nobody is told."""
    before, then = snapshot(event), snapshot(event, sessions)
    heard = events.revision_facts(event.id, event.announced_revision) or before
    tells = event.state is not State.DRAFT and not event.is_over(now)
    return Plan(
        said=replace(_said(event, Occasion.PROGRAMME_CHANGED, calendar=False), lead=""),
        changes=changes(heard, then, joins=True),
        letters=news.letters_due(event, then) if tells else 0,
        on_its_own=event.tell_due_at is not None or announced_on_its_own(before, then),
    )


def of_postponing(event: Event) -> Plan:
    return _of_state(event, State.POSTPONED, Occasion.EVENT_POSTPONED)


def of_cancelling(event: Event) -> Plan:
    return _of_state(event, State.CANCELLED, Occasion.EVENT_CANCELLED)


def _of_state(event: Event, state: State, occasion: Occasion) -> Plan:
    then = snapshot(_with(event, {"state": state}), sessions_said(event))
    letters = news.letters_due(event, then)
    held = event.state is State.PUBLISHED and queries.places(event.id).taken > 0
    return Plan(_said(event, occasion, calendar=held), [], letters, on_its_own=True)


def _said(event: Event, occasion: Occasion, *, calendar: bool) -> Said:
    """The letter's first words, as who has a place reads them, in the organiser's language."""
    told = {"title": translated(event.title)}
    return mail.first_words("registrations", occasion, told=told, calendar=calendar, changes=[])


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
