"""Decisions about places in sessions: values in, a value out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import combinations

from portal.events.rules import overlapping, side_by_side


class State(StrEnum):
    """How somebody stands in a session that they chose."""

    WISH = "wish"
    """They have no place at the event yet; when they get one, the wish is answered."""
    PLACE = "place"
    LINE = "line"
    MISSED = "missed"
    """It was full when they got their place at the event."""
    GONE = "gone"
    """They gave it up; kept so that calendars hear of it."""

    @property
    def is_chosen(self) -> bool:
        """Whether they are to be there, or would be; two of these never clash."""
        return self in (State.WISH, State.PLACE, State.LINE)


@dataclass(frozen=True, slots=True)
class Offer:
    """A session that people choose."""

    id: int
    title: Mapping[str, str]
    starts_at: datetime
    ends_at: datetime
    room: str
    places: int | None
    waiting: int | None
    cancelled: bool

    def is_to_come(self, now: datetime) -> bool:
        """Whether its line moves still."""
        return not self.cancelled and self.starts_at > now

    @property
    def is_open(self) -> bool:
        """Whether anybody can choose it at all; with no places it is closed to newcomers."""
        return not self.cancelled and self.places != 0


@dataclass(frozen=True, slots=True)
class Load:
    """How many have a place in a session, and how many wait for one."""

    taken: int = 0
    waiting: int = 0

    @property
    def and_a_place(self) -> "Load":
        return Load(self.taken + 1, self.waiting)

    @property
    def and_one_in_line(self) -> "Load":
        return Load(self.taken, self.waiting + 1)


@dataclass(frozen=True, slots=True)
class Choice:
    """A session that one person chose; `number` orders the line, `status` is that of theirs."""

    id: int
    registration_id: int
    session_id: int
    state: State
    number: int
    status: str


@dataclass(frozen=True, slots=True)
class Move:
    """Another state of a choice, with the number in line where it stands in one."""

    choice: Choice
    state: State
    number: int = 0

    @property
    def gives(self) -> bool:
        """Whether it answers a wish, or ends somebody's waiting with a place."""
        if self.choice.state is State.WISH:
            return self.state is not State.GONE
        return self.choice.state is State.LINE and self.state is State.PLACE


def places_left(offer: Offer, load: Load) -> int | None:
    """How many places somebody who comes now could have; None: no limit. The line goes first."""
    if offer.places is None:
        return None
    return 0 if load.waiting else max(offer.places - load.taken, 0)


def outcome(offer: Offer, load: Load) -> State | None:
    """What somebody with a place at the event gets who chooses it now; None: it is full."""
    if not offer.is_open:
        return None
    if places_left(offer, load) != 0:
        return State.PLACE
    return State.LINE if load.waiting < (offer.waiting or 0) else None


def clashes(offers: Iterable[Offer]) -> list[tuple[Offer, Offer]]:
    """Those that are held at the same time; one may begin when the other ends."""
    return overlapping([each for each in offers if not each.cancelled])


def slots(offers: Iterable[Offer]) -> list[list[Offer]]:
    """Sessions that overlap in time stand together, in their order."""
    return side_by_side(offers)


def is_one_of(together: Sequence[Offer]) -> bool:
    """Whether only one of these can be chosen, since each overlaps all others."""
    starts = max(each.starts_at for each in together)
    return len(together) > 1 and all(starts < each.ends_at for each in together)


def arranged(
    moving: Iterable[Offer], choices: Collection[Choice], begun: Collection[int] = ()
) -> list[Move]:
    """What has to change so that only who has a place at the event holds one in a session.

    Freed places go to the line, then to whoever got a place at the event just now, in the order
    in which they chose; only in the sessions that are still to come (`moving`). What has `begun`
    is missed by whoever gets a place at the event only now.
    """
    moves: dict[int, Move] = {}
    for each in choices:
        state = _standing(each, begun)
        if state is not each.state:
            moves[each.id] = Move(each, state)
    for offer in moving:
        own = [each for each in choices if each.session_id == offer.id]
        moves |= {move.choice.id: move for move in _filled(offer, own, moves)}
    return list(moves.values())


def joined(
    first: Mapping[int, State], then: Mapping[int, State], offers: Iterable[Offer] = ()
) -> dict[int, State]:
    """What two chose who become one: all of the first, and of the other what does not clash.

    What both chose stands as well as the better of them.
    """
    found = {
        key: min(state, then.get(key, State.GONE), key=_BEST_FIRST.index)
        for key, state in first.items()
    }
    known = {each.id: each for each in offers}
    for key, state in then.items():
        chosen = [known[each] for each in found if found[each].is_chosen and each in known]
        is_free = key not in known or not any(clashes((known[key], each)) for each in chosen)
        if key not in found and (is_free or not state.is_chosen):
            found[key] = state
    return found


def pairs_at_one_time(offers: Iterable[Offer]) -> set[tuple[int, int]]:
    """Every two that nobody can be in, by their ids, the lower first."""
    every = sorted(offers, key=lambda each: each.id)
    return {(one.id, other.id) for one, other in combinations(every, 2) if clashes((one, other))}


_BEST_FIRST = (State.PLACE, State.LINE, State.WISH, State.MISSED, State.GONE)


def _standing(choice: Choice, begun: Collection[int]) -> State:
    """What is left of a choice with this status of the registration."""
    if choice.status == "withdrawn":
        return State.GONE
    if choice.state is State.WISH and choice.session_id in begun:
        return State.MISSED if choice.status == "confirmed" else State.WISH
    if choice.status != "confirmed" and choice.state is not State.GONE:
        return State.WISH
    return choice.state


def _filled(offer: Offer, own: Sequence[Choice], moves: Mapping[int, Move]) -> list[Move]:
    now = {each.id: moves[each.id].state if each.id in moves else each.state for each in own}
    line = sorted((each for each in own if now[each.id] is State.LINE), key=lambda it: it.number)
    taken = sum(state is State.PLACE for state in now.values())
    free = len(line) if offer.places is None else max(offer.places - taken, 0)
    found = [Move(each, State.PLACE) for each in line[:free]]
    load = Load(taken + len(found), len(line) - len(found))
    number = max((each.number for each in own), default=0)
    wishes = [each for each in own if each.status == "confirmed" and now[each.id] is State.WISH]
    for each in sorted(wishes, key=lambda it: it.id):
        got = outcome(offer, load)
        if got is State.PLACE:
            load = load.and_a_place
        elif got is State.LINE:
            load, number = load.and_one_in_line, number + 1
        found.append(Move(each, got or State.MISSED, number if got is State.LINE else 0))
    return found
