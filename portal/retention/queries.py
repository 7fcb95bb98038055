"""Questions about what is kept, until when, and what was deleted."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.access import privacy as access
from portal.access.models import AccessList
from portal.audit.models import Deletion
from portal.circulars import privacy as circulars
from portal.db import db, for_update
from portal.events import privacy as events
from portal.events.models import Event
from portal.events.rules import State
from portal.invitations import privacy as invitations
from portal.outbox import privacy as outbox
from portal.protection import queries as records
from portal.protection.rules import Facts, Kept, days
from portal.registrations import privacy as registrations
from portal.reminders import privacy as reminders
from portal.retention import rules
from portal.retention.models import Export
from portal.subjects import privacy as subjects

Counted = Callable[[Collection[int]], Mapping[int, int]]

BESIDE_THE_RECORD: Mapping[str, Counted] = {
    "notes": registrations.notes_by_event,
    "reports": registrations.reports_by_event,
    "calendars": registrations.calendars_by_event,
    "answers": circulars.answers_by_event,
    "answers_to_reminders": reminders.answers_by_event,
    "invitations": invitations.by_event,
    "visitors": access.visitors_by_event,
    "requests": subjects.requests_by_event,
    "letters": outbox.letters_by_event,
    "addresses": events.addresses_by_event,
}
"""What else there is about people of an event, and how many of it: the proof counts it, too."""


@dataclass(frozen=True, slots=True)
class Term:
    """Until when an event's people are kept with this; `due_at` is None while nobody knows."""

    event: Event
    kept: Kept
    days: int
    due_at: datetime | None
    count: int = 0

    def is_due(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at <= now

    def is_overdue(self, now: datetime) -> bool:
        return bool(self.count and self.due_at and rules.is_overdue(self.due_at, now))

    @property
    def waits(self) -> bool:
        """Whether people still have to hear what the event announced."""
        event = self.event
        return event.tell_due_at is not None or event.announced_revision > event.told_revision


def due(now: datetime) -> list[Term]:
    """What of which event has to go by now and is still there; nobody is counted for it."""
    held = [registrations.somebody_has(kept) for kept in Kept]
    rows = db.session.execute(
        select(Event, *(each.label(kept.value) for kept, each in zip(Kept, held, strict=True)))
        .where(_may_be_over(now), or_(*held))
        .order_by(Event.ends_at, Event.id)
    ).all()
    said = records.records([row[0].id for row in rows]) if rows else {}
    return [
        term
        for row in rows
        for term in terms_of(row[0], said.get(row[0].id))
        if getattr(row, term.kept.value) and term.is_due(now)
    ]


def plan(now: datetime) -> list[Term]:
    """The same, each with the number of people."""
    return [term for term in counted(due(now)) if term.count]


def would_go(event: Event, facts: Facts, now: datetime) -> list[Term]:
    """What is deleted at once if the event's record says this, with the number of people."""
    found = counted([term for term in terms_of(event, facts) if term.is_due(now)])
    return [term for term in found if term.count]


def terms_of(event: Event, facts: Facts | None) -> list[Term]:
    """Until when an event's people are kept with what, by these facts of its record."""
    over = over_at(event)
    numbers = {kept: days(facts, kept) for kept in Kept}
    return [
        Term(event, kept, number, rules.falls_due(over, number, event.zone) if over else None)
        for kept, number in numbers.items()
    ]


def terms(found: Sequence[Event]) -> list[Term]:
    """Until when the people of these events are kept with what, and how many these are."""
    said = records.records([event.id for event in found]) if found else {}
    return counted([term for event in found for term in terms_of(event, said.get(event.id))])


def counted(found: Sequence[Term]) -> list[Term]:
    """The terms with how many people they are about, in one question for each field."""
    about: dict[Kept, set[int]] = defaultdict(set)
    for term in found:
        about[term.kept].add(term.event.id)
    counts = {kept: registrations.held_by_event(ids, kept) for kept, ids in about.items()}
    return [replace(term, count=counts[term.kept].get(term.event.id, 0)) for term in found]


def over_at(event: Event) -> datetime | None:
    """From when the days of the event's record count."""
    return rules.over_at(
        state=event.state.value, ends_at=event.ends_at, state_changed_at=event.state_changed_at
    )


def beside_the_record(event_ids: Collection[int]) -> dict[str, Mapping[int, int]]:
    """How much of what else there is, by event."""
    return {name: count(event_ids) for name, count in BESIDE_THE_RECORD.items()}


def export_expires_at(event: Event, now: datetime) -> datetime:
    """When a list of this event that is taken out now has to be deleted."""
    said = records.current(event.id)
    ends = [term.due_at for term in terms_of(event, said.facts if said else None) if term.due_at]
    return rules.expires_at(over_at(event), ends, now)


def copies_of_erased_lists() -> Sequence[tuple[Export, datetime]]:
    """Copies of an access list that was erased sooner than was known when they were taken out."""
    rows = db.session.execute(
        select(Export, AccessList.erased_at)
        .join(AccessList, AccessList.event_id == Export.event_id)
        .where(
            Export.kind.startswith("access "),
            Export.gone_at.is_(None),
            Export.taken_at <= AccessList.erased_at,
            Export.expires_at > AccessList.erased_at,
        )
    ).all()
    return [(export, erased_at) for export, erased_at in rows if erased_at]


def held_exports(ids: Collection[int]) -> Sequence[Export]:
    """Those of these copies whose holder nobody asked yet, held meanwhile."""
    question = (
        select(Export)
        .where(Export.id.in_(ids), Export.told_at.is_(None), Export.gone_at.is_(None))
        .options(selectinload(Export.event), selectinload(Export.user))
    )
    return db.session.scalars(for_update(question, skip_locked=True)).all()


def _unasked() -> Sequence[Export]:
    """Copies that are not said to be gone and whose holder was not asked yet, with their events.

    Few: only those of the last weeks.
    """
    return db.session.scalars(
        select(Export)
        .where(Export.gone_at.is_(None), Export.told_at.is_(None))
        .options(joinedload(Export.event))
        .order_by(Export.id)
    ).all()


def expired(now: datetime) -> list[Export]:
    """Those whose time is over, also because the event's record says fewer days since."""
    found = _unasked()
    said = records.records({each.event_id for each in found}) if found else {}
    return [each for each in found if _bounded(each, said.get(each.event_id)) <= now]


def _bounded(export: Export, facts: Facts | None) -> datetime:
    ends = [term.due_at for term in terms_of(export.event, facts) if term.due_at]
    return min([export.expires_at, *(each for each in ends if each > export.taken_at)])


def exports_of(event_ids: Collection[int]) -> Sequence[Export]:
    """All lists that were taken out of these events, the latest first."""
    return db.session.scalars(
        select(Export)
        .where(Export.event_id.in_(event_ids))
        .options(joinedload(Export.user))
        .order_by(Export.taken_at.desc(), Export.id.desc())
    ).all()


def exports_by(user_id: int) -> Sequence[Export]:
    """What a colleague took out, what may still be there first."""
    return db.session.scalars(
        select(Export)
        .where(Export.user_id == user_id)
        .options(joinedload(Export.event))
        .order_by(Export.gone_at.is_not(None), Export.taken_at.desc(), Export.id.desc())
        .limit(MOST)
    ).all()


def own_export(export_id: int, user_id: int) -> Export | None:
    """What this colleague took out, and nobody else."""
    return db.session.scalar(
        select(Export).where(Export.id == export_id, Export.user_id == user_id)
    )


def copies_out(event_ids: Collection[int]) -> dict[int, int]:
    """How many copies may still be somewhere, by event."""
    rows = db.session.execute(
        select(Export.event_id, func.count())
        .where(Export.event_id.in_(event_ids), Export.gone_at.is_(None))
        .group_by(Export.event_id)
    ).all()
    return {row[0]: row[1] for row in rows}


def deletions(event_id: int) -> Sequence[Deletion]:
    """What was deleted of an event, the first deletion first."""
    return db.session.scalars(
        select(Deletion).where(Deletion.event_id == event_id).order_by(Deletion.at, Deletion.id)
    ).all()


def all_deletions(first: int, most: int) -> Sequence[tuple[Deletion, Event | None]]:
    """A page of what was deleted in the whole house, the latest first."""
    rows = db.session.execute(
        select(Deletion, Event)
        .outerjoin(Event, Event.id == Deletion.event_id)
        .order_by(Deletion.at.desc(), Deletion.id.desc())
        .offset(first)
        .limit(most)
    ).all()
    return [(row[0], row[1]) for row in rows]


def how_many_deletions() -> int:
    return db.session.scalar(select(func.count()).select_from(Deletion)) or 0


def deleted_of(event_ids: Collection[int]) -> dict[int, datetime]:
    """When something was last deleted, by event."""
    rows = db.session.execute(
        select(Deletion.event_id, func.max(Deletion.at))
        .where(Deletion.event_id.in_(event_ids))
        .group_by(Deletion.event_id)
    ).all()
    return {row[0] or 0: row[1] for row in rows}


def how_many_events() -> int:
    return db.session.scalar(select(func.count()).select_from(Event)) or 0


def events_in_turn(first: int, most: int) -> Sequence[Event]:
    """A page of all events, drafts too, the latest first."""
    return db.session.scalars(
        select(Event).order_by(Event.starts_at.desc(), Event.id.desc()).offset(first).limit(most)
    ).all()


MOST = 300


def _may_be_over(now: datetime) -> ColumnElement[bool]:
    return (Event.state != State.POSTPONED) & (
        (Event.ends_at <= now) | (Event.state == State.CANCELLED)
    )
