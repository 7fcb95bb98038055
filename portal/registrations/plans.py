"""What a change of an event would mean for its registrants, found out before it is made."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from portal import mail
from portal.events import queries as events
from portal.events.dates import BOUNDS, quotas_moved
from portal.events.models import Event
from portal.events.rules import State, announced_on_its_own, places_left
from portal.events.service import (
    asks_again,
    programme_moves,
    sessions_moved,
    sessions_said,
    snapshot,
)
from portal.i18n import Translated, translated
from portal.mail import Said
from portal.registrations import divisions, listing, news, queries
from portal.registrations.changes import Change, changes
from portal.registrations.rules import Occasion, stillness
from portal.sessions import queries as chosen
from portal.sessions.rules import Offer, pairs_at_one_time
from portal.sessions.shown import title


@dataclass(frozen=True, slots=True)
class Clash:
    """Two sessions that would be at the same time, and how many people chose both."""

    one: str
    other: str
    people: int


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
    offers: bool = False
    programme_moves: bool = False
    fields: tuple[str, ...] = ()
    asks: int = 0
    go_online: int = 0
    come_in_person: int = 0
    needs_forgotten: int = 0
    clashes: tuple[Clash, ...] = ()
    void: tuple[str, ...] = ()
    kept_until: tuple[datetime, ...] = ()
    quota_is_over: bool = False


def of_change(event: Event, facts: dict[str, Any], now: datetime) -> Plan:
    """The plan of giving the event these facts, compared with what was last announced."""
    after = event.planned(facts)
    sessions = sessions_moved(event, after.starts_at, after.zone)
    before, then = snapshot(event), snapshot(after, sessions)
    heard = events.revision_facts(event.id, event.announced_revision) or before
    first = _promoted(after, event.id, now)
    return Plan(
        said=replace(_said(event, Occasion.PROGRAMME_CHANGED, calendar=False), lead=""),
        changes=changes(heard, then, joins=True),
        letters=news.letters_due(event, then, without=first),
        on_its_own=event.tell_due_at is not None or announced_on_its_own(before, then),
        promoted=len(first) - len(_promoted(event, event.id, now)),
        offers=after.offer_hours is not None,
        programme_moves=programme_moves(event, after.starts_at),
        asks=_asks(event, facts),
        **_moving_elsewhere(event, after),
        **_moving_dates(event, facts, now),
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
        clashes=_clashes(event, then["sessions"]),
    )


def _clashes(event: Event, planned: list[dict[str, Any]]) -> tuple[Clash, ...]:
    """What people chose that they could not both hear any more with this programme."""
    if not event.chooses:
        return ()
    now = {each.id: each for each in chosen.offered(event.id)}
    then = {each["id"]: _as_planned(now[each["id"]], each) for each in planned if each["id"] in now}
    were = pairs_at_one_time(now.values())
    together = chosen.chosen_together(event.id)
    return tuple(
        Clash(title(then[one]), title(then[other]), together[one, other])
        for one, other in sorted(pairs_at_one_time(then.values()) - were)
        if (one, other) in together
    )


def _as_planned(offer: Offer, said: dict[str, Any]) -> Offer:
    return replace(
        offer,
        title=said["title"],
        starts_at=datetime.fromisoformat(said["starts_at"]),
        ends_at=datetime.fromisoformat(said["ends_at"]),
        cancelled=said["cancelled"],
    )


def _asks(event: Event, facts: dict[str, Any]) -> int:
    """How many are asked whether they will still come at the new date."""
    is_taken_up = event.state is State.POSTPONED and facts.get("state") is State.PUBLISHED
    return listing.to_be_asked(event) if is_taken_up and asks_again(event, facts) else 0


def _moving_dates(event: Event, facts: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Dates of the old time that are emptied, and until when quotas keep their places then."""
    quotas = events.quotas([event.id]) if event.has_quotas else []
    moved = dict(quotas_moved(event, facts, quotas))
    is_taken_up = event.state is State.POSTPONED and facts.get("state") is State.PUBLISHED
    return {
        "void": tuple(name for name in BOUNDS if is_taken_up and facts.get(name, now) is None),
        "kept_until": tuple(moved.values()),
        "quota_is_over": is_taken_up and any(each.until <= now for each in quotas),
    }


def _moving_elsewhere(event: Event, after: Event) -> dict[str, Any]:
    """Who took part in the room, and who said what they need there; or who took part online."""
    if event.online and not after.online:
        return {"come_in_person": listing.online(event)}
    if not event.in_person or after.in_person:
        return {}
    in_room, with_needs = listing.in_the_room(event)
    return {"go_online": in_room, "needs_forgotten": with_needs}


def of_postponing(event: Event, reason: Translated) -> Plan:
    return _of_state(event, State.POSTPONED, Occasion.EVENT_POSTPONED, reason)


def of_cancelling(event: Event, reason: Translated) -> Plan:
    return _of_state(event, State.CANCELLED, Occasion.EVENT_CANCELLED, reason)


def _of_state(event: Event, state: State, occasion: Occasion, reason: Translated) -> Plan:
    then = snapshot(event.planned({"state": state}), sessions_said(event))
    letters = news.letters_due(event, then)
    held = event.state is State.PUBLISHED and queries.places(event.id).taken > 0
    said = _said(event, occasion, calendar=held, reason=translated(reason))
    return Plan(said, [], letters, on_its_own=True)


def _said(event: Event, occasion: Occasion, *, calendar: bool, reason: str = "") -> Said:
    """The letter's first words, as who has a place reads them, in the organiser's language."""
    told = {"title": translated(event.title), "reason": reason}
    return mail.first_words("registrations", occasion, told=told, calendar=calendar, changes=[])


def _promoted(event: Event, event_id: int, now: datetime) -> list[int]:
    """Who in line gets a place with these places and dates."""
    places = queries.places_now(event_id, event, now)
    left = None if event.is_divided else places_left(event.capacity, places.taken)
    still = stillness(
        event_state=event.state.value,
        starts_at=event.starts_at,
        closes_at=event.registration_closes_at,
        waitlist=event.waitlist,
        places_left=left,
        now=now,
    )
    if still is not None or not places.someone_waits:
        return []
    if event.is_divided:
        return list(divisions.moving_up(event_id, event, now))
    return [each.id for each in queries.first_waiting(event_id, left)]
