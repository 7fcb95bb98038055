"""A mailbox's own calendar, as programs read it (RFC 5545, RFC 7986)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app, url_for
from flask_babel import gettext as _

from portal import mail
from portal.calendars import queries
from portal.calendars.rules import session_shown_as, shown_as
from portal.events.rules import FEED_KEEPS_CANCELLED, State
from portal.i18n import in_language, translated
from portal.invites import rules as calendar
from portal.invites import service as invites
from portal.invites.models import Invite
from portal.invites.rules import PublicEntry
from portal.labels import STATUSES
from portal.registrations.entries import entry
from portal.registrations.models import Registration
from portal.registrations.rules import Status
from portal.registrations.taking_part import description, place
from portal.sessions import queries as sessions
from portal.sessions.queries import Mine
from portal.sessions.rules import State as InSession
from portal.sessions.shown import own_words
from portal.site import absolute

REFRESH = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Line:
    """What one thing that a mailbox comes to says in its calendar, and when that last changed."""

    entry: PublicEntry | None
    changed_at: datetime


Source = Callable[[str, datetime], Iterable[Line]]


def octets(address_key: str, now: datetime) -> tuple[bytes, datetime | None]:
    """The calendar and the moment of its last change; names nobody, since calendars are shared."""
    lines = [line for source in SOURCES for line in source(address_key, now)]
    entries = [line.entry for line in lines if line.entry is not None]
    name = _("%(site)s: my events", site=current_app.extensions["site"].name)
    body = calendar.feed(name, entries, refresh=REFRESH)
    return body, max((line.changed_at for line in lines), default=None)


def _events(address_key: str, now: datetime) -> Iterable[Line]:
    """The events of a mailbox's registrations, each under the UID of its mails."""
    found = queries.registrations(address_key)
    return [_line(registration, invite, now) for registration, invite in found]


def _sessions(address_key: str, now: datetime) -> Iterable[Line]:
    """The sessions that its people chose, each an entry of its own."""
    found = [each for each, _invite in queries.registrations(address_key) if each.event.chooses]
    chosen = sessions.of_all([each.id for each in found], with_gone=True) if found else {}
    return [_session_line(each, mine, now) for each in found for mine in chosen.get(each.id, ())]


SOURCES: Sequence[Source] = (_events, _sessions)
"""Whatever a calendar is made of: another kind of entry is another function here."""


def _line(registration: Registration, invite: Invite | None, now: datetime) -> Line:
    shown, off_at = _shown(registration, now)
    changed_at = max(registration.status_at, registration.event.updated_at)
    if invite is not None and invite.stamped_at is not None:
        changed_at = max(changed_at, invite.stamped_at)  # of what they changed, as room or online
    if shown is None:
        return Line(None, max(changed_at, off_at + FEED_KEEPS_CANCELLED))
    return Line(_entry(registration, invite, shown, changed_at), changed_at)


def _shown(registration: Registration, now: datetime) -> tuple[calendar.Status | None, datetime]:
    """How an event stands in its mailbox's calendar, and since when if it is off."""
    event = registration.event
    is_off = event.state is State.CANCELLED and registration.status.is_live
    off_at = (event.state_changed_at if is_off else None) or registration.status_at
    shown = shown_as(
        standing=registration.standing,
        is_published=event.state is State.PUBLISHED,
        is_over=event.is_over(now),
        changed_at=off_at,
        now=now,
    )
    return shown, off_at


def _session_line(registration: Registration, mine: Mine, now: datetime) -> Line:
    of_event, event_off_at = _shown(registration, now)
    off_at = max(mine.at, mine.cancelled_at or mine.at)
    if of_event == "CANCELLED" and mine.state.is_chosen:
        off_at = event_off_at
    shown = session_shown_as(
        of_event,
        is_off=mine.offer.cancelled or not mine.state.is_chosen,
        has_place=mine.state is InSession.PLACE,
        off_at=off_at,
        now=now,
    )
    changed_at = max(mine.at, registration.status_at, registration.event.updated_at)
    if shown is None:
        return Line(None, max(changed_at, off_at + FEED_KEEPS_CANCELLED))
    return Line(_session_entry(registration, mine, shown, changed_at), changed_at)


def _session_entry(
    registration: Registration, mine: Mine, shown: calendar.Status, changed_at: datetime
) -> PublicEntry:
    """Its SEQUENCE rises with what the person does, what becomes of the session, and the event."""
    event, offer = registration.event, mine.offer
    page = absolute(url_for("events.show", slug=event.slug))
    name, address = mail.sender()
    return PublicEntry(
        uid=f"session-{offer.id}-registration-{registration.id}@{mail.domain()}",
        summary=translated(dict(offer.title)),
        description="\n\n".join([translated(event.title), own_words(mine), page]),
        location=", ".join(part for part in (offer.room, place(registration)) if part),
        url=page,
        starts_at=offer.starts_at,
        ends_at=offer.ends_at,
        status=shown,
        sequence=mine.sequence + mine.session_sequence + event.public_sequence,
        stamped_at=changed_at,
        created_at=registration.registered_at,
        modified_at=changed_at,
        organizer_name=name,
        organizer_address=address,
    )


def _entry(
    registration: Registration, invite: Invite | None, shown: calendar.Status, changed_at: datetime
) -> PublicEntry:
    """Nothing in it is the time of rendering, so that a program that knows it hears so."""
    event = registration.event
    page = absolute(url_for("events.show", slug=event.slug))
    name, address = mail.sender()
    state = ""
    if registration.standing is not Status.CONFIRMED:
        state = _("State: %(state)s", state=str(STATUSES[registration.standing]))
    said = [state, description(registration, page)]
    return PublicEntry(
        uid=invite.uid if invite else f"registration-{registration.id}@{mail.domain()}",
        summary=translated(event.title),
        description="\n\n".join(part for part in said if part),
        location=place(registration),
        url=page,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        status=shown,
        sequence=_sequence(registration, invite),
        stamped_at=changed_at,
        created_at=invite.created_at if invite else registration.registered_at,
        modified_at=changed_at,
        organizer_name=name,
        organizer_address=address,
    )


def _sequence(registration: Registration, invite: Invite | None) -> int:
    """That of the mails, also of the one still to be written; 0 for who never had an invite."""
    if invite is None:
        return 0
    is_invited = registration.holds_place and registration.event.state is State.PUBLISHED
    with in_language(registration.language):
        return invites.sequence_to_be(invite, entry(registration, invite) if is_invited else None)
