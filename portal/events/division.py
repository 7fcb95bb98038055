"""How the places of an event are divided: kept for groups until a date, in the room and online.

Plain Python, as `rules` is. Codes of groups and countries are only compared here.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

KINDS_OF_PEOPLE = 9
COUNTRIES = 250
"""What a quota that names no group, or no country, is taken to be for."""


@dataclass(frozen=True, slots=True)
class Who:
    """What decides which places somebody may have."""

    group: str
    country: str
    online: bool
    invited: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """Places that are kept until a moment: for some groups, some countries, or those of both.

    Or, with or without these, only for people who come by an invitation.
    """

    id: int
    places: int
    until: datetime
    groups: frozenset[str]
    countries: frozenset[str]
    online: bool = False
    invited: bool = False

    def is_for(self, who: Who) -> bool:
        """Whether this person may have one of them."""
        fits_group = not self.groups or who.group in self.groups
        fits_group = fits_group and (who.invited or not self.invited)
        return fits_group and (not self.countries or who.country in self.countries)

    @property
    def width(self) -> tuple[bool, int, int, int]:
        """The narrowest is for the fewest pairs of group and country; then the smallest, the first.

        So a quota for one country is narrower than one for a group, which is from all countries;
        and one for invited people, who are known by name, is narrower than any other.
        """
        pairs = (len(self.groups) or KINDS_OF_PEOPLE) * (len(self.countries) or COUNTRIES)
        return not self.invited, pairs, self.places, self.id


@dataclass(frozen=True, slots=True)
class Seat:
    """A place, and the quota that it is from; None: one of the open places."""

    quota_id: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How one quota stands: how many have a place of it, who waits and could, whether it ended."""

    quota: Kept
    taken: int
    left: int
    waiting: int
    is_released: bool


class Part:
    """One capacity with its quotas: the whole event, or of a hybrid one the room or what is online.

    What a quota keeps and nobody has taken is nobody else's until its moment; from then on it is
    open by itself, whether or not the worker came by.
    """

    def __init__(
        self,
        capacity: int | None,
        quotas: Iterable[Kept],
        taken: Mapping[int | None, int],
        waiting: Mapping[Who, int],
        now: datetime,
    ) -> None:
        self.capacity = capacity
        self.all_quotas = sorted(quotas, key=lambda quota: quota.width)
        self.quotas = [quota for quota in self.all_quotas if quota.until > now]
        self.taken_of = Counter(dict(taken))
        self.waiting = Counter(dict(waiting))

    @property
    def taken(self) -> int:
        return self.taken_of.total()

    @property
    def left(self) -> int | None:
        """How many places nobody has, kept or open; None where there is no limit."""
        return None if self.capacity is None else max(self.capacity - self.taken, 0)

    def left_of(self, quota: Kept) -> int:
        """How many of its places can be had; after a lowered capacity fewer than are kept."""
        free = max(quota.places - self.taken_of[quota.id], 0)
        return free if self.left is None else min(free, self.left)

    @property
    def open_left(self) -> int | None:
        """How many places anybody can have."""
        if self.left is None:
            return None
        return max(self.left - sum(self.left_of(quota) for quota in self.quotas), 0)

    @property
    def left_for_newcomers(self) -> int | None:
        """The same for who comes now: behind all who wait here, for each of them may have one."""
        return 0 if self.waiting.total() else self.open_left

    def seat(self, who: Who) -> Seat | None:
        """The place that this person would have, were there no line: of the narrowest quota."""
        for quota in self.quotas:
            if quota.is_for(who) and self.left_of(quota) > 0:
                return Seat(quota.id)
        return None if self.open_left == 0 else Seat(None)

    def seat_behind_the_line(self, who: Who) -> Seat | None:
        """The same for a newcomer, who takes no place that somebody in line may have."""
        for quota in self.quotas:
            waits = any(quota.is_for(other) for other in +self.waiting)
            if quota.is_for(who) and self.left_of(quota) > 0 and not waits:
                return Seat(quota.id)
        return None if self.left_for_newcomers == 0 else Seat(None)

    def left_for(self, who: Who) -> int | None:
        """How many places this person could choose from, were there no line."""
        if self.open_left is None:
            return None
        return self.open_left + sum(self.left_of(each) for each in self.quotas if each.is_for(who))

    def opens_at(self, who: Who) -> datetime | None:
        """When what is kept for others is next open to everybody, if anything is left of it."""
        kept = [each for each in self.quotas if self.left_of(each) and not each.is_for(who)]
        return min((quota.until for quota in kept), default=None)

    def standings(self) -> list[Standing]:
        """How each quota stands, the narrowest first."""
        return [
            Standing(
                quota=quota,
                taken=self.taken_of[quota.id],
                left=self.left_of(quota) if quota in self.quotas else 0,
                waiting=sum(n for who, n in self.waiting.items() if quota.is_for(who)),
                is_released=quota not in self.quotas,
            )
            for quota in self.all_quotas
        ]


