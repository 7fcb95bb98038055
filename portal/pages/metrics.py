"""How the portal stands, in the text format that Prometheus reads (version 0.0.4).

Numbers alone: no address, no name, and no label that grows with the number of people or events.
"""

from __future__ import annotations

import hmac
import platform
from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path

from flask import Flask, request
from sqlalchemy.exc import SQLAlchemyError

from portal import maintenance, running
from portal.db import db
from portal.heartbeat import last_beat
from portal.metrics import BUCKETS, LETTERS, OTHER, STATUSES, parts
from portal.outbox.queries import figures
from portal.pages.readiness import free_bytes, seconds_since
from portal.registrations.queries import numbers_by_status, stuck_number
from portal.subjects.unfinished import seconds_unfinished

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[str, dict[str, str], float]


def may_read(token: str) -> bool:
    """Whether the request carries the token (RFC 6750); compared in constant time."""
    given = request.headers.get("Authorization", "").encode("utf-8", "replace")
    return hmac.compare_digest(given, f"Bearer {token}".encode())


def as_text(app: Flask, now: datetime) -> str:
    """All metrics; where the database is away, those that do without it."""
    lines = [*_counted(app), *_of_this_machine(app, now)]
    try:
        stands = [*_of_the_database(now)]
    except SQLAlchemyError as error:
        db.session.rollback()
        app.logger.error("metrics: the database is away", exc_info=error)
        stands = []
    up = _gauge("database_up", "Whether the database answered.", float(bool(stands)))
    return "\n".join([*lines, *up, *stands, ""])


def _counted(app: Flask) -> Iterator[str]:
    totals = app.extensions["counts"].totals()
    yield from _metric(
        "requests_total",
        "counter",
        "Requests answered, by part and status; static files are not among them.",
        (
            ("requests_total", {"part": part, "status": str(status)}, found)
            for part in parts(app)
            for status in (*STATUSES, OTHER)
            if (found := totals["requests", part, status])
        ),
    )
    yield from _metric(
        "request_seconds",
        "histogram",
        "How long answers took, by part.",
        (
            sample
            for part in parts(app)
            for sample in _histogram(
                part, [totals["seconds", part, b] for b in BUCKETS], totals["sum", part]
            )
        ),
    )
    yield from _metric(
        "letter_tries_total",
        "counter",
        "Tries to send a letter, by how they ended.",
        (("letter_tries_total", {"outcome": o}, totals["letters", o]) for o in LETTERS),
    )


def _histogram(part: str, counts: list[float], seconds: float) -> Iterator[Sample]:
    if not any(counts):
        return
    sums = list(accumulate(counts))
    for end, below in zip(BUCKETS, sums, strict=True):
        yield "request_seconds_bucket", {"part": part, "le": _number(end)}, below
    yield "request_seconds_sum", {"part": part}, seconds
    yield "request_seconds_count", {"part": part}, sums[-1]


def _of_this_machine(app: Flask, now: datetime) -> Iterator[str]:
    data_dir: Path = app.extensions["portal"].data_dir
    build = {"version": version("pla-portal"), "python": platform.python_version()}
    yield from _metric("build_info", "gauge", "What runs.", [("build_info", build, 1)])
    yield from _gauge("free_disk_bytes", "What is left for the data.", free_bytes(data_dir))
    closed = maintenance.current(data_dir) is not None
    yield from _gauge("maintenance", "Whether the maintenance page is on.", float(closed))
    backed_up = running.last_backup(data_dir)
    if backed_up is not None:
        age = max(now.timestamp() - backed_up, 0.0)
        yield from _gauge("backup_age_seconds", "Since the last backup made here.", age)


def _of_the_database(now: datetime) -> Iterator[str]:
    outbox, beat = figures(), seconds_since(last_beat(), now)
    oldest = seconds_since(outbox.oldest, now) or 0.0
    yield from _gauge("letters_waiting", "Letters that wait to be sent.", outbox.waiting)
    yield from _gauge("letters_parked", "Letters that were refused for good.", outbox.parked)
    yield from _gauge("letters_stuck", "Letters that could not be written.", stuck_number())
    yield from _gauge("oldest_letter_seconds", "How long the oldest waits.", oldest)
    erasing = seconds_unfinished(now)
    yield from _gauge("oldest_erasure_seconds", "Since one waits to be done and wiped.", erasing)
    if beat is not None:
        yield from _gauge("worker_heartbeat_seconds", "Since the worker was heard of.", beat)
    yield from _metric(
        "registrations",
        "gauge",
        "Registrations of all events, by status.",
        (
            ("registrations", {"status": status}, number)
            for status, number in numbers_by_status().items()
        ),
    )


def _gauge(name: str, words: str, value: float) -> Iterator[str]:
    return _metric(name, "gauge", words, [(name, {}, value)])


def _metric(name: str, kind: str, words: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP portal_{name} {words}"
    yield f"# TYPE portal_{name} {kind}"
    for sample, labels, value in samples:
        listed = ",".join(f'{label}="{text}"' for label, text in labels.items())
        yield f"portal_{sample}{f'{{{listed}}}' if listed else ''} {_number(value)}"


def _number(value: float) -> str:
    return "+Inf" if value == float("inf") else f"{value:.17g}"
