"""Recordings, transcripts, chapters and covers, as players and programs fetch them."""

from __future__ import annotations

import json
import re

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import transaction
from portal.podcasts import queries, service
from portal.podcasts.transcripts import read
from tests.harness.client import PortalClient
from tests.podcasts.making import draw_cover, make_episode, make_show, tone

pytestmark = pytest.mark.usefixtures("clock")
BASE = "/podcasts/work/trust"
TYPES = {
    "audio.mp3": "audio/mpeg",
    "transcript.vtt": "text/vtt; charset=utf-8",
    "transcript.srt": "application/x-subrip; charset=utf-8",
    "chapters.json": "application/json+chapters",
}


@pytest.fixture(autouse=True)
def work(app: Flask, clock: time_machine.Traveller) -> None:
    with app.app_context(), transaction():
        make_episode(make_show(slug="work"), slug="trust")


def cover(client: PortalClient, what: str = "cover") -> str:
    with client.application.app_context():
        show = queries.public_show("work", portal_clock.now())
        assert show is not None
        name = show.cover if what == "cover" else show.small_cover
    return f"/podcasts/work/{what}-{name[:12]}.png"


def test_each_file_answers_head_ranges_and_conditions(app: Flask, client: PortalClient) -> None:
    """RFC 9110, 13 and 14."""
    with app.app_context(), transaction():
        show = queries.public_show("work", portal_clock.now())
        assert show is not None
        draw_cover(show)
    types = {f"{BASE}/{name}": kind for name, kind in TYPES.items()}
    types |= {cover(client): "image/png", cover(client, "small"): "image/png"}
    for path, kind in types.items():
        whole = client.get(path, headers={"Accept-Encoding": "br, gzip"})
        assert (whole.status_code, whole.headers["Content-Type"]) == (200, kind)
        assert "Content-Encoding" not in whole.headers
        assert whole.headers["X-Content-Type-Options"] == "nosniff"
        assert whole.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        size, etag = len(whole.data), whole.headers["ETag"]

        head = client.head(path)
        assert (head.status_code, head.data) == (200, b"")
        assert head.headers["Content-Length"] == str(size)
        assert head.headers["Accept-Ranges"] == "bytes"

        part = client.get(path, headers={"Range": "bytes=5-9"})
        assert (part.status_code, part.data) == (206, whole.data[5:10])
        assert part.headers["Content-Range"] == f"bytes 5-9/{size}"
        end = client.get(path, headers={"Range": "bytes=-4"})
        assert (end.status_code, end.data) == (206, whole.data[-4:])
        beyond = client.get(path, headers={"Range": f"bytes={size}-"})
        assert beyond.status_code == 416
        assert beyond.headers["Content-Range"] == f"bytes */{size}"

        ranged = {"Range": "bytes=5-9"}
        assert client.get(path, headers=ranged | {"If-Range": etag}).status_code == 206
        day = whole.headers["Last-Modified"]
        for whole_again in (
            *(ranged | {"If-Range": other} for other in ('"another"', f"W/{etag}", day)),
            *({"Range": other} for other in ("lines=5-9", "bytes=0-1,3-4", "bytes=9-5", "bytes")),
        ):
            answer = client.get(path, headers=whole_again)
            assert (answer.status_code, len(answer.data)) == (200, size), whole_again
        head = client.head(path, headers=ranged)
        assert (head.status_code, head.headers["Content-Length"]) == (200, str(size))
        for known in ({"If-None-Match": etag}, {"If-Modified-Since": day}):
            assert client.get(path, headers=known).status_code == 304
            assert client.get(path, headers=ranged | known).status_code == 304


def test_programs_of_other_sites_may_read_transcripts_and_chapters(client: PortalClient) -> None:
    for name in TYPES:
        allowed = client.get(f"{BASE}/{name}").headers.get("Access-Control-Allow-Origin")
        assert allowed == (None if name.startswith("audio") else "*")


def test_a_recording_leaves_as_it_came(client: PortalClient) -> None:
    assert client.get(f"{BASE}/audio.mp3").data == tone()
    led = client.get(f"{BASE}/audio.ogg")
    assert (led.status_code, led.headers["Location"]) == (302, f"{BASE}/audio.mp3")


