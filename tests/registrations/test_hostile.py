"""What no browser sends, and what somebody else at the same computer looks for."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import text

from portal.db import db, transaction
from portal.events import queries as events
from portal.events import service as event_service
from portal.events.rules import Format, State
from tests.desk.front_door import make_user
from tests.factories import make_event
from tests.harness.client import PortalClient, find_form
from tests.harness.servers import until
from tests.registrations.front_door import ADA, link_in, property_of, register, status_of

Deliver = Callable[[], list[EmailMessage]]


@pytest.fixture
def event(app: Flask, clock: object) -> str:
    with app.app_context(), transaction():
        return make_event(slug="trust", capacity=1).slug


@pytest.mark.parametrize("pairs", [900, 40_000])
def test_heaps_of_marks_are_one_form_with_mistakes(
    client: PortalClient, event: str, pairs: int
) -> None:
    heap = "a" + "\u0301\u0316" * pairs
    fields = dict.fromkeys(("first_name", "organisation", "email", "access_needs"), heap)
    page = client.submit(f"/en/events/{event}/register", ADA | fields)
    assert page.status_code == 422


def test_an_address_with_a_nul_is_no_page(client: PortalClient) -> None:
    for path in (
        "/en/events/%00/",
        "/en/events/%00/register",
        "/en/events/%00/join",
        "/en/events/%00/event.ics",
        "/en/registrations/%00",
        "/desk/events/%00/registrations",
    ):
        assert (path, client.get(path).status_code) == (path, 404)
        assert (path, client.post(path).status_code) == (path, 404)


def test_a_question_with_a_nul_is_not_read(client: PortalClient, event: str) -> None:
    for query in ("zone=%00", "%00=a", "page=1&page=%00"):
        assert client.get(f"/en/events/{event}/?{query}").status_code == 400
        assert client.post(f"/en/registrations/link?{query}").status_code == 400


def test_headers_with_odd_signs_reach_no_database(client: PortalClient, event: str) -> None:
    odd = {"Accept-Language": "\x00", "If-None-Match": '"\x00"', "Cookie": "portal=\x00"}
    assert client.get(f"/en/events/{event}/", headers=odd).status_code == 200
    assert client.get("/", headers=odd).status_code == 302


def test_a_personal_address_stays_with_its_page_when_it_is_refused(client: PortalClient) -> None:
    refused = [
        client.post("/en/registrations/abc/withdrawal"),  # no token for the form
        client.post("/en/registrations/abc/join", data={"csrf_token": "\x00"}),
        client.get("/xx/registrations/abc"),
    ]
    assert [page.status_code for page in refused] == [400, 400, 404]
    for page in refused:
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"


@contextmanager
def nobody_writes(app: Flask) -> Iterator[None]:
    """Somebody else writes meanwhile, and takes their time."""
    with app.app_context():
        url = db.engine.url
        if url.get_backend_name() == "sqlite":
            held = sqlite3.connect(url.database or "", isolation_level=None)
            held.execute("BEGIN IMMEDIATE")
            yield
            held.close()
        else:
            with db.engine.begin() as connection:
                connection.execute(text("LOCK TABLE events, registrations IN EXCLUSIVE MODE"))
                yield


def make_online_event(app: Flask) -> str:
    with app.app_context(), transaction():
        facts = {"format": Format.ONLINE, "venue": "", "address": ""}
        return make_event(slug="online", joining_url="https://meet.example.org/", **facts).slug


def test_forms_with_mistakes_wait_for_nobody_who_writes(
    app: Flask, client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event)
    own = link_in(deliver()[0])
    online = make_online_event(app)
    paths = (
        f"/en/events/{event}/register",
        f"{own}/details",
        "/en/registrations/link",
        f"/en/events/{online}/join",
    )
    pages = [client.get(path) for path in paths]
    with nobody_writes(app):
        seen = [client.submit(page, {"email": "nowhere"}).status_code for page in pages]
    assert seen == [422] * 4


def test_the_next_at_this_computer_finds_no_whole_address(client: PortalClient, event: str) -> None:
    address = client.submit(f"/en/events/{event}/register", ADA).headers["Location"]
    answers = [client.get(address).text for _reload in range(2)]
    assert answers[0] == answers[1]
    sent = client.submit("/en/registrations/link", {"email": "ada@example.org"})
    for page in (*answers, client.get(sent.headers["Location"]).text):
        assert "a…@example.org" in page
        assert "ada@" not in page
    with client.session_transaction() as kept:
        assert kept["answer"] == [event, "confirmed", "a…@example.org", "in_person"]
        assert "ada@" not in str(dict(kept))


@pytest.mark.settings(PORTAL_LIMITS="mail=5/hour")
def test_limits_count_mailboxes_without_keeping_their_addresses(
    app: Flask, client: PortalClient, event: str
) -> None:
    register(client, event)
    client.submit("/en/registrations/link", {"email": "ada@example.org"})
    client.submit("/desk/password/reset", {"email": make_user(app, "olga@example.org")})
    with app.extensions["limit_counts"].connect() as connection:
        keys = list(connection.execute(text("SELECT key FROM limit_counts")).scalars())
    assert len([key for key in keys if "/mail/" in key]) == 2
    assert not [key for key in keys if "@" in key]


@pytest.mark.settings(PORTAL_LIMITS="mail=2/hour")
def test_a_mailbox_of_colleagues_can_have_its_links_at_once(
    client: PortalClient, event: str, deliver: Deliver
) -> None:
    for name in ("Ada", "Bob", "Cid"):
        register(client, event, first_name=name)
    deliver()
    client.submit("/en/registrations/link", {"email": "ada@example.org"})
    assert [str(mail["Subject"]).partition(":")[0] for mail in deliver()] == ["Your registrations"]


def test_two_clicks_at_once_withdraw_once_and_answer_alike(
    app: Flask, client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event)
    own = link_in(deliver()[0])
    client.head(f"{own}/withdrawal")  # as scanners of mails do
    client.head(f"{own}/erasure")
    page = client.get(f"{own}/withdrawal")
    form = find_form(page)
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None

    def click() -> int:
        browser = app.test_client()
        browser.set_cookie(cookie.key, cookie.value)
        return browser.post(f"{own}/withdrawal", data=form.values).status_code

    with ThreadPoolExecutor(2) as threads:
        with app.app_context(), transaction():
            found = events.any_slug(event)
            assert found is not None
            event_service.locked(found.id)
            clicks = [threads.submit(click) for _click in range(2)]
            if db.engine.dialect.name == "postgresql":
                until(both_wait)
        assert [each.result() for each in clicks] == [303, 303]
    assert status_of(client.get(own)) == "withdrawn"
    assert len(deliver()) == 1


def both_wait() -> bool:
    """Asked anew each time: a transaction sees the activity of its beginning."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    with db.engine.connect() as connection:
        return connection.execute(waiting).scalar_one() == 2


def test_the_calendar_file_speaks_the_letters_language_while_its_time_is_known(
    app: Flask, client: PortalClient, clock: object, deliver: Deliver
) -> None:
    online = make_online_event(app)
    register(client, online, lang="fr")
    own = link_in(deliver()[0]).replace("/fr/", "/en/")
    answer = client.get(f"{own}/calendar.ics")
    assert property_of(answer.get_data(), "LOCATION") == "En ligne"
    with app.app_context(), transaction():
        found = events.any_slug(online)
        assert found is not None
        found.state = State.POSTPONED
    assert client.get(f"{own}/calendar.ics").status_code == 404
