"""What `/metrics` tells, to whom, and what it never tells."""

from __future__ import annotations

import os
import timeit
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from portal import clock as portal_clock
from portal import metrics, running
from portal.counts import Counts
from portal.db import transaction
from portal.heartbeat import beat
from tests.factories import make_event, make_registration
from tests.harness.client import PortalClient
from tests.outbox.front_door import post

TOKEN = "kd83-Lq0_zPw7vUe5RtXy2NbM9cAhJfGs4"
watched = pytest.mark.settings(PORTAL_METRICS_TOKEN=TOKEN)
Samples = dict[tuple[str, ...], float]


def read(client: PortalClient) -> Samples:
    """Every sample by its name and the values of its labels, as Prometheus reads them."""
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (sample.name.removeprefix("portal_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_without_a_token_there_is_no_such_page(app: Flask, client: PortalClient) -> None:
    assert client.get("/metrics").status_code == 404
    assert "counts" not in app.extensions


@watched
@pytest.mark.parametrize(
    "given", [None, "", TOKEN, "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer é"]
)
def test_who_brings_another_token_is_told_nothing(client: PortalClient, given: str | None) -> None:
    answer = client.get("/metrics", headers={} if given is None else {"Authorization": given})
    assert (answer.status_code, answer.data) == (401, b"")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@watched
def test_requests_are_counted_by_part_and_status_with_their_times(client: PortalClient) -> None:
    for path in ("/en/", "/en/events/", "/en/events/", "/en/nothing", "/nope"):
        client.get(path)
    found = read(client)
    assert found["requests_total", "pages", "200"] == 1
    assert found["requests_total", "events", "200"] == 2
    assert found["requests_total", "pages", "404"] == found["requests_total", "none", "404"] == 1
    assert found["request_seconds_count", "events"] == 2
    assert found["request_seconds_bucket", "events", "+Inf"] == 2
    assert 0 < found["request_seconds_sum", "events"] < 10
    steps = [value for name, value in found.items() if name[:2] == ("request_seconds_bucket",)]
    assert steps == sorted(steps)


@watched
def test_it_tells_how_letters_people_and_the_worker_stand(
    app: Flask, client: PortalClient, clock: time_machine.Traveller, deliver: object
) -> None:
    running.note_backup(app.extensions["portal"].data_dir)
    before = portal_clock.now().timestamp()
    os.utime(app.extensions["portal"].data_dir / running.LAST_BACKUP, (before, before))
    with app.app_context():
        beat(portal_clock.now())
        with transaction():
            event = make_event(capacity=1, slug="secret-of-nobody")
            make_registration(event)
            make_registration(event)
        post()
    clock.shift(30)
    found = read(client)
    assert found["database_up",] == 1
    assert found["letters_waiting",] == 1
    assert found["letters_parked",] == found["letters_stuck",] == 0
    assert found["oldest_letter_seconds",] == 30
    assert found["worker_heartbeat_seconds",] == 30
    assert found["backup_age_seconds",] == 30
    assert found["registrations", "confirmed"] == found["registrations", "waitlisted"] == 1
    assert found["registrations", "withdrawn"] == 0
    assert found["free_disk_bytes",] > 0
    assert found["maintenance",] == 0
    deliver()  # type: ignore[operator]
    assert read(client)["letter_tries_total", "sent"] == 3


@watched
def test_no_label_names_a_person_or_an_event(app: Flask, client: PortalClient) -> None:
    with app.app_context(), transaction():
        make_registration(make_event(slug="trust"), email="ada@example.org")
    client.get("/en/events/trust/?token=hush")
    said = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert not [word for word in ("ada", "trust", "hush", "@") if word in said.lower()]


@watched
def test_where_the_database_is_away_the_rest_is_told(app: Flask, client: PortalClient) -> None:
    with app.app_context(), transaction() as session:
        session.execute(text("ALTER TABLE outbox_messages RENAME TO gone"))
    found = read(client)
    assert found["database_up",] == 0
    assert found["free_disk_bytes",] > 0
    assert ("letters_waiting",) not in found


def test_processes_add_to_one_sum_and_a_later_one_goes_on_where_another_ended(
    tmp_path: Path,
) -> None:
    names = ["one", "two"]
    here = Counts(tmp_path, names)
    here.add(("one", 1))
    for _process in range(2):
        if not (child := os.fork()):
            Counts(tmp_path, names).add(("one", 1), ("two", 0.5))
            os._exit(0)
        os.waitpid(child, 0)
    assert here.totals() == {"one": 3.0, "two": 1.0}
    assert len(list(tmp_path.iterdir())) == 2


def test_another_version_s_counts_are_forgotten_when_nobody_uses_them(tmp_path: Path) -> None:
    used = Counts(tmp_path, ["old"])
    used.add(("old", 1))
    Counts(tmp_path, ["new"]).add(("new", 1))
    assert used.totals() == {"old": 1.0}
    del used


def test_counting_costs_a_request_next_to_nothing(tmp_path: Path) -> None:
    """Two microseconds here, of a page's six hundred; ten times as much would still pass."""
    counts = Counts(tmp_path, ["requests", "seconds", "sum"])
    amounts = (("requests", 1), ("seconds", 1), ("sum", 0.1))
    times = 2000
    rounds = timeit.repeat(lambda: counts.add(*amounts), number=times, repeat=5)
    assert min(rounds) / times < 20e-6
    assert tuple(sorted(metrics.BUCKETS)) == metrics.BUCKETS
