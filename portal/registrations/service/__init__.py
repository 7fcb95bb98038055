"""The verbs that change a registration's truth; each leaves an audit entry.

Here are those of coming and going; details, the line, who is entered at the desk, and notes have
files of their own.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import bindparam, insert, update

from portal import ledger
from portal.audit.service import WORKER, Actor, Subject, record
from portal.db import db
from portal.errors import Refused
from portal.events import service as events
from portal.events.division import Seat, Who
from portal.events.models import Event
from portal.events.rules import Door, Entrance, Places, State, places_left
from portal.ledger import Erased, Row
from portal.questions.rules import Said
from portal.questions.service import answers as questions
from portal.questions.service import second
from portal.registrations import divisions, queries
from portal.registrations.models import Answer, Recall, Registration
from portal.registrations.person import (
    address_key,
    columns,
    name_key,
    only_in_person,
    who,
)
from portal.registrations.rules import (
    Reply,
    Status,
    Stillness,
    first_status,
    stillness,
)
from portal.registrations.service import contacts, offers, one_way
from portal.registrations.service.arranging import arrange
from portal.registrations.service.repeating import key_of
from portal.registrations.service.standing import next_number as next_number
from portal.registrations.service.standing import quota_of as quota_of
from portal.registrations.service.standing import settle as settle
from portal.registrations.service.standing import stand
from portal.sessions import service as sessions


@dataclass(frozen=True)
class Sent:
    """A form as it was sent: the person's fields, consents, and the form's own random key."""

    person: dict[str, Any]
    consents: dict[str, Any]
    notice_version: str
    language: str
    form_key: str = ""
    may_write: bool = field(default=True)
    answers: Sequence[Said] = ()
    sessions: Sequence[int] = ()
    invitation_id: int | None = None

    @property
    def who(self) -> Who:
        """What decides which places the person may have."""
        return who(self.person, invited=self.invitation_id is not None)


def register(entrance: Entrance, sent: Sent, *, by: Actor, now: datetime) -> Status:
    """What a newcomer gets at this moment; who is registered already changes nothing by this.

    The answer is the same in both cases, and to a repeated post of the same form, so that a page
    tells nobody whether somebody is registered; the letter tells the truth. The event is held by
    who calls (`events.held`), since `now` has to be asked under its lock.
    """
    if entrance.offers_end_at is not None and entrance.offers_end_at <= now:
        fill_places(events.locked(entrance.id), now=now)
    key = key_of(sent.form_key, sent.person)
    keys = entrance.id, address_key(sent.person["email"]), name_key(sent.person)
    found = queries.situation(*keys, key)
    known = queries.of_person(*keys) if found.is_known else None
    if found.answer is not None and not _left_since(known, found.answered_at):
        return found.answer
    one_way.ensure_possible(entrance.format, sent.person["attendance"])
    answer, seat = _answer(entrance, found.places, sent, now)
    if sent.answers:
        questions.ensure_free(entrance.id, sent.answers)
    chosen = _chosen(entrance.id, sent, answer)
    if known is None:
        made = _enter(entrance.id, sent, answer, seat, chosen, by=by, now=now)
        sessions.give(made, chosen, now=now)
    elif known.status is Status.WITHDRAWN:
        enter_again(known, sent, answer, seat, by=by, now=now)
        if chosen:
            moved = sessions.keep(known.id, chosen, now=now)
            record(
                "registration.sessions_chosen", known, by=by, now=now, event_id=entrance.id,
                moved=sessions.said(moved),
            )  # fmt: skip
    elif sent.may_write:
        known.links_asked_at = now
    _keep_answer(entrance.id, key, answer, now, again=found.answer is not None)
    return answer


def _chosen(event_id: int, sent: Sent, answer: Status) -> sessions.Decided:
    """How a newcomer stands in the sessions that they choose; nothing is asked where none is."""
    if not sent.sessions:
        return {}
    return sessions.decided(event_id, sent.sessions, has_place=answer is Status.CONFIRMED)


def _left_since(known: Registration | None, moment: datetime | None) -> bool:
    """Whether the person withdrew after that: the old form means a new registration then."""
    if known is None or known.status is not Status.WITHDRAWN or moment is None:
        return False
    return known.status_at > moment


def withdraw(registration: Registration, *, by: Actor, now: datetime, via: str = "") -> None:
    """Give the place, or the place in line, back; the first in line moves up.

    `via` is how somebody said so where they pressed no button: "calendar".
    """
    event = events.locked(registration.event_id)
    db.session.refresh(registration)
    if registration.status is Status.WITHDRAWN:
        raise Refused(_("This registration is withdrawn already."))
    if not registration.may_withdraw(now):
        raise Refused(_("This registration cannot be withdrawn any more."))
    is_late = registration.withdraws_late(now)
    noted: dict[str, Any] = ({"late": True} if is_late else {}) | ({"via": via} if via else {})
    settle(registration, Status.WITHDRAWN, "registration.withdrawn", by=by, now=now, **noted)
    registration.withdrawn_late = is_late
    fill_places(event, now=now)


def disown(registration: Registration, *, by: Actor, now: datetime) -> None:
    """Somebody else used this address: withdraw, and forget the person once that is told."""
    event = _held_with_event(registration)
    known_by = ledger.digest(registration.address_key)
    ledger.note(Erased(now, known_by, registrations=(row(registration),)))
    if registration.status.is_live:
        settle(registration, Status.WITHDRAWN, "registration.disowned", by=by, now=now)
    registration.revision += 1
    _have_erased(registration, event, now)


def ask_to_be_erased(registration: Registration, *, by: Actor, now: datetime) -> bool:
    """The person is to be forgotten; whether a letter about this event says so before.

    Who was to come gives their place up and is told. Of an event that is over the status stays,
    so that it is known how many came. The ledger is written by who asks for all of an address.
    """
    event = _held_with_event(registration)
    was_to_come = registration.status.is_live and registration.may_withdraw(now)
    if was_to_come:
        act = "registration.erasure_asked"
        settle(registration, Status.WITHDRAWN, act, by=by, now=now)
    _have_erased(registration, event, now)
    return was_to_come


def row(registration: Registration) -> Row:
    """By what the ledger of erasures knows the registration again."""
    return Row(registration.id, registration.event_id, registration.registered_at)


def _held_with_event(registration: Registration) -> Event:
    event = events.locked(registration.event_id)
    db.session.refresh(registration)
    return event


def _have_erased(registration: Registration, event: Event, now: datetime) -> None:
    registration.erase_asked_at = now
    registration.link_code = secrets.token_urlsafe(9)
    contacts.end(registration, registration.contact, now=now)
    fill_places(event, now=now)


def approve(registration: Registration, *, by: Actor, now: datetime) -> None:
    """Let the person in: to a place if there is one, else to the end of the line."""
    approve_all(registration.event, [registration], by=by, now=now)


def approve_all(
    event: Event, registrations: Sequence[Registration], *, by: Actor, now: datetime
) -> None:
    """The same for many, in this order, with the places counted once; all of them or nobody."""
    event = events.locked(event.id)
    refuse_when_settled(event, now)
    offers.end(event, now=now)
    places = queries.places_now(event.id, event, now)
    queries.read_anew(registrations)
    for registration in registrations:
        if registration.status not in (Status.PENDING, Status.DECLINED):
            raise Refused(_("Only a pending or declined registration can be approved."))
        status, seat, places = _approved(registration, event, places)
        settle(registration, status, "registration.approved", seat=seat, by=by, now=now)
    if registrations:
        arrange(event, now=now)
        events.places_changed(event.id)


def _approved(
    registration: Registration, event: Event, places: Places
) -> tuple[Status, Seat | None, Places]:
    """What one of many gets, and what is left after them."""
    person = registration.who
    seat = None if places.division is None else places.division.seat_behind_the_line(person)
    status = _status(event, places, seat, approval=False)
    if status is Status.WAITLISTED and not event.waitlist:
        raise Refused(_("All places are taken, and the event has no waitlist."))
    waits = status is Status.WAITLISTED
    if places.division is not None and seat is not None:
        places.division.take(person, seat)
    elif places.division is not None:
        places.division.wait(person)
    left = replace(
        places,
        taken=places.taken + (not waits),
        someone_waits=places.someone_waits or waits,
    )
    return status, seat, left


def decline(registration: Registration, *, by: Actor, now: datetime) -> None:
    """Say no to the person; a place that they held goes to the first in line."""
    event = events.locked(registration.event_id)
    db.session.refresh(registration)
    refuse_when_settled(event, now)
    if not registration.status.is_live:
        raise Refused(_("This registration is not open any more."))
    settle(registration, Status.DECLINED, "registration.declined", by=by, now=now)
    fill_places(event, now=now)


def refuse_when_settled(event: Event, now: datetime) -> None:
    """Of an event that is cancelled or over nothing is decided."""
    if event.state is State.CANCELLED or event.is_over(now):
        raise Refused(_("The event is cancelled or over: there is nothing to decide any more."))


def fill_places(event: Event, *, now: datetime) -> int:
    """Give or offer free places to the first in line, under the event's lock; to how many.

    Where places are divided, to the first who may have each of them. Places in sessions follow.
    """
    moved_up = _fill_places(event, now)
    arrange(event, now=now)
    return moved_up


def _fill_places(event: Event, now: datetime) -> int:
    offers.end(event, now=now)
    events.places_changed(event.id)
    promoted = _next_in_line(event, now)
    for registration, seat in promoted:
        offers.give(registration, event, seat, by=WORKER, now=now)
    offers.note_end(event)
    return len(promoted)


def _next_in_line(event: Event, now: datetime) -> list[tuple[Registration, Seat | None]]:
    """Who gets which of the places that are free now."""
    places = queries.places(event.id)
    left = None if event.is_divided else places_left(event.capacity, places.taken)
    still = why_still(event, left, now)
    if still is not None or not places.someone_waits:
        return []
    if not event.is_divided:
        return [(each, None) for each in queries.first_waiting(event.id, left)]
    seats = divisions.moving_up(event.id, event, now)
    return [(each, seats[each.id]) for each in queries.some_of_line(seats)]


def why_still(event: Event, left: int | None, now: datetime) -> Stillness | None:
    """Why this event's line does not move, or None where it does."""
    return stillness(
        event_state=event.state.value,
        starts_at=event.starts_at,
        closes_at=event.registration_closes_at,
        waitlist=event.waitlist,
        places_left=left,
        now=now,
    )


