"""The notice that registrants of an event read, made from its record."""

from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.cache import Fresh, page
from portal.events import queries as events
from portal.outbox.privacy import MAILS_ARE_KEPT
from portal.protection import queries
from portal.protection.shown import Notice
from portal.registrations.service.notes import LONGEST_KEPT

bp = Blueprint("protection", __name__)


@bp.get("/<lang>/events/<slug>/privacy")
def notice(slug: str) -> ResponseReturnValue:
    """The notice as it is, or one of its earlier versions; the site's where an event has none."""
    asked = request.args.get("version", "")
    if asked and not (asked.isascii() and asked.isdigit() and len(asked) <= 6):
        abort(404)
    stamp = events.stamp(slug)
    if stamp is None:
        moved = events.slug_now(slug) or abort(404)
        return redirect(url_for("protection.notice", slug=moved, version=asked or None), 301)
    return page(asked, stamp, lambda now: _notice(slug, asked, now))


def _notice(slug: str, asked: str, now: datetime) -> Fresh:
    event = events.public_event_bare(slug) or abort(404)
    version = queries.numbered(event.id, int(asked)) if asked else queries.current(event.id)
    if version is None and not asked:
        abort(redirect(url_for("pages.privacy")))
    if version is None:
        abort(404)
    body = render_template(
        "protection/notice.html",
        event=event,
        notice=Notice(
            version.facts,
            version.number,
            letters=MAILS_ARE_KEPT.days,
            notes=LONGEST_KEPT.days,
        ),
        at=version.at,
        versions=queries.versions(event.id),
    )
    return Fresh(body)
