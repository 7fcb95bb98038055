"""What the desk pages of one publication have in common."""

from flask import abort, request

from portal.publications import listing
from portal.publications.models import Publication


def one(publication_id: int) -> Publication:
    return listing.by_id(publication_id) or abort(404)


def held(publication_id: int) -> Publication:
    """Who may change it holds it, before it is asked what others have changed."""
    if request.method != "POST":
        return one(publication_id)
    return listing.locked(publication_id) or abort(404)
