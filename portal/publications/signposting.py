"""Where a machine goes on from a publication's page (signposting.org), as `Link` headers.

More links than ten stand in a set of their own (RFC 9264), and the header names that alone.
"""

from dataclasses import dataclass
from typing import Any

MOST_LINKS = 10
LINKSET = "application/linkset+json"


@dataclass(frozen=True, slots=True)
class Link:
    """From a page to `url`; `type` is the media type of what is found there."""

    rel: str
    url: str
    type: str = ""
    language: str = ""


def header(links: list[Link], linkset: str) -> str:
    """The value of `Link` (RFC 8288)."""
    shown = links if len(links) <= MOST_LINKS else [Link("linkset", linkset, LINKSET)]
    return ", ".join(_value(link) for link in shown)


def document(links: list[Link], anchor: str) -> dict[str, Any]:
    """All of them as a set of links of one page (RFC 9264, 4.2)."""
    context: dict[str, Any] = {"anchor": anchor}
    for link in links:
        target: dict[str, Any] = {"href": link.url}
        if link.type:
            target["type"] = link.type
        if link.language:
            target["hreflang"] = [link.language]
        context.setdefault(link.rel, []).append(target)
    return {"linkset": [context]}


def _value(link: Link) -> str:
    kind = f'; type="{link.type}"' if link.type else ""
    language = f"; hreflang={link.language}" if link.language else ""
    return f'<{link.url}>; rel="{link.rel}"{kind}{language}'
