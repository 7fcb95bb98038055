"""The page in the place of a form that cannot be sent any more: why, and whom to ask."""

from datetime import datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.events.rules import State
from portal.events.shown import changes_words
from portal.i18n import moment_words
from portal.questions import queries as questions
from portal.questions.rules import Stage
from portal.registrations.models import Registration
from portal.registrations.second_form import date_of


def closed_page(
    registration: Registration, token: str, stage: Stage = Stage.FIRST
) -> ResponseReturnValue:
    """Nothing that is sent here is kept, and the page says so."""
    is_sent = request.method == "POST"
    page = render_template(
        "registrations/closed.html",
        registration=registration, event=registration.event, token=token, is_sent=is_sent,
        why=_why(registration, stage, clock.now()),
    )  # fmt: skip
    return page, 409 if is_sent else 200


def _why(registration: Registration, stage: Stage, now: datetime) -> str:
    """The date that has passed, of the form that was opened; nothing where it is something else."""
    event = registration.event
    if event.state is State.CANCELLED:
        return _("The event is cancelled.")
    if stage is Stage.FIRST:
        until = event.changes_deadline
        return changes_words(event, now) if until is not None and until <= now else ""
    if not registration.holds_place:
        return _("These questions are for people with a place only.")
    form = questions.second_form(event.id)
    until = date_of(form, event) if form is not None else None
    if until is None or now < until:
        return ""
    return _("Answers were wanted until %(moment)s.", moment=moment_words(until, event.zone))
