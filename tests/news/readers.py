"""The three feeds as readers see them that did not write them."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import feedparser
import jsonfeed

RSS, ATOM, JSON_FEED = "/news/rss.xml", "/news/atom.xml", "/news/feed.json"
FEEDS = (RSS, ATOM, JSON_FEED)


@dataclass(frozen=True)
class Seen:
    """An entry, whichever feed it was read from."""

    id: str
    url: str
    title: str
    summary: str
    html: str
    published_at: datetime
    updated_at: datetime
    author: str
    tags: tuple[str, ...]


def seen(octets: bytes, path: str) -> list[Seen]:
    """What a reader of others makes of the feed."""
    return _by_jsonfeed(octets) if path.endswith("json") else _by_feedparser(octets, path)


def _by_feedparser(octets: bytes, path: str) -> list[Seen]:
    feed = feedparser.parse(octets, sanitize_html=False, resolve_relative_uris=False)
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == ("rss20" if path.endswith("rss.xml") else "atom10")
    assert feed.feed.title and feed.feed.link
    return [
        Seen(
            id=each.id,
            url=each.link,
            title=each.title,
            summary=each.summary,
            html=each.content[0].value,
            published_at=_moment(each.published_parsed),
            updated_at=_moment(each.updated_parsed),
            author=each.author,
            tags=tuple(tag.term for tag in each.tags),
        )
        for each in feed.entries
    ]


def _by_jsonfeed(octets: bytes) -> list[Seen]:
    feed = jsonfeed.Feed.parse_string(octets.decode())
    assert feed.title and feed.home_page_url
    return [
        Seen(
            id=each.id,
            url=each.url,
            title=each.title,
            summary=each.summary,
            html=each.content_html,
            published_at=datetime.fromisoformat(each.date_published),
            updated_at=datetime.fromisoformat(each.date_modified),
            author=each.authors[0].name,
            tags=tuple(each.tags),
        )
        for each in feed.items
    ]


def _moment(parsed: Any) -> datetime:
    return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
