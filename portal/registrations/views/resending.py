"""The way back for who has no link at hand."""

from typing import Any

from flask import (
    abort,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from portal import clock
from portal.db import looking
from portal.events.models import Event
from portal.extensions import csrf, limiter
from portal.limits import rate
from portal.registrations import person, queries, service
from portal.registrations.forms import (
    LinkForm,
)
from portal.registrations.service import contacts
from portal.registrations.views.shared import bp, may_write_to, public_event
from portal.text import masked
from portal.web import personal


@bp.route("/events/<slug>/join", methods=["GET", "POST"])
@csrf.exempt
@limiter.limit(rate("link"), methods=["POST"])
@personal
def join_page(slug: str) -> ResponseReturnValue:
    """The way in that may be told to anybody: it mails the registered their own link."""
    with looking():
        event = public_event(slug)
    if not event.online or not event.joining_url:
        abort(404)
    return _mail_links("registrations/join.html", "registrations.join_page", event=event)


@bp.route("/registrations/link", methods=["GET", "POST"])
@csrf.exempt
@limiter.limit(rate("link"), methods=["POST"])
@personal
def link() -> ResponseReturnValue:
    """One mail with the links of all registrations of an address; the page tells nothing."""
    return _mail_links("registrations/link.html", "registrations.link")


def _mail_links(template: str, endpoint: str, event: Event | None = None) -> ResponseReturnValue:
    form = LinkForm()
    if form.validate_on_submit():
        address = person.address_key(form.email.data)
        if may_write_to(address, "mail"):
            service.ask_for_links(queries.of_address(address), now=clock.now())
            contacts.ask_for_link(address, now=clock.now())
        session["asked"] = masked(form.email.data)
        return redirect(url_for(endpoint, sent="yes", **_slug(event)), 303)
    if request.args.get("sent") == "yes" and not form.errors:
        return render_template(
            "registrations/link_sent.html", address=session.get("asked", ""), event=event
        )
    with looking():
        page = render_template(template, form=form, event=event)
    return page, 422 if form.errors else 200


def _slug(event: Event | None) -> dict[str, Any]:
    return {"slug": event.slug} if event else {}
