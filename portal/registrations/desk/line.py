"""The line at the desk: out of turn to a free place, or to another position."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.accounts.guards import by
from portal.errors import Refused
from portal.events import service as events
from portal.events.guards import guard_event, own_event
from portal.registrations import queries, waiting
from portal.registrations.desk.common import back, one
from portal.registrations.desk.forms import PositionForm, ReasonForm
from portal.registrations.models import Registration
from portal.registrations.rules import Status, Target, new_position
from portal.registrations.service import line

bp = Blueprint("line_desk", __name__, url_prefix="/desk/events/<slug>/registrations")
guard_event(bp)


@bp.route("/<int:registration_id>/promotion", methods=["GET", "POST"])
def promotion(registration_id: int) -> ResponseReturnValue:
    """A free place for somebody who is not the first in line, or the one that they were offered."""
    registration = _standing(registration_id, Status.WAITLISTED, Status.OFFERED)
    form = ReasonForm()
    if form.validate_on_submit():
        line.promote(registration, reason=form.reason.data, by=by(), now=clock.now())
        return back(registration_id)
    return _page("promotion", registration, form, free=line.free_for(registration, clock.now()))


@bp.route("/<int:registration_id>/offer-removal", methods=["GET", "POST"])
def offer_removal(registration_id: int) -> ResponseReturnValue:
    """The offer is taken back before it ends."""
    registration = _standing(registration_id, Status.OFFERED)
    form = ReasonForm()
    if form.validate_on_submit():
        line.take_offer_back(registration, reason=form.reason.data, by=by(), now=clock.now())
        return back(registration_id)
    return _page("offer_removal", registration, form)


@bp.route("/<int:registration_id>/position", methods=["GET", "POST"])
def position(registration_id: int) -> ResponseReturnValue:
    """Two who move at once: the second sees where the person stands now, and moves again."""
    registration = _standing(registration_id, Status.WAITLISTED)
    length, current = len(queries.line(own_event().id)), queries.position(registration) or 1
    form = PositionForm(length)
    moved_meanwhile = form.is_submitted() and form.seen.data not in ("", str(current))
    if form.validate_on_submit() and not moved_meanwhile:
        wanted = new_position(Target(form.target.data), form.number.data or 1, current)
        line.move(registration, wanted, reason=form.reason.data, by=by(), now=clock.now())
        return back(registration_id)
    form.seen.data = str(current)
    page, status = _page("position", registration, form, current=current, length=length,
                         moved_meanwhile=moved_meanwhile)  # fmt: skip
    return page, 409 if moved_meanwhile else status


def _standing(registration_id: int, *there: Status) -> Registration:
    """The person as they stand now, with the event held where something is to be changed."""
    if request.method == "POST":
        events.locked(own_event().id)
    registration = one(registration_id)
    standing = waiting.standing_now(registration, clock.now())
    if standing in there:
        return registration
    if Status.WAITLISTED in there:
        raise Refused(_("This person does not stand in line any more."))
    raise Refused(_("No place is offered here at the moment."))


def _page(name: str, registration: Registration, form: ReasonForm, **facts: Any) -> tuple[str, int]:
    page = render_template(
        f"registrations/desk/{name}.html",
        event=own_event(), registration=registration, form=form, **facts,
    )  # fmt: skip
    return page, 422 if form.errors else 200
