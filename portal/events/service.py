"""The verbs that change an event's truth."""

from collections.abc import Collection, Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError

from portal.audit.service import Actor, record
from portal.db import db, for_update
from portal.errors import Gone, Refused
from portal.events import dates, queries, rules
from portal.events.division import Division
from portal.events.models import Event, OldSlug, Quota, Revision
from portal.events.rules import (
    TELL_AFTER,
    Entrance,
    Format,
    Need,
    State,
    announced_on_its_own,
    renewed_in_calendars,
)
from portal.i18n import Translated, languages
from portal.protection import queries as protection_queries
from portal.protection import rules as records
from portal.protection import service as protection
from portal.protection.rules import Missing
from portal.wall_clock import distance, moved, zones

ADDRESS_TAKEN = _l("Another event has this address already.")


def locked(event_id: int) -> Event:
    """The event, held until the end of the transaction: places are given out under this lock.

    On SQLite the writing transaction holds it already (see `db.py`).
    """
    question = for_update(select(Event).where(Event.id == event_id))
    anew = question.execution_options(populate_existing=True)
    event = db.session.scalars(anew).one_or_none()
    if event is None:
        raise Gone(_("This draft has just been deleted."))
    return event


def held(event_id: int) -> Entrance:
    """The same lock, for who only needs to know whether and how one gets in."""
    return Entrance(*db.session.execute(for_update(_HELD), {"event_id": event_id}).one())


_HELD = select(*queries.ENTRANCE).where(Event.id == bindparam("event_id"))


def create(facts: dict[str, Any], *, by: Actor, now: datetime) -> Event:
    """A new event, with its first revision."""
    event = Event(created_at=now, updated_at=now, **whole(facts))
    _check(event)
    if queries.slug_is_taken(event.slug):
        raise Refused(str(ADDRESS_TAKEN))
    db.session.add(event)
    _flush_address()
    event.notice_number = protection.begin(event.id, by=by, now=now)
    _keep_revision(event, now)
    record("event.created", event, by=by, now=now, event_id=event.id)
    return event


def change(
    event: Event, facts: dict[str, Any], *, tell: bool = False, by: Actor, now: datetime
) -> bool:
    """Change what differs; time and place are told after ten quiet minutes, the rest on request.

    The programme moves with the start. Answers whether anything differed.
    """
    facts = whole(facts)
    before = {name: getattr(event, name) for name in facts}
    if before == facts:
        return False
    if event.state is State.CANCELLED:
        raise Refused(_("A cancelled event stays as it is."))
    changed = sorted(name for name in facts if before[name] != facts[name])
    if event.state is State.POSTPONED and {"starts_at", "ends_at"} & set(changed):
        raise Refused(_("The event is postponed: its new time is set when it takes place."))
    told_before = snapshot(event)
    _set(event, facts, by=by, now=now)
    _revise(event, told_before, tell=tell, now=now)
    record("event.changed", event, by=by, now=now, event_id=event.id, fields=changed)
    return True


def edit(event: Event, facts: dict[str, Any], slug: str, *, by: Actor, now: datetime) -> None:
    """Other texts, and perhaps another address; nobody is told by letter."""
    rename(event, slug, by=by, now=now)
    change(event, facts, by=by, now=now)


def rename(event: Event, slug: str, *, by: Actor, now: datetime) -> None:
    """Another address; the old one leads to it."""
    if slug == event.slug:
        return
    if queries.slug_is_taken(slug, but=event.id):
        raise Refused(str(ADDRESS_TAKEN))
    db.session.execute(delete(OldSlug).where(OldSlug.slug == slug))
    db.session.add(OldSlug(slug=event.slug, event_id=event.id))
    event.slug = slug
    _flush_address()
    _revise(event, snapshot(event), tell=False, now=now)
    record("event.renamed", event, by=by, now=now, event_id=event.id)


def keep_record(event: Event, facts: dict[str, Any], *, by: Actor, now: datetime) -> None:
    """Another version of the event's record of processing; the public sees only whole ones."""
    gaps = records.missing(facts, languages())
    if gaps and event.state is not State.DRAFT:
        raise Refused(_("The record of a public event has to be whole: add what is missing first."))
    version = protection.keep(event.id, facts, by=by, now=now)
    if version is not None:
        event.notice_number = version.number
        _revise(event, snapshot(event), tell=False, now=now)


