"""Decisions about news and calls: values in, a value out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

RESERVED = frozenset({"new", "rss.xml", "atom.xml", "feed.json"})
"""Last parts of addresses that other pages have, and no item can."""

IN_A_FEED = 50
"""The items of a feed: those that changed last, so that a correction of an old one comes again."""


WITHDRAWN_FOR = timedelta(days=30)
"""As long do feeds say that an item was withdrawn, to those who took it over."""


class Kind(StrEnum):
    NEWS = "news"
    CALL = "call"


class State(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Openness(StrEnum):
    """How a call stands for who would answer it."""

    NOT_YET = "not_yet"
    OPEN = "open"
    CLOSED = "closed"


class ContactFor(StrEnum):
    """What a contact answers questions about."""

    CONTENT = "content"
    REST = "rest"


LICENCES: Mapping[str, tuple[str, str]] = {
    "cc-by-4.0": ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "cc-by-sa-4.0": ("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
    "cc-by-nd-4.0": ("CC BY-ND 4.0", "https://creativecommons.org/licenses/by-nd/4.0/"),
    "cc0-1.0": ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
}
"""Under what others may publish an item again: its name and its address.

The first is what the Commission uses for its own documents (Decision of 22 February 2019).
"""


@dataclass(frozen=True, slots=True)
class Need:
    """A line of what an item needs before it is public."""

    code: str
    is_met: bool


def needs(
    *,
    kind: Kind,
    title: bool,
    summary: bool,
    text: bool,
    opens_at: datetime | None,
    closes_at: datetime | None,
    responsible: bool,
    languages: bool,
    contacts: Iterable[Mapping[str, Any]],
    doors: Iterable[Mapping[str, Any]],
    now: datetime,
) -> list[Need]:
    """What the item needs, met or not; a call that is over leads to no questionnaire any more."""
    found = [Need("title", title), Need("summary", summary), Need("text", text)]
    contacts, doors = list(contacts), list(doors)
    if kind is Kind.NEWS:
        return [*found, Need("behind", responsible or bool(contacts))]
    is_over = closes_at is not None and closes_at <= now
    in_order = opens_at is None or closes_at is None or opens_at < closes_at
    content = any(each["about"] == ContactFor.CONTENT for each in contacts)
    linked = all(door["links"] and not unsafe(door["links"].values()) for door in doors)
    return [
        *found,
        Need("closes_at", closes_at is not None and in_order),
        Need("responsible", responsible),
        Need("languages", languages or is_over),
        Need("contact", content),
        Need("doors", bool(doors) and (linked or is_over)),
    ]


def openness(opens_at: datetime | None, closes_at: datetime, now: datetime) -> Openness:
    """A call closes at its moment: from then on it is closed."""
    if now >= closes_at:
        return Openness.CLOSED
    return Openness.NOT_YET if opens_at is not None and now < opens_at else Openness.OPEN


def days_left(closes_at: datetime, zone: str, now: datetime) -> int:
    """How many midnights on the call's clock lie before its last day; 0 is today."""
    return (_day(closes_at, zone) - _day(now, zone)).days


def turns_at(
    opens_at: datetime | None, closes_at: datetime, zone: str, now: datetime
) -> datetime | None:
    """The next moment at which the words about what is left change; none once it is closed."""
    if now >= closes_at:
        return None
    moments = [_midnight_after(now, zone), closes_at]
    if opens_at is not None and now < opens_at:
        moments.append(opens_at)
    return min(moments)


def end_of_day(moment: datetime, zone: str) -> datetime:
    """When the day of this moment is over on the clock of `zone`."""
    return _midnight_after(moment, zone)


def said_at(closes_at: datetime, whole_day: bool) -> datetime:
    """A call that is open until a day is over closes on that day, and not at 0:00 of the next."""
    return closes_at - timedelta(seconds=1) if whole_day else closes_at


def unsafe(links: Iterable[str]) -> list[str]:
    """Those that do not lead to a host by https."""
    return [link for link in links if not _is_safe(link)]


def entry_id(uid: str, lang: str) -> str:
    """By which feeds know an item for ever: of each language its own, and no address in it.

    Two languages of an item are two entries: a reader that has both must not drop one of them
    (RFC 4287, 4.1.1). An address changes with a title or a host; a UUID changes with nothing.
    """
    return f"urn:uuid:{uuid5(UUID(uid), lang)}"


def _is_safe(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and " " not in link


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def _midnight_after(moment: datetime, zone: str) -> datetime:
    """Where the clock skips midnight, the moment at which it does."""
    tomorrow = _day(moment, zone) + timedelta(days=1)
    return datetime.combine(tomorrow, time(), ZoneInfo(zone)).astimezone(moment.tzinfo)
