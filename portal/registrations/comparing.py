"""Who of an attendance report is who of the registrations, and what would be noted of them."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Row as Result
from sqlalchemy import select

from portal.db import db
from portal.events.models import Event
from portal.registrations import listing
from portal.registrations.models import Registration
from portal.registrations.person import address_key
from portal.registrations.reports import Stay
from portal.registrations.rules import Status, attended
from portal.text import fold


class Fate(StrEnum):
    """What becomes of somebody in a report."""

    ATTENDED = "attended"
    UNSURE = "unsure"
    NOTED = "noted"
    SHORT = "short"
    NO_PLACE = "no_place"
    REPEATED = "repeated"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"


Person = Result[int, str, str, str, Status, datetime | None, datetime | None]
Candidate = tuple[int, str]
"""The id of a registration, and whose it is."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Somebody of the report, and the registrations that they may be.

    `perhaps` are those of a mere name that was too short by itself; `with_others` says that their
    other rows make it long enough.
    """

    stay: Stay
    fate: Fate
    candidates: tuple[Candidate, ...] = ()
    perhaps: tuple[Candidate, ...] = ()
    with_others: bool = False


def plan(event: Event, stays: Sequence[Stay], minutes: int) -> list[Plan]:
    """The fate of everybody, where it takes so many minutes to have attended."""
    people = _People(event)
    planned = _added_up([people.fate(stay, minutes) for stay in stays], minutes)
    there = (Fate.ATTENDED, Fate.NOTED)
    sure = {key for each in planned if each.fate in there for key, _name in each.candidates}
    seen: set[int] = set()
    return [_unless_named(each, sure, seen) for each in planned]


def _added_up(planned: list[Plan], minutes: int) -> list[Plan]:
    """Who was there under an address for a part, and under a mere name for the other.

    Only a person can say whether it was the same, and whether it was not the same time twice.
    """
    there: Counter[int] = Counter()
    for each in planned:
        if each.fate is Fate.SHORT or each.perhaps:
            there.update(dict.fromkeys(_ids(each), each.stay.minutes))
    return [
        replace(each, fate=Fate.UNSURE, candidates=enough, with_others=True)
        if (enough := tuple(who for who in each.perhaps if there[who[0]] >= minutes))
        else each
        for each in planned
    ]


def _ids(found: Plan) -> set[int]:
    return {key for key, _name in (*found.candidates, *found.perhaps)}


def _unless_named(found: Plan, sure: set[int], seen: set[int]) -> Plan:
    """Who stands there twice is noted once; a mere name gives way to an address that was there.

    Who left soon and came back without signing in stands there under both, and a person decides.
    """
    ids = {key for key, _name in found.candidates}
    if found.fate is Fate.UNSURE:
        left = tuple(each for each in found.candidates if each[0] not in sure)
        return replace(found, candidates=left) if left else replace(found, fate=Fate.REPEATED)
    if ids & seen:
        return replace(found, fate=Fate.REPEATED)
    seen |= ids
    return found


def counts(planned: Iterable[Plan]) -> dict[str, int]:
    """How many there are of each fate."""
    counted = Counter(each.fate for each in planned)
    return {fate.value: counted[fate] for fate in Fate}


def mark(planned: Sequence[Plan]) -> str:
    """What was shown, in short: where it is another later, the act is another."""
    said = [(each.stay.nth, each.fate.value, each.candidates) for each in planned]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


class _People:
    """An event's registrations, by address and by name."""

    def __init__(self, event: Event) -> None:
        self.by_address: dict[str, list[Person]] = defaultdict(list)
        self.by_name: dict[frozenset[str], list[Person]] = defaultdict(list)
        columns = (
            Registration.id, Registration.first_name, Registration.last_name,
            Registration.address_key, Registration.status, Registration.checked_in_at,
            Registration.reported_at,
        )  # fmt: skip
        whom = listing.fitting(event, listing.Wish())
        for row in db.session.execute(select(*columns).where(*whom).order_by(Registration.id)):
            self.by_address[row.address_key].append(row)
            self.by_name[_words(f"{row.first_name} {row.last_name}")].append(row)

    def fate(self, stay: Stay, minutes: int) -> Plan:
        if stay.trouble:
            return Plan(stay, Fate.UNREADABLE)
        found = self.by_address.get(address_key(stay.address), []) if stay.address else []
        by_name = self._named(stay.name)
        if len(found) > 1:
            ids = {row.id for row in by_name}
            found = [row for row in found if row.id in ids] or found
        if len(found) == 1:
            return Plan(stay, _fate(found[0], stay, minutes), (_candidate(found[0]),))
        return _unsure(stay, found or by_name, minutes)

    def _named(self, name: str) -> list[Person]:
        """As it stands, without what stands in brackets, and what stands there alone (Zoom)."""
        inside = re.findall(r"\(([^()]*)\)", name)
        for written in (name, re.sub(r"\([^()]*\)", " ", name), *inside):
            if (words := _words(written)) and words in self.by_name:
                return self.by_name[words]
        return []


def _words(name: str) -> frozenset[str]:
    """A name in whatever order it is written."""
    return frozenset(re.findall(r"\w+", fold(name)))


def _fate(row: Person, stay: Stay, minutes: int) -> Fate:
    if row.status is not Status.CONFIRMED:
        return Fate.NO_PLACE
    if attended(row.checked_in_at, row.reported_at):
        return Fate.NOTED
    return Fate.ATTENDED if stay.minutes >= minutes else Fate.SHORT


def _unsure(stay: Stay, found: list[Person], minutes: int) -> Plan:
    """By name alone, or one of several who share a mailbox: only a person can say who it is."""
    if not found:
        return Plan(stay, Fate.UNKNOWN)
    fates = {_fate(row, stay, minutes) for row in found}
    if Fate.ATTENDED in fates:
        return Plan(stay, Fate.UNSURE, _candidates(found, stay, minutes, Fate.ATTENDED))
    fate = next(fate for fate in Fate if fate in fates)
    return Plan(stay, fate, perhaps=_candidates(found, stay, minutes, Fate.SHORT))


def _candidates(found: list[Person], stay: Stay, minutes: int, fate: Fate) -> tuple[Candidate, ...]:
    return tuple(_candidate(row) for row in found if _fate(row, stay, minutes) is fate)


def _candidate(row: Person) -> Candidate:
    return row.id, f"{row.first_name} {row.last_name}".strip()


def half(starts_at: datetime, ends_at: datetime) -> int:
    """Minutes to have attended, unless somebody says otherwise: half the event, two hours most."""
    return max(1, min(int((ends_at - starts_at).total_seconds()) // 120, 120))
