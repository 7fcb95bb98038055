"""How and where somebody takes part, in the words of calendars."""

from collections.abc import Sequence

from flask_babel import gettext as _

from portal.i18n import translated
from portal.registrations.models import Registration
from portal.registrations.rules import Attendance
from portal.sessions import shown as sessions_shown
from portal.sessions.queries import Mine


def description(
    registration: Registration, page: str, lang: str | None = None, mine: Sequence[Mine] = ()
) -> str:
    """No link that is anybody's own: people share their calendars."""
    event = registration.event
    lines = [translated(event.summary, lang), how_words(registration)]
    if event.online:
        lines.append(_("You find the way to join on the page of your registration."))
    lines.append(sessions_shown.in_calendar(mine, event.zone, lang))
    return "\n\n".join([line for line in lines if line] + [page])


def place(registration: Registration) -> str:
    """Where the person takes part; who does so online has nowhere to go."""
    event = registration.event
    goes = not event.online or registration.attendance is Attendance.IN_PERSON
    return event.place if event.in_person and goes and event.place else _("Online")


def how_words(registration: Registration) -> str:
    """How somebody takes part in what can be attended in two ways; empty otherwise."""
    if not (registration.event.in_person and registration.event.online):
        return ""
    if registration.attendance is Attendance.ONLINE:
        return _("You take part online.")
    return _("You take part in the room.")
