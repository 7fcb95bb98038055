"""Public pages, kept whole by each web process until their words change."""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

import brotli
from flask import Response, request

from portal import clock

KEPT_PAGES = 512


@dataclass(frozen=True, slots=True)
class Fresh:
    """A page just made; `until` is the next moment at which its words change, if there is one."""

    body: str | bytes
    until: datetime | None = None
    content_type: str = "text/html; charset=utf-8"
    last_modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: Hashable
    until: datetime | None
    content_type: str
    last_modified: datetime | None
    bodies: dict[str, bytes]
    etags: dict[str, str]


_pages: OrderedDict[Hashable, _Kept] = OrderedDict()
_lock = Lock()


def page(variant: Hashable, stamp: Hashable, make: Callable[[datetime], Fresh]) -> Response:
    """The kept page for this path and variant while `stamp` holds, else the one that `make` makes.

    Only for answers that are the same for everybody: no cookie, token or flash may be in them.
    """
    now = clock.now()
    key = (request.host_url, request.path, variant)
    kept = _pages.get(key)
    if kept is None or kept.stamp != stamp or (kept.until is not None and kept.until <= now):
        kept = _keep(key, stamp, make(now))
    return _answer(kept)


def clear() -> None:
    """Forget every page, as a new process would."""
    with _lock:
        _pages.clear()


def _keep(key: Hashable, stamp: Hashable, fresh: Fresh) -> _Kept:
    plain = fresh.body.encode() if isinstance(fresh.body, str) else fresh.body
    bodies = {
        "identity": plain,
        "gzip": gzip.compress(plain, compresslevel=6, mtime=0),
        "br": brotli.compress(plain, quality=5),
    }
    tag = hashlib.sha256(plain).hexdigest()[:24]
    etags = {name: tag if name == "identity" else f"{tag}-{name}" for name in bodies}
    kept = _Kept(stamp, fresh.until, fresh.content_type, fresh.last_modified, bodies, etags)
    with _lock:
        _pages[key] = kept
        _pages.move_to_end(key)
        while len(_pages) > KEPT_PAGES:
            _pages.popitem(last=False)
    return kept


def _answer(kept: _Kept) -> Response:
    accepted = request.headers.get("Accept-Encoding", "")
    encoding = "br" if "br" in accepted else "gzip" if "gzip" in accepted else "identity"
    response = Response(kept.bodies[encoding], content_type=kept.content_type)
    headers = response.headers
    headers["Cache-Control"] = "public, no-cache"
    headers["Vary"] = "Accept-Encoding"
    if encoding != "identity":
        headers["Content-Encoding"] = encoding
    response.set_etag(kept.etags[encoding])
    if kept.last_modified is not None:
        response.last_modified = kept.last_modified
    if "If-None-Match" in request.headers or "If-Modified-Since" in request.headers:
        response.make_conditional(request)
    return response
