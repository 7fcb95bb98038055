"""The line at the desk: somebody gets a free place out of turn, or another position."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import bindparam, update

from portal.audit.service import Actor, record
from portal.db import db
from portal.errors import Refused
from portal.events import service as events
from portal.events.models import Event
from portal.events.rules import places_left
from portal.registrations import divisions, queries
from portal.registrations.models import Registration
from portal.registrations.rules import TAKING, NoteKind, Status, Stillness, reordered
from portal.registrations.service import (
    fill_places,
    notes,
    offers,
    refuse_when_settled,
    settle,
    why_still,
)
from portal.registrations.service.arranging import arrange


def promote(registration: Registration, *, reason: str, by: Actor, now: datetime) -> None:
    """Give somebody in line a free place, whoever stands before them."""
    event = _held(registration, now)
    if registration.status is Status.OFFERED:
        offers.confirm(registration, event, by=by, now=now)
        notes.write(registration, reason, kind=NoteKind.OFFER, by=by, now=now)
        return
    _ensure_in_line(registration)
    division = queries.places_now(event.id, event, now).division
    seat = None if division is None else division.seat(registration.who)
    if division is None and free_places(event, now) == 0:
        raise Refused(_("No place is free. Raise the number of places first."))
    if division is not None and seat is None:
        raise Refused(_("None of the free places is for this person."))
    settle(registration, Status.CONFIRMED, "registration.promoted", seat=seat, by=by, now=now)
    notes.write(registration, reason, kind=NoteKind.PROMOTED, by=by, now=now)
    arrange(event, now=now)
    events.places_changed(event.id)


def take_kept(registration: Registration, *, by: Actor, now: datetime) -> None:
    """Who waits comes by an invitation: a place that is kept for such people, as a newcomer has it
    after registration has closed, when the line stands still. Nobody in line may have it.
    """
    event = _held(registration, now)
    closes_at, division = event.registration_closes_at, None
    if closes_at is not None and closes_at <= now and registration.status is Status.WAITLISTED:
        division = queries.places_now(event.id, event, now).division
    invited = replace(registration.who, invited=True)
    seat = None if division is None else division.seat_behind_the_line(invited)
    if seat is not None and seat.quota_id is not None:
        settle(registration, Status.CONFIRMED, "registration.promoted", seat=seat, by=by, now=now)
        events.places_changed(event.id)


def take_offer_back(registration: Registration, *, reason: str, by: Actor, now: datetime) -> None:
    """The place goes to the next in line, and the person to its end."""
    event = _held(registration, now)
    if registration.status is not Status.OFFERED:
        raise Refused(_("No place is offered here at the moment."))
    settle(registration, Status.WAITLISTED, "registration.offer_taken_back", by=by, now=now)
    notes.write(registration, reason, kind=NoteKind.OFFER, by=by, now=now)
    db.session.flush()
    fill_places(event, now=now)
    if registration.status in TAKING:
        raise Refused(
            _("Nobody else waits for this place, so it would be offered to the same person again. "
              "Decline the registration instead, or close the waitlist.")
        )  # fmt: skip


def free_places(event: Event, now: datetime) -> int | None:
    """How many places nobody has; None where there is no limit."""
    return places_left(event.places_in_all, queries.places_now(event.id, event, now).taken)


def free_for(registration: Registration, now: datetime) -> int | None:
    """How many places this person could get now, whoever stands before them."""
    event = registration.event
    division = queries.places_now(event.id, event, now).division
    if division is None:
        return free_places(event, now)
    person = registration.who
    return division.part(person).left_for(person)


def why_it_stands(event: Event, now: datetime) -> Stillness | None:
    """Why nobody in an event's line moves up; None where nobody waits, or where it moves."""
    places = queries.places_now(event.id, event, now)
    if not places.someone_waits:
        return None
    left = places_left(event.places_in_all, places.taken)
    if places.division is not None:
        left = None if places.division.line_moves else 0
    return why_still(event, left, now)


def kept_for_others_until(registration: Registration, now: datetime) -> datetime | None:
    """When places that are free, and kept for others, are next open to this person as well."""
    event = registration.event
    found = divisions.of({event.id: event}, now).get(event.id)
    return None if found is None else found.part(registration.who).opens_at(registration.who)


def move(
    registration: Registration, position: int, *, reason: str, by: Actor, now: datetime
) -> None:
    """Another position in line; nobody is told, the pages say it at once."""
    event = _held(registration, now)
    _ensure_in_line(registration)
    line = queries.line(event.id)
    if not 1 <= position <= len(line):
        raise Refused(_("There is no such position in this line."))
    before = [each for each, _number in line].index(registration.id) + 1
    if before == position:
        return
    put(line, registration, position)
    notes.write(registration, reason, kind=NoteKind.MOVED, by=by, now=now)
    record(
        "registration.moved", registration, by=by, now=now, event_id=event.id,
        before=before, after=position,
    )  # fmt: skip


def put(line: Sequence[tuple[int, int]], registration: Registration, position: int) -> None:
    """Give the numbers that this line has to its people in their new order.

    No two rows may bear one number at any moment, so those that change bear none in between.
    """
    order = reordered([each for each, _number in line], registration.id, position)
    changed = [
        {"row": new, "number": number}
        for new, (old, number) in zip(order, line, strict=True)
        if new != old
    ]
    if not changed:
        return
    db.session.execute(_WITHOUT_NUMBER, {"rows": [each["row"] for each in changed]})
    db.session.execute(_NUMBERED, changed)
    db.session.refresh(registration)


_ROWS = Registration.metadata.tables["registrations"]
_WITHOUT_NUMBER = (
    update(_ROWS).where(_ROWS.c.id.in_(bindparam("rows", expanding=True))).values(queue_number=None)
)
_NUMBERED = (
    update(_ROWS).where(_ROWS.c.id == bindparam("row")).values(queue_number=bindparam("number"))
)


def _held(registration: Registration, now: datetime) -> Event:
    event = events.locked(registration.event_id)
    offers.end(event, now=now)
    db.session.refresh(registration)
    refuse_when_settled(event, now)
    return event


def _ensure_in_line(registration: Registration) -> None:
    if registration.status is not Status.WAITLISTED:
        raise Refused(_("This person does not stand in line any more."))
