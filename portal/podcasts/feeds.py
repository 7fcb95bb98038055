"""Shows as programs subscribe to them: RSS 2.0, with the words of Apple and of Podcasting 2.0.

A feed has every public episode of its show, told in the feed's language; nothing in it is the time
at which it was written, so that an unchanged one is not sent twice.
"""

from datetime import datetime
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree as etree
from xml.sax.saxutils import escape

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue

from portal import edition
from portal.audio import MEDIA_TYPES
from portal.cache import Fresh, page
from portal.i18n import page_language, translated
from portal.markup import plain, rich
from portal.podcasts import queries
from portal.podcasts.categories import parts
from portal.podcasts.models import Episode, Person, Show
from portal.podcasts.rules import LONGEST_DESCRIPTION, Part, shortened
from portal.podcasts.serving import CHAPTERS, TRANSCRIPTS
from portal.podcasts.shown import audio_path, cover_path, people_of
from portal.site import absolute

bp = Blueprint("podcast_feeds", __name__)

RSS = "application/rss+xml; charset=utf-8"
SPACES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "atom": "http://www.w3.org/2005/Atom",
}
for _prefix, _space in SPACES.items():
    etree.register_namespace(_prefix, _space)


@bp.get("/<lang>/podcasts/<show>/feed.xml")
def feed(show: str) -> ResponseReturnValue:
    """The show in this language, to subscribe to."""
    return page("", edition.mark(), lambda now: _feed(show, now))


def _feed(slug: str, now: datetime) -> Fresh:
    show = queries.public_show(slug, now) or abort(404)
    episodes = queries.public_episodes(show.id, now)
    changed_at = max([show.updated_at, *(each.published_at or now for each in episodes)])
    root = etree.Element("rss", {"version": "2.0"})
    channel = etree.SubElement(root, "channel")
    _channel(channel, show, changed_at)
    for episode in episodes:
        _item(etree.SubElement(channel, "item"), episode)
    return Fresh(
        etree.tostring(root, encoding="utf-8", xml_declaration=True),
        until=queries.next_publication(now, show.id),
        content_type=RSS,
        last_modified=changed_at.replace(microsecond=0),
    )


def _channel(channel: etree.Element, show: Show, changed_at: datetime) -> None:
    lang = page_language()
    own = absolute(url_for("podcasts.show", show=show.slug))
    _add(channel, "title", translated(show.title))
    _add(channel, "link", show.link or own)
    _add(channel, "description", _short(translated(show.description)))
    _add(channel, "language", lang)
    _add(channel, "lastBuildDate", format_datetime(changed_at, usegmt=False))
    _add(channel, "atom:link", href=absolute(url_for("podcast_feeds.feed", show=show.slug)),
         rel="self", type="application/rss+xml")  # fmt: skip
    _add(channel, "itunes:author", show.author)
    owner = _add(channel, "itunes:owner")
    _add(owner, "itunes:name", show.owner_name)
    _add(owner, "itunes:email", show.owner_email)
    _add(channel, "itunes:image", href=absolute(cover_path(show)))
    category, below = parts(show.category)
    within = _add(channel, "itunes:category", text=category)
    if below:
        _add(within, "itunes:category", text=below)
    _add(channel, "itunes:explicit", _truth(show))
    _add(channel, "itunes:type", "episodic")
    _add(channel, "podcast:guid", show.guid(lang))
    _add(channel, "podcast:locked", "yes", owner=show.owner_email)
    _people(channel, show.hosts)


def _item(item: etree.Element, episode: Episode) -> None:
    show = episode.show
    values: dict[str, Any] = {"show": show.slug, "slug": episode.slug}
    _add(item, "title", translated(episode.title))
    _add(item, "link", absolute(url_for("podcasts.episode", **values)))
    _add(item, "guid", episode.guid, isPermaLink="false")
    if episode.published_at is not None:
        _add(item, "pubDate", format_datetime(episode.published_at))
    _add(item, "description", described(translated(episode.notes)))
    _add(item, "enclosure", url=absolute(audio_path(episode)), length=str(episode.audio_bytes),
         type=MEDIA_TYPES[episode.ending])  # fmt: skip
    _add(item, "itunes:title", translated(episode.title))
    _add(item, "itunes:duration", str(max(1, round(episode.audio_seconds))))
    _add(item, "itunes:explicit", _truth(show))
    _add(item, "itunes:episodeType", "full")
    if episode.season is not None:
        _add(item, "itunes:season", str(episode.season))
    if episode.number is not None:
        _add(item, "itunes:episode", str(episode.number))
    for ending, content_type in TRANSCRIPTS.items():
        address = url_for("podcast_files.transcript", ending=ending, **values)
        _add(item, "podcast:transcript", url=absolute(address), language=episode.language,
             type=content_type.partition(";")[0], rel="captions")  # fmt: skip
    if episode.chapters:
        address = url_for("podcast_files.chapters", **values)
        _add(item, "podcast:chapters", url=absolute(address), type=CHAPTERS)
    _people(item, people_of(episode))


def _people(parent: etree.Element, people: list[Person]) -> None:
    """Those of an item replace those of the channel, so that hosts stand in both."""
    for each in people:
        if each.name:
            role = "host" if each.part is Part.HOST else "guest"
            link = {"href": each.link} if each.link else {}
            _add(parent, "podcast:person", each.name, role=role, group="cast", **link)


def _add(parent: etree.Element, name: str, said: str | None = None, **facts: str) -> etree.Element:
    prefix, _colon, local = name.rpartition(":")
    whole = f"{{{SPACES[prefix]}}}{local}" if prefix else local
    added = etree.SubElement(parent, whole, facts)
    added.text = said
    return added


def described(notes: str) -> str:
    """Notes with their links and lists where they fit; else their words, as many as do.

    They are counted as they stand in the feed, where `<` takes four bytes.
    """
    html = str(rich(notes)).strip()
    if len(escape(html).encode()) < LONGEST_DESCRIPTION:
        return html
    return _short(plain(notes))


def _short(text: str) -> str:
    """Cut so far that what its signs grow to in XML fits too."""
    most = LONGEST_DESCRIPTION
    while len(escape(shortened(text, most)).encode()) >= LONGEST_DESCRIPTION:
        most -= 50
    return shortened(text, most)


def _truth(show: Show) -> str:
    return "true" if show.explicit else "false"
