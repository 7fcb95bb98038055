"""Quotas at the desk: places kept for groups or countries until a moment, all under the lock."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select, update

from portal.audit.service import Actor, record
from portal.db import db
from portal.errors import Refused
from portal.events import queries as event_queries
from portal.events import service as events
from portal.events.models import Event, Quota
from portal.registrations import divisions
from portal.registrations.models import Registration
from portal.registrations.service import fill_places, refuse_when_settled

FACTS = ("places", "until", "groups", "countries", "online", "invited")


def add(event: Event, facts: dict[str, Any], *, by: Actor, now: datetime) -> Quota:
    """Keep places from now on; who has an open place and belongs to the quota counts to it."""
    event = events.locked(event.id)
    refuse_when_settled(event, now)
    quota = Quota(event_id=event.id, **facts)
    _refuse_a_second(quota, event)
    db.session.add(quota)
    event.has_quotas = True
    db.session.flush()
    _settle(event, quota, now)
    record("quota.added", quota, by=by, now=now, event_id=event.id, places=quota.places)
    return quota


def change(quota: Quota, facts: dict[str, Any], *, by: Actor, now: datetime) -> bool:
    """Another number, moment or group; who has a place of it keeps it. Says if anything differed.

    Whoever calls holds the event, and has read the quota under its lock.
    """
    event = events.locked(quota.event_id)
    refuse_when_settled(event, now)
    changed = sorted(name for name in facts if getattr(quota, name) != facts[name])
    if not changed:
        return False
    had = taken(quota)
    if facts["places"] < had:
        raise Refused(
            ngettext(
                "%(num)d place of this quota is taken: keep at least so many.",
                "%(num)d places of this quota are taken: keep at least so many.",
                had,
            )
        )
    for name, value in facts.items():
        setattr(quota, name, value)
    _refuse_a_second(quota, event)
    _settle(event, quota, now)
    record("quota.changed", quota, by=by, now=now, event_id=event.id, fields=changed)
    return True


def remove(quota: Quota, *, by: Actor, now: datetime) -> None:
    """Keep its places for nobody any more; who has one of them keeps it as an open place."""
    event = events.locked(quota.event_id)
    refuse_when_settled(event, now)
    record("quota.removed", quota, by=by, now=now, event_id=event.id, places=quota.places)
    db.session.execute(
        update(Registration)
        .where(Registration.event_id == event.id, Registration.quota_id == quota.id)
        .values(quota_id=None)
    )
    db.session.delete(quota)
    db.session.flush()
    event.has_quotas = bool(event_queries.quotas([event.id]))
    _moves(event, now)


def taken(quota: Quota) -> int:
    """How many places of it somebody has."""
    mine = Registration.event_id == quota.event_id, Registration.quota_id == quota.id
    return db.session.scalar(select(func.count()).where(*mine)) or 0


def _refuse_a_second(quota: Quota, event: Event) -> None:
    """Of two quotas for the same people nobody could say which a place is of."""
    others = [each for each in event_queries.quotas([event.id]) if each.id != quota.id]
    mine = quota.kept
    if any(
        replace(each.kept, id=mine.id, places=mine.places, until=mine.until) == mine
        for each in others
    ):
        raise Refused(
            _("There is a quota for the same people already. Change its places or its date "
              "instead.")
        )  # fmt: skip


def _settle(event: Event, quota: Quota, now: datetime) -> None:
    is_apart = event.online_capacity is not None
    events.ensure_places_for_quotas(event, event_queries.quotas([event.id]), now)
    if quota.until > now:
        free = max(quota.places - taken(quota), 0)
        for registration in divisions.with_open_places(quota, free, is_apart=is_apart):
            registration.quota_id = quota.id
    db.session.flush()
    _moves(event, now)


def _moves(event: Event, now: datetime) -> None:
    """The line may move, and the pages say something else."""
    db.session.flush()
    fill_places(event, now=now)
    events.page_changed(event, now=now)
