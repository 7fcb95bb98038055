"""The maintenance page: while a file is in the data directory, every other page answers 503.

Every process sees the file at its next request, without a restart and without the database.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import Flask, Response, current_app, render_template, request

from portal import clock
from portal.config import Settings
from portal.i18n import moment_words
from portal.wall_clock import zones

FILE = "maintenance"
STILL_OPEN = {"pages.health", "pages.ready", "pages.metrics"}
"""What machines ask about the portal, which is not what people do with it."""

UNTOLD = 300
"""Seconds after which to come back where nobody said until when."""


@dataclass(frozen=True)
class Pause:
    """The portal is closed; `until` is when it is to open, on a clock in `zone`."""

    until: datetime | None = None
    zone: str = "UTC"


def begin(data_dir: Path, pause: Pause) -> None:
    """Close the portal, or change until when."""
    draft = data_dir / f".{FILE}.{os.getpid()}"
    hour = f"{pause.until.isoformat()} {pause.zone}" if pause.until else ""
    draft.write_text(f"{hour}\n", encoding="utf-8")
    draft.replace(data_dir / FILE)


def end(data_dir: Path) -> None:
    """Open the portal; it may be open already."""
    (data_dir / FILE).unlink(missing_ok=True)


def current(data_dir: Path) -> Pause | None:
    """The pause in force; an empty file, made by hand, closes the portal as well."""
    place = f"{data_dir}/{FILE}"
    if not os.path.exists(place):  # noqa: PTH110 - asked at every request
        return None
    try:
        moment, zone = Path(place).read_text(encoding="utf-8").split()
        until = datetime.fromisoformat(moment)
        ZoneInfo(zone)
        return Pause(until, zone) if until.tzinfo else Pause()
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return Pause()


def machine_zone() -> str:
    """The time zone that this machine is set to."""
    place = os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
    named = (os.environ.get("TZ") or place).removeprefix("Etc/")
    return named if named in zones() else "UTC"


def init_maintenance(app: Flask) -> None:
    """Ask before every request; to be hung before whatever asks the database."""
    app.before_request(_closed)


def _closed() -> Response | None:
    if request.endpoint in STILL_OPEN:
        return None
    settings: Settings = current_app.extensions["portal"]
    pause = current(settings.data_dir)
    return None if pause is None else _page(pause, parseaddr(settings.mail_from)[1])


def _page(pause: Pause, keeper: str) -> Response:
    """Until when, that nothing is lost, and what to do with a form that was just sent.

    503 with Retry-After (RFC 9110, 15.6.4): search engines keep what they know.
    """
    left = (pause.until - clock.now()).total_seconds() if pause.until else 0
    body = render_template(
        "errors/maintenance.html",
        until=moment_words(pause.until, pause.zone) if pause.until and left > 0 else None,
        is_late=pause.until is not None and left <= 0,
        was_sent=request.method == "POST",
        keeper=keeper,
        nav=[],
    )
    response = Response(body, status=503)
    response.headers["Retry-After"] = str(max(int(left), 0) or UNTOLD)
    return response
