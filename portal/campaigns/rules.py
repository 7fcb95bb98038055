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

_MACHINES = re.compile(
    "|".join(
        (
            r"(?<!cu)bot\b",  # product tokens of crawlers (RFC 9309); a Cubot is a telephone
            r"crawler",
            r"spider",
            r"bingpreview",  # bing.com/webmasters, "Which crawlers does Bing use?"
            r"google-safety",  # developers.google.com, "Google's special-case crawlers"
            r"googleimageproxy",  # Gmail, for pictures in mails
            r"facebookexternalhit",  # developers.facebook.com, "Meta Web Crawlers"
            r"^whatsapp/",  # previews of a link while it is typed
            r"skypeuripreview",  # previews in Skype and Teams
            r"slack-imgproxy|slackbot",  # api.slack.com/robots
            r"barracuda sentinel",  # scans links in mails, and says its name
            r"^(curl|wget|python-|go-http-client|java/|libwww-perl|okhttp)",
        )
    ),
    re.IGNORECASE,
)
"""What says by its User-Agent that it is no reader. Many scanners say that they are a browser;
no rule finds those, and the desk says so beside the figures."""


def counts(method: str, purposes: Iterable[str], user_agent: str) -> bool:
    """Whether a visit is one of a reader, as far as it says itself what it is."""
    is_ahead = any(re.search("prefetch|prerender|preview", said, re.I) for said in purposes)
    return method == "GET" and not is_ahead and not _MACHINES.search(user_agent)


def path_in(target: str, languages: tuple[str, ...], lang: str) -> str:
    """The path of a target, in `lang` where it names no language itself."""
    first = target.split("/", 2)[1].partition("?")[0].partition("#")[0]
    return target if first in languages else f"/{lang}{target}"


def days_between(first: date, last: date) -> list[date]:
    """Every day from the first to the last, both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
