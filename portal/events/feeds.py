"""Public events for calendars (RFC 5545, RFC 7986)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import Blueprint, Response, abort, current_app, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import mail
from portal.cache import Fresh, page
from portal.events import queries
from portal.events.models import Event
from portal.events.rules import FEED_KEEPS_CANCELLED, State, next_change
from portal.i18n import page_language, translated
from portal.invites.rules import PublicEntry, Status, feed, published
from portal.site import absolute

bp = Blueprint("event_feeds", __name__)

CALENDAR = "text/calendar; charset=utf-8"
REFRESH = timedelta(hours=6)
STATUSES: dict[State, Status] = {
    State.PUBLISHED: "CONFIRMED",
    State.POSTPONED: "TENTATIVE",
    State.CANCELLED: "CANCELLED",
}


@bp.get("/<lang>/events/<slug>/event.ics")
def event(slug: str) -> ResponseReturnValue:
    """One event as a file for a calendar."""
    stamp = queries.stamp(slug)
    if stamp is None:
        return _moved(slug)
    answer = page("", stamp[:2], lambda now: _event_file(slug))
    return _named(answer, f"{slug}.ics", "attachment")


@bp.get("/<lang>/events/calendar.ics")
def calendar() -> ResponseReturnValue:
    """All public events, to subscribe to."""
    answer = page("", queries.stamp_of_all(), _feed)
    return _named(answer, f"events-{page_language()}.ics", "inline")


def _event_file(slug: str) -> Fresh:
    found = queries.public_event_bare(slug) or abort(404)
    return Fresh(
        published(_entry(found)), content_type=CALENDAR, last_modified=_whole(found.updated_at)
    )


def _feed(now: datetime) -> Fresh:
    events = queries.for_feed(now)
    leave = [_leaves_at(event) for event in events]
    name = _("%(site)s: events", site=current_app.extensions["site"].name)
    body = feed(name, map(_entry, events), refresh=REFRESH)
    return Fresh(
        body,
        until=next_change(leave, now),
        content_type=CALENDAR,
        last_modified=_last_change(events, now),
    )


def _entry(event: Event) -> PublicEntry:
    """The same UID in every language and for ever; nothing in it is the time of rendering."""
    address = absolute(url_for("events.show", slug=event.slug))
    name, mailbox = mail.sender()
    organisers = ", ".join(translated(organiser) for organiser in event.organisers)
    return PublicEntry(
        uid=f"event-{event.id}@{mail.domain()}",
        summary=translated(event.title),
        description=_description(event, address),
        location=event.place or _("Online"),
        url=address,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        status=STATUSES[event.state],
        sequence=event.public_sequence,
        stamped_at=event.updated_at,
        created_at=event.created_at,
        modified_at=event.updated_at,
        organizer_name=organisers or name or mail.domain(),
        organizer_address=mailbox,
    )


def _description(event: Event, address: str) -> str:
    mandatory = _("Registration is mandatory: %(address)s", address=address)
    return "\n\n".join(part for part in (translated(event.summary), mandatory) if part)


def _leaves_at(event: Event) -> datetime | None:
    """When a cancelled event is no longer told."""
    if event.state is not State.CANCELLED or event.state_changed_at is None:
        return None
    return event.state_changed_at + FEED_KEEPS_CANCELLED


def _last_change(events: Sequence[Event], now: datetime) -> datetime | None:
    """The last edit, or the moment at which a cancelled event left the feed."""
    left = queries.last_left_feed(now)
    moments = [event.updated_at for event in events]
    if left is not None:
        moments.append(left + FEED_KEEPS_CANCELLED)
    return _whole(max(moments)) if moments else None


def _whole(moment: datetime) -> datetime:
    """HTTP knows whole seconds only."""
    return moment.replace(microsecond=0)


def _moved(slug: str) -> ResponseReturnValue:
    slug_now = queries.slug_now(slug) or abort(404)
    return redirect(url_for("event_feeds.event", slug=slug_now), 301)


def _named(answer: Response, name: str, disposition: str) -> Response:
    answer.headers["Content-Disposition"] = f'{disposition}; filename="{name}"'
    return answer
