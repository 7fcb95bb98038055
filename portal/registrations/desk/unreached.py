"""Who could not be reached: a list to telephone by, and what can be done about each."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.guards import by
from portal.accounts.rules import Right
from portal.events.guards import guard_event, needs, own_event
from portal.forms import ActForm
from portal.registrations import letters, unreached
from portal.registrations.desk.common import back, one
from portal.registrations.desk.forms import ToldForm
from portal.registrations.service import notes

bp = Blueprint("unreached_desk", __name__, url_prefix="/desk/events/<slug>")
guard_event(bp)


@bp.get("/unreached")
@needs(Right.PEOPLE)
def index() -> ResponseReturnValue:
    event = own_event()
    return render_template(
        "registrations/desk/unreached.html",
        event=event,
        people=unreached.of_event(event),
        form=ActForm(),
        now=clock.now(),
    )


@bp.post("/registrations/<int:registration_id>/attempts")
def attempt(registration_id: int) -> ResponseReturnValue:
    """Have everything that did not reach the person tried once more."""
    letters.try_again(one(registration_id), by=by(), now=clock.now())
    return back(registration_id)


@bp.route("/registrations/<int:registration_id>/told", methods=["GET", "POST"])
def told(registration_id: int) -> ResponseReturnValue:
    """An organiser told the person by telephone."""
    registration = one(registration_id)
    form = ToldForm()
    if form.validate_on_submit():
        notes.told(registration, form.reason.data, by=by(), now=clock.now())
        return back(registration_id)
    page = render_template(
        "registrations/desk/told.html", event=own_event(), registration=registration, form=form
    )
    return page, 422 if form.errors else 200
