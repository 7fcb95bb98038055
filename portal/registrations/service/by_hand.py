"""Somebody is entered by an organiser, with what the organiser knows of them."""

import secrets
from datetime import datetime

from flask_babel import gettext as _

from portal.audit.service import Actor, record
from portal.db import db
from portal.errors import Refused
from portal.events import service as events
from portal.events.division import Seat
from portal.events.models import Event
from portal.events.rules import State, places_left
from portal.registrations import queries
from portal.registrations.models import Registration
from portal.registrations.person import address_key, name_key, who
from portal.registrations.rules import Placing, Status, place_by_hand
from portal.registrations.service import (
    Sent,
    enter_again,
    line,
    next_number,
    offers,
    quota_of,
    refuse_when_settled,
    whole,
)


def known(event: Event, sent: Sent) -> Registration | None:
    """The registration that this person has already, in whatever state."""
    return queries.of_person(event.id, address_key(sent.person["email"]), name_key(sent.person))


def outcome(
    event: Event, sent: Sent, placing: Placing | None, now: datetime
) -> tuple[Status | None, Seat | None]:
    """What the person would get now, and which place; None where the organiser has to choose."""
    places = queries.places_now(event.id, event, now)
    if places.division is None:
        left, waits = places_left(event.capacity, places.taken), places.someone_waits
        return place_by_hand(places_left=left, someone_waits=waits, placing=placing), None
    any_seat = places.division.seat(who(sent.person))
    seat = places.division.seat_behind_the_line(who(sent.person))
    left, waits = (1 if any_seat else 0), seat is None
    status = place_by_hand(places_left=left, someone_waits=waits, placing=placing)
    return status, seat or any_seat


def is_open(event: Event, now: datetime) -> bool:
    """Whether anybody can be entered at all: what offers it asks this."""
    return event.state in (State.PUBLISHED, State.POSTPONED) and not event.is_over(now)


def ensure_open(event: Event, now: datetime) -> None:
    """As `is_open`, with the reason."""
    refuse_when_settled(event, now)
    if event.state is State.DRAFT:
        raise Refused(_("The event is a draft. Publish it first: the letter leads to its page."))


def enter(
    event: Event, sent: Sent, *, source: str, placing: Placing | None, by: Actor, now: datetime
) -> Registration:
    """Register somebody, whatever the door says, and never beyond the places.

    Who entered them and where the data are from is kept, for the letters say it (Regulation (EU)
    2018/1725, Article 16).
    """
    event = events.locked(event.id)
    ensure_open(event, now)
    offers.end(event, now=now)
    status, seat = outcome(event, sent, placing, now)
    if status is None:
        raise Refused(_("Choose where the person stands in line."))
    if status is Status.WAITLISTED and not event.waitlist:
        raise Refused(_("All places are taken, and the event has no waitlist."))
    registration = _entered(event, sent, status, seat, by=by, now=now)
    registration.entered_by, registration.source = by.id, source
    db.session.flush()
    if status is Status.WAITLISTED and placing is Placing.NEXT:
        line.put(queries.line(event.id), registration, 1)
    return registration


def _entered(
    event: Event, sent: Sent, status: Status, seat: Seat | None, *, by: Actor, now: datetime
) -> Registration:
    found = known(event, sent)
    if found is None:
        return _new(event, sent, status, seat, by=by, now=now)
    if found.erase_asked_at is not None:
        raise Refused(
            _("This person asked to be forgotten, and soon is. Enter them again after that only if "
              "they wish it.")
        )  # fmt: skip
    if found.status is not Status.WITHDRAWN:
        raise Refused(_("This person is registered with this address already."))
    enter_again(found, sent, status, seat, by=by, now=now)
    return found


def _new(
    event: Event, sent: Sent, status: Status, seat: Seat | None, *, by: Actor, now: datetime
) -> Registration:
    registration = Registration(
        **whole(sent, now),
        event_id=event.id,
        status=status,
        status_at=now,
        queue_number=next_number(event.id) if status is Status.WAITLISTED else None,
        quota_id=quota_of(status, seat),
        link_code=secrets.token_urlsafe(9),
    )
    db.session.add(registration)
    db.session.flush()
    record(
        "registration.made", registration, by=by, now=now, event_id=event.id, status=status.value
    )
    events.places_changed(event.id)
    return registration
