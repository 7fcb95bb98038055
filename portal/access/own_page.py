"""What the page of one's own registration says of the building's door."""

from dataclasses import dataclass
from datetime import datetime

from portal.access import queries
from portal.access.letters import token
from portal.access.rules import Standing
from portal.registrations.models import Registration


@dataclass(frozen=True, slots=True)
class Door:
    """Whether the person's data are there, until when they are asked, and the way to give them.

    Of a list that is closed, only until when they are kept, and the way to take them back.
    """

    standing: Standing
    cut_off: datetime
    erase_at: datetime
    is_open: bool
    token: str


def door(registration: Registration, now: datetime) -> Door | None:
    """Nothing where this person is asked for nothing, and nothing is kept."""
    found = queries.list_of(registration, now)
    if found is None:
        return None
    standing, is_open = queries.standing_of(registration, found), found.is_open(now)
    if standing is Standing.MISSING and not is_open:
        return None
    return Door(standing, found.cut_off, found.erase_at, is_open, token(registration))
