"""Decisions about campaign links: values in, a value out."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""No letter in it is taken for a figure, or for another letter, when it is read out or printed."""

CODE_LENGTH = 8
CODE = re.compile(rf"[{ALPHABET}]{{{CODE_LENGTH}}}")


class Place(StrEnum):
    """Where in a newsletter a link stands."""

    LEAD = "lead"
    BANNER = "banner"
    BUTTON = "button"
    EVENT = "event"
    TEXT = "text"
    SIDE = "side"
    FOOT = "foot"
    PRINT = "print"


PURPOSES = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
"""Where browsers say that nobody asked yet: the Fetch standard, and what they sent before it."""

_BROWSER = re.compile(r"(Mozilla|Opera)/")
"""What every browser begins with; programs, and who says nothing, do not (RFC 9110, 10.1.5)."""
_MACHINES = re.compile(
    r"(?<!cu)bot\b|crawl|spider|preview|proxy|headless|lighthouse|compatible;"
    r"|google-safety|embedly|iframely|siteimprove|externalhit|appengine-google"
    r"|barracuda sentinel",
    re.IGNORECASE,
)
"""What says within it that it is no reader, as crawlers do on their operators' own pages (RFC 9309,
2.2.1, names the token): mostly “compatible;”. A Cubot is a telephone. Many scanners say that they
are a browser; no rule finds those, and the desk says so beside the figures."""
PARAMETERS = frozenset(
    {"zone", "sector", "q", "type", "year", "subject", "language", "kind", "page"}
)
"""What public pages read from their addresses; anything else may say who was written to."""


def counts(method: str, purposes: Iterable[str], user_agent: str) -> bool:
    """Whether a visit is one of a reader, as far as it says itself what it is."""
    is_ahead = any(re.search("prefetch|prerender|preview", said, re.I) for said in purposes)
    is_browser = _BROWSER.match(user_agent) and not _MACHINES.search(user_agent)
    return method == "GET" and not is_ahead and bool(is_browser)


def path_in(target: str, languages: tuple[str, ...], lang: str) -> str:
    """The path of a target, in `lang` where it names no language itself."""
    first = target.split("/", 2)[1].partition("?")[0].partition("#")[0]
    return target if first in languages else f"/{lang}{target}"


def days_between(first: date, last: date) -> list[date]:
    """Every day from the first to the last, both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
