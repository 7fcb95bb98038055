"""Decisions about accounts: values in, a value out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

LONGEST_SESSION = timedelta(hours=12)
LONGEST_IDLE = timedelta(hours=2)
SEEN_EVERY = timedelta(minutes=5)
HALF_SIGNED_IN = timedelta(minutes=10)
INVITATION_HOLDS = timedelta(days=7)
RESET_HOLDS = timedelta(hours=1)
SIGN_IN_LINK_HOLDS = timedelta(minutes=15)
FRESH = timedelta(minutes=15)
"""So long after both steps who signed in may take out what is shown to nobody at the desk."""
CHALLENGE_HOLDS = timedelta(minutes=5)
MOST_PASSKEYS = 20
RECOVERY_CODES = 8
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
FAILURES_PER_ACCOUNT = "10 per 15 minutes"


class TeamRole(StrEnum):
    """What a person is in an event's team."""

    ORGANISER = "organiser"
    EDITOR = "editor"
    READER = "reader"


class Right(StrEnum):
    """What a person may do at the desk of one event."""

    LOOK = "look"
    """See how the event stands, in numbers."""
    EDIT = "edit"
    """Write its texts and its programme."""
    PEOPLE = "people"
    """See who comes."""
    RUN = "run"
    """Decide about people and dates, write letters, take lists out, choose the team."""


RIGHTS: dict[TeamRole, frozenset[Right]] = {
    TeamRole.ORGANISER: frozenset(Right),
    TeamRole.EDITOR: frozenset({Right.LOOK, Right.EDIT}),
    TeamRole.READER: frozenset({Right.LOOK, Right.PEOPLE}),
}
NO_RIGHTS: frozenset[Right] = frozenset()
OFFICERS_RIGHTS: frozenset[Right] = frozenset({Right.LOOK})
"""What a data protection officer may do at every event: see how it stands, and nobody's data."""

EVERY_RIGHT: frozenset[Right] = frozenset(Right)


class SignedInBy(StrEnum):
    """How a session began."""

    PASSWORD = "password"  # noqa: S105
    LINK = "link"
    PASSKEY = "passkey"
    OIDC = "oidc"


@dataclass(frozen=True, slots=True)
class Made:
    """A new passkey, as its browser gave it."""

    credential_id: str
    public_key: str
    sign_count: int


def nobody_else(ids: Collection[int], one: int) -> bool:
    """Whether none but this one is left of those."""
    return not set(ids) - {one}


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


def password_is_weak(password: str, address: str) -> bool:
    """Length carries a password; what is short, monotonous or the person's own address does not."""
    own = address.partition("@")[0].casefold()
    echoes = len(own) > 3 and len(password) - len(own) < 8 and own in password.casefold()
    return len(password) < SHORTEST_PASSWORD or len(set(password)) < 5 or echoes
