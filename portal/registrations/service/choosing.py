"""The verbs by which somebody chooses among the sessions of an event, or is put into them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from portal.audit.service import Actor, record
from portal.db import db
from portal.errors import Refused
from portal.events import programme_service as programme
from portal.events import service as events
from portal.events.models import Event, Session
from portal.registrations.models import Registration
from portal.registrations.rules import Status
from portal.registrations.service import refuse_when_settled
from portal.registrations.service.arranging import arrange, have_told
from portal.sessions import queries
from portal.sessions import service as sessions


def choose(
    registration: Registration, wanted: Collection[int], *, by: Actor, now: datetime
) -> bool:
    """All of the person's sessions anew; nothing changed means no write and no letter.

    What they have, or wait for, stays theirs; what they give up goes to the first in its line.
    """
    event = _held(registration)
    if not registration.may_change(now):
        raise Refused(_("Your sessions cannot be changed any more."))
    return _choose(registration, event, wanted, beyond=False, by=by, now=now)


def put_into(
    registration: Registration,
    wanted: Collection[int],
    *,
    beyond: bool = False,
    by: Actor,
    now: datetime,
) -> bool:
    """The same by an organiser, also after the person's own deadline.

    With `beyond` past the line, and past the number of places: that is theirs to decide.
    """
    event = _held(registration)
    refuse_when_settled(event, now)
    if not registration.status.is_live:
        raise Refused(_("This registration is not open any more."))
    return _choose(registration, event, wanted, beyond=beyond, by=by, now=now)


def change_session(
    session: Session, facts: Mapping[str, Any], *, tell: bool, by: Actor, now: datetime
) -> None:
    """A session says something else; where it has more places now, its line moves up."""
    programme.change_session(session, facts, tell=tell, by=by, now=now)
    arrange(session.event, now=now)


def revive_session(session: Session, *, by: Actor, now: datetime) -> None:
    """It will be held after all; whatever became free meanwhile is given."""
    programme.revive_session(session, by=by, now=now)
    arrange(session.event, now=now)


def _held(registration: Registration) -> Event:
    event = events.locked(registration.event_id)
    db.session.refresh(registration)
    return event


def _choose(
    registration: Registration,
    event: Event,
    wanted: Collection[int],
    *,
    beyond: bool,
    by: Actor,
    now: datetime,
) -> bool:
    mine = queries.of(registration.id)
    off = {each.offer.id for each in mine if each.offer.cancelled}
    held = {each.offer.id: each.state for each in mine if each.state.is_chosen}
    decided = sessions.decided(
        event.id, {*wanted, *(off & held.keys())},
        has_place=registration.status is Status.CONFIRMED, held=held, beyond=beyond,
    )  # fmt: skip
    moved = sessions.keep(registration.id, decided, now=now)
    if not moved:
        return False
    have_told(registration)
    record(
        "registration.sessions_chosen", registration, by=by, now=now, event_id=event.id,
        moved=sessions.said(moved),
    )  # fmt: skip
    arrange(event, now=now)
    events.places_changed(event.id)
    return True
