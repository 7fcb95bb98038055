"""News and calls for republishers, read by readers that did not write the feeds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from flask import Flask

from portal.db import transaction
from portal.news import service
from tests.harness.client import PortalClient
from tests.news.front_door import CLOSES, make_item, make_news
from tests.news.readers import ATOM, FEEDS, JSON_FEED, RSS, Seen, seen

Change = Callable[..., None]
MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
TYPES = {
    RSS: "application/rss+xml; charset=utf-8",
    ATOM: "application/atom+xml; charset=utf-8",
    JSON_FEED: "application/feed+json; charset=utf-8",
}


def all_see(client: PortalClient, lang: str = "en") -> list[Seen]:
    """What all three readers see alike."""
    first, *others = (seen(client.get(f"/{lang}{path}").get_data(), path) for path in FEEDS)
    for other in others:
        assert other == first
    return first


def plain(html: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)))


def test_the_three_feeds_agree_and_each_entry_stands_alone(
    item_id: int, client: PortalClient
) -> None:
    (entry,) = all_see(client)

    assert (entry.title, entry.summary, entry.url) == (
        "Your views count", "Four short questionnaires.", "http://localhost/en/news/views/",
    )  # fmt: skip
    assert (entry.published_at, entry.updated_at, entry.author) == (MONDAY, MONDAY, "The agency")
    assert entry.tags == ("Call", "Views2026")
    text = plain(entry.html)
    for said in (
        "Four short questionnaires.",
        "Deadline: 20 November 2026, 18:00, Brussels time (CET, UTC+1).",
        "Say what you think.",
        "For: Employees; Employers",
        "Languages of the questionnaire: English, Nederlands",
        "It takes: 15 to 20 minutes",
        "Responsible: The agency",
        "Carried out by: An institute",
        "Questions about its content: Experts, experts@example.org",
        "Any other question: Project office, Ada Example, office@example.org",
        "Whoever works.",
        "http://localhost/en/news/views/",
        "under the licence CC BY 4.0",
        "https://creativecommons.org/licenses/by/4.0/",
    ):
        assert said in text, said


def test_each_language_has_its_own_set_with_ids_of_its_own(
    item_id: int, client: PortalClient
) -> None:
    (english,), (french,) = all_see(client), all_see(client, "fr")
    assert french.title == "Votre avis compte"
    assert french.id != english.id
    page = client.get("/fr/news/views/").get_data(as_text=True)
    linked = re.findall(r'<link rel="alternate" type="([^"]*)" href="([^"]*)"', page)
    assert {(kind, path) for kind, path in linked} == {
        (TYPES[path].partition(";")[0], f"/fr{path}") for path in FEEDS
    }


def test_a_new_title_and_address_keep_the_id(
    item_id: int, change: Change, client: PortalClient, clock: time_machine.Traveller
) -> None:
    (before,) = all_see(client)
    clock.shift(60)
    change(item_id, service.edit, {"slug": "your-views", "title": {"en": "Another headline"}})
    (after,) = all_see(client)
    assert (after.id, after.published_at) == (before.id, before.published_at)
    assert after.url == "http://localhost/en/news/your-views/"
    assert after.updated_at == before.updated_at + timedelta(seconds=60)


def test_an_extended_deadline_and_a_correction_reach_republishers(
    item_id: int, change: Change, client: PortalClient, clock: time_machine.Traveller
) -> None:
    with client.application.app_context(), transaction():
        make_news()
    tags = {path: client.get(f"/en{path}").headers["ETag"] for path in FEEDS}
    clock.shift(86_400)
    change(item_id, service.extend, CLOSES + timedelta(days=7), whole_day=False)
    clock.shift(86_400)
    change(item_id, service.correct, {"en": "Four, not three."})

    entry = all_see(client)[0]  # changed last, so that it comes first
    assert entry.updated_at == MONDAY + timedelta(days=2)
    text = plain(entry.html)
    assert text.startswith(
        "Correction of 4 November 2026: Four, not three. "
        "Deadline, changed on 3 November 2026: Extended from 20 November 2026, 18:00, Brussels "
        "time (CET, UTC+1) to 27 November 2026, 18:00, Brussels time (CET, UTC+1)."
    )
    for path in FEEDS:
        again = client.get(f"/en{path}", headers={"If-None-Match": tags[path]})
        assert again.status_code == 200


def test_what_was_withdrawn_says_so_in_all_feeds_for_a_while(
    item_id: int, change: Change, client: PortalClient, clock: time_machine.Traveller
) -> None:
    dates = {path: client.get(f"/en{path}").headers["Last-Modified"] for path in FEEDS}
    clock.shift(60)
    change(item_id, service.withdraw, {"en": "It was asked twice."})
    with client.application.app_context(), transaction():
        make_news()  # one away and one more: the number of public items is what it was
    study, gone = sorted(all_see(client), key=lambda each: each.title)
    assert (study.title, gone.title) == ("The study is out", "Your views count")
    assert plain(gone.html) == "Withdrawn on 2 November 2026: It was asked twice."
    for path in FEEDS:
        answer = client.get(f"/en{path}", headers={"If-Modified-Since": dates[path]})
        assert answer.status_code == 200
        assert answer.headers["Last-Modified"] == "Mon, 02 Nov 2026 09:01:00 GMT"
    clock.shift(30 * 86_400)
    assert [each.title for each in all_see(client)] == ["The study is out"]
    for path in FEEDS:
        day = client.get(f"/en{path}").headers["Last-Modified"]
        assert day == "Wed, 02 Dec 2026 09:01:00 GMT"


def test_feeds_hold_nothing_of_the_time_at_which_they_are_read(
    item_id: int, client: PortalClient, clock: time_machine.Traveller
) -> None:
    """Also when the call has closed meanwhile, and in a process that made them anew."""
    from portal import cache

    first = {path: client.get(f"/en{path}") for path in FEEDS}
    clock.move_to(CLOSES + timedelta(days=100))
    cache.clear()
    for path, answer in first.items():
        assert answer.headers["Content-Type"] == TYPES[path]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in answer.headers
        assert client.get(f"/en{path}").get_data() == answer.get_data()
        by_tag = client.get(f"/en{path}", headers={"If-None-Match": answer.headers["ETag"]})
        by_date = client.get(
            f"/en{path}", headers={"If-Modified-Since": answer.headers["Last-Modified"]}
        )
        assert (by_tag.status_code, by_date.status_code) == (304, 304)


def test_an_empty_feed_and_one_with_any_text_can_be_read(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    assert all_see(client) == []
    with app.app_context(), transaction():
        make_item(
            slug="views",
            title={"en": 'A <b>"B"</b> & ]]> 😀'},
            summary={"fr": "Seulement en français"},
            text={"en": "[here](/en/events/) and [there](https://example.org/?a=1&b=2) <script>"},
        )
        make_item(publish=False)
    (entry,) = all_see(client)
    assert entry.title == 'A <b>"B"</b> & ]]> 😀'
    assert '<span lang="fr">Seulement en français</span>' in entry.html
    links = [unescape(link) for link in re.findall(r'href="([^"]*)"', entry.html)]
    assert {"http://localhost/en/events/", "https://example.org/?a=1&b=2"} < set(links)
    assert all(re.match("(https?|mailto):", link) for link in links)
    assert "<script" not in entry.html


def test_the_json_feed_has_what_its_version_asks_for(item_id: int, client: PortalClient) -> None:
    feed = json.loads(client.get("/en/news/feed.json").get_data())
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "http://localhost/en/news/feed.json"
    assert feed["language"] == "en"
    (item,) = feed["items"]
    assert isinstance(item["id"], str) and item["id"].startswith("urn:uuid:")
    assert (item["date_published"], item["language"]) == ("2026-11-02T09:00:00Z", "en")


@pytest.mark.parametrize("most", [50])
def test_a_feed_ends_with_those_that_changed_last(
    app: Flask, client: PortalClient, change: Change, clock: time_machine.Traveller, most: int
) -> None:
    with app.app_context(), transaction():
        ids = [make_news(slug=f"news-{number}").id for number in range(most + 1)]
    clock.shift(60)
    change(ids[0], service.correct, {"en": "An old one, corrected."})
    urls = [each.url.rstrip("/").rpartition("-")[2] for each in all_see(client)]
    assert urls == ["0", *(str(number) for number in range(most, 1, -1))]
