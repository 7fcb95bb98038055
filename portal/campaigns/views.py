"""The short addresses in newsletters: they count, and lead to their page."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, g, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from portal import clock
from portal.campaigns import queries
from portal.campaigns.counting import Waiting
from portal.campaigns.rules import CODE, PURPOSES, counts, path_in
from portal.events import queries as events
from portal.events.shown import Shown
from portal.i18n import languages, wanted_language
from portal.registrations.queries import places_of

bp = Blueprint("campaigns", __name__)

EVENTS_OFFERED = 3


@bp.record_once
def _begin(state: BlueprintSetupState) -> None:
    state.app.extensions["campaigns"] = Waiting()


@bp.get("/c/<code>", strict_slashes=False)
@bp.get("/C/<code>", strict_slashes=False, endpoint="in_capitals")
def follow(code: str) -> ResponseReturnValue:
    """To the page, in the reader's language where it names none; a reader counts one visit.

    Whatever a mail program hung onto the address is dropped, and the page is not told whence its
    visitor comes: newsletters are forwarded, and an address may say to whom it was sent.
    """
    found = queries.target(code.lower()) if CODE.fullmatch(code.lower()) else None
    if found is None:
        return _unknown()
    link_id, target = found
    purposes = [request.headers.get(name, "") for name in PURPOSES]
    if counts(request.method, purposes, request.user_agent.string):
        _count(link_id)
    answer = redirect(path_in(target, languages(), wanted_language()), 302)
    return _kept_nowhere(answer)


def _count(link_id: int) -> None:
    app: Any = current_app
    today = clock.now().astimezone(ZoneInfo(app.extensions["site"].zone)).date()
    app.extensions["campaigns"].add(app._get_current_object(), link_id, today)


def _unknown() -> Response:
    """No such link, which is no reason to send a reader away."""
    g.lang, g.same_page = wanted_language(), ("pages.front", {})
    now = clock.now()
    coming = events.upcoming(now)[:EVENTS_OFFERED]
    taken = places_of(coming, now)
    shown = [Shown(event, taken[event.id], now) for event in coming]
    page = render_template("campaigns/unknown.html", events=shown)
    return _kept_nowhere(Response(page, 404))


def _kept_nowhere(answer: Any) -> Response:
    response: Response = answer
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept-Language"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
