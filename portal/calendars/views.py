"""A mailbox's own calendar, and the page behind its letter that ends it."""

from hashlib import sha256

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock, tokens
from portal.calendars import feeds, letters, queries, service
from portal.calendars.models import PersonalFeed
from portal.errors import Gone
from portal.forms import ActForm
from portal.i18n import page_language
from portal.tokens import BadLink
from portal.web import personal

bp = Blueprint("calendars", __name__, url_prefix="/<lang>")


@bp.get("/calendars/<token>/events.ics")
def feed(token: str) -> ResponseReturnValue:
    """The calendar behind the random code of its address."""
    found = queries.by_digest(tokens.digest(token))
    if found is None:
        raise BadLink
    if not found.is_live:
        raise Gone(_("This calendar address has ended. A new one can be had on the page of a "
                     "registration."))  # fmt: skip
    octets, changed_at = feeds.octets(found.address_key, clock.now())
    response = Response(octets, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-cache"
    name = f'inline; filename="my-events-{page_language()}.ics"'
    response.headers["Content-Disposition"] = name
    response.set_etag(sha256(octets).hexdigest()[:24])
    if changed_at is not None:
        response.last_modified = changed_at.replace(microsecond=0)
    if "If-None-Match" in request.headers or request.if_modified_since == response.last_modified:
        response.make_conditional(request)  # an older date proves nothing: entries may be gone
    return response


@bp.get("/calendars/<token>")
@personal
def show(token: str) -> ResponseReturnValue:
    """What the address does, and the button that ends it."""
    found = _of_link(token)
    return render_template("calendars/show.html", feed=found, token=token, form=ActForm())


@bp.post("/calendars/<token>/end")
@personal
def end(token: str) -> ResponseReturnValue:
    service.end(_of_link(token), now=clock.now())
    return redirect(url_for("calendars.show", token=token), 303)


def _of_link(token: str) -> PersonalFeed:
    found = queries.of_link(tokens.read(letters.PURPOSE, token))
    if found is None:
        raise BadLink
    g.personal = True
    return found
