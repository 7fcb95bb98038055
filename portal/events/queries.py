"""Questions about events."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from itertools import chain, count

from sqlalchemy import ColumnElement, and_, bindparam, func, literal_column, select
from sqlalchemy.orm import selectinload

from portal import edition
from portal.accounts.models import Membership
from portal.db import Stamp, db
from portal.events.models import (
    Appearance,
    Event,
    OldSlug,
    Quota,
    Revision,
    Session,
    Template,
)
from portal.events.rules import FEED_KEEPS_CANCELLED, RESERVED, Entrance, State
from portal.i18n import Translated


def stamp(slug: str) -> tuple[int, ...] | None:
    """What tells a kept page of this public event that it is old: id, both its revisions, and the
    edition of the library, of which it shows what belongs to it."""
    found = _STAMP.first(slug=slug)
    return None if found is None else tuple(int(number or 0) for number in found)


_STAMP = Stamp(
    select(Event.id, Event.revision, Event.places_revision, edition.MARK).where(
        Event.slug == bindparam("slug"), Event.state != literal_column(f"'{State.DRAFT}'")
    )
)
ENTRANCE = tuple(getattr(Event, each.name) for each in fields(Entrance))
"""The columns of `rules.Entrance`, in its order."""

_BARE = select(Event).where(Event.slug == bindparam("slug"), Event.state != State.DRAFT)
"""Put together once: they are asked at every visit, and putting together costs most of it."""


def stamp_of_all() -> tuple[int, ...]:
    """What tells a kept list of public events that it is old."""
    found = _STAMP_OF_ALL.first() or ()
    return tuple(int(number or 0) for number in found)


_STAMP_OF_ALL = Stamp(
    select(func.count(), func.sum(Event.revision), func.sum(Event.places_revision)).where(
        Event.state != literal_column(f"'{State.DRAFT}'")
    )
)


def public_event(slug: str) -> Event | None:
    """The event under this address, with its programme; drafts are found nowhere."""
    return db.session.scalar(
        select(Event)
        .where(Event.slug == slug, Event.state != State.DRAFT)
        .options(
            selectinload(Event.sessions)
            .selectinload(Session.appearances)
            .selectinload(Appearance.speaker),
            selectinload(Event.speakers),
        )
    )


def public_event_bare(slug: str) -> Event | None:
    """The public event without its programme, for pages that do not show it."""
    return db.session.scalar(_BARE, {"slug": slug})


def slug_now(old_slug: str) -> str | None:
    """Where a public event that had this address before is found now."""
    return db.session.scalar(
        select(Event.slug)
        .join(OldSlug, OldSlug.event_id == Event.id)
        .where(OldSlug.slug == old_slug, Event.state != State.DRAFT)
    )


def upcoming(now: datetime) -> Sequence[Event]:
    """Public events that are not over, the next one first, and last those without a day."""
    postponed = Event.state == State.POSTPONED
    return db.session.scalars(
        select(Event)
        .where(Event.state != State.DRAFT, postponed | (Event.ends_at > now))
        .order_by(postponed, Event.starts_at, Event.id)
    ).all()


def past(now: datetime) -> Sequence[Event]:
    """Public events that are over, the last one first."""
    return db.session.scalars(select(Event).where(_is_over(now)).order_by(*_LAST_FIRST)).all()


def past_ids(now: datetime, sector: str = "") -> list[int]:
    """The same, of one sector or of all, by their ids only: for a list that is shown in pages."""
    rows = db.session.execute(
        select(Event.id, Event.sectors).where(_is_over(now)).order_by(*_LAST_FIRST)
    ).all()
    return [event_id for event_id, sectors in rows if not sector or sector in sectors]


def in_order(ids: Sequence[int]) -> list[Event]:
    """These events, in the order of their ids here."""
    found = db.session.scalars(select(Event).where(Event.id.in_(ids)))
    return sorted(found, key=lambda event: ids.index(event.id))


def cards(ids: Collection[int], now: datetime) -> list[Event]:
    """Those of these events that are public: the next one first, and what is over after them."""
    if not ids:
        return []
    public = select(Event).where(Event.id.in_(ids), Event.state != State.DRAFT)
    found = db.session.scalars(public.order_by(Event.starts_at, Event.id)).all()
    over = [event for event in found if event.is_over(now)]
    return [*(event for event in found if not event.is_over(now)), *reversed(over)]


def ids_of_sectors(sectors: Collection[str]) -> list[int]:
    """The public events of any of these sectors."""
    if not any(sectors):
        return []
    rows = db.session.execute(select(Event.id, Event.sectors).where(Event.state != State.DRAFT))
    return [event_id for event_id, theirs in rows if not set(sectors).isdisjoint(theirs)]


def choices() -> list[tuple[int, Translated, datetime]]:
    """Every event with its day, the last first, drafts too, for a choice at the desk."""
    question = select(Event.id, Event.title, Event.starts_at)
    rows = db.session.execute(question.order_by(Event.starts_at.desc(), Event.id.desc()))
    return [(number, title, starts_at) for number, title, starts_at in rows]


def _is_over(now: datetime) -> ColumnElement[bool]:
    return and_(Event.state.not_in((State.DRAFT, State.POSTPONED)), Event.ends_at <= now)


_LAST_FIRST = (Event.starts_at.desc(), Event.id.desc())


def for_feed(now: datetime) -> Sequence[Event]:
    """Public events for calendars; cancelled ones stay for a while so that entries are removed."""
    keep = now - FEED_KEEPS_CANCELLED
    return db.session.scalars(
        select(Event)
        .where(
            Event.state != State.DRAFT,
            (Event.state != State.CANCELLED) | (Event.state_changed_at > keep),
        )
        .order_by(Event.starts_at, Event.id)
    ).all()


def last_left_feed(now: datetime) -> datetime | None:
    """When the last event was cancelled that calendars are no longer told of."""
    return db.session.scalar(
        select(func.max(Event.state_changed_at)).where(
            Event.state == State.CANCELLED, Event.state_changed_at <= now - FEED_KEEPS_CANCELLED
        )
    )


def any_slug(slug: str) -> Event | None:
    """The event under this address, drafts too: for the desk."""
    return db.session.scalar(select(Event).where(Event.slug == slug))


def drafts_made_since(user_id: int, moment: datetime) -> Sequence[Event]:
    """Of whose team this person is, the oldest first."""
    mine = select(Membership.event_id).where(Membership.user_id == user_id)
    question = select(Event).where(
        Event.id.in_(mine), Event.state == State.DRAFT, Event.created_at > moment
    )
    return db.session.scalars(question.order_by(Event.id)).all()


def slug_is_taken(slug: str, *, but: int | None = None) -> bool:
    """Whether an event has or had this address; one event may be left out of the question."""
    now = select(Event.id).where(Event.slug == slug, Event.id.is_distinct_from(but))
    before = select(OldSlug.event_id).where(
        OldSlug.slug == slug, OldSlug.event_id.is_distinct_from(but)
    )
    return db.session.execute(now.union_all(before)).first() is not None


def free_slug(wanted: str) -> str:
    """This address, or the first of `wanted-2`, `wanted-3`… that no event has or had."""
    pattern = f"{wanted}%"
    taken = (
        set(
            db.session.scalars(
                select(Event.slug)
                .where(Event.slug.like(pattern))
                .union_all(select(OldSlug.slug).where(OldSlug.slug.like(pattern)))
            )
        )
        | RESERVED
    )
    names = chain((wanted,), (f"{wanted}-{number}" for number in count(2)))
    return next(name for name in names if name not in taken)


def quotas(event_ids: Collection[int]) -> Sequence[Quota]:
    """For whom places are kept at these events, as it is now."""
    return db.session.scalars(_QUOTAS, {"event_ids": list(event_ids)}).all()


_QUOTAS = (
    select(Quota)
    .where(Quota.event_id.in_(bindparam("event_ids", expanding=True)))
    .order_by(Quota.id)
    .execution_options(populate_existing=True)
)


def quota(event_id: int, quota_id: int) -> Quota | None:
    """One of the event's, as it is now."""
    question = select(Quota).where(Quota.id == quota_id, Quota.event_id == event_id)
    return db.session.scalar(question.execution_options(populate_existing=True))


