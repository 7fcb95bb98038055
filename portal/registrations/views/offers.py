"""A place that is offered is taken up by its button on one's own page."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.audit.service import REGISTRANT
from portal.registrations.service import offers
from portal.registrations.views.shared import bp, held_registration
from portal.web import personal


@bp.post("/registrations/<token>/place")
@personal
def place(token: str) -> ResponseReturnValue:
    registration = held_registration(token)
    offers.take_up(registration, by=REGISTRANT, now=clock.now())
    return redirect(url_for("registrations.own", token=token), 303)
