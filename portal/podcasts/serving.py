"""Files of podcasts as they leave the portal: to be heard and read anywhere, and run nowhere."""

import re
from datetime import UTC, datetime
from hashlib import sha256

from flask import Response, abort, request, send_file
from werkzeug.http import is_resource_modified

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


_RANGE = re.compile(r"bytes=[ \t]*(?:(\d+)-(\d*)|-\d+)[ \t]*", re.IGNORECASE)
"""One range of octets; several, or of another unit, are answered with the whole (14.2)."""


def audio(episode: Episode) -> Response:
    """The recording, or a range of it (RFC 9110, 14)."""
    kind, name = MEDIA_TYPES[episode.ending], file_name(episode, episode.ending)
    return _file(episode.audio, kind, episode.audio_digest, name)


def picture(name: str) -> Response:
    return _file(name, PICTURES[name.rpartition(".")[2]], name)


def transcript(episode: Episode, ending: str) -> Response:
    write = transcripts.as_vtt if ending == "vtt" else transcripts.as_srt
    answer = text(write(episode.cues), TRANSCRIPTS[ending], episode.updated_at)
    answer.headers["Content-Disposition"] = f"inline; filename={file_name(episode, ending)}"
    return answer


def file_name(episode: Episode, ending: str) -> str:
    """By which one finds it again among one's files; addresses have no sign that needs care."""
    return f"{episode.show.slug}-{episode.slug}.{ending}"


def text(body: str, content_type: str, changed_at: datetime) -> Response:
    """What programs of other sites may read too, whole or a range of it."""
    octets = body.encode()
    etag = sha256(octets).hexdigest()[:24]
    _as_it_is(etag, changed_at)
    response = Response(octets, content_type=content_type)
    response.headers.update(HEADERS)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.set_etag(etag)
    response.last_modified = changed_at
    response.make_conditional(request, accept_ranges=True, complete_length=len(octets))
    return response


def _file(name: str, content_type: str, etag: str, file_name: str | None = None) -> Response:
    path = uploads.path(name)
    try:
        changed_at = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
        _as_it_is(etag, changed_at)
        response = send_file(
            path, mimetype=content_type, etag=etag, conditional=True,
            last_modified=changed_at, download_name=file_name,
        )  # fmt: skip
    except FileNotFoundError:
        abort(404)
    response.headers.update(HEADERS)
    return response


def _as_it_is(etag: str, changed_at: datetime) -> None:
    """A range of something compressed on the way would be no range of it.

    Where the request asks for no range that is answered with one, the whole is (RFC 9110, 13.2.2):
    it is not GET, what it has is still true, or `If-Range` is no strong tag of this.
    """
    environ = request.environ
    environ.pop("HTTP_ACCEPT_ENCODING", None)
    asked, if_range = environ.pop("HTTP_RANGE", None), environ.pop("HTTP_IF_RANGE", None)
    if asked is None or request.method != "GET" or if_range not in (None, f'"{etag}"'):
        return
    found = _RANGE.fullmatch(asked)
    is_one = found is not None and not (found[2] and int(found[1]) > int(found[2]))
    if is_one and is_resource_modified(environ, etag, last_modified=changed_at):
        environ["HTTP_RANGE"] = asked
