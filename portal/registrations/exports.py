"""The list of registrations as a file: codes for programs, words for people."""

from collections.abc import Iterator
from datetime import UTC
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row as Result

from portal.events.models import Event
from portal.i18n import country_name
from portal.labels import ATTENDANCE, STAKEHOLDER_GROUPS, STATUSES
from portal.registrations import listing
from portal.registrations.listing import Wish

CONSENTS = ("access_consent", "diet_consent", "list_consent", "photo_consent")
FIELDS = (
    "title", "first_name", "last_name", "badge_name", "email", "organisation", "role",
    "stakeholder_group", "country", "attendance", "access_needs", "access_consent", "diet",
    "diet_consent", "list_consent", "photo_consent", "status", "waitlist_position",
    "registered_at", "language",
)  # fmt: skip


def coded(event: Event, wish: Wish) -> Iterator[list[str]]:
    """Rows under `FIELDS`, for programs."""
    for person in listing.everybody(event, wish):
        cells = _cells(person)
        yield [cells[name] for name in FIELDS]


def worded(event: Event, wish: Wish) -> Iterator[list[str]]:
    """Rows under `labels()`, for people."""
    answers = {"yes": _("yes"), "no": _("no")}
    for person in listing.everybody(event, wish):
        cells = _cells(person)
        cells |= {name: answers[cells[name]] for name in CONSENTS}
        cells["stakeholder_group"] = str(STAKEHOLDER_GROUPS[person.stakeholder_group])
        cells["attendance"] = str(ATTENDANCE[person.attendance])
        cells["status"] = str(STATUSES[person.status])
        cells["country"] = country_name(person.country)
        yield [cells[name] for name in FIELDS]


def labels() -> list[str]:
    """The heads of the columns, in the order of `FIELDS`."""
    return [
        _("Title"), _("First name"), _("Last name"), _("Name on the badge"), _("Mail address"),
        _("Organisation"), _("Role"), _("Takes part as"), _("Country"), _("Attendance"),
        _("Access needs"), _("Access needs may be used"), _("Diet"), _("Diet may be used"),
        _("May stand in the list of attendees"), _("May be photographed"), _("Status"),
        _("Position on the waitlist"), _("Registered at (UTC)"), _("Language"),
    ]  # fmt: skip


def _cells(person: Result[Any]) -> dict[str, str]:
    """What a person needs is given on with their consent only."""
    consents = person.consents or {}
    plain = ("title", "first_name", "last_name", "badge_name", "email", "organisation", "role",
             "country", "language")  # fmt: skip
    return {
        **{name: getattr(person, name) for name in plain},
        "stakeholder_group": person.stakeholder_group.value,
        "attendance": person.attendance.value,
        "access_needs": person.access_needs if "access_consent" in consents else "",
        "diet": person.diet if "diet_consent" in consents else "",
        **{name: "yes" if name in consents else "no" for name in CONSENTS},
        "status": person.status,
        "waitlist_position": str(person.position or ""),
        "registered_at": person.registered_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
