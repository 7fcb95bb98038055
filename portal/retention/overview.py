"""What a data protection officer sees of many events at once, as rows for a page and for sheets."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from portal.access import privacy as access
from portal.events.models import Event
from portal.i18n import translated
from portal.labels import ACCESS_ASKS, BASES
from portal.protection import queries as records
from portal.protection.rules import ACCESS_LIST, Facts, Kept
from portal.retention import queries
from portal.retention.queries import Term
from portal.wall_clock import instants

AT_ONCE = 200
FIRST_YEAR, LAST_YEAR = 2000, 2999
COLUMNS = (
    "event", "title", "state", "starts_at", "ends_at", "record_version", "law", "controllers",
    "officer", "purposes", "legal_bases",
    *(f"{kept.value}_{what}" for kept in Kept for what in ("days", "until", "people")),
    "access_list_days", "access_list_until", "access_list_people",
    "late", "last_deleted_at", "copies_not_confirmed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """An event with its record, its times, and what became of them."""

    event: Event
    facts: Facts
    terms: list[Term]
    deleted_at: datetime | None
    copies: int
    door: tuple[datetime, int] | None
    """When what people gave for the building goes, and of how many."""

    @property
    def door_days(self) -> int | None:
        said = self.facts.get(ACCESS_LIST)
        return int(said["days"]) if said else None

    @property
    def next_terms(self) -> list[Term]:
        """What is deleted next, of people who are there: all that goes at the same moment."""
        first = min(
            (term.due_at for term in self.terms if term.count and term.due_at), default=None
        )
        return [term for term in self.terms if term.count and first and term.due_at == first]

    @property
    def purposes(self) -> list[tuple[str, str]]:
        """(what for, on what ground)."""
        found = [
            (translated(each["what"]), str(BASES.get(each["basis"], "–")))
            for each in self.facts.get("purposes", ())
        ]
        if said := self.facts.get(ACCESS_LIST):
            asks = ", ".join(str(ACCESS_ASKS[each]) for each in said["asks"])
            words = _("Access list of the building: %(asks)s", asks=asks)
            found.append((words, str(BASES[said["basis"]])))
        return found


def of(events: Sequence[Event], now: datetime) -> list[Line]:
    """The same number of questions for one event and for fifty."""
    ids = [event.id for event in events]
    said = records.records(ids) if ids else {}
    terms: dict[int, list[Term]] = defaultdict(list)
    for term in queries.terms(events):
        terms[term.event.id].append(term)
    deleted, copies = queries.deleted_of(ids), queries.copies_out(ids)
    doors = access.ends_by_event(ids)
    return [
        Line(
            event, said.get(event.id, {}), terms[event.id], deleted.get(event.id),
            copies.get(event.id, 0), doors.get(event.id),
        )
        for event in events
    ]  # fmt: skip


def sheet(now: datetime) -> Iterator[dict[str, Any]]:
    """Every event under `COLUMNS`, in portions."""
    for first in range(0, queries.how_many_events(), AT_ONCE):
        for line in of(queries.events_in_turn(first, AT_ONCE), now):
            yield _cells(line, now)


def end_of(written: str) -> datetime:
    """The end of a day, written as in ISO 8601, on the house's clock; ValueError if it is none.

    Years are bounded, so that every zone knows the day.
    """
    day = date.fromisoformat(written)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(written)
    zone = str(current_app.extensions["portal"].zone)
    midnight = datetime.combine(day + timedelta(days=1), time())
    return (instants(midnight, zone) or [midnight.replace(tzinfo=UTC)])[0]


def _cells(line: Line, now: datetime) -> dict[str, Any]:
    event, facts = line.event, line.facts
    cells = {
        "event": event.slug,
        "title": translated(event.title),
        "state": event.state.value,
        "starts_at": _iso(event.starts_at),
        "ends_at": _iso(event.ends_at),
        "record_version": event.notice_number,
        "law": facts.get("law", ""),
        "controllers": "; ".join(each["name"] for each in facts.get("controllers", ())),
        "officer": facts.get("officer_email", ""),
        "purposes": "; ".join(what for what, _basis in line.purposes),
        "legal_bases": "; ".join(each["basis"] for each in facts.get("purposes", ())),
        "late": "yes" if any(term.is_overdue(now) for term in line.terms) else "no",
        "last_deleted_at": _iso(line.deleted_at),
        "copies_not_confirmed": line.copies,
        "access_list_days": "" if line.door_days is None else line.door_days,
        "access_list_until": _iso(line.door[0]) if line.door else "",
        "access_list_people": line.door[1] if line.door else 0,
    }
    for term in line.terms:
        kept = term.kept.value
        cells |= {
            f"{kept}_days": term.days,
            f"{kept}_until": _iso(term.due_at),
            f"{kept}_people": term.count,
        }
    return {name: cells[name] for name in COLUMNS}


def _iso(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""
