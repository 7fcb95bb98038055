"""What is held in one way only, and a form that was filled in for the other."""

from flask_babel import gettext as _

from portal.errors import Refused
from portal.events.rules import Format
from portal.registrations.rules import Attendance


def ensure_possible(event_format: Format, attendance: Attendance) -> None:
    """The organisers may have decided for one way while somebody chose the other."""
    other = {Format.ONLINE: Attendance.IN_PERSON, Format.IN_PERSON: Attendance.ONLINE}
    if other.get(event_format) is attendance:
        raise Refused(one_way_sentence(event_format))


def one_way_sentence(event_format: Format) -> str:
    if event_format is Format.ONLINE:
        return _("The event is held online only now. Check the form, and send it again.")
    return _("The event is held in person only now. Check the form, and send it again.")