class Division:
    """All places of an event at one moment, and who gets which."""

    def __init__(
        self,
        capacity: int | None,
        online_capacity: int | None,
        quotas: Iterable[Kept],
        taken: Mapping[tuple[bool, int | None], int],
        waiting: Mapping[Who, int],
        now: datetime,
    ) -> None:
        self.is_apart = online_capacity is not None
        whole = {False: capacity, True: online_capacity} if self.is_apart else {False: capacity}
        kept, had, waits = list(quotas), taken.items(), waiting.items()
        self.parts = {
            online: Part(
                places,
                [each for each in kept if self._part(each.online) == online],
                _summed((quota, n) for (there, quota), n in had if self._part(there) == online),
                {who: n for who, n in waits if self._part(who.online) == online},
                now,
            )
            for online, places in whole.items()
        }

    def _part(self, online: bool) -> bool:
        return online and self.is_apart

    def part(self, who: Who) -> Part:
        """Where this person takes part."""
        return self.parts[self._part(who.online)]

    def seat(self, who: Who) -> Seat | None:
        return self.part(who).seat(who)

    def seat_behind_the_line(self, who: Who) -> Seat | None:
        return self.part(who).seat_behind_the_line(who)

    def take(self, who: Who, seat: Seat) -> None:
        """Count this place as given, before the next person is asked about."""
        self.part(who).taken_of[seat.quota_id] += 1

    def wait(self, who: Who) -> None:
        """Count this person to the end of the line."""
        self.part(who).waiting[who] += 1

    def move_up(self, line: Iterable[tuple[int, Who]]) -> dict[int, Seat]:
        """Who of the line gets which place: each the first in line who may have it."""
        found = {}
        for number, who in line:
            seat = self.seat(who)
            if seat is not None:
                self.take(who, seat)
                found[number] = seat
        return found

    @property
    def line_moves(self) -> bool:
        """Whether somebody waits who could have a place."""
        return any(self.seat(who) for part in self.parts.values() for who in +part.waiting)

    @property
    def left_for_newcomers(self) -> int | None:
        """How many places are open to whoever comes now; None where there is no limit somewhere."""
        return _sum(part.left_for_newcomers for part in self.parts.values())

    @property
    def open_left(self) -> int | None:
        """How many places nobody has and no quota keeps; None where there is no limit somewhere."""
        return _sum(part.open_left for part in self.parts.values())

    @property
    def kept_left(self) -> int:
        """How many places are kept, and free."""
        return sum(part.left_of(quota) for part in self.parts.values() for quota in part.quotas)

    def kept_for_invited(self, group: str, country: str) -> datetime | None:
        """Until when places are kept that whoever is invited, of this group and country, may have.

        Where nobody has to wait for it before them.
        """
        found = [
            quota.until
            for online, part in self.parts.items()
            for quota in part.quotas
            if quota.invited
            and part.seat_behind_the_line(Who(group, country, online, invited=True))
            == Seat(quota.id)
        ]
        return min(found, default=None)

    @property
    def releases(self) -> list[datetime]:
        """When places become open by themselves."""
        return [quota.until for part in self.parts.values() for quota in part.quotas]

    def standings(self) -> list[Standing]:
        """How each quota stands."""
        return [each for part in self.parts.values() for each in part.standings()]


def in_all(capacity: int | None, online_capacity: int | None) -> int | None:
    """All places of an event; of a hybrid one, `capacity` is the room's where both have theirs."""
    return capacity if online_capacity is None else _sum([capacity, online_capacity])


def _sum(numbers: Iterable[int | None]) -> int | None:
    """None, which is no limit, makes the sum have none."""
    total = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total


def _summed(pairs: Iterable[tuple[int | None, int]]) -> Counter[int | None]:
    found: Counter[int | None] = Counter()
    for key, number in pairs:
        found[key] += number
    return found