def checklist(event: Event, now: datetime, *, record: bool | None = None) -> list[Need]:
    """What the event needs before it is public, met or not.

    `record` says whether its record of processing is whole, where that is known already.
    """
    return rules.checklist(
        title=bool(event.title),
        summary=bool(event.summary),
        starts_at=event.starts_at,
        format=event.format,
        place=bool(event.place),
        joining_url=bool(event.joining_url),
        contacts=bool(event.contacts),
        record=not record_gaps(event) if record is None else record,
        now=now,
    )


def missing(event: Event, now: datetime, *, record: bool | None = None) -> list[str]:
    """Codes of what keeps the event from being published (`labels.NEEDS` has their words)."""
    needs = checklist(event, now, record=record)
    return [need.code for need in needs if need.is_must and not need.is_met]


def with_whole_record(event_ids: Collection[int]) -> set[int]:
    """Those of the events whose record of processing lacks nothing, in one question."""
    said = protection_queries.records(event_ids)
    return {event_id for event_id in said if not records.missing(said[event_id], languages())}


def _flush_address() -> None:
    """Two who take the same address at once: the second is refused as if they had come later."""
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Refused(str(ADDRESS_TAKEN)) from error


def publish(event: Event, *, by: Actor, now: datetime) -> None:
    """Open a draft to the public, or take up a postponed event again at its old time.

    People have to be told what happens with their data before they register: a draft without a
    whole record of it stays one.
    """
    if event.state is State.CANCELLED:
        raise Refused(_("A cancelled event stays cancelled."))
    if event.state is State.DRAFT and record_gaps(event):
        raise Refused(_("The data protection record of this event is not complete yet."))
    event.publish_at = event.publish_missed_at = None
    event.publish_asked_at = event.publish_asked_by = None
    _enter(event, State.PUBLISHED, "event.published", by=by, now=now)


def take_up(event: Event, facts: dict[str, Any], *, by: Actor, now: datetime) -> None:
    """A postponed event takes place after all, at its new time."""
    if event.state is not State.POSTPONED:
        raise Refused(_("Only a postponed event can be taken up again."))
    told_before = snapshot(event)
    facts = facts | void_dates(event, facts, now)
    if asks_again(event, facts):
        event.asked_again_at = now
    _set(event, facts, by=by, now=now)
    event.reason = None
    _enter(event, State.PUBLISHED, "event.published", told_before=told_before, by=by, now=now)


def void_dates(event: Event, facts: dict[str, Any], now: datetime) -> dict[str, None]:
    """The dates of the old time that say nothing of the new one, to be emptied."""
    asked_at = now if asks_again(event, facts) else None
    return dict.fromkeys(dates.void(event, facts, asked_at=asked_at))


def asks_again(event: Event, facts: dict[str, Any]) -> bool:
    """Whether people have to think again: a new start, or they were told that the old one is off.

    A postponement that was taken back before anybody heard of it asks nobody.
    """
    announced = queries.revision_facts(event.id, event.announced_revision)
    was_told = announced.get("state") == State.POSTPONED
    return was_told or facts.get("starts_at", event.starts_at) != event.starts_at


def postpone(event: Event, *, reason: Translated | None = None, by: Actor, now: datetime) -> None:
    """The event will not be held at its time; a new one is not known yet."""
    ensure_postponable(event, now)
    event.reason = reason or None
    _enter(event, State.POSTPONED, "event.postponed", by=by, now=now)


def cancel(event: Event, *, reason: Translated | None = None, by: Actor, now: datetime) -> None:
    """The event will not be held."""
    ensure_cancellable(event, now)
    event.reason = reason or None
    _enter(event, State.CANCELLED, "event.cancelled", by=by, now=now)


def ensure_postponable(event: Event, now: datetime) -> None:
    """Pages that offer the act ask this before they promise letters."""
    if event.state is not State.PUBLISHED:
        raise Refused(_("Only a published event can be postponed."))
    _ensure_to_come(event, now)


def ensure_cancellable(event: Event, now: datetime) -> None:
    """As `ensure_postponable`."""
    if event.state not in (State.PUBLISHED, State.POSTPONED):
        raise Refused(_("Only a published or postponed event can be cancelled."))
    _ensure_to_come(event, now)


def _ensure_to_come(event: Event, now: datetime) -> None:
    if event.is_over(now):
        raise Refused(_("This event is over."))


def record_gaps(event: Event) -> list[Missing]:
    """What the event's record of processing lacks."""
    version = protection_queries.current(event.id)
    return records.missing(version.facts if version else None, languages())