def still_come(registration: Registration, *, by: Actor, now: datetime) -> None:
    """They answered yes to “Will you still come?”; to say so twice changes nothing."""
    events.locked(registration.event_id)
    db.session.refresh(registration)
    if registration.reply is None:
        raise Refused(_("Nobody asks whether you will still come."))
    if registration.reply is Reply.YES:
        return
    registration.still_comes_at = now
    record("registration.still_comes", registration, by=by, now=now, event_id=registration.event_id)


def note_joining(registration: Registration, *, by: Actor, now: datetime) -> None:
    """The person went to the joining link: that is joined, not attended."""
    registration.joined_at = registration.joined_at or now
    record("registration.joined", registration, by=by, now=now, event_id=registration.event_id)


def try_again(registration: Registration, *, by: Actor, now: datetime) -> None:
    """The cause of a letter that could not be written is mended: have it written again."""
    registration.stuck_at = None
    registration.stuck_reason = ""
    events.reopen_news(registration.event, registration.told_event_revision)
    record("registration.tried_again", registration, by=by, now=now, event_id=registration.event_id)


def write_once_more(registration: Registration, *, by: Actor, now: datetime) -> None:
    """To an address whose mail came back: a letter with their link shows whether it works now."""
    registration.failing_at, registration.failing_code = None, ""
    second.ask_anew(registration.id, registration.event_id)
    registration.links_asked_at = now
    record("registration.tried_again", registration, by=by, now=now, event_id=registration.event_id)


