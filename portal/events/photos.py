"""Photos of speakers as they leave the portal: pictures that we drew, and nothing else."""

from flask import Response, abort, send_file

from portal import uploads
from portal.filetypes import MEDIA_TYPES, PICTURES

HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def picture(name: str) -> Response:
    """The file of this name, if it is one of a picture that is there."""
    ending = name.rpartition(".")[2]
    if ending not in PICTURES:
        abort(404)
    try:
        response = send_file(
            uploads.path(name), mimetype=MEDIA_TYPES[ending], etag=name, conditional=True
        )
    except FileNotFoundError:
        abort(404)
    response.headers.update(HEADERS)
    return response
