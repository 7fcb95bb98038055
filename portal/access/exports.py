"""The list that the building gets: a file of its own, and nothing of it in any other."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from portal import labels
from portal.access import queries
from portal.access.models import AccessList, Visitor
from portal.access.rules import Change, Standing, change, standing
from portal.access.service import about
from portal.access.shown import COLUMNS, in_words
from portal.registrations.models import Registration
from portal.sealing import mark, opened

BEFORE = ("number", "change", "late", "last_name", "first_name", "organisation")


_DIFFERENCES = (Change.NEW, Change.CHANGED, Change.WITHDRAWN, Change.GONE)


@dataclass(frozen=True, slots=True)
class Line:
    """One visitor as the list names them; of who is gone, no more than the name."""

    visitor_id: int
    number: int
    change: Change
    late: bool
    person: tuple[str, str, str]
    given: Mapping[str, str]
    given_at: datetime | None
    mark: str


def lines(found: AccessList) -> list[Line]:
    """Everybody who gave something, and who was on the list that was given on."""
    return [
        _line(found, visitor, registration)
        for visitor, registration in queries.visitors_with_data(found)
    ]


def counts(of: Sequence[Line]) -> dict[str, int]:
    """How many lines say what."""
    found = Counter(each.change for each in of)
    return {
        "people": len(of) - found[Change.GONE] - found[Change.WITHDRAWN],
        "late": sum(each.late for each in of),
        **{each.value: found[each] for each in _DIFFERENCES},
    }


def heads(found: AccessList) -> list[str]:
    """Names of the columns, for programs."""
    return [*BEFORE, *_names(found), "given_at"]


def coded(found: AccessList, of: Sequence[Line]) -> Iterator[list[str]]:
    """Rows under `heads`."""
    for each in of:
        late = "yes" if each.late else "no"
        yield [
            str(each.number), each.change.value, late, *each.person,
            *(each.given.get(name, "") for name in _names(found)),
            each.given_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if each.given_at else "",
        ]  # fmt: skip


def labelled(found: AccessList) -> list[str]:
    """Names of the columns, for people."""
    words = {
        "birth_date": _("Date of birth"),
        "nationality": _("Nationality"),
        "document_kind": _("Identity document"),
        "document_number": _("Number of the document"),
    }
    return [
        _("Number"), _("Since the list given on"), _("Late"), _("Last name"), _("First name"),
        _("Organisation"), *(words[name] for name in _names(found)),
        _("Given (%(zone)s)", zone=found.event.zone),
    ]  # fmt: skip


def worded(found: AccessList, of: Sequence[Line]) -> Iterator[list[str]]:
    """Rows under `labelled`."""
    zone = ZoneInfo(found.event.zone)
    for each in of:
        late = _("late") if each.late else ""
        yield [
            str(each.number), str(labels.ACCESS_CHANGES[each.change]), late, *each.person,
            *(in_words(name, each.given.get(name, "")) for name in _names(found)),
            each.given_at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if each.given_at else "",
        ]  # fmt: skip


def _line(found: AccessList, visitor: Visitor, registration: Registration) -> Line:
    given: dict[str, Any] = opened(about(registration), visitor.sealed) if visitor.sealed else {}
    person = registration.last_name, registration.first_name, registration.organisation
    marked = mark(*person, *(given.get(name, "") for name in _names(found)))
    how = standing(
        given_at=visitor.given_at, placed_at=registration.status_at, cut_off=found.cut_off
    )
    return Line(
        visitor_id=visitor.id,
        number=visitor.number,
        change=change(
            given=bool(given),
            comes=queries.comes(registration) and visitor.told_link != "",
            exported=visitor.exported,
            mark=marked,
        ),
        late=how is Standing.LATE,
        person=person,
        given=given,
        given_at=visitor.given_at,
        mark=marked,
    )


def _names(found: AccessList) -> list[str]:
    return [name for asked in found.asked for name in COLUMNS[asked]]
