"""A place is handed over to a colleague, in one act and past the line."""

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from portal.audit.service import Actor, record
from portal.db import db
from portal.errors import Refused
from portal.events import service as events
from portal.events.division import Seat
from portal.events.models import Event
from portal.registrations import queries
from portal.registrations.models import Registration
from portal.registrations.person import address_key, name_key
from portal.registrations.rules import Status
from portal.registrations.service import Sent, enter_again, fill_places, settle, whole
from portal.sessions import service as sessions


def hand_over(registration: Registration, sent: Sent, *, by: Actor, now: datetime) -> Registration:
    """The colleague, who holds the very place; only one that was offered to them goes to the line.


    Each has a UID of their own: CANCEL goes to one, REQUEST to the other. Needs and consents of
    neither are taken over. Where room and online have places of their own, or quotas, the colleague
    comes where the place is, and it stays of its quota. The sessions that were chosen go along,
    unless the colleague had chosen some. The invitation by which it was got goes along, too: who
    handed it over and comes back has none.
    """
    event = events.locked(registration.event_id)
    db.session.refresh(registration)
    if not registration.may_hand_over(now):
        raise Refused(_("This place cannot be handed over any more."))
    taker = queries.of_person(event.id, address_key(sent.person["email"]), name_key(sent.person))
    _refuse_who_cannot(taker, registration)
    seat, attendance = Seat(registration.quota_id), registration.attendance
    if event.online_capacity is not None:
        sent = replace(sent, person=sent.person | {"attendance": attendance})
    if taker is None:
        taker = _new(event, sent, seat, now)
    elif taker.status in (Status.OFFERED, Status.WAITLISTED):
        settle(taker, Status.CONFIRMED, "registration.promoted", seat=seat, by=by, now=now)
        if event.online_capacity is not None:
            taker.attendance = attendance
    else:
        enter_again(taker, sent, Status.CONFIRMED, seat, by=by, now=now)
    settle(registration, Status.WITHDRAWN, "registration.handed_over", by=by, now=now, to=taker.id)
    registration.handed_to, taker.handed_by = taker.id, registration.id
    if registration.invitation_id is not None:
        taker.invitation_id, registration.invitation_id = registration.invitation_id, None
    went_along: dict[str, Any] = {}
    if event.chooses:
        moved = sessions.hand_over(registration.id, taker.id, now=now)
        went_along = {"moved": sessions.said(moved)} if moved else {}
    fill_places(event, now=now)
    record(
        "registration.taken_over", taker, by=by, now=now, event_id=event.id,
        handed_by=registration.id, **went_along,
    )  # fmt: skip
    return taker


def _refuse_who_cannot(taker: Registration | None, registration: Registration) -> None:
    """Only somebody new, who waits, or who withdrew; the organisers' own decisions stand."""
    if taker is None:
        return
    if taker.id == registration.id:
        raise Refused(_("These are your own name and address. Enter those of your colleague."))
    if taker.status is Status.CONFIRMED:
        raise Refused(_("This colleague has a place already."))
    if taker.erase_asked_at is not None or taker.status in (Status.PENDING, Status.DECLINED):
        raise Refused(
            _("This colleague cannot take over your place. Write to the contacts on the page of "
              "the event.")
        )  # fmt: skip


def _new(event: Event, sent: Sent, seat: Seat, now: datetime) -> Registration:
    taker = Registration(
        **whole(sent, now),
        event_id=event.id,
        status=Status.CONFIRMED,
        status_at=now,
        queue_number=None,
        quota_id=seat.quota_id,
        link_code=secrets.token_urlsafe(9),
    )
    db.session.add(taker)
    db.session.flush()
    return taker
