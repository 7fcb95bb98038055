"""A draft that waits for a colleague: approved, or sent back with a reason."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts import queries as accounts
from portal.accounts.guards import by, organiser
from portal.events import letters, publication_service, service
from portal.events.guards import guard_event, own_event
from portal.events.making_forms import SendingBackForm

bp = Blueprint("events_publication", __name__, url_prefix="/desk/events/<slug>/publication")
guard_event(bp)


@bp.post("/approval")
def approval() -> ResponseReturnValue:
    """Another than who asked says yes; both get a letter."""
    event, now = service.locked(own_event().id), clock.now()
    asked_by = event.publish_asked_by
    publication_service.approve(event, by=by(), now=now)
    _tell_both(asked_by, letters.APPROVED)
    return _to_event()


@bp.route("/refusal", methods=["GET", "POST"])
def refusal() -> ResponseReturnValue:
    """Another than who asked says what has to change first; both get a letter."""
    form, now = SendingBackForm(), clock.now()
    if form.validate_on_submit():
        event = service.locked(own_event().id)
        asked_by = event.publish_asked_by
        publication_service.send_back(event, by=by(), now=now)
        _tell_both(asked_by, letters.SENT_BACK, form.reason.data)
        return _to_event()
    page = render_template("events/desk/refusal.html", event=own_event(), form=form)
    return page, 422 if form.errors else 200


@bp.route("/withdrawal", methods=["POST"])
def withdrawal() -> ResponseReturnValue:
    """Neither the time nor the question to a colleague stands any more."""
    publication_service.withdraw(service.locked(own_event().id), by=by(), now=clock.now())
    return _to_event()


def _tell_both(asked_by: int | None, occasion: str, reason: str = "") -> None:
    asker = accounts.by_id(asked_by) if asked_by is not None else None
    readers = [organiser()] if asker is None else [asker, organiser()]
    letters.tell(readers, occasion, own_event(), who=organiser(), reason=reason, now=clock.now())


def _to_event() -> ResponseReturnValue:
    return redirect(url_for("events_desk.show", slug=own_event().slug), 303)
