"""Questions about records of processing."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, func, select

from portal.db import db
from portal.protection.models import Version
from portal.protection.rules import Facts, Kept, days


def current(event_id: int | None) -> Version | None:
    """The latest version of an event's record, or of the house's."""
    return db.session.scalar(
        select(Version).where(_of(event_id)).order_by(Version.number.desc()).limit(1)
    )


def numbered(event_id: int | None, number: int) -> Version | None:
    """One version, as it was."""
    return db.session.scalar(select(Version).where(_of(event_id), Version.number == number))


def versions(event_id: int) -> Sequence[tuple[int, object]]:
    """(number, since when) of all versions of an event's record, the latest first."""
    rows = db.session.execute(
        select(Version.number, Version.at)
        .where(Version.event_id == event_id)
        .order_by(Version.number.desc())
    ).all()
    return [(row[0], row[1]) for row in rows]


def records(event_ids: Collection[int]) -> dict[int, Facts]:
    """What the records of these events say now, in one question."""
    latest = (
        select(Version.event_id, func.max(Version.number).label("number"))
        .where(Version.event_id.in_(event_ids))
        .group_by(Version.event_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Version.event_id, Version.facts).join(
            latest,
            and_(Version.event_id == latest.c.event_id, Version.number == latest.c.number),
        )
    ).all()
    return {row[0]: row[1] for row in rows}


def days_kept(event_id: int, kept: Kept) -> int:
    """For how many days after the event this is kept of its registrants."""
    found = current(event_id)
    return days(found.facts if found else None, kept)


def _of(event_id: int | None) -> ColumnElement[bool]:
    return Version.event_id.is_(None) if event_id is None else Version.event_id == event_id
