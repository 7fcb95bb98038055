"""Speakers by the link in their letter: they see what will be shown, correct it, say yes or no."""

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock, tokens, uploads
from portal.events import programme_queries as queries
from portal.events import speaker_service, speaking
from portal.events.models import Speaker
from portal.events.photos import picture
from portal.events.rules import State
from portal.events.service import locked
from portal.events.speaker_forms import ConsentForm, OwnWordsForm
from portal.extensions import limiter
from portal.forms import ActForm
from portal.limits import rate
from portal.tokens import BadLink
from portal.web import error_page, personal, takes_files

bp = Blueprint("speakers", __name__)

PHOTOS_REST = "public, max-age=600"
"""So long may a copy outlive a consent that was taken back."""


@bp.get("/speakers/<int:speaker_id>/<name>")
def photo(speaker_id: int, name: str) -> Response:
    """The photo they agreed to, while they do, of a public event; its name changes with it."""
    speaker = queries.any_speaker(speaker_id)
    if speaker is None or speaker.event.state is State.DRAFT:
        abort(404)
    if not name or speaking.public(speaker).photo != name:
        abort(404)
    response = picture(name)
    response.headers["Cache-Control"] = PHOTOS_REST
    return response


@bp.get("/<lang>/speakers/<token>")
@personal
def show(token: str) -> ResponseReturnValue:
    """Exactly what the public page would say, and the two answers."""
    speaker = _own(token)
    form = ConsentForm(data={"seen": speaker.digest, "recordings": speaker.recordings})
    return render_template(
        "events/consent.html",
        speaker=speaker,
        event=speaker.event,
        shown=[speaking.as_shown(speaker, speaker.shown)],
        sessions=queries.sessions_of_speakers(speaker.event).get(speaker.id, []),
        photo_url=lambda each: url_for("speakers.own_photo", token=token),
        token=token,
        form=form,
        refusal=ActForm(),
    )


@bp.route("/<lang>/speakers/<token>/details", methods=["GET", "POST"])
@limiter.limit(rate("form"), methods=["POST"])
@takes_files
@personal
def details(token: str) -> ResponseReturnValue:
    """Their own words in the place of ours; nothing is shown before they say yes to it."""
    speaker = _held(token)
    form = OwnWordsForm(speaker)
    status = 409 if form.is_outdated else 200
    if status == 200 and form.validate_on_submit():
        kept = uploads.from_field(form.photo, uploads.keep_picture)
        if not form.errors:
            speaker_service.change_speaker(
                speaker, form.facts, kept, without_photo=form.removes_photo,
                by=speaker_service.SPEAKER, now=clock.now(),
            )  # fmt: skip
            return redirect(url_for("speakers.show", token=token), 303)
    page = render_template(
        "events/consent_details.html",
        speaker=speaker,
        event=speaker.event,
        form=form,
        token=token,
    )
    return page, 422 if form.errors and status == 200 else status


@bp.get("/<lang>/speakers/<token>/photo")
@personal
def own_photo(token: str) -> Response:
    """The photo as it is proposed."""
    return picture(_own(token).photo)


@bp.post("/<lang>/speakers/<token>/consent")
@personal
def consent(token: str) -> ResponseReturnValue:
    speaker, form = _held(token), ConsentForm()
    if not form.validate_on_submit():
        abort(400)
    speaker_service.agree(
        speaker, form.seen.data or "", recordings=form.recordings.data, now=clock.now()
    )
    return redirect(url_for("speakers.show", token=token), 303)


@bp.post("/<lang>/speakers/<token>/refusal")
@personal
def refusal(token: str) -> ResponseReturnValue:
    """No, or not any more; as easy as yes."""
    speaker_service.refuse(_held(token), now=clock.now())
    return redirect(url_for("speakers.show", token=token), 303)


@bp.errorhandler(BadLink)
def _bad_link(error: BadLink) -> ResponseReturnValue:
    g.personal = True
    return error_page(
        404,
        _("This link does not work"),
        _("It may be incomplete, or you are not a speaker of this event any more. Ask the "
          "organisers, who can send you another one."),
    )  # fmt: skip


def _held(token: str) -> Speaker:
    """Who writes reads anew under the lock, and sees what an organiser did meanwhile."""
    speaker = _own(token)
    if request.method == "POST":
        locked(speaker.event_id)
        return _own(token)
    return speaker


def _own(token: str) -> Speaker:
    values = tokens.read("speaker", token)
    if len(values) != 2 or not isinstance(values[0], int):
        raise BadLink
    speaker = queries.any_speaker(values[0])
    if speaker is None or speaker.link_code != values[1]:
        raise BadLink
    return speaker
