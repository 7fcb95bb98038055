"""What those who wait are told: until when a place is theirs to take, and when they will know."""

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.events.models import Event
from portal.i18n import clock_time, moment_words, short_day
from portal.registrations.models import Registration
from portal.registrations.rules import Status


def standing_now(registration: Registration, now: datetime) -> Status:
    """As the person sees it: an offer that is over has ended, whether or not the worker came by."""
    standing = registration.standing
    if standing is not Status.OFFERED or registration.is_offered(now):
        return standing
    return Status.WAITLISTED if registration.event.state.value == "postponed" else Status.WITHDRAWN


def offer_ends(registration: Registration) -> str:
    """Until when the place is theirs to take; empty where none is or was offered."""
    until = registration.offered_until
    return moment_words(until, registration.event.zone) if until else ""


def why_short(registration: Registration) -> str:
    """Why there is less time than others have."""
    event, until = registration.event, registration.offered_until
    if until is not None and until == event.starts_at:
        return _("There is no more time, because the event starts then.")
    if until is not None and until == event.registration_closes_at:
        return _("There is no more time, because registration closes then.")
    return ""


def how_places_go_on(event: Event) -> str:
    """That places are offered, and for how long; empty where they are simply given."""
    if event.offer_hours is None:
        return ""
    return ngettext(
        "When it is your turn, a place is offered to you for %(num)d hour.",
        "When it is your turn, a place is offered to you for %(num)d hours.",
        event.offer_hours,
    )


def why_no_number(event: Event) -> str:
    """Why a position in this line would say nothing; empty where it does."""
    if event.line_is_plain:
        return ""
    if event.approval:
        return _("There is no number, because the organisers decide who takes part.")
    return _(
        "You keep your turn. There is no number, because not everybody in line waits for the same "
        "places: each place goes to the first who may have it."
    )


def decision(event: Event, now: datetime) -> str:
    """By when somebody hears whether there is a place for them."""
    if event.decides_at is None:
        return _("No date is set for this. You hear by letter as soon as there is a place for you.")
    moment = moment_words(event.decides_at, event.zone)
    if now < event.decides_at:
        return _("You hear by %(moment)s whether there is a place for you.", moment=moment)
    return _(
        "You were to hear by %(moment)s. If you have not, write to the contacts on the page of the "
        "event.",
        moment=moment,
    )


def offered_words(until: datetime, zone: str, now: datetime) -> str:
    """How an offer stands, for the desk."""
    if until <= now:
        return _("The offer has ended")
    return _("Offered until %(day)s, %(time)s", day=short_day(until, zone),
             time=clock_time(until, zone))  # fmt: skip
