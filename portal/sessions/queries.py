"""Which sessions can be chosen, and who chose them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Row, Select, String, bindparam, column, func, select, table, text
from sqlalchemy.orm import aliased

from portal.db import db
from portal.events.models import Event, Session
from portal.events.rules import State as EventState
from portal.sessions.models import Chosen
from portal.sessions.rules import Choice, Load, Offer, State

_REGISTRATIONS = table("registrations", column("id", Integer), column("status", String))
"""The part above by name: a place in a session is only for who has one at the event."""

HOPING = ("pending", "offered", "waitlisted")
"""Who may still get a place at the event; not who was declined."""

_OFFER = (
    Session.id, Session.title, Session.starts_at, Session.ends_at, Session.room, Session.places,
    Session.waiting, Session.cancelled_at.is_not(None).label("cancelled"),
)  # fmt: skip
_ORDER = Session.starts_at, Session.position, Session.id
_COUNTED = State.PLACE, State.LINE
Loads = dict[int, Load]


@dataclass(frozen=True, slots=True)
class Mine:
    """A session that one person chose, as they stand in it; `position` where they wait."""

    offer: Offer
    state: State
    at: datetime
    sequence: int
    session_sequence: int
    cancelled_at: datetime | None
    position: int | None = None


# Asked at every registration of an event with such sessions: put together once.
_OFFERED = (
    select(*_OFFER)
    .where(Session.event_id == bindparam("event_id"), Session.chosen.is_(True))
    .order_by(*_ORDER)
)
_LOADS = (
    select(Chosen.session_id, Chosen.state, func.count())
    .join(Session, Session.id == Chosen.session_id)
    .where(Session.event_id == bindparam("event_id"), Chosen.state.in_(_COUNTED))
    .group_by(Chosen.session_id, Chosen.state)
)

_LAST_NUMBERS = (
    select(Chosen.session_id, func.max(Chosen.number))
    .where(Chosen.session_id.in_(bindparam("session_ids", expanding=True)))
    .group_by(Chosen.session_id)
)


def offered(event_id: int) -> list[Offer]:
    """The sessions of an event that people choose, in the order of the programme."""
    return [Offer(*row) for row in db.session.execute(_OFFERED, {"event_id": event_id})]


def loads(event_id: int) -> Loads:
    """By session, how many have a place and how many wait; nothing where nobody does."""
    counts: dict[int, dict[State, int]] = {}
    for session_id, state, count in db.session.execute(_LOADS, {"event_id": event_id}):
        counts.setdefault(session_id, {})[state] = count
    return {
        session_id: Load(of.get(State.PLACE, 0), of.get(State.LINE, 0))
        for session_id, of in counts.items()
    }


def wishes(event_id: int) -> dict[int, int]:
    """By session, how many wish for it who have no place at the event yet."""
    rows = db.session.execute(
        select(Chosen.session_id, func.count())
        .join(Session, Session.id == Chosen.session_id)
        .join(_REGISTRATIONS, _REGISTRATIONS.c.id == Chosen.registration_id)
        .where(
            Session.event_id == event_id,
            Chosen.state == State.WISH,
            _REGISTRATIONS.c.status.in_(HOPING),
        )
        .group_by(Chosen.session_id)
    ).all()
    return {row[0]: row[1] for row in rows}


def choices(event_id: int) -> list[Choice]:
    """All that people chose at an event and did not give up, with how their registration stands."""
    rows = db.session.execute(
        select(
            Chosen.id, Chosen.registration_id, Chosen.session_id, Chosen.state, Chosen.number,
            _REGISTRATIONS.c.status,
        )
        .join(Session, Session.id == Chosen.session_id)
        .join(_REGISTRATIONS, _REGISTRATIONS.c.id == Chosen.registration_id)
        .where(Session.event_id == event_id, Chosen.state != State.GONE)
    )  # fmt: skip
    return [Choice(*row) for row in rows]


def chosen_together(event_id: int) -> dict[tuple[int, int], int]:
    """By two sessions, the lower id first, how many people chose both."""
    one, other = aliased(Chosen), aliased(Chosen)
    standing = [state for state in State if state.is_chosen]
    rows = db.session.execute(
        select(one.session_id, other.session_id, func.count())
        .join(other, other.registration_id == one.registration_id)
        .join(Session, Session.id == one.session_id)
        .where(
            Session.event_id == event_id,
            one.session_id < other.session_id,
            one.state.in_(standing),
            other.state.in_(standing),
        )
        .group_by(one.session_id, other.session_id)
    ).all()
    return {(row[0], row[1]): row[2] for row in rows}


def rows_of(registration_id: int) -> dict[int, Chosen]:
    """The rows of one person, by session, also of what they gave up."""
    question = select(Chosen).where(Chosen.registration_id == registration_id)
    found = db.session.scalars(question.execution_options(populate_existing=True))
    return {each.session_id: each for each in found}


def rows(ids: Collection[int]) -> dict[int, Chosen]:
    """These rows, as they are now."""
    question = select(Chosen).where(Chosen.id.in_(ids)).execution_options(populate_existing=True)
    return {each.id: each for each in db.session.scalars(question)} if ids else {}


def of(registration_id: int) -> list[Mine]:
    """What one person chose, and stands in or missed, in the order of the programme."""
    return of_all([registration_id]).get(registration_id, [])


def of_all(registration_ids: Collection[int], *, with_gone: bool = False) -> dict[int, list[Mine]]:
    """The same for several people, in one read, perhaps with what they gave up."""
    question = _mine().where(Chosen.registration_id.in_(registration_ids))
    return _by_registration(question if with_gone else question.where(Chosen.state != State.GONE))


def of_event(event_id: int) -> dict[int, list[Mine]]:
    """What everybody at an event chose, by registration."""
    return _by_registration(_mine().where(Session.event_id == event_id, Chosen.state != State.GONE))


def is_chosen(session_id: int) -> bool:
    """Whether anybody has chosen it, and not given it up."""
    question = select(Chosen.id).where(Chosen.session_id == session_id, Chosen.state != State.GONE)
    return db.session.execute(question.limit(1)).first() is not None


def last_numbers(session_ids: Collection[int]) -> dict[int, int]:
    """The highest number ever given in the line of each session."""
    rows = db.session.execute(_LAST_NUMBERS, {"session_ids": list(session_ids)}).all()
    return {row[0]: row[1] for row in rows}


def in_state(session_id: int, state: State) -> Select[int]:
    """The registrations that stand like this in a session, to be asked within another question."""
    return select(Chosen.registration_id).where(
        Chosen.session_id == session_id, Chosen.state == state
    )


def lines(event_id: int) -> dict[int, list[int]]:
    """By session, the registrations that wait for a place in it, the first first."""
    rows = db.session.execute(
        select(Chosen.session_id, Chosen.registration_id)
        .join(Session, Session.id == Chosen.session_id)
        .where(Session.event_id == event_id, Chosen.state == State.LINE)
        .order_by(Chosen.session_id, Chosen.number)
    ).all()
    found: dict[int, list[int]] = {}
    for session_id, registration_id in rows:
        found.setdefault(session_id, []).append(registration_id)
    return found


def event_with_a_line_that_may_move(now: datetime) -> int | None:
    """An event with a session where somebody waits although a place is free."""
    other = aliased(Chosen)
    taken = select(func.count()).where(other.session_id == Session.id, other.state == State.PLACE)
    return db.session.scalar(
        select(Session.event_id)
        .select_from(Chosen)
        .join(Session, Session.id == Chosen.session_id)
        .join(Session.event)
        .where(
            _WAITS,
            Event.state != EventState.CANCELLED,
            Session.cancelled_at.is_(None),
            Session.starts_at > now,
            Session.places.is_(None) | (Session.places > taken.scalar_subquery()),
        )
        .limit(1)
    )


_WAITS = text("session_choices.state = 'line'")
"""In the words of its index, without which SQLite would not use it."""


def _mine() -> Select[*tuple[Any, ...]]:
    line = Chosen.__table__.alias()
    position = (
        select(func.count())
        .where(
            line.c.session_id == Chosen.session_id,
            line.c.state == State.LINE,
            line.c.number <= Chosen.number,
        )
        .correlate(Chosen)
        .scalar_subquery()
    )
    return (
        select(
            Chosen.registration_id, Chosen.state, Chosen.at, Chosen.sequence,
            Session.sequence.label("session_sequence"), Session.cancelled_at,
            position.label("position"), *_OFFER,
        )
        .join(Session, Session.id == Chosen.session_id)
        .order_by(*_ORDER)
    )  # fmt: skip


def _by_registration(question: Select[*tuple[Any, ...]]) -> dict[int, list[Mine]]:
    found: dict[int, list[Mine]] = {}
    for row in db.session.execute(question):
        found.setdefault(row[0], []).append(_of_row(row))
    return found


def _of_row(row: Row[Any]) -> Mine:
    cells: Sequence[Any] = tuple(row)
    _registration, state, at, sequence, session_sequence, cancelled_at, position = cells[:7]
    offer = cells[7:]
    waits = position if state is State.LINE else None
    return Mine(Offer(*offer), state, at, sequence, session_sequence, cancelled_at, waits)
