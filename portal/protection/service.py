"""The verbs of records of processing."""

from datetime import datetime
from typing import Any

from portal.audit.service import Actor, record
from portal.db import db
from portal.protection import queries
from portal.protection.models import Version
from portal.protection.rules import carried


def keep(
    event_id: int | None, facts: dict[str, Any], *, by: Actor, now: datetime
) -> Version | None:
    """A new version of an event's record or, without an event, the house's.

    Nothing that differs is no version. Who calls holds the event.
    """
    last = queries.current(event_id)
    facts = carried(last.facts if last else None, facts)
    if last is not None and last.facts == facts:
        return None
    version = Version(
        event_id=event_id,
        number=last.number + 1 if last else 1,
        facts=facts,
        at=now,
        user_id=by.id,
    )
    db.session.add(version)
    db.session.flush()
    before = last.facts if last else {}
    names = {**before, **facts}
    changed = sorted(name for name in names if before.get(name) != facts.get(name))
    record(
        "protection.kept", version, by=by, now=now, event_id=event_id,
        number=version.number, fields=changed,
    )  # fmt: skip
    return version


def begin(event_id: int, *, by: Actor, now: datetime) -> int:
    """A new event's record says what the house's does.

    Answers the number of the version; 0 where the house has none.
    """
    house = queries.current(None)
    kept = keep(event_id, dict(house.facts), by=by, now=now) if house else None
    return kept.number if kept else 0
