"""A link in a newsletter counts one visit of nobody, and leads to its page."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from time import monotonic

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.campaigns import service
from portal.campaigns.rules import CODE, PURPOSES, counts, path_in
from portal.db import db, transaction
from tests.campaigns.front_door import FIREFOX, as_firefox, make_link, visits
from tests.desk.front_door import words
from tests.factories import make_event
from tests.harness.client import PortalClient

TODAY = date(2026, 11, 2)


@pytest.fixture
def client(client: PortalClient) -> PortalClient:
    return as_firefox(client)


@pytest.fixture
def code(app: Flask, clock: time_machine.Traveller) -> str:
    with app.app_context(), transaction():
        make_event(slug="trust")
        return make_link("/events/trust/").code


def test_a_visit_is_counted_and_led_to_its_page(
    app: Flask, client: PortalClient, code: str, clock: time_machine.Traveller
) -> None:
    assert CODE.fullmatch(code)
    answer = client.get(
        f"/c/{code}?utm_id=7&email=ada@example.org", headers={"Accept-Language": "fr"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, "/fr/events/trust/")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    client.get(f"/C/{code.upper()}/")
    clock.shift(14 * 3600)  # 23:00 in London is 0:00 in Brussels, whose clock counts
    client.get(f"/c/{code}")
    assert visits(app, 3) == {TODAY: 2, date(2026, 11, 3): 1}


def test_a_target_with_a_language_keeps_it(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    with app.app_context(), transaction():
        code = make_link("/en/events/?sector=retail#past").code
    answer = client.get(f"/c/{code}", headers={"Accept-Language": "fr"})
    assert answer.headers["Location"] == "/en/events/?sector=retail#past"


def test_a_retired_link_still_leads_to_its_page(
    app: Flask, client: PortalClient, code: str, clock: time_machine.Traveller
) -> None:
    with app.app_context(), transaction():
        service.retire(service.locked(1), by=COMMAND, now=portal_clock.now())
    assert client.get(f"/c/{code}").status_code == 302
    assert visits(app, 1) == {TODAY: 1}


def test_an_unknown_code_offers_what_is_there(app: Flask, client: PortalClient, code: str) -> None:
    for unknown in ("23456789", "nothing", "ÄÖÜ", "a" * 999):
        answer = client.get(f"/c/{unknown}", headers={"Accept-Language": "en"})
        assert answer.status_code == 404
        assert "Trust in microcredentials" in words(answer)
    assert visits(app, 0) == {}


def test_who_says_that_it_is_no_reader_is_led_on_and_not_counted(
    app: Flask, client: PortalClient, code: str
) -> None:
    assert client.head(f"/c/{code}").status_code == 302
    for name in PURPOSES:
        assert client.get(f"/c/{code}", headers={name: "prefetch;prerender"}).status_code == 302
    assert client.get(f"/c/{code}", headers={"User-Agent": "bingbot/2.0"}).status_code == 302
    assert visits(app, 0) == {}


@pytest.mark.parametrize(
    ("agent", "is_reader"),
    [
        (FIREFOX, True),
        ("", False),
        ("Mozilla/5.0 (X11) AppleWebKit/537.36 HeadlessChrome/126.0 Safari/537.36", False),
        ("Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch)", False),
        ("Mozilla/5.0 (Linux) Chrome/126 Mobile Safari/537.36 Chrome-Lighthouse", False),
        ("Mozilla/5.0 (Linux) Chrome/126 Mobile Safari/537.36 (compatible; GoogleOther)", False),
        ("Mozilla/5.0 (compatible; MSIE 10.0) SiteCheck-sitecrawl by Siteimprove.com", False),
        ("Mozilla/4.0 (compatible; ms-office; MSOffice 16)", False),
        ("Mediapartners-Google", False),
        ("AppEngine-Google; (+http://code.google.com/appengine; appid: x)", False),
        ("meta-externalfetcher/1.1", False),
        ("Apache-HttpClient/4.5 (Java/17)", False),
        ("Opera/9.80 (Android; Opera Mini/36) Presto/2.12 Version/12.16", True),
        ("Mozilla/5.0 (Linux; Android 14; CUBOT KINGKONG) AppleWebKit/537.36 Chrome/126", True),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", False),
        ("facebookexternalhit/1.1", False),
        ("WhatsApp/2.23.18.78 i", False),
        ("Mozilla/5.0 (iPhone) AppleWebKit/605.1 Mobile/15E148 WhatsApp/2.24", True),
        ("Mozilla/5.0 (Windows NT 6.1) BingPreview/1.0b", False),
        ("Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5", False),
        ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", False),
        ("python-requests/2.32", False),
        ("Barracuda Sentinel (EE)", False),
    ],
)
def test_programs_are_known_by_what_they_say(agent: str, is_reader: bool) -> None:
    assert counts("GET", [], agent) is is_reader


def test_the_language_of_a_target_is_the_readers_unless_it_has_one() -> None:
    found = [path_in(target, ("en", "fr"), "fr") for target in ("/", "/news/", "/en/", "/en?x=1")]
    assert found == ["/fr/", "/fr/news/", "/en/", "/en?x=1"]


def test_fifty_at_once_count_fifty(app: Flask, code: str) -> None:
    """Each with a client of its own; none waits for the others, and none is lost."""

    def follow(_number: int) -> int:
        return as_firefox(app.test_client()).get(f"/c/{code}").status_code

    with ThreadPoolExecutor(50) as pool:
        assert set(pool.map(follow, range(50))) == {302}
    assert visits(app, 50) == {TODAY: 50}


def test_a_busy_database_neither_stops_a_reader_nor_loses_the_visit(
    app: Flask, client: PortalClient, code: str
) -> None:
    client.get(f"/c/{code}")
    assert visits(app, 1) == {TODAY: 1}
    with held(app):
        began = monotonic()
        assert [client.get(f"/c/{code}").status_code for _each in range(3)] == [302] * 3
        assert monotonic() - began < 5.0
    assert visits(app, 4) == {TODAY: 4}


@contextmanager
def held(app: Flask) -> Iterator[None]:
    """Somebody else writes the same rows and does not end."""
    with app.app_context():
        url = db.engine.url
        engine = db.engine
    if engine.dialect.name == "sqlite":
        other = sqlite3.connect(str(url.database), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
        other.close()
    else:
        with engine.connect() as connection:
            connection.execute(text("SELECT * FROM campaign_visits FOR UPDATE"))
            yield
            connection.rollback()
