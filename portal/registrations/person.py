"""A person as they wrote themselves: what is kept of it, and how they are recognised."""

from collections.abc import Mapping
from typing import Any

from portal.events.division import Who
from portal.registrations.rules import Attendance, StakeholderGroup
from portal.text import fold

FIELDS = (
    "title", "first_name", "last_name", "badge_name", "email", "phone", "organisation", "role",
    "stakeholder_group", "country", "attendance", "access_needs", "diet",
)  # fmt: skip
_FOUND_BY = ("first_name", "last_name", "email", "organisation", "role", "badge_name")


def columns(person: dict[str, Any]) -> dict[str, Any]:
    """The columns of a registration: the fields, and by what they are recognised and found."""
    first, last = person["first_name"], person["last_name"]
    return {
        **{name: person[name] for name in FIELDS},
        "address_key": address_key(person["email"]),
        "name_key": name_key(person),
        "sort_name": fold(f"{last} {first}")[:300],
        "search_text": search_text(person),
    }


def search_text(person: Mapping[str, Any]) -> str:
    """By what the desk finds a person."""
    return fold(" ".join(found for name in _FOUND_BY if (found := person[name])))


def address_key(address: str) -> str:
    """What makes two spellings one mailbox; the domain is in ASCII already."""
    return address.strip().casefold()


def name_key(person: dict[str, Any]) -> str:
    """What makes two spellings of a name one person's."""
    return fold(f"{person['first_name']} {person['last_name']}")[:300]


def who(person: Mapping[str, Any], *, invited: bool = False) -> Who:
    """What of a person decides which places they may have."""
    facts = person["stakeholder_group"], person["country"], person["attendance"]
    return who_is(*facts, invited)


def who_is(
    group: StakeholderGroup, country: str, attendance: Attendance, invited: bool = False
) -> Who:
    """The same, of the columns that say it."""
    return Who(group.value, country, attendance is Attendance.ONLINE, bool(invited))


def only_in_person(person: dict[str, Any]) -> dict[str, Any]:
    """Needs on the spot are kept only of those who come."""
    if person["attendance"] is Attendance.IN_PERSON:
        return person
    return person | {"access_needs": "", "diet": ""}


def without_needs(consents: dict[str, Any]) -> dict[str, Any]:
    """The consents that are left when what a person needs is forgotten."""
    return {
        name: proof
        for name, proof in consents.items()
        if name not in ("access_consent", "diet_consent")
    }
