"""A person's details: corrected by the person, or at the desk."""

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from portal.audit.service import Actor, record
from portal.db import db
from portal.errors import Refused
from portal.events import service as events
from portal.events.division import Seat
from portal.events.models import Event
from portal.questions.service import answers as questions
from portal.questions.service import second
from portal.registrations import queries
from portal.registrations.models import Registration
from portal.registrations.person import address_key, columns, name_key, only_in_person, who
from portal.registrations.rules import NEEDED_FOR, TAKING, Status
from portal.registrations.service import contacts, fill_places, settle, write_values
from portal.registrations.service.arranging import have_told
from portal.sessions import service as sessions


def change(
    registration: Registration,
    person: dict[str, Any],
    consents: dict[str, Any],
    *,
    by: Actor,
    now: datetime,
) -> bool:
    """The person's own corrections; nothing changed means no write and no letter.

    Answers whether anything differed. A changed address gets a new link, and the old one is told;
    where the person is registered with the new address too, the two registrations become one.
    """
    event = events.locked(registration.event_id)
    db.session.refresh(registration)
    if not registration.may_change(now):
        raise Refused(_("Details of this registration cannot be changed any more."))
    person = only_in_person(person)
    changed = sorted(name for name in person if getattr(registration, name) != person[name])
    if set(consents) != set(registration.consents):
        changed.append("consents")
    if not changed:
        return False
    other = queries.of_person(event.id, address_key(person["email"]), name_key(person))
    moves = address_key(person["email"]) != registration.address_key
    if other is not None and other.id != registration.id:
        if not moves:
            raise Refused(_("Somebody with this name is registered with your address already."))
        if other.erase_asked_at is not None:  # nothing but the keys is left there
            write_values(other, columns(person) | {"erase_asked_at": None})
        _merge(registration, other, event, by=by, now=now)
        return True
    turns_up_elsewhere = _change_places(registration, person, event, now)
    if moves:
        _another_address(registration)
    kept = registration.consents
    registration.consents = {name: kept.get(name, given) for name, given in consents.items()}
    write_values(registration, columns(person))
    registration.revision += 1
    registration.stuck_at = None
    record("registration.changed", registration, by=by, now=now, event_id=event.id, fields=changed)
    if turns_up_elsewhere:
        fill_places(event, now=now)
    return True


def _change_places(
    registration: Registration, person: dict[str, Any], event: Event, now: datetime
) -> bool:
    """Who goes from the room to what is online, or back, needs a place there.

    Whoever has a place keeps it otherwise, also one of a quota which is for others than they are
    now. Answers whether the line may move by what changed.
    """
    after = who(person)
    if not event.is_divided or registration.who == after:
        return False
    division = queries.places_now(event.id, event, now).division
    moves = division is not None and division.is_apart and _goes_elsewhere(registration, person)
    if division is not None and moves and registration.status in TAKING:
        seat = division.seat_behind_the_line(after)
        if seat is None:
            raise NoPlaceThere(after.online)
        registration.quota_id = seat.quota_id
    return True


def _goes_elsewhere(registration: Registration, person: dict[str, Any]) -> bool:
    return bool(registration.attendance is not person["attendance"])


class NoPlaceThere(Refused):
    """Nothing is changed: the place that the person has stays theirs."""

    def __init__(self, online: bool) -> None:
        there = _("No place is free online. The place in the room is kept.")
        here = _("No place is free in the room. The place online is kept.")
        super().__init__(there if online else here)


def correct(
    registration: Registration,
    person: dict[str, Any],
    *,
    language: str,
    taken: Collection[str] = (),
    by: Actor,
    now: datetime,
) -> bool:
    """An organiser's correction, also after the person's own deadline; the person hears of it.

    A consent is the person's own: at the desk it is only taken away (`taken`), on their request,
    and with it goes what it was about. Answers whether anything differed.
    """
    event = events.locked(registration.event_id)
    db.session.refresh(registration)
    left = {name: proof for name, proof in registration.consents.items() if name not in taken}
    person = only_in_person(_with_consent(person, left))
    other = queries.of_person(event.id, address_key(person["email"]), name_key(person))
    if other is not None and other.id != registration.id:
        raise Refused(_("This person is registered with this address already."))
    consents = {name: left[name] for name in left if _is_about_something(name, person)}
    values = person | {"language": language, "consents": consents}
    changed = sorted(name for name in values if getattr(registration, name) != values[name])
    if not changed:
        return False
    turns_up_elsewhere = _change_places(registration, person, event, now)
    if address_key(person["email"]) != registration.address_key:
        _another_address(registration)
        events.places_changed(event.id)  # who had no mailbox can be asked the second form now
    write_values(registration, columns(person) | {"language": language, "consents": consents})
    registration.revision += 1
    registration.stuck_at = None
    record("registration.changed", registration, by=by, now=now, event_id=event.id, fields=changed)
    if taken:
        record(
            "registration.consent_taken", registration, by=by, now=now, event_id=event.id,
            consents=sorted(taken),
        )  # fmt: skip
    if turns_up_elsewhere:
        fill_places(event, now=now)
    return True


