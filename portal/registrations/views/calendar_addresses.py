"""The addresses of a mailbox's own calendar, ended from the page of any of its registrations."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.calendars import letters, queries, service
from portal.forms import ActForm
from portal.registrations.views.shared import bp, own_registration
from portal.web import personal


@bp.get("/registrations/<token>/calendar-addresses")
@personal
def calendar_addresses(token: str) -> ResponseReturnValue:
    """How many there are, and the button that ends them all."""
    registration = own_registration(token)
    return render_template(
        "calendars/all.html",
        registration=registration, token=token, form=ActForm(),
        count=len(queries.live(registration.address_key)),
    )  # fmt: skip


@bp.post("/registrations/<token>/calendar-addresses/end")
@personal
def end_calendar_addresses(token: str) -> ResponseReturnValue:
    """The mailbox is told, since whoever has the link of one registration can do this."""
    registration, now = own_registration(token), clock.now()
    if service.end_all(registration, now=now):
        letters.write_ended(registration, now=now)
    return redirect(url_for("registrations.own", token=token, calendar="ended"), 303)