def templates() -> Sequence[Template]:
    """The templates of the house, by name."""
    return db.session.scalars(select(Template).order_by(Template.name)).all()


def template(template_id: int) -> Template | None:
    return db.session.get(Template, template_id)


def due_to_publish(now: datetime) -> Event | None:
    """A draft that is to go public by now, unless a colleague has still to approve it."""
    return db.session.scalar(
        select(Event)
        .where(
            Event.publish_at <= now,
            Event.state == State.DRAFT,
            Event.publish_asked_at.is_(None),
        )
        .order_by(Event.publish_at)
        .limit(1)
    )


def revision_facts(event_id: int, revision: int) -> dict[str, object]:
    """What the event said at `revision`; empty if that was never kept."""
    found = db.session.scalar(
        select(Revision.facts).where(Revision.event_id == event_id, Revision.revision == revision)
    )
    return found or {}


def revision(event_id: int, number: int) -> Revision | None:
    """What the event said from that revision on, with the moment."""
    return db.session.scalar(
        select(Revision).where(Revision.event_id == event_id, Revision.revision == number)
    )


def stands_since(found: Sequence[Event]) -> dict[int, datetime]:
    """From when each of these events was to take place when it is now to, without a break."""
    said: dict[int, list[Revision]] = {event.id: [] for event in found}
    question = select(Revision).where(Revision.event_id.in_(said))
    for revision in db.session.scalars(question.order_by(Revision.revision.desc())):
        said[revision.event_id].append(revision)
    return {event.id: _stands_since(event, said[event.id]) for event in found}


def _stands_since(event: Event, newest_first: Sequence[Revision]) -> datetime:
    now = {
        "starts_at": event.starts_at.isoformat(),
        "ends_at": event.ends_at.isoformat(),
        "zone": event.zone,
        "state": event.state.value,
    }
    since = event.updated_at
    for revision in newest_first:
        if any(revision.facts[name] != value for name, value in now.items()):
            break
        since = revision.at
    return since


def due_to_announce(now: datetime) -> Event | None:
    """An event whose last edit has rested long enough to be told."""
    return db.session.scalar(
        select(Event).where(Event.tell_due_at <= now).order_by(Event.tell_due_at).limit(1)
    )


def demonstration_is_loaded() -> bool:
    """Whether any event belongs to the demonstration."""
    return db.session.scalar(select(Event.id).where(Event.demonstration).limit(1)) is not None


def is_empty() -> bool:
    """Whether there is no event at all."""
    return db.session.scalar(select(Event.id).limit(1)) is None
