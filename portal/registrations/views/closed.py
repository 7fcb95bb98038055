"""The page in the place of a form that cannot be sent any more: why, and whom to ask."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.registrations.models import Registration


def closed_page(registration: Registration, token: str) -> ResponseReturnValue:
    """Nothing that is sent here is kept, and the page says so."""
    is_sent = request.method == "POST"
    page = render_template(
        "registrations/closed.html",
        registration=registration, event=registration.event, token=token, now=clock.now(),
        is_sent=is_sent,
    )  # fmt: skip
    return page, 409 if is_sent else 200
