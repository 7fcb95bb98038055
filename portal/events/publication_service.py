"""The verbs that lead a draft to the public: now, at a time, with a colleague's approval."""

from datetime import datetime

from flask_babel import gettext as _

from portal import labels
from portal.audit.service import WORKER, Actor, record
from portal.errors import Refused
from portal.events import service
from portal.events.models import Event
from portal.events.rules import State


def publish(event: Event, at: datetime | None = None, *, by: Actor, now: datetime) -> None:
    """Now, or at a time that is still to come; a time that was set before is replaced."""
    _refuse_what_is_not_ready(event, now)
    if at is None:
        service.publish(event, by=by, now=now)
    else:
        _plan(event, at, now)
        record("event.publication_planned", event, by=by, now=now, event_id=event.id)


def ask(event: Event, at: datetime | None = None, *, by: Actor, now: datetime) -> None:
    """Ask a colleague to approve that it goes public, at once or at a time."""
    _refuse_what_is_not_ready(event, now)
    _plan(event, at, now)
    event.publish_asked_at, event.publish_asked_by = now, by.id
    record("event.publication_asked", event, by=by, now=now, event_id=event.id)


def approve(event: Event, *, by: Actor, now: datetime) -> None:
    """What a colleague asked for happens: four eyes have seen it."""
    _refuse_own(event, by)
    _refuse_what_is_not_ready(event, now)
    at = event.publish_at
    event.publish_asked_at = None
    record("event.publication_approved", event, by=by, now=now, event_id=event.id)
    if at is None or at <= now:
        service.publish(event, by=by, now=now)


def send_back(event: Event, *, by: Actor, now: datetime) -> None:
    """Not like this: the draft stays one, and nothing is planned for it."""
    _refuse_own(event, by)
    _forget(event)
    record("event.publication_sent_back", event, by=by, now=now, event_id=event.id)


def withdraw(event: Event, *, by: Actor, now: datetime) -> None:
    """Neither a time nor a question to a colleague stands any more."""
    if event.publish_at is None and event.publish_asked_at is None:
        raise Refused(_("Nothing is planned for this event."))
    _forget(event)
    record("event.publication_withdrawn", event, by=by, now=now, event_id=event.id)


def publish_when_due(event: Event, now: datetime) -> None:
    """Its time has come; what is missing keeps it a draft, and its team reads so at the desk."""
    if event.state is not State.DRAFT or event.publish_asked_at is not None:
        return
    if service.missing(event, now):
        event.publish_missed_at, event.publish_at = event.publish_at, None
        event.publish_asked_by = None
        record("event.publication_missed", event, by=WORKER, now=now, event_id=event.id)
    else:
        service.publish(event, by=WORKER, now=now)


def _plan(event: Event, at: datetime | None, now: datetime) -> None:
    if at is not None and not now < at < event.starts_at:
        raise Refused(_("Choose a time from now on, before the event starts."))
    _forget(event)
    event.publish_at = at


def _forget(event: Event) -> None:
    event.publish_at = event.publish_missed_at = None
    event.publish_asked_at = event.publish_asked_by = None


def _refuse_own(event: Event, by: Actor) -> None:
    if event.publish_asked_at is None:
        raise Refused(_("Nobody waits for an approval here any more."))
    if event.publish_asked_by == by.id:
        raise Refused(_("You asked for it yourself: a colleague has to decide."))


def _refuse_what_is_not_ready(event: Event, now: datetime) -> None:
    if event.state is not State.DRAFT:
        raise Refused(_("Only a draft can be published."))
    if lacks := service.missing(event, now):
        said = ", ".join(str(labels.NEEDS[code]) for code in lacks)
        raise Refused(_("Before it can be published, this is missing: %(what)s.", what=said))
