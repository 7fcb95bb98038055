"""What the pages of this part share: whose link it is, which event, how many letters."""

from typing import NoReturn

from flask import (
    Blueprint,
    abort,
    current_app,
    g,
    redirect,
    request,
    url_for,
)
from limits import parse

from portal import tokens
from portal.db import db
from portal.events import queries as events
from portal.events import service as event_service
from portal.events.models import Event
from portal.extensions import limiter
from portal.registrations import own_links, person
from portal.registrations.models import Registration
from portal.tokens import BadLink

bp = Blueprint("registrations", __name__, url_prefix="/<lang>")


def public_event(slug: str) -> Event:
    return events.public_event_bare(slug) or moved_event(slug)


def moved_event(slug: str) -> NoReturn:
    """To where the event is found now, if it was under this address before."""
    moved = events.slug_now(slug)
    if moved is None or request.method != "GET":
        abort(404)
    values = dict(request.view_args or {}) | {"slug": moved}
    abort(redirect(url_for(request.endpoint or "events.show", **values), 301))


def own_registration(token: str) -> Registration:
    """The registration of a link that is whole, ours, and not replaced by a newer one."""
    registration = own_links.registration_of(token)
    if registration is None:
        raise BadLink
    g.link_code = registration.link_code
    return registration


def held_registration(token: str) -> Registration:
    """The same with its event held, so that a second click sees what the first one did."""
    event_service.locked(own_registration(token).event_id)
    db.session.expire_all()
    return own_registration(token)


def leads_to_event(event: Event) -> None:
    """The link of this page works no more: in another language stands the event's own."""
    g.same_page = ("events.show", {"slug": event.slug})


def may_write_to(address: str, counted_as: str) -> bool:
    """Count one more letter to this mailbox; too many are not written, the page stays the same.

    Registrations have a count of their own: colleagues behind one mailbox who register one after
    the other can still have their links sent.
    """
    allowed = current_app.extensions["portal"].limits["mail"]
    if not allowed:
        return True
    key = tokens.keyed("mailbox", person.address_key(address))
    return limiter.limiter.hit(parse(allowed), counted_as, key)
