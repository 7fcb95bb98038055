"""A draft that waits for a colleague: approved, or sent back with a reason."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts import queries as accounts
from portal.accounts.guards import by, organiser
from portal.accounts.models import User
from portal.events import letters, publication_service, service
from portal.events.guards import guard_event, own_event
from portal.events.making_forms import PublicationForm, SendingBackForm
from portal.events.models import Event
from portal.forms import ActForm

bp = Blueprint("events_publication", __name__, url_prefix="/desk/events/<slug>/publication")
guard_event(bp)


@bp.post("/approval")
def approval() -> ResponseReturnValue:
    """Another than who asked says yes to what they looked at; both get a letter."""
    event, now = service.locked(own_event().id), clock.now()
    if event.publish_asked_at is not None and request.form.get("seen") != event.version:
        return publication_page(event, PublicationForm(event), meanwhile=True), 409
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


def publication_page(event: Event, form: PublicationForm, *, meanwhile: bool = False) -> str:
    """A draft on its way to the public: what is missing, or who decides, or when it goes."""
    now = clock.now()
    return render_template(
        "events/desk/publication.html",
        event=event,
        form=form,
        act_form=ActForm(),
        checklist=service.checklist(event, now),
        missing=service.missing(event, now),
        needs_approval=current_app.extensions["portal"].publish_approval,
        asked_by=_who_asked(event),
        is_own=event.publish_asked_by == organiser().id,
        meanwhile=meanwhile,
    )


def _who_asked(event: Event) -> User | None:
    if event.publish_asked_at is None or event.publish_asked_by is None:
        return None
    return accounts.by_id(event.publish_asked_by)


def _tell_both(asked_by: int | None, occasion: str, reason: str = "") -> None:
    asker = accounts.by_id(asked_by) if asked_by is not None else None
    readers = [organiser()] if asker is None else [asker, organiser()]
    letters.tell(readers, occasion, own_event(), who=organiser(), reason=reason, now=clock.now())


def _to_event() -> ResponseReturnValue:
    return redirect(url_for("events_desk.show", slug=own_event().slug), 303)
