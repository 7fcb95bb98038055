"""What the way in to an event asks and counts, kept until somebody comes or goes.

Everybody who opens the form of an event with questions, quotas and sessions needs six counts of
the same rows. They are kept by the event's two revisions, which every change of them raises in its
own transaction. Under the lock nothing of this is used: there everything is counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from portal import cache
from portal.db import db, is_writing
from portal.events.models import Event
from portal.events.rules import Entrance
from portal.questions import queries as questions
from portal.questions.queries import Full
from portal.questions.rules import Asked
from portal.registrations import divisions
from portal.registrations.divisions import Counts
from portal.sessions import queries as sessions
from portal.sessions.queries import Loads
from portal.sessions.rules import Offer


@dataclass(frozen=True, slots=True)
class WayIn:
    """What is asked, what is full, and how many there are of each kind; shared, so only read."""

    counts: Counts | None = None
    asked: Sequence[Asked] = ()
    full: Full = frozenset()
    offers: Sequence[Offer] = ()
    loads: Loads | None = None


def of(entrance: Entrance, now: datetime) -> WayIn:
    """Nothing is asked of the database for a plain event, nor for one that was counted already.

    While an offer is over that nobody took back yet, the counts hang on the clock: none is kept.
    """
    if not (entrance.is_divided or entrance.asks or entrance.chooses):
        return WayIn()
    ends_at = entrance.offers_end_at
    if is_writing() or (ends_at is not None and ends_at <= now):
        return _counted(entrance, now)
    stamp = entrance.revision, entrance.places_revision

    def make() -> tuple[tuple[int, ...], WayIn]:
        seen = db.session.execute(_STAMP, {"event_id": entrance.id}).one()
        return tuple(seen), _counted(entrance, now)

    return cache.value(("way in", entrance.id), stamp, make)


_STAMP = select(Event.revision, Event.places_revision).where(Event.id == bindparam("event_id"))


def _counted(entrance: Entrance, now: datetime) -> WayIn:
    number = entrance.id
    asked = questions.asked(number) if entrance.asks else []
    return WayIn(
        counts=divisions.counts([number], now)[number] if entrance.is_divided else None,
        asked=asked,
        full=questions.full(number, asked),
        offers=sessions.offered(number) if entrance.chooses else (),
        loads=sessions.loads(number) if entrance.chooses else None,
    )
