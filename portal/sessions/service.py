"""The verbs by which people get places in sessions, under the event's lock, and lose them."""

from collections.abc import Collection, Mapping
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, insert

from portal.db import db
from portal.errors import Refused
from portal.i18n import translated
from portal.sessions import queries, rules
from portal.sessions.models import Chosen
from portal.sessions.rules import Load, Offer, State

Decided = Mapping[int, State]
"""By session, how somebody who chooses it stands in it."""


Moved = dict[int, tuple[State, State]]
"""By session, how somebody stood in it, and how they stand now."""


def said(moved: Moved) -> dict[str, list[str]]:
    """The same in codes, for the audit."""
    return {str(key): [then.value, now.value] for key, (then, now) in moved.items()}


def from_nothing(decided: Decided) -> Moved:
    """What a newcomer chose, as it differs from nothing."""
    return {key: (State.GONE, state) for key, state in decided.items()}


class NotFree(Refused):
    """What was chosen cannot be had as it was chosen."""


def decided(
    event_id: int,
    wanted: Collection[int],
    *,
    has_place: bool,
    held: Decided | None = None,
    beyond: bool = False,
) -> dict[int, State]:
    """Under the event's lock: what somebody gets who chooses these sessions; refused if it cannot
    be.

    What they hold (`held`) stays theirs, whatever else they change. Of who has no place at the
    event it is a wish. With `beyond` an organiser gives places whether or not there are any.
    """
    offers = {each.id: each for each in queries.offered(event_id)}
    held = {} if held is None else held
    if any(number not in offers or _is_off(offers[number], held) for number in wanted):
        raise NotFree(_("A session that you chose cannot be chosen any more. Look at the list."))
    ensure_apart([offers[number] for number in wanted])
    loads = queries.loads(event_id)
    return {
        number: _decided(offers[number], loads.get(number, Load()), held.get(number),
                         has_place=has_place, beyond=beyond)
        for number in sorted(wanted)
    }  # fmt: skip


def ensure_apart(wanted: Collection[Offer]) -> None:
    """Nobody is in two sessions at once; to wait for one counts as well."""
    for one, other in rules.clashes(wanted):
        raise NotFree(clash_sentence(one, other))


def clash_sentence(one: Offer, other: Offer) -> str:
    """Which two cannot both be chosen."""
    return _(
        "“%(one)s” and “%(other)s” are at the same time. Choose one of them.",
        one=translated(dict(one.title)), other=translated(dict(other.title)),
    )  # fmt: skip


def full_sentence(offer: Offer) -> str:
    """That a session was full is said with its name."""
    return _("“%(title)s” is full. Choose another session.", title=translated(dict(offer.title)))


def give(registration_id: int, decided: Decided, *, now: datetime) -> None:
    """What a newcomer chose."""
    numbers = _numbers(decided)
    rows = [
        {
            "registration_id": registration_id,
            "session_id": session_id,
            "state": state,
            "number": numbers.get(session_id, 0),
            "sequence": 0,
            "at": now,
        }
        for session_id, state in decided.items()
    ]
    if rows:
        db.session.execute(insert(Chosen), rows)


def keep(registration_id: int, decided: Decided, *, now: datetime) -> Moved:
    """This in the place of all that the person chose before; what differs by it.

    Who waits already keeps their turn.
    """
    rows = queries.rows_of(registration_id)
    after = dict.fromkeys(rows, State.GONE) | dict(decided)
    changed = {
        number: state
        for number, state in after.items()
        if number not in rows or rows[number].state is not state
    }
    moved = {
        number: (rows[number].state if number in rows else State.GONE, state)
        for number, state in changed.items()
    }
    numbers = _numbers(changed)
    for number in changed.keys() & rows.keys():
        _stand(rows[number], changed[number], numbers.get(number, 0), now)
    fresh = {number: state for number, state in changed.items() if number not in rows}
    give(registration_id, fresh, now=now)
    return moved


