"""News and calls for readers of feeds and for republishers: RSS 2.0, Atom 1.0, JSON Feed 1.1.

The three are written from the same entries. What a republisher takes over has to be enough by
itself, so that each entry's text says its deadline with the zone, its languages, whom to ask, who
is responsible and the licence; and it says nothing that depends on when it is read.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape, unescape
from urllib.parse import urljoin

from flask import Blueprint, Response, current_app, render_template, url_for
from flask_babel import gettext as _

from portal import edition
from portal.cache import Fresh, page
from portal.i18n import page_language
from portal.markup import rich
from portal.news import queries
from portal.news.linked_data import said
from portal.news.models import Item
from portal.news.rules import entry_id
from portal.news.shown import Shown
from portal.site import absolute

bp = Blueprint("news_feeds", __name__)

RSS = "application/rss+xml; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"
JSON_FEED = "application/feed+json; charset=utf-8"
VERSION = "https://jsonfeed.org/version/1.1"
_LINK = re.compile(r'href="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as every feed says it; `lang` is that of its own words."""

    id: str
    url: str
    lang: str
    title: str
    summary: str
    html: str
    published_at: datetime
    updated_at: datetime
    author: str
    tags: tuple[str, ...]
    licence: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Channel:
    """A feed as a whole."""

    title: str
    text: str
    home: str
    url: str
    lang: str
    id: str
    updated_at: datetime
    entries: Sequence[Entry]


@bp.get("/<lang>/news/rss.xml")
def rss() -> Response:
    """RSS 2.0 (rssboard.org/rss-specification)."""
    return _feed("news_feeds.rss", RSS, lambda channel: _xml("rss", channel))


@bp.get("/<lang>/news/atom.xml")
def atom() -> Response:
    """Atom 1.0 (RFC 4287), with the licence as RFC 4946 has it."""
    return _feed("news_feeds.atom", ATOM, lambda channel: _xml("atom", channel))


@bp.get("/<lang>/news/feed.json")
def json_feed() -> Response:
    """JSON Feed 1.1 (jsonfeed.org/version/1.1)."""
    return _feed("news_feeds.json_feed", JSON_FEED, _json)


def _feed(endpoint: str, content_type: str, write: Callable[[Channel], str]) -> Response:
    def make(now: datetime) -> Fresh:
        channel = _channel(url_for(endpoint), now)
        return Fresh(
            write(channel),
            until=queries.next_leaving(now),
            content_type=content_type,
            last_modified=channel.updated_at,
        )

    answer = page("", edition.mark(), make)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _channel(path: str, now: datetime) -> Channel:
    changed = queries.last_change(now) or EMPTY_SINCE
    site = current_app.extensions["site"].name
    home = absolute(url_for("news.index"))
    return Channel(
        title=_("%(site)s: news and calls", site=site),
        text=_("What is new, and which calls can be answered until when."),
        home=home,
        url=absolute(path),
        lang=page_language(),
        id=home,
        updated_at=changed.replace(microsecond=0),
        entries=[_entry(item, now, site) for item in queries.for_feeds(now)],
    )


EMPTY_SINCE = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
"""Of a feed in which nothing ever stood."""


def _entry(item: Item, now: datetime, site: str) -> Entry:
    one = Shown(item, now)
    url = absolute(url_for("news.show", slug=one.slug))
    html = render_template("news/_entry.html", one=one, url=url, rich=rich, site_name=site)
    return Entry(
        id=entry_id(item.uid, one.lang),
        url=url,
        lang=one.title.lang or one.lang,
        title=one.title.text,
        summary=one.why_withdrawn.text if one.is_withdrawn else one.summary.text,
        html=_with_whole_links(html, url).strip(),
        published_at=(item.published_at or item.updated_at).replace(microsecond=0),
        updated_at=item.updated_at.replace(microsecond=0),
        author=one.responsible.text or site,
        tags=tuple(tag for tag in (one.kind, item.hashtag.lstrip("#")) if tag),
        licence=one.licence,
    )


def _with_whole_links(html: str, url: str) -> str:
    """A feed has no address from which a link could be relative."""

    def whole(found: re.Match[str]) -> str:
        return f'href="{escape(urljoin(url, unescape(found[1])))}"'

    return _LINK.sub(whole, html)


def _xml(name: str, channel: Channel) -> str:
    return render_template(
        f"news/{name}.xml", channel=channel, rfc3339=said, rfc822=format_datetime
    )


def _json(channel: Channel) -> str:
    feed = {
        "version": VERSION,
        "title": channel.title,
        "description": channel.text,
        "home_page_url": channel.home,
        "feed_url": channel.url,
        "language": channel.lang,
        "authors": [{"name": current_app.extensions["site"].name, "url": channel.home}],
        "items": [
            {
                "id": each.id,
                "url": each.url,
                "title": each.title,
                "summary": each.summary,
                "content_html": each.html,
                "date_published": said(each.published_at),
                "date_modified": said(each.updated_at),
                "language": each.lang,
                "authors": [{"name": each.author}],
                "tags": list(each.tags),
                "_licence": {"name": each.licence[0], "url": each.licence[1]},
            }
            for each in channel.entries
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)