def tell_now(event: Event, *, by: Actor, now: datetime) -> None:
    """Do not wait for the quiet minutes: registrants are told what is so."""
    event.announced_revision = event.revision
    event.tell_due_at = None
    record("event.told", event, by=by, now=now, event_id=event.id, revision=event.revision)


def announce(event: Event, *, now: datetime) -> None:
    """The quiet minutes are over, unless somebody edits still: what changed is to be told."""
    if event.tell_due_at is not None and event.tell_due_at <= now:
        event.announced_revision = event.revision
        event.tell_due_at = None


def reopen_news(event: Event, revision: int) -> None:
    """Somebody has heard of `revision` only, although all were taken to have heard of the last."""
    event.told_revision = min(event.told_revision, revision)


def whole(facts: dict[str, Any]) -> dict[str, Any]:
    """What is only online has no place, and only what is in both ways has places of both."""
    if facts.get("format", Format.HYBRID) is not Format.HYBRID:
        facts = facts | {"online_capacity": None}
    if facts.get("format") is Format.ONLINE:
        facts = facts | {"venue": "", "address": ""}
    return facts


def places_changed(event_id: int) -> None:
    """Places were given or freed: kept pages of the event are old."""
    db.session.execute(_PLACES_CHANGED, {"event": event_id})


_EVENTS = Event.metadata.tables["events"]
_PLACES_CHANGED = (
    update(_EVENTS)
    .where(_EVENTS.c.id == bindparam("event"))
    .values(places_revision=_EVENTS.c.places_revision + 1)
)


def page_changed(event: Event, *, approval_lapses: bool = True, now: datetime) -> None:
    """What pages show changed, and nobody is told: kept pages of the event are old."""
    event.updated_at = now
    if approval_lapses:
        _approval_lapses(event)
    places_changed(event.id)


def _approval_lapses(event: Event) -> None:
    """What a colleague approved to go public later is another now, which nobody has looked at."""
    if event.awaits_its_time:
        event.publish_at = None


def form_changed(event: Event, *, asks: bool, now: datetime) -> None:
    """What people are asked when they register changed: kept forms are old, and nobody is told."""
    event.asks = asks
    _revise(event, snapshot(event), tell=False, now=now)


def programme_changed(
    event: Event, told_before: dict[str, Any], *, tell: bool, now: datetime
) -> None:
    """The programme says something else than before; of one that is over, nobody is told."""
    db.session.flush()
    if event.is_over(now):
        told_before, tell = snapshot(event) | {"state": told_before["state"]}, False
    _revise(event, told_before, tell=tell, now=now)


