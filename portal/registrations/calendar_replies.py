"""What calendars answered, as a filter of the attendee list."""

from sqlalchemy import ColumnElement, select

from portal.invites.models import Invite
from portal.invites.rules import Partstat
from portal.registrations.models import Registration

NONE_YET = "none"
CODES = (*Partstat, NONE_YET)


def replied(code: str) -> ColumnElement[bool]:
    """Who was invited, and whose calendar answered this to the invite that it holds, or nothing."""
    said = Invite.partstat.is_(None) if code == NONE_YET else Invite.partstat == Partstat(code)
    of_theirs = Invite.registration_id == Registration.id
    found = select(Invite.id).where(of_theirs, Invite.sequence.is_not(None), said)
    return found.correlate(Registration).exists()
