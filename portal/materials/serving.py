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
    """The file, or a range of it (RFC 9110, 14), under its title.

    It leaves as it lies: a range of something compressed on the way would be no range of it.
    """
    request.environ.pop("HTTP_ACCEPT_ENCODING", None)
    try:
        response = send_file(
            uploads.path(material.file),
            mimetype="application/octet-stream",
            etag=material.digest,
            conditional=True,
        )
    except FileNotFoundError:
        abort(404)
    headers = response.headers
    headers["Content-Type"] = MEDIA_TYPES[material.ending]
    headers["Content-Disposition"] = _disposition(material)
    headers["Cache-Control"] = "public, no-cache"
    headers.update(HEADERS)
    return response


def _disposition(material: Material) -> str:
    """The title in every script (RFC 6266, RFC 8187), and a plain name for old programs."""
    title = _NOT_IN_A_NAME.sub(" ", translated(material.title)).strip(" .") or "material"
    name = quote(f"{title[:150]}.{material.ending}", safe="")
    return (
        f'attachment; filename="material-{material.id}.{material.ending}"; '
        f"filename*=UTF-8''{name}"
    )
