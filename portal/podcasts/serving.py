"""Files of podcasts as they leave the portal: to be heard and read anywhere, and run nowhere."""

from datetime import datetime
from hashlib import sha256

from flask import Response, abort, request, send_file

from portal import uploads
from portal.audio import MEDIA_TYPES
from portal.filetypes import MEDIA_TYPES as PICTURES
from portal.podcasts import transcripts
from portal.podcasts.models import Episode

CHAPTERS = "application/json+chapters"
TRANSCRIPTS = {"vtt": "text/vtt; charset=utf-8", "srt": "application/x-subrip; charset=utf-8"}
"""By ending; the types are those of Podcasting 2.0, `podcast:transcript`."""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; media-src 'self'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, no-cache",
}
"""Players stand on other sites; a browser that opens a recording by itself plays it."""


def audio(episode: Episode) -> Response:
    """The recording, or a range of it (RFC 9110, 14)."""
    return _file(episode.audio, MEDIA_TYPES[episode.ending], episode.audio_digest)


def picture(name: str) -> Response:
    return _file(name, PICTURES[name.rpartition(".")[2]], name)


def transcript(episode: Episode, ending: str) -> Response:
    write = transcripts.as_vtt if ending == "vtt" else transcripts.as_srt
    return text(write(episode.cues), TRANSCRIPTS[ending], episode.updated_at)


def text(body: str, content_type: str, changed_at: datetime) -> Response:
    """What programs of other sites may read too, whole or a range of it."""
    _leaves_as_it_is()
    octets = body.encode()
    response = Response(octets, content_type=content_type)
    response.headers.update(HEADERS)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.set_etag(sha256(octets).hexdigest()[:24])
    response.last_modified = changed_at
    response.make_conditional(request, accept_ranges=True, complete_length=len(octets))
    return response


def _file(name: str, content_type: str, etag: str) -> Response:
    _leaves_as_it_is()
    try:
        response = send_file(uploads.path(name), mimetype=content_type, etag=etag, conditional=True)
    except FileNotFoundError:
        abort(404)
    response.headers.update(HEADERS)
    return response


def _leaves_as_it_is() -> None:
    """A range of something compressed on the way would be no range of it."""
    request.environ.pop("HTTP_ACCEPT_ENCODING", None)
