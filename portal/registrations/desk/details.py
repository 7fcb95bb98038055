"""A person's details at the desk: corrected, or entered by hand; and notes about them."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.guards import by
from portal.events import places_shown
from portal.events import service as events
from portal.events.guards import guard_event, own_event
from portal.registrations import queries
from portal.registrations.desk.common import LARGEST_ID, back, one
from portal.registrations.desk.forms import CorrectionForm, EntryForm, NoteForm
from portal.registrations.models import Registration
from portal.registrations.person import address_key, name_key
from portal.registrations.rules import Status, notice_version
from portal.registrations.service import Sent, by_hand, notes
from portal.registrations.service import details as changing
from portal.registrations.service.details import NoPlaceThere

bp = Blueprint("person_desk", __name__, url_prefix="/desk/events/<slug>/registrations")
guard_event(bp)


@bp.route("/<int:registration_id>/details", methods=["GET", "POST"])
def correct(registration_id: int) -> ResponseReturnValue:
    """Two who edit at once lose nothing: the second sees what changed, and saves again."""
    if request.method == "POST":
        events.locked(own_event().id)
    registration = one(registration_id)
    form = CorrectionForm(registration)
    if form.is_outdated:
        return _correction(registration, form), 409
    if not form.validate_on_submit():
        return _correction(registration, form), 422 if form.errors else 200
    namesake = _namesake(registration, form)
    if namesake is not None:
        return _correction(registration, form, namesake), 409
    try:
        changing.correct(
            registration,
            _person(registration, form),
            language=form.language.data,
            taken=form.taken_away,
            by=by(),
            now=clock.now(),
        )
    except NoPlaceThere as refused:
        form.attendance.errors = [refused.sentence]
        return _correction(registration, form), 422
    return back(registration_id)


@bp.route("/entry", methods=["GET", "POST"])
def enter() -> ResponseReturnValue:
    """Also while registration is closed; never beyond the places."""
    event = own_event()
    if request.method == "POST":
        event = events.locked(event.id)
    form, now = EntryForm(event), clock.now()
    by_hand.ensure_open(event, now)
    if not form.validate_on_submit():
        return _entry(form), 422 if form.errors else 200
    sent = Sent(form.person, {}, notice_version(event.notice_number), form.language.data)
    known = by_hand.known(event, sent)
    if known is not None and known.status is not Status.WITHDRAWN and not known.erase_asked_at:
        return _entry(form, known), 409
    if by_hand.outcome(event, sent, form.place(), now)[0] is None:
        return _entry(form, undecided=True), 409
    registration = by_hand.enter(
        event, sent, source=form.source.data, placing=form.place(), by=by(), now=now
    )
    return back(registration.id)


@bp.route("/<int:registration_id>/notes", methods=["GET", "POST"])
def note(registration_id: int) -> ResponseReturnValue:
    registration, now = one(registration_id), clock.now()
    form = NoteForm(own_event(), now)
    if form.validate_on_submit():
        notes.write(registration, form.text.data, expires_at=form.expires_at, by=by(), now=now)
        return back(registration_id)
    page = render_template(
        "registrations/desk/note.html", event=own_event(), registration=registration, form=form
    )
    return page, 422 if form.errors else 200


@bp.post("/<int:registration_id>/notes/<int:note_id>/removal")
def note_removal(registration_id: int, note_id: int) -> ResponseReturnValue:
    notes.remove(one(registration_id), min(note_id, LARGEST_ID), by=by(), now=clock.now())
    return back(registration_id)


def _person(registration: Registration, form: CorrectionForm) -> dict[str, object]:
    """What is not asked at the desk stays as it is."""
    kept = {name: getattr(registration, name) for name in ("access_needs", "diet")}
    return form.person | {name: value for name, value in kept.items() if name not in form}


def _namesake(registration: Registration, form: CorrectionForm) -> Registration | None:
    """Another registration of this person under the address that was typed."""
    keys = address_key(form.email.data), name_key(form.person)
    other = queries.of_person(registration.event_id, *keys)
    return other if other is not None and other.id != registration.id else None


def _correction(
    registration: Registration, form: CorrectionForm, namesake: Registration | None = None
) -> str:
    return render_template(
        "registrations/desk/details.html",
        event=own_event(),
        registration=registration,
        form=form,
        namesake=namesake,
    )


def _entry(form: EntryForm, known: Registration | None = None, *, undecided: bool = False) -> str:
    event, now = own_event(), clock.now()
    places = queries.places_now(event.id, event, now)
    return render_template(
        "registrations/desk/entry.html",
        event=event,
        form=form,
        known=known,
        undecided=undecided,
        free=places.left_for_anybody(event.places_in_all),
        kept=places_shown.kept_words(places, event.zone),
        someone_waits=places.someone_waits,
    )
