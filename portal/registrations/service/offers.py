"""Places that are offered for a while: made, taken up, over, taken back; all under the lock.

An offer is over by the clock. Whatever gives places out ends those first that are, so that nobody
is ever asked who comes first, the worker or a visitor.
"""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from portal.audit.service import WORKER, Actor
from portal.db import db
from portal.errors import Refused
from portal.events import service as events
from portal.events.division import Seat
from portal.events.models import Event
from portal.events.rules import State
from portal.i18n import moment_words
from portal.registrations import offers, queries
from portal.registrations.models import Registration
from portal.registrations.rules import Status, offer_ends
from portal.registrations.service.arranging import arrange
from portal.registrations.service.standing import settle


def give(
    registration: Registration, event: Event, seat: Seat | None, *, by: Actor, now: datetime
) -> None:
    """The next in line gets the place, or the offer of it where the event has it so."""
    if event.offer_hours is None:
        settle(registration, Status.CONFIRMED, "registration.promoted", seat=seat, by=by, now=now)
        return
    until = offer_ends(
        hours=event.offer_hours,
        closes_at=event.registration_closes_at,
        starts_at=event.starts_at,
        now=now,
    )
    settle(
        registration, Status.OFFERED, "registration.offered", seat=seat, by=by, now=now,
        until=until.isoformat(),
    )  # fmt: skip
    registration.offered_until = until


def end(event: Event, *, now: datetime) -> None:
    """Take the offers that are over out of the way; of a postponed event, all of them.

    A postponement that nobody has heard of yet, and that may be taken back, changes nothing.
    """
    due = event.offers_end_at is not None and event.offers_end_at <= now
    if event.state is State.POSTPONED and event.offers_end_at and event.tell_due_at is None:
        for registration in offers.of_event(event.id):
            _stand_where_they_stood(registration, now)
    elif event.state is State.PUBLISHED and due:
        for registration in offers.of_event(event.id):
            if registration.offered_until and registration.offered_until <= now:
                _end_one(registration, now)
    else:
        return
    events.places_changed(event.id)
    note_end(event)


def resume(event: Event, postponed_at: datetime | None, *, now: datetime) -> None:
    """A postponement is taken back that nobody heard of: offers that were open last so much longer.

    Meanwhile nobody could take one up, and the page showed none.
    """
    last = min(event.registration_closes_at or event.starts_at, event.starts_at)
    for registration in offers.of_event(event.id):
        until = registration.offered_until
        if until and postponed_at and until > postponed_at:
            registration.offered_until = min(until + (now - postponed_at), last)
    note_end(event)


def note_end(event: Event) -> None:
    """Note when the next of the open offers ends; an event that never made any is left alone."""
    if event.offers_end_at is None and event.offer_hours is None:
        return
    db.session.flush()
    ends_at = offers.first_end(event.id)
    if ends_at != event.offers_end_at:
        event.offers_end_at = ends_at
        db.session.flush()


def _end_one(registration: Registration, now: datetime) -> None:
    """Who was told and let it pass leaves the line; who was not goes to its end.

    To stay where they were would offer the same place to somebody who does not hear, for ever.
    """
    until = registration.offered_until
    if _was_told(registration):
        settle(registration, Status.WITHDRAWN, "registration.offer_ended", by=WORKER, now=now)
        registration.offered_until = until
    else:
        settle(registration, Status.WAITLISTED, "registration.offer_ended", by=WORKER, now=now)
    registration.letter_due_at = None


def _was_told(registration: Registration) -> bool:
    """Whether the letter about the offer left, or never can."""
    heard = select(Registration.id).where(Registration.id == registration.id, queries.HAS_HEARD)
    return db.session.scalar(heard) is not None


def _stand_where_they_stood(registration: Registration, now: datetime) -> None:
    """They keep their number in the queue, which is before all who wait."""
    number = registration.queue_number
    settle(registration, Status.WAITLISTED, "registration.offer_void", by=WORKER, now=now)
    registration.queue_number = number
    registration.letter_due_at = None


def take_up(registration: Registration, *, by: Actor, now: datetime) -> None:
    """The place that is offered becomes theirs; whoever has it already changes nothing."""
    event = _held(registration, now)
    if registration.holds_place:
        return
    if registration.has_let_pass and registration.offered_until:
        ended = moment_words(registration.offered_until, event.zone)
        if by.kind == "office":
            raise Refused(
                _("A place was offered until %(moment)s and not taken, and they left the "
                  "waitlist. While registration is open, you can register them again.",
                  moment=ended)
            )  # fmt: skip
        raise Refused(
            _("The offer ended on %(moment)s, and you left the waitlist. While registration is "
              "open, you can register again.", moment=ended)
        )  # fmt: skip
    confirm(registration, event, by=by, now=now)


def confirm(registration: Registration, event: Event, *, by: Actor, now: datetime) -> None:
    """The same under the event's lock, also for whoever says so on the telephone."""
    if not registration.is_offered(now):
        raise Refused(_("No place is offered here at the moment."))
    seat = Seat(registration.quota_id)
    settle(registration, Status.CONFIRMED, "registration.offer_taken", seat=seat, by=by, now=now)
    note_end(event)
    arrange(event, now=now)
    events.places_changed(event.id)


def _held(registration: Registration, now: datetime) -> Event:
    event = events.locked(registration.event_id)
    end(event, now=now)
    db.session.refresh(registration)
    return event
