"""The three feeds as readers see them that did not write them."""

from __future__ import annotations

import calendar
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import atoma
import feedparser

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
    return _by_atoma(octets) if path.endswith("json") else _by_feedparser(octets, path)


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


def _by_atoma(octets: bytes) -> list[Seen]:
    """It knows JSON Feed 1.0, in which there was one author."""
    feed = atoma.parse_json_feed_bytes(octets)
    authors = [each["authors"][0]["name"] for each in json.loads(octets)["items"]]
    assert feed.title and feed.home_page_url
    return [
        Seen(
            id=each.id_,
            url=each.url or "",
            title=each.title,
            summary=each.summary,
            html=each.content_html,
            published_at=each.date_published,
            updated_at=each.date_modified,
            author=author,
            tags=tuple(each.tags),
        )
        for each, author in zip(feed.items, authors, strict=True)
    ]


def _moment(parsed: Any) -> datetime:
    return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
