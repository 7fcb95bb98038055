"""A mailbox's own calendar, as programs read it (RFC 5545, RFC 7986)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app, url_for
from flask_babel import gettext as _

from portal import mail
from portal.calendars import queries
from portal.calendars.rules import shown_as
from portal.events.rules import FEED_KEEPS_CANCELLED, State
from portal.i18n import translated
from portal.invites import rules as calendar
from portal.invites.models import Invite
from portal.invites.rules import PublicEntry
from portal.labels import STATUSES
from portal.registrations.letters import description
from portal.registrations.models import Registration
from portal.registrations.rules import Status
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


SOURCES: Sequence[Source] = (_events,)
"""Whatever a calendar is made of: another kind of entry is another function here."""


def _line(registration: Registration, invite: Invite | None, now: datetime) -> Line:
    event = registration.event
    is_off = event.state is State.CANCELLED and registration.status.is_live
    off_at = event.state_changed_at if is_off else registration.status_at
    shown = shown_as(
        standing=registration.standing,
        is_published=event.state is State.PUBLISHED,
        is_over=event.is_over(now),
        changed_at=off_at or registration.status_at,
        now=now,
    )
    changed_at = max(registration.status_at, event.updated_at)
    if shown is None:
        return Line(None, max(changed_at, (off_at or changed_at) + FEED_KEEPS_CANCELLED))
    return Line(_entry(registration, invite, shown, changed_at), changed_at)


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
    said = [state, description(event, page)]
    return PublicEntry(
        uid=invite.uid if invite else f"registration-{registration.id}@{mail.domain()}",
        summary=translated(event.title),
        description="\n\n".join(part for part in said if part),
        location=event.place or _("Online"),
        url=page,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        status=shown,
        sequence=(invite.sequence if invite else None) or 0,
        stamped_at=changed_at,
        created_at=invite.created_at if invite else registration.registered_at,
        modified_at=changed_at,
        organizer_name=name,
        organizer_address=address,
    )
