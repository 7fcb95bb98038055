"""An event's speakers at the desk: what is written of them, and whether they agreed."""

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, uploads
from portal.accounts import queries as accounts
from portal.accounts.guards import by
from portal.accounts.rules import Right
from portal.events import letters, speaker_service, speaking
from portal.events import programme_queries as queries
from portal.events.guards import guard_event, needs, own_event
from portal.events.models import Speaker
from portal.events.photos import picture
from portal.events.service import locked
from portal.events.speaker_forms import AskForm, ConsentForm, SpeakerForm
from portal.forms import ActForm
from portal.web import takes_files

bp = Blueprint("speakers_desk", __name__, url_prefix="/desk/events/<slug>/speakers")
guard_event(bp)


@bp.get("/")
@needs(Right.EDIT)
def index() -> ResponseReturnValue:
    event = own_event()
    return render_template(
        "events/desk/speakers.html",
        event=event,
        speakers=queries.speakers(event),
        sessions_of=queries.sessions_of_speakers(event),
        form=ActForm(),
    )


@bp.route("/new", methods=["GET", "POST"])
@takes_files
@needs(Right.EDIT)
def new() -> ResponseReturnValue:
    _hold()
    return _form(SpeakerForm(None), None)


@bp.route("/<int:speaker_id>", methods=["GET", "POST"])
@takes_files
@needs(Right.EDIT)
def speaker(speaker_id: int) -> ResponseReturnValue:
    _hold()
    found = _one(speaker_id)
    return _form(SpeakerForm(found), found)


@bp.get("/<int:speaker_id>/photo")
@needs(Right.EDIT)
def photo(speaker_id: int) -> Response:
    """The photo as it is proposed."""
    return picture(_one(speaker_id).photo)


@bp.route("/<int:speaker_id>/removal", methods=["GET", "POST"])
@needs(Right.EDIT)
def removal(speaker_id: int) -> ResponseReturnValue:
    _hold()
    found, form = _one(speaker_id), ActForm()
    if form.validate_on_submit():
        speaker_service.remove_speaker(found, by=by(), now=clock.now())
        return _to_list()
    return render_template(
        "events/desk/speaker_removal.html", event=own_event(), speaker=found, form=form
    )


@bp.post("/<int:speaker_id>/place")
@needs(Right.EDIT)
def place(speaker_id: int) -> ResponseReturnValue:
    """One further up or down in the list."""
    _hold()
    earlier = request.form.get("to") == "earlier"
    speaker_service.place_speaker(_one(speaker_id), earlier=earlier, by=by(), now=clock.now())
    return _to_list()


@bp.route("/<int:speaker_id>/consent", methods=["GET", "POST"])
def consent(speaker_id: int) -> ResponseReturnValue:
    """How their consent stands, and the letter that asks for it."""
    _hold()
    found = _one(speaker_id)
    form = AskForm(found)
    if form.validate_on_submit():
        now = clock.now()
        speaker_service.ask(found, form.email.data, by=by(), now=now)
        letters.ask_for_consent(found, form.language.data, now=now)
        return _to_consent(speaker_id)
    page = render_template(
        "events/desk/speaker_consent.html",
        event=own_event(),
        speaker=found,
        noted_by=accounts.by_id(found.noted_by) if found.noted_by else None,
        form=form,
    )
    return page, 422 if form.errors else 200


@bp.route("/<int:speaker_id>/consent/note", methods=["GET", "POST"])
def note(speaker_id: int) -> ResponseReturnValue:
    """They agreed on paper or by mail: that is noted, with who noted it."""
    _hold()
    found, form = _one(speaker_id), ConsentForm()
    if form.validate_on_submit():
        speaker_service.note_agreement(
            found, form.seen.data, recordings=form.recordings.data, by=by(), now=clock.now()
        )
        return _to_consent(speaker_id)
    form.seen.data = found.digest
    return render_template(
        "events/desk/speaker_note.html",
        event=own_event(),
        speaker=found,
        shown=[speaking.as_shown(found, found.shown)],
        photo_url=lambda each: url_for(
            "speakers_desk.photo", slug=own_event().slug, speaker_id=found.id
        ),
        form=form,
    )


def _form(form: SpeakerForm, found: Speaker | None) -> ResponseReturnValue:
    status = 409 if form.is_outdated else 200
    if status == 200 and form.validate_on_submit():
        kept = uploads.from_field(form.photo, uploads.keep_picture)
        if not form.errors:
            _save(form, found, kept)
            return _to_list()
    page = render_template("events/desk/speaker.html", event=own_event(), speaker=found, form=form)
    return page, 422 if form.errors and status == 200 else status


def _save(form: SpeakerForm, found: Speaker | None, kept: uploads.Kept | None) -> None:
    if found is None:
        speaker_service.add_speaker(own_event(), form.facts, kept, by=by(), now=clock.now())
    else:
        speaker_service.change_speaker(
            found, form.facts, kept, without_photo=form.removes_photo, by=by(), now=clock.now()
        )


def _hold() -> None:
    if request.method == "POST":
        locked(own_event().id)


def _one(speaker_id: int) -> Speaker:
    return queries.speaker(own_event(), speaker_id) or abort(404)


def _to_list() -> ResponseReturnValue:
    return redirect(url_for("speakers_desk.index", slug=own_event().slug), 303)


def _to_consent(speaker_id: int) -> ResponseReturnValue:
    where = url_for("speakers_desk.consent", slug=own_event().slug, speaker_id=speaker_id)
    return redirect(where, 303)
