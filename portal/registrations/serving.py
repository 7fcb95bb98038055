"""How files that people handed in leave the portal."""

from flask import Response, abort
from flask_babel import gettext as _

from portal.materials.serving import attached


def pdf_response(octets: bytes, name: str) -> Response:
    """A letter made at this moment: shown where programs show PDFs, kept by nobody on the way."""
    response = Response(octets, content_type="application/pdf")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def handed_in(name: str) -> Response:
    """A file of a person: to be saved, kept by nobody on the way, run by nobody."""
    if not name:
        abort(404)
    response = attached(name, name, title=_("Answer"), plain="answer")
    response.headers["Cache-Control"] = "private, no-store"
    return response