def _another_address(registration: Registration) -> None:
    """The old one's link opens nothing any more, and what it refused says nothing of the new.

    Who had no mailbox of their own can be asked the second form from now on.
    """
    registration.link_code = secrets.token_urlsafe(9)
    if registration.failing_at is not None:
        second.ask_anew(registration.id, registration.event_id)
    registration.failing_at, registration.failing_code = None, ""
    second.look_again(registration.event_id)


def _with_consent(person: dict[str, Any], consents: Collection[str]) -> dict[str, Any]:
    """What may not be used is not kept."""
    gone = {about: "" for consent, about in NEEDED_FOR.items() if consent not in consents}
    return person | gone


def _is_about_something(consent: str, person: dict[str, Any]) -> bool:
    about = NEEDED_FOR.get(consent)
    return about is None or bool(person[about])


def _merge(
    registration: Registration, other: Registration, event: Event, *, by: Actor, now: datetime
) -> None:
    """The better place of the two stays, under the other's address and with its details.

    For the page and for the mailbox that is left, it is a change of address like any other, so
    that nobody learns by it who is registered.
    """
    status, number = registration.status, registration.queue_number
    _merge_answers(registration, other)
    other.entitled = other.entitled or registration.entitled
    other.still_comes_at = other.still_comes_at or registration.still_comes_at
    goes_first = _BEST_FIRST.index(status) < _BEST_FIRST.index(other.status)
    if event.chooses:
        _merge_sessions(registration, other, event, goes_first=goes_first, by=by, now=now)
    seat, attendance = Seat(registration.quota_id), registration.attendance
    offered_until = registration.offered_until
    registration.link_code = secrets.token_urlsafe(9)
    registration.erase_asked_at = now
    registration.address_key = f"merged-{registration.id}"
    registration.queue_number, registration.merged_into = None, other.id
    contacts.end(registration, registration.contact, now=now)
    settle(registration, Status.WITHDRAWN, "registration.merged", by=by, now=now)
    db.session.flush()
    other.invitation_id = other.invitation_id or registration.invitation_id
    if goes_first:
        settle(other, status, "registration.gained", seat=seat, by=by, now=now)
        other.offered_until = offered_until
        if event.online_capacity is not None:  # the place is where it was
            other.attendance = attendance
        if status in (Status.OFFERED, Status.WAITLISTED):
            other.queue_number = number
    else:
        other.links_asked_at = now
        if status is other.status is Status.WAITLISTED and number and other.queue_number:
            other.queue_number = min(number, other.queue_number)
    fill_places(event, now=now)


def _merge_sessions(
    registration: Registration,
    other: Registration,
    event: Event,
    *,
    goes_first: bool,
    by: Actor,
    now: datetime,
) -> None:
    """Nothing is lost of what does not clash; the calendar and a letter say what has come."""
    moved = sessions.merge(event.id, registration.id, other.id, given_first=goes_first, now=now)
    if moved:
        have_told(other)
        record(
            "registration.sessions_chosen", other, by=by, now=now, event_id=event.id,
            moved=sessions.said(moved),
        )  # fmt: skip


def _merge_answers(registration: Registration, other: Registration) -> None:
    """Of two who may come the other's own answers stay, where there are any; who may not holds no
    places by theirs.
    """
    if registration.answered and not (other.answered and other.status.is_live):
        if other.status is Status.CONFIRMED and registration.status is not Status.CONFIRMED:
            questions.take_places(registration.event_id, registration.id)
        questions.hand_over(registration.id, other.id)
        other.answered = registration.answered
    elif registration.answered:
        questions.forget(registration.id)
    registration.answered = ""


_BEST_FIRST = (
    Status.CONFIRMED, Status.OFFERED, Status.WAITLISTED, Status.PENDING, Status.DECLINED,
    Status.WITHDRAWN,
)  # fmt: skip
