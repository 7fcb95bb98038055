"""What stands in the log of web and worker, and what never does."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from portal import clock
from portal.accounts import service as accounts
from portal.audit.service import COMMAND
from portal.db import transaction
from tests.factories import make_event
from tests.harness.client import form_in
from tests.harness.servers import Server, until
from tests.harness.smtp import MailServer
from tests.runtime.restoring import PERSON, application

NewServer = Callable[..., Server]
TOKEN = "kd83-Lq0_zPw7vUe5RtXy2NbM9cAhJfGs4"
ADDRESS, NAME, SECRET = "zebulon@example.org", "Quackenbush", "hushhushhush"
HINTS = ("zebulon", "quackenbush", SECRET, "127.0.0.1", TOKEN.lower())


@pytest.fixture
def portal(new_server: NewServer, smtp: MailServer, tmp_path: Path) -> Server:
    """In production, which logs every request, behind a proxy, with a server that refuses mails."""
    smtp.say("RCPT", f"550 5.1.1 <{ADDRESS}> is nobody here", to=ADDRESS)
    portal = new_server(
        PORTAL_ENV="production",
        PORTAL_MAIL_FROM="Portal <portal@example.org>",
        PORTAL_MAIL_URL=smtp.url,
        PORTAL_TRUSTED_PROXIES=1,
        PORTAL_LOG_FILE=tmp_path / "portal.log",
        PORTAL_METRICS_TOKEN=TOKEN,
    )
    portal.environ["PORTAL_PUBLIC_URL"] = portal.url
    with application(portal) as app, app.app_context(), transaction():
        make_event(slug="trust", starts_at=clock.now() + timedelta(days=60))
        accounts.create(ADDRESS, by=COMMAND, now=clock.now(), name=NAME)
    return portal.start()


def test_neither_address_nor_name_nor_token_is_logged_on_any_path(
    portal: Server, tmp_path: Path
) -> None:
    log = tmp_path / "portal.log"
    with portal.http() as http:
        register(http)
        until(lambda: "parked" in log.read_text(), 20)
        for path in (f"/en/registrations/{SECRET}.{SECRET}", f"/desk/sign-in/{SECRET}"):
            http.get(path, params={"email": ADDRESS, "next": SECRET})
        send(http, "/en/registrations/link", email=ADDRESS)
        send(http, "/desk/sign-in", email=ADDRESS, password=SECRET)
        break_the_tables(portal)
        http.headers["X-Request-ID"] = ADDRESS
        assert http.get("/en/events/trust/").status_code >= 500
        http.post("/en/registrations/link", data={"email": ADDRESS})
    lines = read(log)
    assert {"portal", "portal.access", "portal.outbox", "portal.accounts"} <= {
        line["logger"] for line in lines
    }
    assert any("error" in line for line in lines)
    for said in (log.read_text(), portal.errors()):
        assert [hint for hint in HINTS if hint in said.lower()] == []


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_the_proxy_s_name_for_a_request_stands_in_answer_and_log(
    portal: Server, tmp_path: Path
) -> None:
    asked = "3f1c9e7a-cafe-4bad-8bad-0123456789ab"
    with portal.http() as http:
        assert http.get("/en/", headers={"X-Request-ID": asked}).headers["X-Request-ID"] == asked
        for forged in ("short", "a b c d e f g h", "x" * 65, "ada@example.org", 'quote"quote'):
            own = http.get("/en/", headers={"X-Request-ID": forged}).headers["X-Request-ID"]
            assert len(own) == 16
    until(lambda: [x for x in read(tmp_path / "portal.log") if x.get("request_id") == asked])


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_log_that_was_moved_away_is_begun_anew_by_every_process(
    portal: Server, tmp_path: Path
) -> None:
    log, old = tmp_path / "portal.log", tmp_path / "portal.log.1"
    ask_often(portal, 20)
    log.rename(old)
    ask_often(portal, 20)
    of_pages = [line for line in read(old) + read(log) if line.get("route") == "/<lang>/"]
    assert len(of_pages) == 40
    assert len([line for line in read(log) if line.get("route") == "/<lang>/"]) == 20
    assert log.stat().st_mode & 0o077 == 0
    assert counted(portal) == 41  # the start asked for its health


def register(http: httpx.Client) -> None:
    form = form_in(http.get("/en/events/trust/register").text)
    person = PERSON | {"last_name": NAME, "email": ADDRESS}
    answer = http.post(form.action or "/en/events/trust/register", data={**form.values, **person})
    assert answer.status_code == 303


def send(http: httpx.Client, path: str, **values: str) -> None:
    form = form_in(http.get(path).text)
    http.post(form.action or path, data={**form.values, **values})


def break_the_tables(portal: Server) -> None:
    with application(portal) as app, app.app_context(), transaction() as session:
        session.execute(text("ALTER TABLE events RENAME TO gone"))


def ask_often(portal: Server, times: int) -> None:
    """By a connection of its own each time, so that every process gets some."""
    for _time in range(times):
        answer = httpx.get(f"{portal.url}/en/")
        assert answer.status_code == 200


def counted(portal: Server) -> float:
    """The pages of this part that all processes together say that they answered."""
    said = httpx.get(f"{portal.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    return sum(
        sample.value
        for family in text_string_to_metric_families(said)
        for sample in family.samples
        if sample.labels == {"part": "pages", "status": "200"}
    )


def read(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()]