def test_what_is_said_is_written_in_both_formats(client: PortalClient) -> None:
    vtt = client.get(f"{BASE}/transcript.vtt").data
    assert [(cue.voice, cue.text) for cue in read(vtt)] == [
        ("Ada", "Welcome to <work>."),
        ("Bob", "Thank you."),
    ]
    srt = client.get(f"{BASE}/transcript.srt").get_data(as_text=True)
    assert srt.startswith("1\n00:00:00,000 --> 00:00:01,000\nAda: Welcome to ‹work›.\n\n2\n")
    found = json.loads(client.get(f"{BASE}/chapters.json").data)
    assert found == {
        "version": "1.2.0",
        "chapters": [{"startTime": 0, "title": "Welcome"}, {"startTime": 1, "title": "Thanks"}],
    }


def test_files_have_names_and_an_older_address_of_a_cover_leads_to_the_one_of_today(
    client: PortalClient,
) -> None:
    for name in ("audio.mp3", "transcript.vtt", "transcript.srt"):
        said = client.get(f"{BASE}/{name}").headers["Content-Disposition"]
        assert said == f"inline; filename=work-trust.{name[-3:]}"
    page = client.get("/en/podcasts/work/trust").get_data(as_text=True)
    assert page.count(" download>") == 3
    led = client.get("/podcasts/work/cover-0123456789ab.jpg")
    assert (led.status_code, led.headers["Location"]) == (302, cover(client))


def test_what_was_taken_back_is_gone_and_says_so(app: Flask, client: PortalClient) -> None:
    def answer() -> dict[str, TestResponse]:
        paths = ("/en/podcasts/work/trust", *(f"{BASE}/{name}" for name in TYPES))
        return {path: client.get(path) for path in paths}

    assert {each.status_code for each in answer().values()} == {200}
    with app.app_context(), transaction():
        episode = queries.heard("work", "trust", portal_clock.now())
        assert episode is not None
        service.withdraw(episode, by=COMMAND, now=portal_clock.now())
    for path, gone in answer().items():
        assert gone.status_code == 410, path
        assert "“Trust” was taken back on 2 November 2026" in gone.get_data(as_text=True)
    assert "Welcome to" not in client.get("/en/podcasts/work/trust").get_data(as_text=True)
    assert "<item>" not in client.get("/en/podcasts/work/feed.xml").get_data(as_text=True)
    assert "No episode at the moment" in client.get("/en/podcasts/work/").get_data(as_text=True)


def test_search_engines_read_what_the_page_says(client: PortalClient) -> None:
    """schema.org PodcastEpisode."""
    page = client.get("/en/podcasts/work/trust").get_data(as_text=True)
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert found
    data = json.loads(found[1])
    assert (data["@type"], data["name"], data["inLanguage"]) == ("PodcastEpisode", "Trust", "en")
    assert data["datePublished"] == "2026-11-02T09:00:00+00:00"
    media = data["associatedMedia"]
    assert (media["encodingFormat"], media["contentSize"]) == ("audio/mpeg", str(len(tone())))
    assert (media["duration"], media["contentUrl"]) == ("PT2S", f"http://localhost{BASE}/audio.mp3")
    assert data["partOfSeries"]["webFeed"][0] == "http://localhost/en/podcasts/work/feed.xml"


def test_hostile_words_are_inert_on_the_page_and_in_its_data(
    app: Flask, client: PortalClient
) -> None:
    bad = "</script><img src=x onerror=alert(1)>"
    vtt = f"WEBVTT\n\n00:00.000 --> 00:01.000\n<v {bad.replace('<', '&lt;').replace('>', '&gt;')}>"
    vtt += bad.replace("<", "&lt;") + "\n"
    with app.app_context(), transaction():
        episode = queries.heard("work", "trust", portal_clock.now())
        assert episode is not None
        now = portal_clock.now()
        service.set_transcript(episode, read(vtt.encode()), by=COMMAND, now=now)
        facts = {"title": {"en": bad}, "notes": {"en": f"{bad} [x](javascript:alert(1))"}}
        service.change_episode(episode, facts, by=COMMAND, now=now)
    page = client.get("/en/podcasts/work/trust").get_data(as_text=True)
    assert "<img src=x" not in page and "javascript:" not in page.replace("(javascript:", "")
    assert "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;" in page
    data = page.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert json.loads(data)["name"] == bad
    assert "<img" not in client.get(f"{BASE}/transcript.vtt").get_data(as_text=True)
