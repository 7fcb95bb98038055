"""Public pages, and what they count, kept by each web process until their words change."""

import gzip
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Generic, TypeVar

import brotli
from flask import Response, current_app, request
from markupsafe import escape

from portal import clock

KEPT_PAGES, KEPT_VALUES = 512, 128
_SECRET = secrets.token_hex(12)


@dataclass(frozen=True, slots=True)
class Fresh:
    """A page just made; `until` is the next moment at which its words change, if there is one."""

    body: str | bytes
    until: datetime | None = None
    content_type: str = "text/html; charset=utf-8"
    last_modified: datetime | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Encoded:
    """A whole answer in each encoding."""

    content_type: str
    last_modified: datetime | None
    headers: tuple[tuple[str, str], ...]
    bodies: dict[str, bytes]
    etags: dict[str, str]


Body = TypeVar("Body", _Encoded, str)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class _Kept(Generic[Body]):
    stamp: Hashable
    until: datetime | None
    body: Body


class _Shelf(Generic[Body]):
    """The pages that were asked for last, by path and variant."""

    def __init__(self) -> None:
        self.pages: OrderedDict[Hashable, _Kept[Body]] = OrderedDict()
        self.lock = Lock()

    def page(
        self, variant: Hashable, stamp: Hashable, make: Callable[[datetime], tuple[Fresh, Body]]
    ) -> Body:
        now = clock.now()
        key = (request.scheme, request.host, request.path, variant)
        stamp = (stamp, current_app.extensions["site"].is_demo)  # each page says which it is
        kept = self.kept(key)
        if kept is None or kept.stamp != stamp or (kept.until is not None and kept.until <= now):
            fresh, body = make(now)
            kept = _Kept(stamp, fresh.until, body)
            self.keep(key, kept)
        return kept.body

    def kept(self, key: Hashable) -> _Kept[Body] | None:
        """Moved to the end, so that a flood of rare variants pushes out other rare ones."""
        with self.lock:
            kept = self.pages.get(key)
            if kept is not None:
                self.pages.move_to_end(key)
        return kept

    def keep(self, key: Hashable, kept: _Kept[Body]) -> None:
        with self.lock:
            self.pages[key] = kept
            self.pages.move_to_end(key)
            while len(self.pages) > KEPT_PAGES:
                self.pages.popitem(last=False)

    def clear(self) -> None:
        with self.lock:
            self.pages.clear()


class _Values:
    """What was counted last, by what it is about; nobody may change it."""

    def __init__(self) -> None:
        self.values: OrderedDict[Hashable, tuple[Hashable, Any]] = OrderedDict()
        self.lock = Lock()

    def kept(self, key: Hashable) -> tuple[Hashable, Any] | None:
        with self.lock:
            kept = self.values.get(key)
            if kept is not None:
                self.values.move_to_end(key)
        return kept

    def keep(self, key: Hashable, stamp: Hashable, value: Any) -> None:
        with self.lock:
            self.values[key] = stamp, value
            self.values.move_to_end(key)
            while len(self.values) > KEPT_VALUES:
                self.values.popitem(last=False)

    def clear(self) -> None:
        with self.lock:
            self.values.clear()


_whole: _Shelf[_Encoded] = _Shelf()
_patterns: _Shelf[str] = _Shelf()
_values = _Values()


def page(variant: Hashable, stamp: Hashable, make: Callable[[datetime], Fresh]) -> Response:
    """The kept page for this path and variant while `stamp` holds, else the one that `make` makes.

    Only for answers that are the same for everybody: no cookie, token or flash may be in them.
    """

    def encoded(now: datetime) -> tuple[Fresh, _Encoded]:
        fresh = make(now)
        return fresh, _encoded(fresh)

    return _answer(_whole.page(variant, stamp, encoded))


def filled(
    variant: Hashable,
    stamp: Hashable,
    make: Callable[[datetime], Fresh],
    blanks: dict[str, str],
) -> str:
    """A page that is the same for everybody but for its blanks: `make` writes `blank(name)` there.

    What goes into a blank is escaped. The answer is a person's own, and nobody else keeps it.
    """

    def pattern(now: datetime) -> tuple[Fresh, str]:
        fresh = make(now)
        return fresh, str(fresh.body)

    text = _patterns.page(variant, stamp, pattern)
    for name, value in blanks.items():
        text = text.replace(blank(name), escape(value))
    return text


def blank(name: str) -> str:
    """What stands in a kept page for a value; nobody outside can guess it."""
    return f"{name}-{_SECRET}"


def value(key: Hashable, stamp: Hashable, make: Callable[[], tuple[Hashable, Value]]) -> Value:
    """What was kept under this key while `stamp` holds, else what `make` gives.

    `make` reads the stamp once more, before all else and in the transaction in which it counts: a
    snapshot may be older than the stamp, and what it shows must not be taken for newer than it is.
    """
    kept = _values.kept(key)
    if kept is not None and kept[0] == stamp:
        found: Value = kept[1]
    else:
        seen, found = make()
        _values.keep(key, seen, found)
    return found


def clear() -> None:
    """Forget everything, as a new process would."""
    _whole.clear()
    _patterns.clear()
    _values.clear()


def _encoded(fresh: Fresh) -> _Encoded:
    plain = fresh.body.encode() if isinstance(fresh.body, str) else fresh.body
    bodies = {
        "identity": plain,
        "gzip": gzip.compress(plain, compresslevel=6, mtime=0),
        "br": brotli.compress(plain, quality=5),
    }
    tag = hashlib.sha256(plain).hexdigest()[:24]
    etags = {name: tag if name == "identity" else f"{tag}-{name}" for name in bodies}
    return _Encoded(fresh.content_type, fresh.last_modified, fresh.headers, bodies, etags)


def _answer(kept: _Encoded) -> Response:
    accepted = request.headers.get("Accept-Encoding", "")
    if ";" in accepted:  # rarely, with weights, of which 0 means never
        accepted = ",".join(name for name, weight in request.accept_encodings if weight > 0)
    encoding = "br" if "br" in accepted else "gzip" if "gzip" in accepted else "identity"
    known = request.headers.get("If-None-Match")
    is_known = known == f'"{kept.etags[encoding]}"'  # as browsers and readers of feeds say it
    response = Response(
        None if is_known else kept.bodies[encoding],
        304 if is_known else 200,
        content_type=kept.content_type,
    )
    headers = response.headers
    headers["Cache-Control"] = "public, no-cache"
    headers["Vary"] = "Accept-Encoding"
    headers.extend(kept.headers)
    if encoding != "identity":
        headers["Content-Encoding"] = encoding
    response.set_etag(kept.etags[encoding])
    if kept.last_modified is not None:
        response.last_modified = kept.last_modified
    if not is_known and (known or "If-Modified-Since" in request.headers):
        response.make_conditional(request)
    return response
