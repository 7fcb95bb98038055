"""How many letters the news of an event is worth: those that say something, and no other."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import case, func, select

from portal.db import db
from portal.events import service as events
from portal.events.models import Event, Revision
from portal.i18n import in_language
from portal.registrations.changes import changes
from portal.registrations.models import Registration
from portal.registrations.queries import HAS_ADDRESS, LIVE
from portal.registrations.rules import Status

Facts = Mapping[str, Any]


def letters_due(event: Event, planned: Facts, *, without: Collection[int] = ()) -> int:
    """How many people would get a letter if the event were as planned, and they were told."""
    return _count({event.id: (event.revision + 1, planned)}, without).get(event.id, 0)


def letters_waiting(found: Sequence[Event]) -> dict[int, int]:
    """How many people get a letter of what their event announced, or is about to; by event."""
    return _count(
        {
            event.id: (
                event.revision if event.tell_due_at else event.announced_revision,
                events.snapshot(event),
            )
            for event in found
            if event.tell_due_at or event.announced_revision > event.told_revision
        }
    )


def _count(news: Mapping[int, tuple[int, Facts]], without: Collection[int] = ()) -> dict[int, int]:
    """People by what they have heard, in two questions; then each of these few is compared.

    Whose own letter is due hears all that is so from that one.
    """
    if not news:
        return {}
    heard = case(
        (Registration.revision > Registration.told_revision, Event.revision),
        else_=Registration.told_event_revision,
    )
    joins = Registration.told_status == Status.CONFIRMED
    rows = db.session.execute(
        select(Registration.event_id, heard, Registration.language, joins, func.count())
        .join(Registration.event)
        .where(
            Registration.event_id.in_(news),
            Registration.status.in_(LIVE),
            Registration.stuck_at.is_(None),
            HAS_ADDRESS,
            Registration.id.not_in(without),
        )
        .group_by(Registration.event_id, heard, Registration.language, joins)
    ).all()
    behind = [row for row in rows if row[1] < news[row[0]][0]]
    said = _said({(row[0], row[1]) for row in behind})
    due = dict.fromkeys(news, 0)
    for event_id, revision, language, has_place, count in behind:
        heard_then, now = said.get((event_id, revision), {}), news[event_id][1]
        if _is_news(heard_then, now, language, joins=bool(has_place)):
            due[event_id] += count
    return due


def _said(wanted: Collection[tuple[int, int]]) -> dict[tuple[int, int], Facts]:
    """What the events said at these revisions."""
    rows = db.session.execute(
        select(Revision.event_id, Revision.revision, Revision.facts).where(
            Revision.event_id.in_({event_id for event_id, _revision in wanted}),
            Revision.revision.in_({revision for _event_id, revision in wanted}),
        )
    ).all()
    return {(event_id, revision): facts for event_id, revision, facts in rows}


def _is_news(heard: Facts, now: Facts, language: str, *, joins: bool) -> bool:
    """Whether a letter is written to who has heard that; see `rules.occasion`."""
    if now["state"] in ("postponed", "cancelled") and heard.get("state") != now["state"]:
        return True
    with in_language(language):
        return bool(changes(dict(heard), dict(now), joins=joins))
