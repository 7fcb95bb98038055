"""The maintenance page: everybody hears until when, and nothing is asked or lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import time_machine
from flask import Flask

from portal import clock as portal_clock
from portal import maintenance, worker
from portal.config import Settings
from portal.db import transaction
from portal.maintenance import Pause
from tests.factories import make_event, make_registration
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.harness.mails import MailBox
from tests.harness.servers import Server, until
from tests.outbox.front_door import all_mails, post

AT_TWO = Pause(datetime(2026, 11, 2, 13, 0, tzinfo=UTC), "Europe/Brussels")
only_sqlite = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


@pytest.fixture
def closed(settings: Settings, clock: time_machine.Traveller) -> Path:
    """The portal is closed until two o'clock in Brussels, and it is ten there."""
    settings.data_dir.mkdir(exist_ok=True)
    maintenance.begin(settings.data_dir, AT_TWO)
    return settings.data_dir


@pytest.mark.parametrize("path", ["/", "/en/", "/en/events/", "/en/events.ics", "/desk/", "/nope"])
def test_every_page_says_until_when_without_asking_the_database(
    app: Flask, client: PortalClient, closed: Path, path: str
) -> None:
    with statements(app) as asked:
        answer = client.get(path)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == str(4 * 3600)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "opens again about 2 November 2026, 14:00, Brussels time (CET, UTC+1)" in answer.text
    assert "Nothing that was confirmed is lost" in answer.text
    assert asked == []


def test_it_speaks_the_reader_s_language(client: PortalClient, closed: Path) -> None:
    by_address = client.get("/fr/events/").text
    by_browser = client.get("/desk/", headers={"Accept-Language": "fr-BE, en;q=0.5"}).text
    assert 'lang="fr"' in by_address and "2 novembre 2026" in by_address
    assert 'lang="fr"' in by_browser


def test_who_sends_a_form_hears_that_it_was_not_taken(client: PortalClient, closed: Path) -> None:
    answer = client.post("/en/registrations/link", data={"email": "ada@example.org"})
    assert answer.status_code == 503
    assert "What you just sent was not taken" in answer.text
    assert "Go back in your browser" in answer.text


def test_when_the_hour_has_passed_it_names_none(
    client: PortalClient, closed: Path, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(hours=4))
    answer = client.get("/en/")
    assert answer.headers["Retry-After"] == "300"
    assert "longer than planned" in answer.text and "2026" not in answer.text


@pytest.mark.parametrize(
    "written",
    [
        "",
        "nonsense",
        "2026-11-02 two words more",
        "2026-11-02T13:00:00 Europe/Brussels",
        "2026-11-02T13:00:00+00:00 Europe/Atlantis",
    ],
)
def test_an_empty_or_garbled_file_closes_the_portal_as_well(
    client: PortalClient, settings: Settings, written: str
) -> None:
    (settings.data_dir / maintenance.FILE).write_text(written)
    answer = client.get("/en/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "300")
    maintenance.end(settings.data_dir)
    assert client.get("/en/").status_code == 200


def test_machines_are_answered_and_told_that_it_is_closed(
    client: PortalClient, closed: Path
) -> None:
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json is not None
    assert ready.json["maintenance"] is True
    assert "maintenance" in ready.json["warnings"]
    with client.get("/static/css/portal.css") as style:
        assert style.status_code == 200


def test_the_worker_rests_and_letters_wait(app: Flask, settings: Settings) -> None:
    maintenance.begin(settings.data_dir, Pause())
    with app.app_context():
        post()
        with transaction():
            make_registration(make_event())
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(app, stop))
    thread.start()
    try:
        with app.app_context():
            time.sleep(1.0)
            assert [mail.sent_at for mail in all_mails()] == [None]
            maintenance.end(settings.data_dir)
            until(lambda: all(mail.sent_at for mail in all_mails()) and len(all_mails()) == 2)
    finally:
        stop.set()
        thread.join(10)
    assert len(MailBox(settings.data_dir / "mail").all()) == 2


@only_sqlite
def test_a_running_portal_is_closed_and_opened_by_command(
    new_server: Callable[..., Server],
) -> None:
    portal = new_server(TZ="Europe/Brussels").start()
    hour = portal_clock.now() + timedelta(days=2)
    told = portal.command("maintenance", "on", "--until", f"{hour:%Y-%m-%d} 14:00")
    assert told.returncode == 0, told.stderr
    assert f"until {hour:%Y-%m-%d} 14:00 Europe/Brussels" in told.stdout
    with portal.http() as http:
        seen = {_ask(http).status_code for _time in range(20)}
        assert seen == {503}
        assert "14:00, Brussels time" in _ask(http).text
        assert "closed" in portal.command("maintenance").stdout
        assert portal.command("maintenance", "off").stdout == "The portal is open.\n"
        assert {_ask(http).status_code for _time in range(20)} == {200}


@only_sqlite
@pytest.mark.parametrize(
    ("until_", "zone", "word"),
    [
        ("tomorrow", "UTC", "Write --until"),
        ("2096-01-18 14:00", "Europe/Atlantis", "Write --until"),
        ("2026-01-18 14:00", "UTC", "has been"),
        ("2096-03-25 02:30", "Europe/Brussels", "put forward"),
    ],
)
def test_an_hour_that_cannot_be_meant_closes_nothing(
    new_server: Callable[..., Server], until_: str, zone: str, word: str
) -> None:
    portal = new_server()
    refused = portal.command("maintenance", "on", "--until", until_, "--zone", zone)
    assert refused.returncode == 2
    assert word in refused.stderr
    assert portal.command("maintenance").stdout == "The portal is open.\n"


def _ask(http: httpx.Client) -> httpx.Response:
    return http.get("/en/", headers={"Connection": "close"})
