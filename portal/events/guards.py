"""What lets organisers in to an event."""

from contextlib import nullcontext
from typing import Any

from flask import Blueprint, abort, g, request

from portal.accounts import guards, queries
from portal.db import writing
from portal.events import queries as events
from portal.events.models import Event


def guard_event(bp: Blueprint) -> None:
    """Every page of the blueprint is for the team of the event that its address names."""
    bp.url_value_preprocessor(_take_slug)
    guards.guard(bp)
    bp.before_request(_of_their_event)


def own_event() -> Event:
    """The event that this request is about."""
    event: Event = g.event
    return event


def _take_slug(endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.event_slug = (values or {}).pop("slug", "")


def _of_their_event() -> None:
    """Another team's event is answered like one that is not there."""
    safe = request.method in guards.SAFE_METHODS
    with nullcontext() if safe else writing():
        event = events.any_slug(g.event_slug)
        if event is None or not queries.may_see(guards.organiser(), event.id):
            abort(404)
    g.event = event