def arrange(
    event_id: int, *, is_on: bool, is_dated: bool = True, now: datetime
) -> dict[int, Moved]:
    """Under the event's lock: nobody without a place at the event holds one in a session, and
    what is free goes to the line; by registration, the sessions in which somebody moved up, or
    for which they had wished until now.
    Of an event that is off (`is_on`) and of a session that has begun nobody moves up; while an
    event has no date (`is_dated`) nothing of it has begun.
    """
    offers = [each for each in queries.offered(event_id) if is_on and not each.cancelled]
    moving = [each for each in offers if not is_dated or each.is_to_come(now)]
    begun = {each.id for each in offers} - {each.id for each in moving}
    moves = rules.arranged(moving, queries.choices(event_id), begun)
    rows = queries.rows([move.choice.id for move in moves])
    for move in moves:
        _stand(rows[move.choice.id], move.state, move.number, now)
    moved: dict[int, Moved] = {}
    for move in moves:
        if move.gives:
            own = moved.setdefault(move.choice.registration_id, {})
            own[move.choice.session_id] = move.choice.state, move.state
    return moved


def hand_over(registration_id: int, to_id: int, *, now: datetime) -> Moved:
    """Who takes over a registration's place has its sessions too, unless they chose themselves:
    then theirs stay, with the very places in what both chose.
    """
    given, own = _standings(registration_id), _standings(to_id)
    theirs = {key: state for key, state in given.items() if not own or key in own}
    return _pass_on(registration_id, to_id, rules.joined(own, theirs), now)


def merge(
    event_id: int, registration_id: int, to_id: int, *, given_first: bool, now: datetime
) -> Moved:
    """The sessions of a registration that becomes one with another of the same person.

    Where two clash, those of the one whose place at the event stays (`given_first`).
    """
    given, own = _standings(registration_id), _standings(to_id)
    first, then = (given, own) if given_first else (own, given)
    found = rules.joined(first, then, queries.offered(event_id))
    return _pass_on(registration_id, to_id, found, now)


def _standings(registration_id: int) -> dict[int, State]:
    rows = queries.rows_of(registration_id)
    return {key: each.state for key, each in rows.items() if each.state is not State.GONE}


def _pass_on(registration_id: int, to_id: int, found: Decided, now: datetime) -> Moved:
    """Give one this, and leave the other nothing; a turn in line is the earlier of the two."""
    given, own = queries.rows_of(registration_id), queries.rows_of(to_id)
    moved: Moved = {}
    for key in {*given, *own}:
        state = found.get(key, State.GONE)
        pair = [each for each in (given.get(key), own.get(key)) if each is not None]
        numbers = [each.number for each in pair if each.state is state]
        number = min(numbers) if state is State.LINE else 0
        if key in given and given[key].state is not State.GONE:
            _stand(given[key], State.GONE, 0, now)
        row = own.get(key) or Chosen(
            registration_id=to_id, session_id=key, state=State.GONE, number=0, sequence=0
        )
        if (row.state, row.number if state is State.LINE else 0) != (state, number):
            moved[key] = row.state, state
            _stand(row, state, number, now)
            db.session.add(row)
    db.session.flush()
    return moved


def forget(*registration_ids: int) -> None:
    """Nothing of what these people chose stays."""
    db.session.execute(delete(Chosen).where(Chosen.registration_id.in_(registration_ids)))


def _decided(
    offer: Offer, load: Load, held: State | None, *, has_place: bool, beyond: bool
) -> State:
    if beyond and has_place:
        return State.PLACE
    if held is not None and held.is_chosen:
        return held
    got = rules.outcome(offer, load)
    if got is None:
        raise NotFree(full_sentence(offer))
    return got if has_place else State.WISH


def _is_off(offer: Offer, held: Decided) -> bool:
    """Whoever is in a session that is closed or cancelled stays in it."""
    return not offer.is_open and offer.id not in held


def _numbers(decided: Decided) -> dict[int, int]:
    """The number of each line whose end somebody joins."""
    lines = [number for number, state in decided.items() if state is State.LINE]
    last = queries.last_numbers(lines) if lines else {}
    return {number: last.get(number, 0) + 1 for number in lines}


def _stand(row: Chosen, state: State, number: int, now: datetime) -> None:
    row.state, row.number, row.at = state, number, now
    row.sequence = (row.sequence or 0) + 1