def note_failing(registration: Registration, code: str, *, by: Actor, now: datetime) -> None:
    """A mail to this address came back for good: `code` is why (RFC 3463)."""
    registration.failing_at, registration.failing_code = now, code
    event_id = registration.event_id
    record("registration.came_back", registration, by=by, now=now, event_id=event_id, code=code)


def ask_for_links(registrations: Sequence[Registration], *, now: datetime) -> None:
    """Have one letter written with the links of these registrations of one address."""
    for registration in registrations:
        registration.links_asked_at = now


def ask_for_last_details(event_id: int, address_key: str, language: str, *, now: datetime) -> None:
    """Somebody at this event's form; nothing here says whether the address is known."""
    recall = Recall(event_id=event_id, address_key=address_key, language=language, asked_at=now)
    db.session.add(recall)


def _answer(
    entrance: Entrance, places: Places, sent: Sent, now: datetime
) -> tuple[Status, Seat | None]:
    """What a newcomer gets, and of divided places which."""
    if entrance.is_divided:
        divided = divisions.of({entrance.id: entrance}, now)
        places = replace(places, division=divided[entrance.id])
    door = entrance.door(places, now)
    if not door.lets_in:
        raise Refused(door_sentence(door))
    seat = None
    if places.division is not None and not entrance.approval:
        seat = places.division.seat_behind_the_line(sent.who)
    status = _status(entrance, places, seat, approval=entrance.approval)
    if status is Status.WAITLISTED and not entrance.waitlist:
        raise Refused(
            _("No place is free for you: those that are left are kept for others, or for the "
              "other way to take part. There is no waitlist.")
        )  # fmt: skip
    return status, seat


