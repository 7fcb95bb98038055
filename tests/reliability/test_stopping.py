"""Told to stop under load, and a database that somebody else holds for a moment."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

from tests.harness.servers import until
from tests.harness.smtp import MailServer
from tests.reliability.conftest import Open
from tests.reliability.crowd import people, rush, sent_to_a_held_event
from tests.reliability.running import Running

PATIENCE = 60.0
SOON = 3.0


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
    assert [o.code for o in rush(portal.url, people(slug, 6))] == [303] * 6
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
