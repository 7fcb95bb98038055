"""What the page of one's own registration says of the building's door."""

from dataclasses import dataclass
from datetime import datetime

from portal.access import queries
from portal.access.letters import token
from portal.access.rules import Standing
from portal.registrations.models import Registration


@dataclass(frozen=True, slots=True)
class Door:
    """Whether the person's data are there, until when they are asked, and the way to give them."""

    standing: Standing
    cut_off: datetime
    token: str


def door(registration: Registration, now: datetime) -> Door | None:
    """Nothing where the building asks this person for nothing, or not any more."""
    found = queries.open_list(registration, now)
    if found is None:
        return None
    return Door(queries.standing_of(registration, found), found.cut_off, token(registration))
