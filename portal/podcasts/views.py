"""The public pages of podcasts, and the files behind them."""

import json
from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock, edition, uploads
from portal.cache import Fresh, page
from portal.events.shown import words
from portal.i18n import short_day, translated
from portal.podcasts import queries, serving, shown
from portal.podcasts.models import Episode
from portal.podcasts.rules import State
from portal.site import absolute
from portal.ties import shown as belonging
from portal.ties.rules import Kind
from portal.web import error_page, page_number

bp = Blueprint("podcasts", __name__)
files = Blueprint("podcast_files", __name__, url_prefix="/podcasts/<show>")

ON_A_PAGE = 20
NEWEST = 5


@bp.get("/<lang>/podcasts/")
def index() -> ResponseReturnValue:
    """Every show, and what is new of all of them."""
    return page("", edition.mark(), _index)


@bp.get("/<lang>/podcasts/<show>/")
def show(show: str) -> ResponseReturnValue:
    """One show, how to subscribe to it, and its episodes."""
    number = page_number()
    return page(number, edition.mark(), lambda now: _show(show, number, now))


@bp.get("/<lang>/podcasts/<show>/<slug>")
def episode(show: str, slug: str) -> ResponseReturnValue:
    """One episode, to hear and to read; one that was taken back says so."""
    return page("", edition.mark(), lambda now: _episode(show, slug, now))


@files.get("/<slug>/audio.<ending>")
def audio(show: str, slug: str, ending: str) -> ResponseReturnValue:
    """The recording; replaced by one of another kind, it is found there."""

    def answer(episode: Episode) -> ResponseReturnValue:
        if ending != episode.ending:
            return redirect(shown.audio_path(episode), 302)
        return serving.audio(episode)

    return _file(queries.file_of(show, slug, clock.now()), answer)


@files.get("/<slug>/transcript.<any(vtt, srt):ending>")
def transcript(show: str, slug: str, ending: str) -> ResponseReturnValue:
    """What is said, with its times."""
    found = queries.heard(show, slug, clock.now())
    return _file(found, lambda episode: serving.transcript(episode, ending))


@files.get("/<slug>/chapters.json")
def chapters(show: str, slug: str) -> ResponseReturnValue:
    """JSON Chapters 1.2, as Podcasting 2.0 has them."""

    def answer(episode: Episode) -> Response:
        found = [{"startTime": each.start, "title": each.title} for each in episode.marks]
        body = json.dumps({"version": "1.2.0", "chapters": found}, ensure_ascii=False)
        return serving.text(body, serving.CHAPTERS, episode.updated_at)

    return _file(queries.file_of(show, slug, clock.now()), answer)


@files.get("/<any(cover, small):what>-<mark>.<ending>")
def cover(show: str, what: str, mark: str, ending: str) -> ResponseReturnValue:
    """The picture of a show; an older address of it leads to the one of today."""
    found = queries.public_show(show, clock.now()) or abort(404)
    name = found.small_cover if what == "small" else found.cover
    if not name:
        abort(404)
    if not (name.startswith(mark) and name.endswith(f".{ending}")):
        return redirect(shown.cover_path(found, small=what == "small"), 302)
    return serving.picture(name)


def _index(now: datetime) -> Fresh:
    body = render_template(
        "podcasts/index.html",
        shows=queries.public_shows(now),
        newest=shown.listed(queries.newest(now, NEWEST)),
        words=words,
        cover_path=shown.cover_path,
    )
    return Fresh(body, until=queries.next_publication(now))


def _show(slug: str, number: int, now: datetime) -> Fresh:
    found = queries.public_show(slug, now) or abort(404)
    last = max(1, -(-queries.how_many_public(found.id, now) // ON_A_PAGE))
    if number > last:
        abort(404)
    here = queries.public_episodes(found.id, now, offset=(number - 1) * ON_A_PAGE, limit=ON_A_PAGE)
    body = render_template(
        "podcasts/show.html",
        show=found,
        title=words(found.title),
        description=words(found.description),
        hosts=[shown.person_shown(each) for each in found.hosts],
        episodes=shown.listed(here),
        number=number,
        last=last,
        cover_url=shown.cover_path(found, small=True),
        feed_url=absolute(url_for("podcast_feeds.feed", show=slug)),
    )
    return Fresh(body, until=queries.next_publication(now, found.id))


def _episode(show: str, slug: str, now: datetime) -> Fresh:
    found = queries.heard(show, slug, now) or abort(404)
    if found.state(now) is State.WITHDRAWN:
        abort(_taken_back(found))
    values = shown.page_values(
        found,
        absolute=absolute,
        audio_url=shown.audio_path(found),
        cover_url=shown.cover_path(found.show, small=True),
    )
    related = belonging.belongs(Kind.EPISODE, found.id, now)
    body = render_template("podcasts/episode.html", belongs=related, **values)
    return Fresh(body, until=related.changes_at)


def _file(
    episode: Episode | None, answer: Callable[[Episode], ResponseReturnValue]
) -> ResponseReturnValue:
    if episode is None:
        abort(404)
    if episode.state(clock.now()) is State.WITHDRAWN:
        return _taken_back(episode)
    return answer(episode)


def _taken_back(episode: Episode) -> Response:
    """Who followed a link learns that it was there (RFC 9110, 15.5.11)."""
    zone = uploads.settings().zone
    moment = episode.withdrawn_at or episode.updated_at
    sentence = _("“%(title)s” was taken back on %(day)s. It cannot be heard or read any more.",
                 title=translated(episode.title), day=short_day(moment, zone))  # fmt: skip
    way = (_("To the podcast"), url_for("podcasts.show", show=episode.show.slug))
    return error_page(410, _("This episode was taken back"), sentence, way)
