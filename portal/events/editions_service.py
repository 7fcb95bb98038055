"""The verbs that make an event, from nothing, a template or an earlier edition, and unmake it."""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Delete, Table, delete, or_, select

from portal.accounts import service as accounts
from portal.accounts.models import User
from portal.audit.service import Actor, record
from portal.db import db, for_update
from portal.errors import Refused
from portal.events import patterns, queries, service, speaker_service
from portal.events.models import Event, Quota, Session, Template
from portal.events.rules import State
from portal.protection import queries as records
from portal.protection.rules import copied

SECOND_CLICK = timedelta(minutes=1)
"""Within it, the same answers of the same organiser are the draft that was just made."""


def make(
    facts: dict[str, Any],
    pattern: dict[str, Any] | None = None,
    *,
    organiser: User,
    by: Actor,
    now: datetime,
) -> Event:
    """A draft, perhaps after a pattern; who makes it is organiser of its team.

    A second click on the button makes none: it gets the first one's.
    """
    if (made := _made_just_now(organiser, facts, now)) is not None:
        return made
    if pattern is not None:
        facts = patterns.facts(pattern, facts["starts_at"], _zone(facts, pattern), now) | facts
    event = service.create(facts, by=by, now=now)
    for columns in patterns.sessions(pattern, event.starts_at, event.zone) if pattern else ():
        db.session.add(Session(event_id=event.id, **columns))
        event.chooses = event.chooses or bool(columns.get("chosen"))
    for columns in patterns.quotas(pattern, event.starts_at, event.zone, now) if pattern else ():
        db.session.add(Quota(event_id=event.id, **columns))
        event.has_quotas = True
    accounts.join_team(organiser, event.id, by=by, now=now)
    return event


def make_next(
    event: Event, facts: dict[str, Any], *, organiser: User, by: Actor, now: datetime
) -> Event:
    """The next edition: texts, programme and settings of this one, and nobody of it."""
    if (made := _made_just_now(organiser, facts, now)) is not None:
        return made
    made = make(facts, _pattern(event), organiser=organiser, by=by, now=now)
    if (said := records.current(event.id)) is not None:
        service.keep_record(made, copied(said.facts), by=by, now=now)
    record("event.copied", made, by=by, now=now, event_id=made.id, source=event.id)
    return made


def _pattern(event: Event) -> dict[str, Any]:
    return patterns.of(event, queries.quotas([event.id]))


def ensure_removable(event: Event) -> None:
    """Of what was public, people may have a letter or an entry in their calendar."""
    if event.state is not State.DRAFT:
        raise Refused(_("Only a draft can be deleted. An event that was public is cancelled."))


def remove(event: Event, *, by: Actor, now: datetime) -> None:
    """A draft that nobody wants any more, and all that was written for it.

    Nobody can register for a draft, so nobody is told. The files of materials are swept away
    within a day.
    """
    ensure_removable(event)
    for speaker in tuple(event.speakers):
        speaker_service.remove_speaker(speaker, by=by, now=now)
    record("event.removed", event, by=by, now=now, event_id=event.id)
    db.session.flush()
    for statement in _without(event.id):
        db.session.execute(statement)


def _without(event_id: int) -> list[Delete]:
    """What deletes the event, and before it all that hangs on it, in whichever part."""
    events = db.metadata.tables[Event.__tablename__]
    gone: dict[Table, ColumnElement[bool]] = {events: events.c.id == event_id}
    for table in db.metadata.sorted_tables:
        hanging = [
            key.parent.in_(select(key.column).where(gone[key.column.table]))
            for key in table.foreign_keys if key.column.table in gone
        ]  # fmt: skip
        if hanging:
            gone[table] = or_(*hanging)
    return [delete(table).where(which) for table, which in reversed(gone.items())]


def keep_template(event: Event, name: str, *, by: Actor, now: datetime) -> Template:
    """A template after this event; it lives on when the event does not."""
    if db.session.scalar(select(Template.id).where(Template.name == name)) is not None:
        raise Refused(_("There is a template of this name already."))
    template = Template(name=name, pattern=_pattern(event), created_at=now)
    db.session.add(template)
    db.session.flush()
    record("template.kept", template, by=by, now=now, event_id=event.id)
    return template


def remove_template(template: Template, *, by: Actor, now: datetime) -> None:
    """Events that were made from it stay as they are."""
    record("template.removed", template, by=by, now=now)
    db.session.delete(template)


def _made_just_now(organiser: User, facts: dict[str, Any], now: datetime) -> Event | None:
    """Asked for under a lock, since both clicks may arrive at once."""
    db.session.execute(for_update(select(User.id).where(User.id == organiser.id)))
    answers = {name: value for name, value in facts.items() if name != "slug"}
    for draft in queries.drafts_made_since(organiser.id, now - SECOND_CLICK):
        if all(getattr(draft, name) == value for name, value in answers.items()):
            return draft
    return None


def _zone(facts: dict[str, Any], pattern: dict[str, Any]) -> str:
    return str(facts.get("zone") or pattern["facts"]["zone"])
