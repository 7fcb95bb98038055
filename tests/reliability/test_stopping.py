"""Told to stop under load, and a database that somebody else holds."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import Future, ThreadPoolExecutor

from portal import db
from tests.harness.servers import until
from tests.harness.smtp import MailServer
from tests.reliability.conftest import Open
from tests.reliability.crowd import Outcome, people, rush
from tests.reliability.running import Running

PATIENCE = 60.0
SOON = 3.0
TOO_LONG = db.PATIENCE + 3.0


def test_requests_in_flight_are_answered_before_it_stops(open_portal: Open) -> None:
    portal = open_portal()
    slug = portal.event(capacity=5)
    with ThreadPoolExecutor() as pool:
        with portal.locked(slug):
            posts = sent_to_a_held_event(pool, portal, slug, 12)
            os.kill(portal.server.pid, signal.SIGTERM)
            time.sleep(1.0)
            assert not posts.done()
        outcomes = posts.result()
    assert portal.server.process is not None
    assert portal.server.process.wait(PATIENCE) == 0
    assert [o.code for o in outcomes] == [303] * 12
    assert set(portal.statuses(slug)) == {o.email for o in outcomes}


def test_the_worker_finishes_its_message_and_leaves_the_others(
    open_portal: Open, smtp: MailServer
) -> None:
    smtp.slow = 3.0
    portal = open_portal(PORTAL_MAIL_URL=smtp.url)
    slug = portal.event()
    rush(portal.url, people(slug, 6))
    until(lambda: len(portal.messages()) == 6 and smtp.attempts, PATIENCE)
    tried = smtp.attempts
    assert portal.server.stop() == 0
    assert len(smtp.received) == smtp.attempts <= tried + 1
    left = [(m.leased_until, m.in_doubt, m.attempts) for m in portal.messages(sent_at=None)]
    assert left == [(None, False, 0)] * (6 - len(smtp.received))


def test_a_database_that_is_held_for_a_moment_delays_and_loses_nothing(portal: Running) -> None:
    slug = portal.event(capacity=5)
    with ThreadPoolExecutor() as pool:
        with portal.locked(slug):
            posts = sent_to_a_held_event(pool, portal, slug, 12)
            time.sleep(SOON)
            assert not posts.done()
        outcomes = posts.result()
    assert [o.code for o in outcomes] == [303] * 12
    assert {o.email: o.status for o in outcomes} == portal.statuses(slug)


def test_a_database_that_is_held_for_long_is_said_in_words(portal: Running) -> None:
    """Who is told 503 is not registered, who is told 303 is; afterwards all is as before."""
    slug = portal.event(capacity=5)
    with ThreadPoolExecutor() as pool:
        with portal.locked(slug):
            posts = sent_to_a_held_event(pool, portal, slug, 12)
            time.sleep(TOO_LONG)
        outcomes = posts.result()
    refused = [o for o in outcomes if o.code == 503]
    assert refused
    assert all(int(o.headers["Retry-After"]) > 0 for o in refused)
    assert all(o.code in (303, 503) for o in outcomes)
    assert set(portal.statuses(slug)) == {o.email for o in outcomes if o.acknowledged}
    again = rush(portal.url, [o.wish for o in refused])
    assert all(o.acknowledged for o in again)
    until(lambda: portal.everybody_is_told(slug), PATIENCE)


def sent_to_a_held_event(
    pool: ThreadPoolExecutor, portal: Running, slug: str, count: int
) -> Future[list[Outcome]]:
    """People who press the button while the event is held; they wait for their answer."""
    sent: Future[None] = Future()
    posts = pool.submit(rush, portal.url, people(slug, count), lambda: sent.set_result(None))
    sent.result(PATIENCE)
    time.sleep(1.0)
    return posts
