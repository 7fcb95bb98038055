"""The front page, the statements, and what machines ask of the site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from xml.etree import ElementTree

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from portal import cache
from portal import clock as portal_clock
from portal.db import db, transaction
from portal.events.rules import State
from portal.heartbeat import beat
from portal.pages import readiness
from tests.factories import JANUARY, make_event
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.harness.mails import html_of, text_of
from tests.harness.reading import all_words, links, words
from tests.outbox.front_door import post

LANGUAGES = ("en", "fr", "de", "el")
STATEMENTS = ("accessibility", "privacy", "cookies", "contact")

Make = Callable[..., None]


@pytest.fixture
def make(app: Flask, clock: time_machine.Traveller) -> Make:
    def make(slug: str, **facts: object) -> None:
        with app.app_context(), transaction():
            make_event(slug=slug, title={"en": slug.capitalize()}, **facts)

    return make


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("fr", "fr"),
        ("fr-BE;q=0.8, nl", "fr"),
        ("el-GR, en;q=0.5", "el"),
        ("nl", "en"),
        ("", "en"),
        ("*;q=x,,;", "en"),
    ],
)
def test_the_door_leads_to_the_readers_language(
    client: PortalClient, wanted: str, given: str
) -> None:
    answer = client.get("/", headers={"Accept-Language": wanted})

    assert (answer.status_code, answer.location) == (302, f"/{given}/")
    assert "Accept-Language" in answer.headers["Vary"]
    assert "Set-Cookie" not in answer.headers


def test_the_front_page_shows_the_next_event_and_what_follows(
    make: Make, client: PortalClient, clock: time_machine.Traveller
) -> None:
    make("cancelled", starts_at=JANUARY - timedelta(days=9), state=State.CANCELLED)
    for number, name in enumerate(("first", "second", "third", "fourth", "fifth")):
        make(name, starts_at=JANUARY + timedelta(days=number))

    page = client.get("/en/")
    assert all_words(page, "<h3><a", "</a>") == ["First", "Second", "Third", "Fourth"]
    assert "/en/events/first/register" in links(page)

    clock.move_to(JANUARY + timedelta(hours=4))
    assert all_words(client.get("/en/"), "<h3><a", "</a>")[0] == "Second"


def test_the_front_page_says_what_will_be_here(
    clock: time_machine.Traveller, client: PortalClient
) -> None:
    assert "Nothing is planned at the moment" in words(client.get("/en/"))


@pytest.mark.parametrize("name", STATEMENTS)
@pytest.mark.settings(PORTAL_MAIL_FROM="The team <team@portal.example.org>")
def test_each_statement_is_linked_from_every_page(client: PortalClient, name: str) -> None:
    page = client.get(f"/en/{name}")

    assert page.status_code == 200
    assert "Last reviewed on" in words(page)
    assert f'href="/en/{name}"' in client.get("/en/events/").get_data(as_text=True)
    if name in ("accessibility", "privacy", "contact"):
        assert "mailto:team@portal.example.org" in links(page)


def test_the_privacy_notice_names_its_version_and_the_supervisor(client: PortalClient) -> None:
    page = client.get("/en/privacy")

    assert "Its version is 2026-11" in words(page)
    assert "Regulation (EU) 2018/1725" in words(page)
    assert "https://www.edps.europa.eu/" in links(page)


def test_robots_are_told_where_not_to_go(client: PortalClient) -> None:
    assert client.get("/robots.txt").get_data(as_text=True).splitlines() == [
        "User-agent: *",
        "Disallow: /desk",
        "Disallow: /c/",
        *(
            f"Disallow: /{lang}/{private}/"
            for private in ("registrations", "speakers", "your-data")
            for lang in LANGUAGES
        ),
        "",
        "Sitemap: http://localhost/sitemap.xml",
    ]


def test_the_sitemap_has_every_public_page_in_every_language(
    make: Make, client: PortalClient
) -> None:
    make("shown")
    make("over", starts_at=JANUARY - timedelta(days=400))
    make("hidden", state=State.DRAFT)

    answer = client.get("/sitemap.xml")
    tree = ElementTree.fromstring(answer.get_data())
    spaces = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    found = {
        url.findtext("s:loc", namespaces=spaces): url.findtext("s:lastmod", namespaces=spaces)
        for url in tree.findall("s:url", spaces)
    }

    lists = ("events/", "publications/", "podcasts/", "news/", "topics/")
    paths = ["", *lists, *STATEMENTS, "events/shown/", "events/over/"]
    assert answer.mimetype == "application/xml"
    assert set(found) == {f"http://localhost/{lang}/{p}" for lang in LANGUAGES for p in paths}
    assert found["http://localhost/fr/events/shown/"] == "2026-11-02"


def test_a_finder_of_a_weakness_learns_whom_to_tell(
    client: PortalClient, clock: time_machine.Traveller
) -> None:
    answer = client.get("/.well-known/security.txt")
    lines = answer.get_data(as_text=True).splitlines()

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert lines[0].startswith("Contact: mailto:")
    assert lines[1:] == [
        "Expires: 2027-06-30T00:00:00Z",
        "Preferred-Languages: en, fr, de, el",
        "Canonical: http://localhost/.well-known/security.txt",
    ]
    clock.move_to(JANUARY)
    renewed = client.get("/.well-known/security.txt").get_data(as_text=True).splitlines()
    assert renewed[1] == "Expires: 2027-12-31T00:00:00Z"


@pytest.mark.own_portal
def test_health_does_not_ask_the_database(app: Flask, client: PortalClient) -> None:
    with app.app_context(), transaction() as session:
        session.execute(text("ALTER TABLE events RENAME TO gone"))

    assert client.get("/healthz").get_data(as_text=True) == "ok\n"


def test_readiness_says_how_the_portal_stands(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    with app.app_context():
        beat(portal_clock.now())
    clock.shift(4)

    answer = client.get("/readyz")
    said = answer.get_json()

    assert answer.status_code == 200
    assert said.pop("free_disk_bytes") > 0
    assert said == {
        "ready": True,
        "writes": True,
        "migrated": True,
        "worker_heartbeat_seconds": 4.0,
        "oldest_waiting_letter_seconds": None,
        "maintenance": False,
        "warnings": [],
    }


@pytest.mark.own_portal
def test_a_database_of_another_version_is_not_ready(app: Flask, client: PortalClient) -> None:
    with app.app_context(), transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json is not None
    assert (answer.json["writes"], answer.json["migrated"]) == (True, False)


@contextmanager
def no_writes(app: Flask) -> Iterator[None]:
    """Somebody else holds the database meanwhile."""
    with app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA user_version")
            connection.commit()
            connection.exec_driver_sql("END")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("LOCK TABLE heartbeats IN ACCESS EXCLUSIVE MODE"))
        yield


def test_a_database_that_takes_no_writes_is_not_ready(
    app: Flask, client: PortalClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "PATIENCE", 0.5)
    with no_writes(app):
        locked = client.get("/readyz")
        again = client.get("/readyz")

    assert locked.status_code == again.status_code == 503
    assert locked.json is not None
    assert locked.json["writes"] is False
    readiness.latest_probe(app, portal_clock.now()).wait()
    assert client.get("/readyz").status_code == 200


def test_who_asks_while_another_asks_waits_for_the_same_answer(
    app: Flask, client: PortalClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "PATIENCE", 60.0)
    with ThreadPoolExecutor(4) as threads:
        with no_writes(app):
            probe = readiness.latest_probe(app, portal_clock.now())
            asked = [threads.submit(app.test_client().get, "/readyz") for _one in range(4)]
        answers = [each.result() for each in asked]

    assert [answer.status_code for answer in answers] == [200] * 4
    assert app.extensions["readiness"] is probe


def test_many_who_ask_make_one_write_a_second(
    app: Flask, client: PortalClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "KEPT", 60.0)
    with statements(app) as asked:
        assert {client.get("/readyz").status_code for _time in range(10)} == {200}
    assert len(written(asked)) == 1

    monkeypatch.setattr(readiness, "KEPT", 0.0)
    with statements(app) as asked:
        client.get("/readyz")
    assert len(written(asked)) == 1


def written(asked: list[str]) -> list[str]:
    return [each for each in asked if each.startswith(("INSERT", "UPDATE"))]


def test_a_demonstration_that_is_loaded_meanwhile_marks_every_page(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    mark = "This is a demonstration"
    assert mark not in client.get("/en/contact").text
    with app.app_context(), transaction():
        make_event(slug="demo").demonstration = True
    clock.shift(59)
    assert mark not in client.get("/en/contact").text
    clock.shift(1)
    assert mark not in client.get("/nope").text
    assert mark in client.get("/desk/sign-in").text
    assert mark in client.get("/nope").text
    assert mark in client.get("/en/contact").text


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ("fr-BE,en;q=0.8", "/fr/"),
        ("de-DE,fr-FR;q=0.8,en;q=0.5", "/de/"),
        ("fr;q=0.3,en-GB;q=0.9", "/en/"),
        ("nl,pl", "/en/"),
        ("", "/en/"),
    ],
)
def test_the_front_door_leads_to_the_language_one_wants_most(
    client: PortalClient, wanted: str, path: str
) -> None:
    answer = client.get("/", headers={"Accept-Language": wanted})
    assert answer.headers["Location"] == path


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8000", "127.0.0.1", "[::1]", "[::1]:8000"]
)
def test_this_machine_is_trusted_by_each_of_its_names(client: PortalClient, host: str) -> None:
    assert client.get("/en/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["[::2]", "[::1].example.org", "x[::1]", "example.org"])
def test_other_hosts_are_not(client: PortalClient, host: str) -> None:
    assert client.get("/en/", headers={"Host": host}).status_code == 400


def test_a_barrier_is_reported_by_a_form(
    client: PortalClient, deliver: Callable[[], list[EmailMessage]]
) -> None:
    assert 'href="/en/accessibility/feedback"' in client.get("/en/accessibility").text
    assert 'href="/en/accessibility"' in client.get("/en/nowhere").text
    page = "/en/accessibility/feedback"
    empty = client.submit(page, {"email": "ada@example.org"})
    assert empty.status_code == 422
    assert "Write what did not work." in empty.text
    assert 'value="ada@example.org"' in empty.text
    wrong = client.submit(page, {"message": "The map has no words.", "email": "ada@\u0430.b c"})
    assert wrong.status_code == 422
    assert "The map has no words." in wrong.text
    assert deliver() == []

    message = "The map has no words.\n<b>Page</b>: the event's"
    sent = client.submit(page, {"message": message, "email": "ada@example.org"})
    assert sent.status_code == 303
    assert "Thank you" in client.get(sent.headers["Location"]).text
    client.submit(page, {"message": "Nameless", "email": ""})
    letter, nameless = deliver()
    assert letter["Reply-To"] == "ada@example.org"
    assert "<b>Page</b>: the event's" in text_of(letter)
    assert "&lt;b&gt;Page" in html_of(letter)
    assert nameless["Reply-To"] is None
    assert "No address was left" in text_of(nameless)


def test_an_encoding_of_no_weight_is_not_used(client: PortalClient) -> None:
    accepted = {"Accept-Encoding": "gzip;q=0, br;q=0.5"}
    assert client.head("/en/", headers=accepted).headers["Content-Encoding"] == "br"


def test_what_is_no_language_is_no_page(client: PortalClient) -> None:
    assert client.get("/nope").status_code == 404
    assert client.get("/en").headers["Location"] == "/en/"
    with client.get(client.get("/favicon.ico").headers["Location"]) as icon:
        assert icon.headers["Content-Type"].startswith("image/svg+xml")


def test_a_flood_of_rare_pages_leaves_the_hot_one_kept(
    app: Flask, client: PortalClient, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "KEPT_PAGES", 3)
    make("hot")
    client.get("/en/events/hot/")
    with statements(app) as asked:
        client.get("/en/events/hot/", query_string={"zone": "Europe/Kyiv"})
        assert [each for each in asked if each.startswith("SELECT")]
        for zone in ("Europe/Paris", "Europe/Rome", "Europe/Oslo", "Asia/Tokyo"):
            client.get("/en/events/hot/", query_string={"zone": zone})
            asked.clear()
            client.get("/en/events/hot/")
            assert not [each for each in asked if each.startswith("SELECT")]


def test_an_old_heartbeat_and_an_old_letter_are_warnings_and_no_failure(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    assert warned(client) == ["worker_heartbeat_old"]
    with app.app_context():
        beat(portal_clock.now())
        post()
    assert warned(client) == []
    clock.shift(61)
    assert warned(client) == ["worker_heartbeat_old"]
    clock.shift(600)
    assert warned(client) == ["worker_heartbeat_old", "letters_wait_long"]


def test_a_disk_nearly_full_is_a_warning_and_no_failure(
    app: Flask, client: PortalClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        beat(portal_clock.now())
    assert warned(client) == []
    monkeypatch.setattr(readiness, "LEAST_DISK", 2**80)
    assert warned(client) == ["disk_nearly_full"]


def warned(client: PortalClient) -> list[str]:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json is not None
    found: list[str] = answer.json["warnings"]
    return found


def test_a_refusal_is_read_in_each_language(client: PortalClient) -> None:
    page = client.get("/de/nirgends/?q=1")
    assert page.status_code == 404
    for lang in ("en", "fr", "el"):
        assert f'href="/{lang}/nirgends/"' in page.text
    assert 'href="/de/nirgends/"' not in page.text
    assert "hreflang" not in client.get("/nothing/x").text
