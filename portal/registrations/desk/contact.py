"""Who acts for a person, entered at the desk for who cannot do it themself."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.guards import by
from portal.events import service as events
from portal.events.guards import guard_event, own_event
from portal.registrations.behalf_forms import ContactForm
from portal.registrations.desk.common import back, one
from portal.registrations.service import contacts

bp = Blueprint("contact_desk", __name__, url_prefix="/desk/events/<slug>/registrations")
guard_event(bp)


@bp.route("/<int:registration_id>/contact", methods=["GET", "POST"])
def contact(registration_id: int) -> ResponseReturnValue:
    """Somebody begins to act for the person, is another from now on, or stops."""
    if request.method == "POST":
        events.locked(own_event().id)
    registration, now = one(registration_id), clock.now()
    if request.method == "POST" and "stop" in request.form:
        contacts.stop(registration, by=by(), now=now)
        return back(registration_id)
    form = ContactForm(registration)
    if not form.validate_on_submit():
        page = render_template(
            "registrations/desk/contact.html",
            event=own_event(), registration=registration, form=form,
        )  # fmt: skip
        return page, 422 if form.errors else 200
    contacts.appoint(registration, form.acting, by=by(), now=now)
    return back(registration_id)
