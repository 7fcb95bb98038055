"""The feed of a show, read by readers that did not write it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

import feedparser
import pytest
import time_machine
from flask import Flask
from lxml import etree

from portal import cache
from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import transaction
from portal.podcasts import queries, service
from portal.podcasts.feeds import described
from portal.podcasts.rules import LONGEST_DESCRIPTION, feed_guid
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.podcasts.making import FILES, make_episode, make_show

pytestmark = pytest.mark.usefixtures("clock")
FEED = "/en/podcasts/work/feed.xml"
FILES_OF_ONE = ("audio.mp3", "transcript.vtt", "transcript.srt", "chapters.json")
NAMES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "atom": "http://www.w3.org/2005/Atom",
}


@pytest.fixture
def work(app: Flask, clock: time_machine.Traveller) -> None:
    """A show with a host, two episodes, a draft, one that is planned, and one taken back."""
    with app.app_context(), transaction():
        show, now = make_show(slug="work"), portal_clock.now()
        host = {"name": "Ada & <Co>", "role": {"en": "Host"}, "link": "https://example.org/ada"}
        service.add_person(show, None, host, by=COMMAND, now=now)
        make_episode(show, slug="first", at=now - timedelta(days=3), number=1, season=2)
        make_episode(show, slug="second", title={"en": "A & <B>"})
        make_episode(show, draft=True)
        make_episode(show, slug="planned", at=now + timedelta(hours=1))
        gone = make_episode(show, slug="gone")
        service.withdraw(gone, by=COMMAND, now=now)


def tree(client: PortalClient, path: str = FEED) -> etree._Element:
    return etree.fromstring(client.get(path).data)


def of(element: etree._Element, path: str) -> list[str]:
    return [str(found) for found in element.xpath(path, namespaces=NAMES)]


@pytest.mark.usefixtures("work")
def test_a_reader_of_feeds_finds_everything(client: PortalClient) -> None:
    answer = client.get(FEED)
    assert answer.content_type == "application/rss+xml; charset=utf-8"
    read = feedparser.parse(answer.data)
    assert not read.bozo and read.version == "rss20"
    channel = read.feed
    assert channel.title == "Learning at work"
    assert channel.language == "en"
    assert channel.publisher_detail == {
        "name": "Podcasts of the agency",
        "email": "podcast@example.org",
    }
    assert [tag.term for tag in channel.tags] == ["Education", "Courses"]
    assert channel.image.href.startswith("http://") and channel.itunes_explicit is None
    assert [each.title for each in read.entries] == ["A & <B>", "Trust"]
    first = read.entries[1]
    assert first.id != first.link and not first.guidislink
    assert first.published == "Fri, 30 Oct 2026 09:00:00 +0000"
    assert (first.itunes_duration, first.itunes_season, first.itunes_episode) == ("2", "2", "1")
    assert "<em>worth having</em>" in first.description
    (enclosure,) = first.enclosures
    assert enclosure.type == "audio/mpeg"
    audio = client.get(enclosure.href.removeprefix("http://localhost"))
    assert int(enclosure.length) == len(audio.data) == 4401


@pytest.mark.usefixtures("work")
def test_it_says_all_that_directories_ask_for(client: PortalClient) -> None:
    channel = tree(client)[0]
    assert of(channel, "itunes:author/text()") == ["The agency"]
    assert of(channel, "itunes:explicit/text()") == ["false"]
    assert of(channel, "itunes:category/@text") == ["Education"]
    assert of(channel, "itunes:category/itunes:category/@text") == ["Courses"]
    assert of(channel, "podcast:locked/text()") == ["yes"]
    assert of(channel, "podcast:locked/@owner") == ["podcast@example.org"]
    assert of(channel, "atom:link/@rel") == ["self"]
    base = client._public_url().partition("://")[2]
    guids = [of(tree(client, f"/{lang}/podcasts/work/feed.xml"), "//podcast:guid/text()")
             for lang in ("en", "fr")]  # fmt: skip
    first = f"{base}/{{lang}}/podcasts/work/feed.xml"
    assert guids == [[feed_guid(first, "en")], [feed_guid(first, "fr")]]
    (item,) = channel.xpath("item[itunes:episode='1']", namespaces=NAMES)
    assert of(item, "podcast:transcript/@type") == ["text/vtt", "application/x-subrip"]
    assert of(item, "podcast:transcript/@rel") == ["captions", "captions"]
    assert of(item, "podcast:transcript/@language") == ["en", "en"]
    assert of(item, "podcast:chapters/@type") == ["application/json+chapters"]
    # persons of an item replace those of the channel, so that the host stands there again
    assert of(item, "podcast:person/text()") == ["Ada & <Co>", "Bob"]
    assert of(item, "podcast:person/@role") == ["host", "guest"]
    assert of(channel, "podcast:person/text()") == ["Ada & <Co>"]


@pytest.mark.usefixtures("work")
def test_its_podcast_elements_are_valid_by_the_schema(client: PortalClient) -> None:
    """The schema of the namespace of its time; it knows neither `guid` nor what came after it."""
    schema = etree.XMLSchema(etree.parse(FILES / "podcast-wrapper.xsd"))
    known = ("locked", "transcript", "chapters", "person")
    root = tree(client)
    wrapper = etree.Element(f"{{{NAMES['podcast']}}}test-wrapper", nsmap=NAMES)
    for name in known:
        wrapper.extend(root.findall(f".//podcast:{name}", NAMES))
    assert len(wrapper) == 1 + 2 * 2 + 2 + 1 + 2 * 2
    schema.assertValid(wrapper)


@pytest.mark.usefixtures("work")
def test_drafts_and_what_was_taken_back_are_found_nowhere(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    """And what is planned, only once its time has come, without anybody doing anything."""
    everywhere = ("/en/podcasts/", "/en/podcasts/work/", FEED, "/sitemap.xml")
    hidden = ("draft", "planned", "gone")
    for path in everywhere:
        page = client.get(path).get_data(as_text=True)
        assert not any(f"/work/{slug}" in page for slug in hidden), path
    for slug in hidden[:2]:
        files = [f"/podcasts/work/{slug}/{name}" for name in FILES_OF_ONE]
        paths = [f"/en/podcasts/work/{slug}", *files]
        assert {client.get(path).status_code for path in paths} == {404}
    before = client.get(FEED).headers["ETag"]
    clock.shift(timedelta(hours=1))
    for path in everywhere[1:]:
        assert "/work/planned" in client.get(path).get_data(as_text=True), path
    assert client.get("/en/podcasts/work/planned").status_code == 200
    answer = client.get(FEED)
    assert answer.headers["ETag"] != before
    assert answer.last_modified == datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


@pytest.mark.usefixtures("work")
def test_an_unchanged_feed_is_not_sent_twice(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    """Also by another process and later: nothing in it is the time at which it was written."""
    first = client.get(FEED)
    clock.shift(timedelta(minutes=30))
    cache.clear()
    with app.app_context(), transaction():
        show = queries.public_show("work", portal_clock.now())
        assert show is not None
        make_episode(show, draft=True)
        make_episode(show, at=portal_clock.now() + timedelta(days=1))
    etag, changed = first.headers["ETag"], first.headers["Last-Modified"]
    for headers in ({"If-None-Match": etag}, {"If-Modified-Since": changed}):
        again = client.get(FEED, headers=headers)
        assert (again.status_code, again.data) == (304, b"")
    with app.app_context(), transaction():
        second = queries.heard("work", "second", portal_clock.now())
        assert second is not None
        service.change_episode(
            second, {"title": {"en": "Other"}}, by=COMMAND, now=portal_clock.now()
        )
    assert client.get(FEED, headers={"If-None-Match": etag}).status_code == 200
    assert client.get(FEED, headers={"If-Modified-Since": changed}).status_code == 200


def test_a_description_stays_below_its_bound_also_where_signs_grow() -> None:
    link = "[a](https://example.org/?a=1&b=2) "
    for notes in ("word " * 2000, "& < " * 900, link * 120, "é" * 9999):
        text = described(notes)
        assert 3000 < len(escape(text).encode()) < LONGEST_DESCRIPTION
        assert "href" not in text and "<p>" not in text
    assert "<em>" not in described("*a* " * 350)  # in XML, its marks are three times as long
    assert described("A *short* one") == "<p>A <em>short</em> one</p>"


@pytest.mark.usefixtures("work")
def test_a_show_without_public_episodes_is_not_there(app: Flask, client: PortalClient) -> None:
    with app.app_context(), transaction():
        show = make_show(slug="unheard")
        make_episode(show, draft=True)
    for path in ("/en/podcasts/unheard/", "/en/podcasts/unheard/feed.xml"):
        assert client.get(path).status_code == 404
    assert "unheard" not in client.get("/en/podcasts/").get_data(as_text=True)


@pytest.mark.usefixtures("work")
def test_lists_ask_as_much_of_one_episode_as_of_thirty(app: Flask, client: PortalClient) -> None:
    def asked(path: str) -> int:
        cache.clear()
        with statements(app) as questions:
            assert client.get(path).status_code == 200
        return len(questions)

    paths = ("/en/podcasts/", "/en/podcasts/work/", FEED)
    asked(paths[0])  # also asks whether this is the demonstration, once a minute
    few = [asked(path) for path in paths]
    with app.app_context(), transaction():
        show = queries.public_show("work", portal_clock.now())
        assert show is not None
        for _number in range(15):
            make_episode(show)
    assert [asked(path) for path in paths] == few
