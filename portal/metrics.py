"""What is counted for whoever watches the portal: requests by part and status, and letters.

Only where a token is set for reading it; otherwise nothing is counted.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Hashable

from flask import Flask, Response, current_app, g, request

from portal.config import Settings
from portal.counts import Counts

STATUSES = (200, 301, 302, 303, 304, 400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503)
OTHER = "other"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, float("inf"))
"""Upper ends in seconds."""

LETTERS = ("sent", "postponed", "parked")
NO_PART = "none"


def init_metrics(app: Flask, settings: Settings) -> None:
    """Count every answer, when all parts are known."""
    if not settings.metrics_token:
        return
    app.extensions["counts"] = Counts(settings.data_dir / "metrics", _names(app))
    app.after_request(_answered)


def letter(outcome: str) -> None:
    """One try to send a mail ended like this."""
    counts: Counts | None = current_app.extensions.get("counts")
    if counts is not None:
        counts.add((("letters", outcome), 1))


def parts(app: Flask) -> list[str]:
    """The classes of routes: a blueprint each, and one for what leads nowhere."""
    return [*sorted(app.blueprints), NO_PART]


def _names(app: Flask) -> list[Hashable]:
    return [
        *(("requests", part, status) for part in parts(app) for status in (*STATUSES, OTHER)),
        *(("seconds", part, bucket) for part in parts(app) for bucket in BUCKETS),
        *(("sum", part) for part in parts(app)),
        *(("letters", outcome) for outcome in LETTERS),
    ]


def _answered(response: Response) -> Response:
    part = request.blueprint or NO_PART
    status = response.status_code if response.status_code in STATUSES else OTHER
    seconds = time.perf_counter() - g.started if "started" in g else 0.0
    current_app.extensions["counts"].add(
        (("requests", part, status), 1),
        (("seconds", part, BUCKETS[bisect_left(BUCKETS, seconds)]), 1),
        (("sum", part), seconds),
    )
    return response