def _status(
    event: Event | Entrance, places: Places, seat: Seat | None, *, approval: bool
) -> Status:
    """By the places that are left, or where they are divided, by the one found for the person."""
    left, someone_waits = places_left(event.capacity, places.taken), places.someone_waits
    if places.division is not None:
        left, someone_waits = (1 if seat else 0), False
    return first_status(approval=approval, places_left=left, someone_waits=someone_waits)


def door_sentence(door: Door) -> str:
    """Why nobody can register at the moment."""
    return {
        Door.NOT_YET: _("Registration has not opened yet."),
        Door.FULL: _("All places are taken, and there is no waitlist."),
        Door.CLOSED: _("Registration is closed."),
        Door.POSTPONED: _("The event is postponed. Registration opens again with its new date."),
        Door.CANCELLED: _("The event is cancelled."),
        Door.OVER: _("The event has begun or is over."),
    }.get(door, "")


def _enter(
    event_id: int,
    sent: Sent,
    status: Status,
    seat: Seat | None,
    chosen: sessions.Decided,
    *,
    by: Actor,
    now: datetime,
) -> int:
    """The first time, without the ORM: most registrations are made here, many at once."""
    number = next_number(event_id) if status is Status.WAITLISTED else None
    row = whole(sent, now) | {
        "event_id": event_id,
        "status": status,
        "status_at": now,
        "queue_number": number,
        "quota_id": quota_of(status, seat),
        "revision": 1,
        "link_code": secrets.token_urlsafe(9),
    }
    made = int(db.session.scalar(_MADE, row) or 0)
    if sent.answers:
        questions.give(made, sent.answers, now=now)
    subject = Subject(Registration.__tablename__, made)
    details = {"moved": sessions.said(sessions.from_nothing(chosen))} if chosen else {}
    record(
        "registration.made", subject, by=by, now=now, event_id=event_id, status=status.value,
        **details,
    )  # fmt: skip
    events.places_changed(event_id)
    return made


def enter_again(
    registration: Registration,
    sent: Sent,
    status: Status,
    seat: Seat | None,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Who withdrew comes back, as a newcomer comes, under the same UID."""
    if registration.answered or sent.answers:
        questions.keep(registration.id, sent.answers, now=now)
    questions.begin_anew(registration.id)
    write_values(registration, whole(sent, now) | {"erase_asked_at": None, "erased_at": None})
    registration.still_comes_at = registration.failing_at = None
    registration.handed_to = registration.handed_by = None
    contacts.end(registration, registration.contact, now=now)
    stand(registration, status, seat, now)
    db.session.flush()
    event_id = registration.event_id
    record(
        "registration.returned", registration, by=by, now=now, event_id=event_id,
        status=status.value,
    )  # fmt: skip
    events.places_changed(event_id)


def _keep_answer(
    event_id: int, form_key: str, answer: Status, now: datetime, *, again: bool
) -> None:
    if again:
        values = {"event": event_id, "key": form_key, "given": answer, "moment": now}
        db.session.execute(_ANSWERED_AGAIN, values)
    else:
        values = {"event_id": event_id, "form_key": form_key, "answer": answer, "at": now}
        db.session.execute(_ANSWERED, values)


_MADE = insert(Registration.metadata.tables["registrations"]).returning(Registration.id)
_ANSWERS = Answer.metadata.tables["registration_answers"]
_ANSWERED = insert(_ANSWERS)
_ANSWERED_AGAIN = (
    update(_ANSWERS)
    .where(_ANSWERS.c.event_id == bindparam("event"), _ANSWERS.c.form_key == bindparam("key"))
    .values(answer=bindparam("given"), at=bindparam("moment"))
)


def whole(sent: Sent, now: datetime) -> dict[str, Any]:
    """What a registration says that is made, or made again, by this form."""
    return {
        **columns(only_in_person(sent.person)),
        "registered_at": now,
        "language": sent.language,
        "notice_version": sent.notice_version,
        "consents": sent.consents,
        "answered": "yes" if sent.answers else "",
        "entered_by": None,
        "source": "",
        "invitation_id": sent.invitation_id,
    }


def write_values(registration: Registration, values: dict[str, Any]) -> None:
    """Set these columns."""
    for name, value in values.items():
        setattr(registration, name, value)
