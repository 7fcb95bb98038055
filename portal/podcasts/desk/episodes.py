"""Episodes at the desk: texts, recording, transcript, people, and when they are public."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, uploads
from portal.accounts.guards import by, guard_library
from portal.forms import ActForm
from portal.i18n import languages
from portal.materials.shown import size_words
from portal.podcasts import queries, service, serving, shown
from portal.podcasts.forms import (
    AudioForm,
    EpisodeForm,
    PersonForm,
    PublicationForm,
    TranscriptForm,
)
from portal.podcasts.models import Episode, Person
from portal.podcasts.rules import State
from portal.site import absolute
from portal.web import SAFE_METHODS, takes_audio, takes_files

bp = Blueprint("episodes_desk", __name__, url_prefix="/desk/episodes/<int:episode_id>")
people = Blueprint("podcast_people_desk", __name__, url_prefix="/desk/podcast-people")
guard_library(bp, under="podcasts_desk")
guard_library(people, under="podcasts_desk")


@bp.get("/")
def show(episode_id: int) -> ResponseReturnValue:
    """How it stands: what it has, what it lacks, who finds it."""
    found, now = _one(episode_id), clock.now()
    return _page(
        "show",
        found,
        checklist=service.checklist(found),
        missing=service.missing(found),
        people=[(each.id, shown.person_shown(each)) for each in found.people],
        size=size_words(found.audio_bytes),
        length=shown.length_words(found.audio_seconds),
        voices=sorted({each.voice for each in found.cues if each.voice}),
        state=found.state(now),
        form=ActForm(),
    )


@bp.route("/texts", methods=["GET", "POST"])
def texts(episode_id: int) -> ResponseReturnValue:
    found = _one(episode_id)
    form = EpisodeForm(found.show, found)
    status = 409 if form.is_outdated else 200
    if status == 200 and form.validate_on_submit():
        service.change_episode(found, form.facts, by=by(), now=clock.now())
        service.set_chapters(found, form.marks, by=by(), now=clock.now())
        return _to(found)
    page = _page("form", found, form=form)
    return page, 422 if form.errors and status == 200 else status


@bp.route("/audio", methods=["GET", "POST"])
@takes_audio
def audio(episode_id: int) -> ResponseReturnValue:
    """The recording, or another in its place."""
    found, form = _one(episode_id), AudioForm()
    if form.validate_on_submit():
        kept: Any = uploads.from_field(form.audio, uploads.keep_audio)
        if kept and (sentence := service.too_short(found, kept.seconds, clock.now())):
            uploads.drop(kept.name)
            form.audio.errors = [sentence]
        elif kept:
            service.set_audio(found, kept, by=by(), now=clock.now())
            return _to(found)
    return _page("audio", found, form=form), 422 if form.errors else 200


@bp.route("/transcript", methods=["GET", "POST"])
@takes_files
def transcript(episode_id: int) -> ResponseReturnValue:
    """What is said: read from a file, and shown as it was understood."""
    found = _one(episode_id)
    form = TranscriptForm(found)
    if form.validate_on_submit():
        service.set_transcript(found, form.cues, by=by(), now=clock.now())
        return _to(found)
    page = _page("transcript", found, form=form, turns=shown.turns_of(found, ""))
    return page, 422 if form.errors else 200


@bp.get("/recording")
def recording(episode_id: int) -> ResponseReturnValue:
    """The recording, also before anybody finds it."""
    found = _one(episode_id)
    return serving.audio(found) if found.audio else abort(404)


@bp.get("/preview/<lang>")
def preview(episode_id: int) -> ResponseReturnValue:
    """The public page as it would be now, in one of the languages."""
    found = _one(episode_id)
    if g.lang not in languages() or not found.audio:
        abort(404)
    g.same_page = ("episodes_desk.preview", {"episode_id": found.id})
    values = shown.page_values(
        found,
        absolute=absolute,
        audio_url=url_for("episodes_desk.recording", episode_id=found.id),
        cover_url=url_for("podcasts_desk.cover", show_id=found.show_id),
    )
    return render_template("podcasts/desk/preview.html", **values)


@bp.route("/publication", methods=["GET", "POST"])
def publication(episode_id: int) -> ResponseReturnValue:
    """Now, or at a time; as long as something is missing, what."""
    found = _one(episode_id)
    form = PublicationForm(found, uploads.settings().zone)
    if form.validate_on_submit():
        service.publish(found, form.moment, by=by(), now=clock.now())
        return _to(found)
    page = _page(
        "publication", found, form=form, act_form=ActForm(), state=found.state(clock.now()),
        missing=service.missing(found), checklist=service.checklist(found),
    )  # fmt: skip
    return page, 422 if form.errors else 200


@bp.post("/publication/withdrawal")
def unplanned(episode_id: int) -> ResponseReturnValue:
    """Its time does not stand any more."""
    found = _one(episode_id)
    service.unplan(found, by=by(), now=clock.now())
    return _to(found)


@bp.route("/withdrawal", methods=["GET", "POST"])
def withdrawal(episode_id: int) -> ResponseReturnValue:
    """Take it back from the public, or bring it back."""
    found, form = _one(episode_id), ActForm()
    is_back = found.state(clock.now()) is State.WITHDRAWN
    if form.validate_on_submit():
        verb = service.bring_back if request.form.get("act") == "return" else service.withdraw
        verb(found, by=by(), now=clock.now())
        return _to(found)
    return _page("withdrawal", found, form=form, is_back=is_back)


@bp.route("/removal", methods=["GET", "POST"])
def removal(episode_id: int) -> ResponseReturnValue:
    """Delete a draft."""
    found, form = _one(episode_id), ActForm()
    show_id = found.show_id
    if form.validate_on_submit():
        service.remove_episode(found, by=by(), now=clock.now())
        return redirect(url_for("podcasts_desk.show", show_id=show_id), 303)
    return _page("removal", found, form=form)


@bp.route("/people/new", methods=["GET", "POST"])
def new_person(episode_id: int) -> ResponseReturnValue:
    """A host or guest of this episode."""
    found, form = _one(episode_id), PersonForm(None, of_show=False)
    if form.validate_on_submit():
        service.add_person(found.show, found, form.facts, by=by(), now=clock.now())
        return _to(found)
    page = render_template(
        "podcasts/desk/person.html",
        form=form, person=None, show=found.show, back=_address(found),
    )  # fmt: skip
    return page, 422 if form.errors else 200


@people.route("/<int:person_id>", methods=["GET", "POST"])
def person(person_id: int) -> ResponseReturnValue:
    """Somebody who is heard, with their public role."""
    found, back = _person(person_id)
    show = queries.show(found.show_id) or abort(404)
    form = PersonForm(found, of_show=found.episode_id is None)
    status = 409 if form.is_outdated else 200
    if status == 200 and form.validate_on_submit():
        service.change_person(found, show, form.facts, by=by(), now=clock.now())
        return redirect(back, 303)
    page = render_template(
        "podcasts/desk/person.html", form=form, person=found, show=show, back=back
    )
    return page, 422 if form.errors and status == 200 else status


@people.route("/<int:person_id>/removal", methods=["GET", "POST"])
def person_removal(person_id: int) -> ResponseReturnValue:
    found, back = _person(person_id)
    form, show = ActForm(), queries.show(found.show_id) or abort(404)
    if form.validate_on_submit():
        service.remove_person(found, show, by=by(), now=clock.now())
        return redirect(back, 303)
    return render_template(
        "podcasts/desk/person_removal.html", form=form, person=found, show=show, back=back
    )


def _one(episode_id: int) -> Episode:
    """The episode that a page is about; who may change it holds its show first."""
    if request.method not in SAFE_METHODS:
        bare = queries.episode(episode_id) or abort(404)
        queries.held_show(bare.show_id)
    return queries.episode(episode_id) or abort(404)


def _person(person_id: int) -> tuple[Person, str]:
    """Somebody, and where their page came from."""
    bare = queries.person(person_id) or abort(404)
    if request.method not in SAFE_METHODS:
        queries.held_show(bare.show_id)
    found = queries.person(person_id) or abort(404)
    if found.episode_id is None:
        return found, url_for("podcasts_desk.show", show_id=found.show_id)
    return found, url_for("episodes_desk.show", episode_id=found.episode_id)


def _page(name: str, episode: Episode, **values: Any) -> str:
    return render_template(
        f"podcasts/desk/episode_{name}.html", episode=episode, show=episode.show, **values
    )


def _address(episode: Episode) -> str:
    return url_for("episodes_desk.show", episode_id=episode.id)


def _to(episode: Episode) -> ResponseReturnValue:
    return redirect(_address(episode), 303)
