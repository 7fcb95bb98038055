"""What lets organisers in to an event, and which of its pages they may use."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, TypeVar

from flask import Blueprint, abort, current_app, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts import guards, queries
from portal.accounts.rules import Right
from portal.db import writing
from portal.events import queries as events
from portal.events.models import Event
from portal.web import error_page

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


def guard_event(bp: Blueprint) -> None:
    """Every page of the blueprint is for the team of the event that its address names.

    What a page does not say by `needs` is for those who run the event.
    """
    bp.url_value_preprocessor(_take_slug)
    guards.guard(bp)
    bp.before_request(_of_their_event)
    bp.context_processor(lambda: {"may": may})


def needs(right: Right) -> Callable[[View], View]:
    """The page is for whoever has this right at the event; stands below the route."""

    def marked(view: View) -> View:
        view.needed_right = right  # type: ignore[attr-defined]
        return view

    return marked


def may(right: str) -> bool:
    """Whether who works at the desk has this right at the event of this request."""
    return right in g.get("rights", ())


def own_event() -> Event:
    """The event that this request is about."""
    event: Event = g.event
    return event


def _take_slug(endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.event_slug = (values or {}).pop("slug", "")


def _of_their_event() -> ResponseReturnValue | None:
    """Another team's event is answered like one that is not there."""
    safe = request.method in guards.SAFE_METHODS
    with nullcontext() if safe else writing():
        event = events.any_slug(g.event_slug)
        g.rights = queries.rights(guards.organiser(), event.id) if event else frozenset()
        if event is None or not g.rights:
            abort(404)
    g.event = event
    view = current_app.view_functions[request.endpoint or ""]
    if may(getattr(view, "needed_right", Right.RUN)):
        return None
    return error_page(
        403,
        _("This is not part of your role"),
        _("In the team of this event you have another task. Ask one of its organisers."),
        (_("To the event"), url_for("events_desk.show", slug=event.slug)),
    )
