"""Files of an event, for everybody and for who has a place."""

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.events import queries as events
from portal.materials import queries
from portal.materials.models import Material
from portal.materials.rules import is_for_attendees, is_public
from portal.materials.serving import attachment
from portal.materials.shown import was_held
from portal.registrations import own_links
from portal.tokens import BadLink
from portal.web import personal

bp = Blueprint("materials", __name__, url_prefix="/<lang>")


@bp.get("/events/<slug>/materials/<int:material_id>")
def file(slug: str, material_id: int) -> ResponseReturnValue:
    """What everybody may have; of all else this address knows nothing."""
    event = events.public_event_bare(slug)
    if event is None:
        slug_now = events.slug_now(slug) or abort(404)
        return redirect(url_for("materials.file", slug=slug_now, material_id=material_id), 301)
    material = queries.one(event, material_id)
    held = was_held(event, clock.now())
    if material is None or not is_public(material.visibility, event_was_held=held):
        abort(404)
    return _file(material)


@bp.get("/registrations/<token>/materials/<int:material_id>")
@personal
def own_file(token: str, material_id: int) -> ResponseReturnValue:
    """What attendees may have, by the link in their letter, while they have a place."""
    registration = own_links.registration_of(token)
    if registration is None:
        raise BadLink
    event = registration.event
    material = queries.one(event, material_id)
    held = was_held(event, clock.now())
    if (
        not registration.holds_place
        or material is None
        or not is_for_attendees(material.visibility, event_was_held=held)
    ):
        abort(404)
    return _file(material)


def _file(material: Material) -> ResponseReturnValue:
    """Pages name the address of a link themselves: this one leads nowhere else."""
    return attachment(material) if material.file else abort(404)
