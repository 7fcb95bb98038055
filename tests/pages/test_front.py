"""The front page: what is next, how to take part, what is new, which call is open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from portal.clock import now
from portal.db import transaction
from portal.events.rules import State
from portal.small_print import Unsafe, page, social_links
from tests.factories import make_event, make_publication
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.harness.reading import links, words
from tests.news.front_door import CLOSES, make_item
from tests.podcasts.making import make_episode, make_show
from tests.ties.making import make_topic


def put(app: Flask, change: Callable[[], Any]) -> None:
    with app.app_context(), transaction():
        change()


def test_one_look_answers_what_one_came_for_and_all_is_seen_at_once(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    empty = words(client.get("/en/"))
    for sentence in (
        "Nothing is planned at the moment",
        "No call is open at the moment.",
        "No publication yet.",
        "No episode yet.",
    ):
        assert sentence in empty
    put(app, lambda: make_event(slug="talk", title={"en": "Talk"}))
    put(app, lambda: make_publication(number="7", title={"en": "Report"}, published="2026-10"))
    put(app, lambda: make_episode(make_show(slug="show"), slug="first", title={"en": "Heard"}))
    put(app, lambda: make_item(slug="call", title={"en": "Answer us"}))
    put(app, lambda: make_topic(slug="trust", title={"en": "Trust"}))
    shown = client.get("/en/")
    for path in (
        "/en/events/talk/register",
        "/en/publications/7/",
        "/en/podcasts/show/first",
        "/en/news/call/",
        "/en/topics/trust/",
    ):
        assert path in links(shown)
    said = words(shown)
    for sentence in (
        "Monday 18 January 2027, 14:00 to 17:30",
        "How to take part Register",
        "October 2026",
        "Closes in 18 days",
        "Open until: 20 November 2026, 18:00, Brussels time (CET, UTC+1)",
    ):
        assert sentence in said
    clock.move_to(CLOSES)
    assert "/en/news/call/" not in links(client.get("/en/"))


def test_what_is_planned_stands_there_from_its_hour_on(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    later = now() + timedelta(minutes=5)
    put(app, lambda: make_episode(make_show(slug="show"), slug="next", at=later))
    assert "/en/podcasts/show/next" not in links(client.get("/en/"))
    clock.move_to(later)
    assert "/en/podcasts/show/next" in links(client.get("/en/"))


def test_it_asks_as_often_for_much_as_for_little(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    def more(number: int) -> None:
        show = make_show()
        for _n in range(number):
            make_event()
            make_publication()
            make_item()
            make_topic()
        make_episode(show)

    client.get("/en/contact")
    counts = []
    for number in (1, 9):
        put(app, lambda number=number: more(number))
        with statements(app) as asked:
            client.get("/en/")
        counts.append(len(asked))
        with statements(app) as again:
            client.get("/en/")
        assert len(again) <= 5
    assert counts[0] == counts[1] <= 13


@pytest.mark.settings(
    PORTAL_SOCIAL_LINKS="Mastodon=https://social.example.org/@portal, Videos=https://video.example.org"
)
def test_social_links_are_plain_links_named_in_text(client: PortalClient) -> None:
    foot = client.get("/en/contact").get_data(as_text=True).partition("<footer")[2]
    assert '<a href="https://social.example.org/@portal" rel="noopener">Mastodon</a>' in foot
    assert '<a href="https://video.example.org" rel="noopener">Videos</a>' in foot
    assert "Imprint" not in foot


def test_nothing_stands_at_the_foot_that_was_not_set(app: Flask, client: PortalClient) -> None:
    foot = words(client.get("/en/contact"), "<footer", "</footer>")
    assert foot.endswith("Accessibility Privacy Cookies Contact")
    assert client.get("/en/imprint").status_code == 404
    assert client.get("/en/image-credits").status_code == 404
    put(app, lambda: make_event(demonstration=True, state=State.PUBLISHED))
    app.extensions["site"].forget()
    assert "This imprint is made up" in words(client.get("/en/imprint"))
    assert client.get("/en/image-credits").status_code == 404


IMPRINT = "## Published by\n\nThe agency, [write to us](mailto:info@example.org)"


@pytest.fixture
def environ(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """With an imprint in two languages, for tests that ask for it."""
    marks = request.node.iter_markers("settings")
    given = {name: str(value) for mark in marks for name, value in mark.kwargs.items()}
    if request.node.get_closest_marker("own_imprint"):
        (tmp_path / "imprint.md").write_text(IMPRINT, encoding="utf-8")
        (tmp_path / "imprint.fr.md").write_text("## Publié par\n\nL’agence", encoding="utf-8")
        given["PORTAL_IMPRINT"] = given["PORTAL_IMAGE_CREDITS"] = str(tmp_path / "imprint.md")
    return given


@pytest.mark.own_imprint
def test_an_imprint_is_a_page_in_the_readers_language(client: PortalClient) -> None:
    english = client.get("/en/imprint").get_data(as_text=True)
    assert "<h3>Published by</h3>" in english
    assert 'href="mailto:info@example.org"' in english
    assert "Publié par" in words(client.get("/fr/imprint"))
    german = client.get("/de/imprint").get_data(as_text=True)
    assert '<div class="prose" lang="en">' in german
    assert "Published by" in words(client.get("/en/image-credits"))
    assert "/en/image-credits" in client.get("/en/contact").get_data(as_text=True)
    assert "/fr/imprint" in client.get("/sitemap.xml").get_data(as_text=True)


@pytest.mark.parametrize(
    "given",
    [
        "Mastodon=http://social.example.org",
        "Mastodon=javascript:alert(1)",
        "Mastodon=https://user@social.example.org",
        "Mastodon=https://",
        "Mastodon=https://[social",
        "Mastodon",
        "=https://social.example.org",
        f"{'M' * 41}=https://social.example.org",
        "A=https://a.example.org,A=https://b.example.org",
    ],
)
def test_unsafe_social_links_are_refused(given: str) -> None:
    with pytest.raises(Unsafe, match="PORTAL_SOCIAL_LINKS"):
        social_links(given)


@pytest.mark.parametrize(
    "text",
    [
        "[here](http://example.org)",
        "[here](javascript:alert(1)) and [there](ftp://example.org)",
        "<http://example.org>",
        "[here][1]\n\n[1]: http://example.org",
        "![picture](http://example.org/a.png)",
        " \n",
        "a" * 70_000,
    ],
)
def test_an_unsafe_or_empty_page_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "imprint.md").write_text(text, encoding="utf-8")
    with pytest.raises(Unsafe, match="PORTAL_IMPRINT"):
        page("PORTAL_IMPRINT", str(tmp_path / "imprint.md"), ("en", "fr"))


def test_a_page_has_to_be_there_and_named_whole(tmp_path: Path) -> None:
    for given in ("imprint.md", str(tmp_path / "none.md"), str(tmp_path)):
        with pytest.raises(Unsafe, match="PORTAL_IMPRINT"):
            page("PORTAL_IMPRINT", given, ("en",))
