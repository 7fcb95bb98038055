"""Shows at the desk."""

import math
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock, uploads
from portal.accounts.guards import by, guard_library
from portal.forms import ActForm
from portal.i18n import languages
from portal.podcasts import queries, service, serving, shown
from portal.podcasts.forms import EpisodeForm, NameForm, PersonForm, ShowForm
from portal.podcasts.models import Show
from portal.podcasts.rules import first_feed
from portal.site import absolute
from portal.web import SAFE_METHODS, page_number, takes_files

bp = Blueprint("podcasts_desk", __name__, url_prefix="/desk/podcasts")
guard_library(bp, _l("Podcasts"))

ON_A_PAGE = 50


@bp.get("/")
def index() -> ResponseReturnValue:
    return render_template("podcasts/desk/index.html", shows=queries.shows())


@bp.route("/new", methods=["GET", "POST"])
@takes_files
def new() -> ResponseReturnValue:
    """A show that nobody finds until it has an episode."""
    form = ShowForm(None)
    if form.validate_on_submit():
        pictures = _pictures(form)
        if not form.errors:
            facts = form.facts | {"slug": form.chosen_slug}
            feed = first_feed(uploads.settings().public_url, form.chosen_slug)
            show = service.add_show(facts, first_feed=feed, by=by(), now=clock.now())
            if pictures:
                service.set_cover(show, *pictures, by=by(), now=clock.now())
            return to_show(show)
    page = render_template("podcasts/desk/show_form.html", show=None, form=form)
    return page, 422 if form.errors else 200


@bp.get("/<int:show_id>/")
def show(show_id: int) -> ResponseReturnValue:
    """What there is of a show, and all its episodes."""
    found = show_of(show_id)
    number, counted = page_number(), queries.how_many(show_id)
    last = max(1, math.ceil(counted / ON_A_PAGE))
    if number > last:
        abort(404)
    now = clock.now()
    return render_template(
        "podcasts/desk/show.html",
        show=found,
        hosts=[(each.id, shown.person_shown(each)) for each in found.hosts],
        episodes=[
            (each, each.state(now), shown.length_words(each.audio_seconds))
            for each in queries.episodes(show_id, offset=(number - 1) * ON_A_PAGE, limit=ON_A_PAGE)
        ],
        counted=counted,
        number=number,
        last=last,
        is_public=queries.public_show(found.slug, now) is not None,
        feed_urls=[
            absolute(url_for("podcast_feeds.feed", lang=lang, show=found.slug))
            for lang in languages()
        ],
    )


@bp.route("/<int:show_id>/details", methods=["GET", "POST"])
@takes_files
def details(show_id: int) -> ResponseReturnValue:
    """Its texts, owner, category and cover."""
    found = show_of(show_id)
    form = ShowForm(found)
    status = 409 if form.is_outdated else 200
    if status == 200 and form.validate_on_submit():
        pictures = _pictures(form)
        if not form.errors:
            service.change_show(found, form.facts, by=by(), now=clock.now())
            if pictures:
                service.set_cover(found, *pictures, by=by(), now=clock.now())
            return to_show(found)
    page = render_template("podcasts/desk/show_form.html", show=found, form=form)
    return page, 422 if form.errors and status == 200 else status


@bp.get("/<int:show_id>/cover")
def cover(show_id: int) -> ResponseReturnValue:
    """The cover as it is now, also before anybody finds the show."""
    found = show_of(show_id)
    return serving.picture(found.small_cover) if found.small_cover else abort(404)


@bp.route("/<int:show_id>/removal", methods=["GET", "POST"])
def removal(show_id: int) -> ResponseReturnValue:
    found, form = show_of(show_id), ActForm()
    if form.validate_on_submit():
        service.remove_show(found, by=by(), now=clock.now())
        return redirect(url_for("podcasts_desk.index"), 303)
    counted = queries.how_many(show_id)
    return render_template("podcasts/desk/removal.html", show=found, counted=counted, form=form)


@bp.route("/<int:show_id>/hosts/new", methods=["GET", "POST"])
def new_host(show_id: int) -> ResponseReturnValue:
    """A host of the whole show; episodes that name none of their own have this one."""
    found = show_of(show_id)
    form = PersonForm(None, of_show=True)
    if form.validate_on_submit():
        service.add_person(found, None, form.facts, by=by(), now=clock.now())
        return to_show(found)
    page = render_template(
        "podcasts/desk/person.html",
        form=form, person=None, show=found, back=url_for("podcasts_desk.show", show_id=show_id),
    )  # fmt: skip
    return page, 422 if form.errors else 200


@bp.route("/<int:show_id>/episodes/new", methods=["GET", "POST"])
def new_episode(show_id: int) -> ResponseReturnValue:
    """A draft; its recording comes next."""
    found = show_of(show_id)
    form = EpisodeForm(found, None)
    if form.validate_on_submit():
        now, facts = clock.now(), form.facts | {"slug": form.chosen_slug}
        episode = service.add_episode(found, facts, by=by(), now=now)
        service.set_chapters(episode, form.marks, by=by(), now=now)
        return redirect(url_for("episodes_desk.show", episode_id=episode.id), 303)
    page = render_template("podcasts/desk/episode_form.html", show=found, episode=None, form=form)
    return page, 422 if form.errors else 200


@bp.route("/names", methods=["GET", "POST"])
def names() -> ResponseReturnValue:
    """Take a person's name out of every list and every transcript, as they may ask."""
    form, taken = NameForm(), None
    if form.validate_on_submit():
        taken = service.take_name_out(form.name.data, by=by(), now=clock.now())
        if taken:
            return redirect(url_for("podcasts_desk.names", taken=taken), 303)
        form.name.errors = [_("Nobody of this name is named in a podcast.")]
    said = request.args.get("taken", "")
    page = render_template(
        "podcasts/desk/names.html", form=form, taken=int(said) if said.isdecimal() else 0
    )
    return page, 422 if form.errors else 200


def show_of(show_id: int) -> Show:
    """The show that a page is about; who may change it holds it first."""
    if request.method not in SAFE_METHODS:
        queries.held_show(show_id)
    return queries.show(show_id) or abort(404)


def to_show(show: Show) -> ResponseReturnValue:
    return redirect(url_for("podcasts_desk.show", show_id=show.id), 303)


def _pictures(form: ShowForm) -> tuple[uploads.Kept, uploads.Kept] | None:
    """The cover, and its small twin for pages."""
    kept: Any = uploads.from_field(form.cover, uploads.keep_cover)
    return (kept, uploads.keep_small(kept.name)) if kept else None
