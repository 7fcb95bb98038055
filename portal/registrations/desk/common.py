"""What the pages about one person have in common."""

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.events.guards import own_event
from portal.registrations import listing
from portal.registrations.models import Registration

LARGEST_ID = 2**31 - 1


def one(registration_id: int) -> Registration:
    """The person of this event; no such page for any other."""
    if registration_id > LARGEST_ID:
        abort(404)
    return listing.one(own_event(), registration_id) or abort(404)


def id_of(typed: str) -> int:
    """An id as our own pages send it; no such page for any other."""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 10 and int(typed) <= LARGEST_ID):
        abort(404)
    return int(typed)


def back(registration_id: int) -> ResponseReturnValue:
    """To the person's page."""
    where = url_for(
        "registrations_desk.show", slug=own_event().slug, registration_id=registration_id
    )
    return redirect(where, 303)
