"""The record of an event's processing at the desk."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.guards import by
from portal.events import service as events
from portal.events.guards import guard_event, own_event
from portal.events.rules import State
from portal.protection.editing import Going, edit
from portal.protection.rules import Facts
from portal.retention import queries as retention

bp = Blueprint("protection_desk", __name__, url_prefix="/desk/events/<slug>")
guard_event(bp)


@bp.route("/protection", methods=["GET", "POST"])
def record() -> ResponseReturnValue:
    """Who is responsible, what for, who sees it and for how long."""
    event = own_event()

    def keep(facts: dict[str, Any]) -> None:
        events.keep_record(events.locked(event.id), facts, by=by(), now=clock.now())

    def going(facts: Facts) -> Going:
        """Fewer days count at once; what they delete is said before."""
        terms = retention.would_go(event, facts, clock.now())
        return [(term.kept.value, term.count) for term in terms]

    whole = event.state is not State.DRAFT
    editing = edit(event.id, keep, whole=whole, going=going)
    if editing is None:
        return redirect(url_for("protection_desk.record", slug=event.slug, saved="yes"), 303)
    page = render_template("protection/desk/record.html", event=event, editing=editing)
    return page, editing.status
