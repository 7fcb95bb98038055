"""Everything about an address, for who reads its mailbox: see it, take it along, have it gone."""

import json

from flask import (
    Blueprint,
    Response,
    current_app,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from limits import parse

from portal import clock, tokens
from portal.audit.service import REGISTRANT
from portal.db import looking
from portal.extensions import csrf, limiter
from portal.forms import ActForm
from portal.i18n import page_language
from portal.limits import rate
from portal.registrations.own_links import token as own_link
from portal.registrations.person import address_key
from portal.subjects import everything, letters, queries, service
from portal.subjects.forms import AddressForm, RequestForm
from portal.subjects.models import Inquiry
from portal.subjects.rules import LINK_HOLDS, RequestKind
from portal.subjects.shown import sections
from portal.text import masked
from portal.tokens import BadLink
from portal.web import personal

bp = Blueprint("subjects", __name__, url_prefix="/<lang>/your-data")


@bp.route("", methods=["GET", "POST"])
@csrf.exempt  # the form checks its token itself, so that a stale one loses nothing that was typed
@limiter.limit(rate("link"), methods=["POST"])
@personal
def door() -> ResponseReturnValue:
    """A letter with the way to the data; the page tells nobody whether an address is known."""
    form = AddressForm()
    if form.validate_on_submit():
        address = form.email.data
        if _may_write_to(address):
            service.inquire(address, address_key(address), page_language(), now=clock.now())
        session["asked"] = masked(address)
        return redirect(url_for("subjects.door", sent="yes"), 303)
    if request.args.get("sent") == "yes" and not form.errors:
        return render_template("subjects/sent.html", address=session.get("asked", ""))
    page = render_template("subjects/door.html", form=form, hours=_hours())
    return page, 422 if form.errors else 200


@bp.get("/<token>")
@personal
def show(token: str) -> ResponseReturnValue:
    inquiry, now = _own(token), clock.now()
    found = queries.of_address(inquiry.address_key)
    return render_template(
        "subjects/show.html",
        inquiry=inquiry,
        token=token,
        ends_at=(inquiry.told_at or now) + LINK_HOLDS,
        sections=sections(everything.about(inquiry, now)),
        found=found,
        changeable=[each for each in found.own if each.may_change(now)],
        own_link=own_link,
        under_way=queries.undone_erasure(inquiry.address_key),
        asked=request.args.get("asked") == "yes",
    )


@bp.get("/<token>/data.json")
@personal
def data(token: str) -> Response:
    """The same as a file for machines."""
    held = everything.about(_own(token), clock.now())
    response = Response(
        json.dumps(held, ensure_ascii=False, indent=2), content_type="application/json"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="your-data.json"'
    return response


@bp.route("/<token>/request", methods=["GET", "POST"])
@csrf.exempt  # as above
@limiter.limit(rate("form"), methods=["POST"])
@personal
def ask(token: str) -> ResponseReturnValue:
    """What one cannot do alone is asked of the organisers, who have a month."""
    with looking():
        inquiry = _own(token)
        events = queries.events_of(queries.of_address(inquiry.address_key))
        form = RequestForm(events)
        sent = form.validate_on_submit()
        if not sent:
            page = render_template("subjects/request.html", form=form, token=token, events=events)
            return page, 422 if form.errors else 200
    inquiry, now = _own(token), clock.now()
    made = service.ask(
        inquiry, form.event.data, RequestKind(form.kind.data), form.text.data or "", now=now
    )
    letters.tell_organisers(made, now=now)
    return redirect(url_for("subjects.show", token=token, asked="yes"), 303)


@bp.route("/<token>/erasure", methods=["GET", "POST"])
@personal
def erasure(token: str) -> ResponseReturnValue:
    """What will happen, event by event, and the button."""
    inquiry, now = _own(token), clock.now()
    found = queries.of_address(inquiry.address_key)
    if request.method != "POST":
        return render_template(
            "subjects/erasure.html", form=ActForm(), token=token, found=found, now=now
        )
    service.erase(
        found, inquiry.address, inquiry.address_key, inquiry.language, by=REGISTRANT, now=now
    )
    return redirect(url_for("subjects.erased"), 303)


@bp.get("/erased")
@personal
def erased() -> ResponseReturnValue:
    """The link has ended with the data: this page knows nobody."""
    return render_template("subjects/erased.html")


def _own(token: str) -> Inquiry:
    inquiry = queries.inquiry_of_link(tokens.read(letters.PURPOSE, token), clock.now())
    if inquiry is None:
        raise BadLink
    return inquiry


def _may_write_to(address: str) -> bool:
    """Too many letters to one mailbox are not written; the page stays the same."""
    allowed = current_app.extensions["portal"].limits["mail"]
    key = tokens.keyed("mailbox", address_key(address))
    return not allowed or limiter.limiter.hit(parse(allowed), "subject", key)


def _hours() -> int:
    return int(LINK_HOLDS.total_seconds() // 3600)