def snapshot(event: Event, sessions: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """What registrants are told of an event, as JSON keeps it; also with other `sessions`."""
    return {
        "title": event.title,
        "starts_at": event.starts_at.isoformat(),
        "ends_at": event.ends_at.isoformat(),
        "zone": event.zone,
        "format": event.format.value,
        "venue": event.venue,
        "address": event.address,
        "joining": sha256(event.joining_url.encode()).hexdigest()[:12] if event.joining_url else "",
        "state": event.state.value,
        "sessions": sessions_said(event) if sessions is None else sessions,
    }


def sessions_said(event: Event) -> list[dict[str, Any]]:
    """What registrants are told of the programme."""
    return [
        session_said(each, each.id, [one.speaker_id for one in each.appearances])
        for each in sorted(event.sessions, key=lambda session: session.id)
    ]


def session_said(session: Any, number: int, speakers: list[int]) -> dict[str, Any]:
    """Of its speakers only who they are: what is kept of an event names nobody."""
    return {
        "id": number,
        "title": session.title,
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "room": session.room or "",
        "cancelled": session.cancelled_at is not None,
        "speakers": sorted(speakers),
    }


def sessions_moved(event: Event, starts_at: datetime, zone: str) -> list[dict[str, Any]]:
    """The same, if the event started then."""
    by = distance(event.starts_at, starts_at, zone)
    said = sessions_said(event)
    for each in said if by else ():
        if not each["cancelled"]:
            start, end = (datetime.fromisoformat(each[name]) for name in ("starts_at", "ends_at"))
            each["starts_at"] = moved(start, by, zone).isoformat()
            each["ends_at"] = (moved(start, by, zone) + (end - start)).isoformat()
    return said


def programme_moves(event: Event, starts_at: datetime) -> bool:
    """Whether sessions change their clock time when the event starts then."""
    return starts_at != event.starts_at and any(not each.cancelled_at for each in event.sessions)


def _set(event: Event, facts: dict[str, Any], *, by: Actor, now: datetime) -> None:
    starts_at = facts.get("starts_at", event.starts_at)
    _move_quotas(event, facts, by=by, now=now)
    _remember_start(event, starts_at)
    _move_programme(event, starts_at, facts.get("zone", event.zone))
    for name, value in facts.items():
        setattr(event, name, value)
    _check(event)
    if event.has_quotas and {"capacity", "online_capacity", "format"} & facts.keys():
        ensure_places_for_quotas(event, queries.quotas([event.id]), now)


def _move_quotas(event: Event, facts: dict[str, Any], *, by: Actor, now: datetime) -> None:
    """Nothing is kept until a moment at which nobody can get it any more."""
    quotas = queries.quotas([event.id]) if event.has_quotas else []
    for quota, until in dates.quotas_moved(event, facts, quotas):
        quota.until = until
        record("quota.changed", quota, by=by, now=now, event_id=event.id, fields=["until"])


def _move_programme(event: Event, starts_at: datetime, zone: str) -> None:
    """Sessions keep their distance from the start on the event's clock, and their length."""
    if (starts_at, zone) == (event.starts_at, event.zone):
        return
    for session in event.sessions:
        if session.cancelled_at is None:
            length = session.ends_at - session.starts_at
            after = distance(event.starts_at, session.starts_at, event.zone)
            session.starts_at = moved(starts_at, after, zone)
            session.sequence += 1
            session.ends_at = session.starts_at + length


def _remember_start(event: Event, starts_at: datetime) -> None:
    """The start that the public knew first, while it is another; nobody knew that of a draft."""
    if event.state is State.DRAFT:
        return
    known = event.previous_starts_at or event.starts_at
    event.previous_starts_at = known if starts_at != known else None


def _enter(
    event: Event,
    state: State,
    act: str,
    *,
    told_before: dict[str, Any] | None = None,
    by: Actor,
    now: datetime,
) -> None:
    before = told_before or snapshot(event)
    event.state = state
    event.state_changed_at = now
    _revise(event, before, tell=False, now=now)
    record(act, event, by=by, now=now, event_id=event.id)


def _revise(event: Event, before: dict[str, Any], *, tell: bool, now: datetime) -> None:
    event.revision += 1
    event.updated_at = now
    _approval_lapses(event)
    if before["state"] == State.DRAFT:  # nobody knew it, so nobody has to be told
        event.announced_revision = event.told_revision = event.revision
    elif tell or event.tell_due_at is not None or announced_on_its_own(before, snapshot(event)):
        event.tell_due_at = now + TELL_AFTER
    if before["state"] != State.DRAFT and renewed_in_calendars(before, snapshot(event)):
        event.public_sequence += 1
    db.session.flush()
    _keep_revision(event, now)


def _keep_revision(event: Event, now: datetime) -> None:
    db.session.add(
        Revision(event_id=event.id, revision=event.revision, facts=snapshot(event), at=now)
    )


def _check(event: Event) -> None:
    if event.ends_at <= event.starts_at:
        raise Refused(_("An event has to end after it starts."))
    if event.zone not in zones():
        raise Refused(_("Choose a time zone from the list."))
    opens, closes = event.registration_opens_at, event.registration_closes_at
    if opens is not None and closes is not None and closes <= opens:
        raise Refused(_("Registration has to close after it opens."))
    if event.capacity is not None and event.capacity < 0:
        raise Refused(_("The number of places cannot be below zero."))
    if event.online_capacity is not None and event.online_capacity < 0:
        raise Refused(_("The number of places cannot be below zero."))


def ensure_places_for_quotas(event: Event, quotas: Iterable[Quota], now: datetime) -> None:
    """Where there is no limit nothing is kept, and never more than there is."""
    kept = [quota.kept for quota in quotas]
    for part in Division(event.capacity, event.online_capacity, kept, {}, {}, now).parts.values():
        places = sum(quota.places for quota in part.quotas)
        if places and part.capacity is None:
            raise Refused(_("Places can be kept only where their number has a limit."))
        if part.capacity is not None and places > part.capacity:
            raise Refused(
                ngettext(
                    "%(num)d place is kept for groups, and there are %(capacity)d places.",
                    "%(num)d places are kept for groups, and there are %(capacity)d places.",
                    places,
                    capacity=part.capacity,
                )
            )
