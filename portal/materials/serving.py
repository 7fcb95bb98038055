"""Files of others leave the portal like this: to be saved, run by nobody, for no other site."""

import re
from urllib.parse import quote

from flask import Response, abort, request, send_file

from portal import uploads
from portal.filetypes import MEDIA_TYPES
from portal.i18n import translated
from portal.materials.models import Material

HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NOT_IN_A_NAME = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f]+')


def attachment(material: Material) -> Response:
    """The material's file under its title."""
    return attached(
        material.file,
        material.digest,
        title=translated(material.title) or "material",
        plain=f"material-{material.id}",
    )


def attached(file: str, digest: str, *, title: str, plain: str) -> Response:
    """A kept file, or a range of it (RFC 9110, 14), under a title; `plain` is for old programs.

    It leaves as it lies: a range of something compressed on the way would be no range of it.
    """
    request.environ.pop("HTTP_ACCEPT_ENCODING", None)
    try:
        response = send_file(
            uploads.path(file), mimetype="application/octet-stream", etag=digest, conditional=True
        )
    except FileNotFoundError:
        abort(404)
    headers = response.headers
    ending = file.rpartition(".")[2]
    headers["Content-Type"] = MEDIA_TYPES[ending]
    headers["Content-Disposition"] = _disposition(title, plain, ending)
    headers["Cache-Control"] = "public, no-cache"
    headers.update(HEADERS)
    return response


def _disposition(title: str, plain: str, ending: str) -> str:
    """The title in every script (RFC 6266, RFC 8187), and a plain name for old programs."""
    bare = _NOT_IN_A_NAME.sub(" ", title).strip(" .") or plain.partition("-")[0]
    name = quote(f"{bare[:150]}.{ending}", safe="")
    return f"attachment; filename=\"{plain}.{ending}\"; filename*=UTF-8''{name}"
