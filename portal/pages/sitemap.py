"""Every public page in every language, for search engines (sitemaps.org/protocol.html)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from flask import current_app, render_template, url_for

from portal.cache import Fresh
from portal.events import queries as events
from portal.i18n import languages
from portal.news import queries as news
from portal.podcasts import queries as podcasts
from portal.publications import queries as publications
from portal.ties import queries as ties

STATEMENTS_REVIEWED = datetime(2026, 11, 22, tzinfo=UTC)
STATEMENTS = ("accessibility", "privacy", "cookies", "contact")
LISTS = ("events", "podcasts", "news", "topics")
Page = tuple[str, dict[str, Any], datetime | None]
"""An endpoint, what its address needs beside the language, and its last change."""


def made(now: datetime, absolute: Callable[[str], str]) -> Fresh:
    entries = [
        (
            {lang: absolute(url_for(page, lang=lang, **values)) for lang in languages()},
            changed.date().isoformat() if changed else None,
        )
        for page, values, changed in _pages(now)
    ]
    body = render_template("pages/sitemap.xml", entries=entries)
    until = podcasts.next_publication(now)
    return Fresh(body, until=until, content_type="application/xml; charset=utf-8")


def _pages(now: datetime) -> Iterator[Page]:
    site = current_app.extensions["site"]
    yield "pages.front", {}, None
    yield from ((f"{part}.index", {}, None) for part in LISTS)
    yield "publications.index", {}, publications.last_change()
    yield from ((f"pages.{name}", {}, STATEMENTS_REVIEWED) for name in STATEMENTS)
    if site.has_imprint:
        yield "pages.imprint", {}, None
    if site.has_image_credits:
        yield "pages.image_credits", {}, None
    for event in (*events.upcoming(now), *events.past(now)):
        yield "events.show", {"slug": event.slug}, event.updated_at
    for number, at in publications.in_sitemap():
        yield "publications.show", {"number": number}, at
    for show, at in podcasts.addresses(now):
        yield "podcasts.show", {"show": show}, at
    for show, slug, at in podcasts.episode_addresses(now):
        yield "podcasts.episode", {"show": show, "slug": slug}, at
    for slug, at in news.for_sitemap():
        yield "news.show", {"slug": slug}, at
    for topic in ties.topics():
        yield "topics.show", {"slug": topic.slug}, topic.updated_at
    for project in ties.projects():
        yield "projects.show", {"slug": project.slug}, project.updated_at
