"""Who gets which place where places are kept, or room and online have their own."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from portal.events.division import Division, Kept, Seat, Who, in_all

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
MEP, GREEK, GREEK_MEP, NOBODY = (
    Who("mep", "FR", online=False),
    Who("expert", "GR", online=False),
    Who("mep", "GR", online=False),
    Who("expert", "FR", online=False),
)
FOR_MEPS = Kept(1, 2, LATER, frozenset({"mep"}), frozenset())
FOR_GREEKS = Kept(2, 1, LATER, frozenset(), frozenset({"GR"}))
FOR_GREEK_MEPS = Kept(3, 1, LATER, frozenset({"mep"}), frozenset({"GR"}))


def division(
    capacity: int | None = 5,
    *quotas: Kept,
    taken: dict[int | None, int] | None = None,
    waiting: tuple[Who, ...] = (),
    now: datetime = NOW,
) -> Division:
    had = {(False, quota): count for quota, count in (taken or {}).items()}
    return Division(capacity, None, quotas, had, Counter(waiting), now)


def test_a_person_gets_the_place_of_the_narrowest_quota_that_has_one() -> None:
    places = division(9, FOR_MEPS, FOR_GREEKS, FOR_GREEK_MEPS)
    given = []
    for _person in range(6):
        seat = places.seat_behind_the_line(GREEK_MEP)
        assert seat is not None
        places.take(GREEK_MEP, seat)
        given.append(seat.quota_id)
    assert given == [3, 2, 1, 1, None, None]


@pytest.mark.parametrize(
    ("who", "seat"), [(MEP, Seat(1)), (GREEK, Seat(2)), (GREEK_MEP, Seat(2)), (NOBODY, None)]
)
def test_what_is_kept_is_nobody_elses(who: Who, seat: Seat | None) -> None:
    assert division(3, FOR_MEPS, FOR_GREEKS).seat(who) == seat


def test_from_its_moment_on_what_is_left_is_open_to_everybody() -> None:
    kept = {"taken": {1: 1, None: 1}}
    assert division(3, FOR_MEPS, **kept).left_for_newcomers == 0  # type: ignore[arg-type]
    released = division(3, FOR_MEPS, now=LATER, **kept)  # type: ignore[arg-type]
    assert (released.left_for_newcomers, released.seat(NOBODY)) == (1, Seat(None))


def test_a_newcomer_takes_no_place_that_somebody_in_line_may_have() -> None:
    places = division(3, FOR_MEPS, FOR_GREEKS, waiting=(MEP,))
    assert places.seat_behind_the_line(MEP) is None
    assert places.seat_behind_the_line(GREEK) == Seat(2)
    assert places.seat(MEP) == Seat(1)
    assert places.line_moves


def test_the_first_in_line_who_may_have_it_gets_a_freed_place() -> None:
    places = division(4, FOR_MEPS, FOR_GREEKS, taken={1: 1, None: 1})
    line = enumerate([NOBODY, GREEK, NOBODY, MEP, MEP, GREEK])
    assert places.move_up(line) == {1: Seat(2), 3: Seat(1)}


def test_fewer_places_than_are_kept_are_never_given_twice() -> None:
    places = division(2, FOR_MEPS, FOR_GREEKS, taken={None: 1})
    assert places.move_up(enumerate([GREEK, MEP, NOBODY])) == {0: Seat(2)}


def test_the_room_and_what_is_online_have_places_of_their_own() -> None:
    at_home = Who("expert", "FR", online=True)
    taken = {(False, None): 1, (True, None): 1}
    places = Division(1, 2, [FOR_MEPS], taken, Counter([NOBODY]), NOW)
    assert places.seat_behind_the_line(NOBODY) is None
    assert places.seat_behind_the_line(at_home) == Seat(None)
    assert places.left_for_newcomers == 1
    assert (in_all(1, 2), in_all(None, 2), in_all(3, None)) == (3, None, 3)
