"""The worker's threads: none lives on without the others."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from time import monotonic

import pytest
from flask import Flask
from sqlalchemy import insert
from sqlalchemy.exc import TimeoutError as WaitedTooLong

from portal import clock, worker
from portal import db as database
from portal.db import db, transaction, writing
from portal.heartbeat import Heartbeat, last_beat
from portal.pulse import Pulse
from portal.registrations import chores as registrations
from tests.factories import make_event
from tests.harness.counting import statements
from tests.harness.servers import until

SOON = 10.0
only_sqlite = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


class Deadly(threading.Event):
    """A stop that kills the thread whose name begins so when it asks."""

    def __init__(self, victim: str) -> None:
        super().__init__()
        self.victim = victim

    def is_set(self) -> bool:
        if threading.current_thread().name.startswith(self.victim):
            raise RuntimeError("died")
        return super().is_set()


@contextmanager
def running(app: Flask, stop: threading.Event) -> Iterator[list[BaseException]]:
    """The worker in a thread of its own; the list is what ended it."""
    ends: list[BaseException] = []

    def run() -> None:
        try:
            worker.run(app, stop)
        except BaseException as error:
            ends.append(error)

    thread = threading.Thread(target=run, name="writing", daemon=True)
    thread.start()
    try:
        yield ends
    finally:
        stop.set()
        thread.join(SOON)
        assert not thread.is_alive()


@pytest.mark.parametrize("victim", ["writing", "posting", "reading"])
@pytest.mark.settings(PORTAL_INBOX_URL="maildir:///nowhere/inbox")
def test_when_one_thread_dies_the_worker_ends_with_its_error(app: Flask, victim: str) -> None:
    stop = Deadly(victim)
    with running(app, stop) as ends:
        until(lambda: bool(ends), SOON)
        assert threading.Event.is_set(stop), "the other was not told to end"
    assert [str(error) for error in ends] == ["died"]


@only_sqlite
def test_a_worker_outlives_a_turn_that_does_not_come(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.2)
    monkeypatch.setattr(worker, "AWAY_SECONDS", 0.1)
    with app.app_context(), ExitStack() as turn:
        turn.enter_context(turn_held())
        with running(app, threading.Event()) as ends:
            threading.Event().wait(1.0)
            turn.close()
            until(has_beaten, SOON)
            assert ends == []


@only_sqlite
def test_a_writer_waits_for_its_turn_only_so_long(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.3)
    with app.app_context():
        with turn_held():
            began = monotonic()
            with pytest.raises(WaitedTooLong), transaction() as session:
                session.connection()
            assert 0.3 <= monotonic() - began < 3.0
        with transaction() as session:
            session.connection()


def test_what_is_to_be_forgotten_is_looked_for_once_a_minute_at_most() -> None:
    forgetting = [chore for chore in worker.WRITING if chore.__name__.startswith("forget_")]
    assert len(forgetting) >= 3
    assert all(worker.RESTS[chore] >= 60.0 for chore in forgetting)


def test_an_idle_worker_asks_one_question_until_somebody_writes(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "CLOCK_SECONDS", 60.0)
    with app.app_context(), closing(worker.Rota(worker.WRITING, by_pulse=True)) as rota:
        while any([rota.do(chore, clock.now()) for chore in rota.due()]):
            pass
        with statements(app) as asked:
            assert rota.due() == []
        assert asked == []
        with transaction():
            make_event(slug="trust")
        assert registrations.write_next_letters in rota.due()


def test_what_the_clock_makes_due_is_looked_for_although_nobody_writes(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "CLOCK_SECONDS", 0.0)
    with app.app_context(), closing(worker.Rota(worker.WRITING, by_pulse=True)) as rota:
        while any([rota.do(chore, clock.now()) for chore in rota.due()]):
            pass
        assert registrations.write_next_letters in rota.due()


def test_the_pulse_feels_what_was_begun_before_and_is_committed_after(app: Flask) -> None:
    """Also if others have begun and ended meanwhile, and not what was taken back."""
    with app.app_context(), closing(Pulse()) as pulse, db.engine.connect() as first:
        quiet = pulse.beat()
        assert pulse.beat() == quiet
        if db.engine.name == "postgresql":  # SQLite lets one write at a time
            first.execute(insert(TABLE), BEAT | {"name": "first"})
            with db.engine.begin() as second:
                second.execute(insert(TABLE), BEAT | {"name": "second"})
            before = pulse.beat()
            assert before != quiet
            first.commit()
        else:
            before = quiet
            with writing(), db.engine.begin() as alone:
                alone.execute(insert(TABLE), BEAT | {"name": "first"})
        assert pulse.beat() != before


TABLE = Heartbeat.metadata.tables["heartbeats"]
BEAT = {"at": clock.now()}


@contextmanager
def turn_held() -> Iterator[None]:
    """Another process writes and does not end."""
    with Path(f"{db.engine.url.database}.turn").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def has_beaten() -> bool:
    db.session.rollback()
    return last_beat() is not None
