"""Decisions about accounts: values in, a value out."""

from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

LONGEST_SESSION = timedelta(hours=12)
LONGEST_IDLE = timedelta(hours=2)
SEEN_EVERY = timedelta(minutes=5)
RECOVERY_CODES = 8


class TeamRole(StrEnum):
    """What a person is in an event's team."""

    ORGANISER = "organiser"


class SignedInBy(StrEnum):
    """How a session began."""

    PASSWORD = "password"  # noqa: S105
    LINK = "link"


def session_holds(*, began_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """A session ends some hours after it began, and earlier when nobody uses it."""
    return now < began_at + LONGEST_SESSION and now < seen_at + LONGEST_IDLE


def inside(address: str | None, default: str) -> str:
    """The address if it stays inside the site, else the default.

    Browsers drop tabs and line ends, read a backslash as a slash and two slashes as a host: only
    a plain path that begins with exactly one slash passes.
    """
    if not address or not address.isascii() or not address.isprintable():
        return default
    if not address.startswith("/") or address.startswith("//") or "\\" in address:
        return default
    try:
        parts = urlsplit(address)
    except ValueError:
        return default
    return default if parts.scheme or parts.netloc or " " in address else address
