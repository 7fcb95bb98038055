"""Processes that are killed in mid-load: what was acknowledged is stored and confirmed."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from threading import Event as Flag

import httpx

from tests.harness.servers import until
from tests.harness.smtp import MailServer
from tests.reliability.conftest import Open
from tests.reliability.crowd import Door, Outcome, registration
from tests.reliability.running import Running

VISITORS = 4
PAUSE = 0.25
PATIENCE = 60.0


def test_five_kills_in_mid_load_lose_nobody(open_portal: Open, smtp: MailServer) -> None:
    portal = open_portal(PORTAL_MAIL_URL=smtp.url)
    slug = portal.event(capacity=20)
    stop = Flag()
    with ThreadPoolExecutor() as pool:
        load = pool.submit(keep_registering, portal.url, slug, stop)
        try:
            for round_ in range(5):
                stored = len(portal.registrations(slug))
                until(lambda stored=stored: len(portal.registrations(slug)) > stored + 3, PATIENCE)
                kill(portal, whole_web=round_ % 2 == 0)
                until(lambda: is_up(portal), PATIENCE)
        finally:
            stop.set()
        acknowledged = [outcome.email for outcome in load.result() if outcome.acknowledged]
    statuses = portal.statuses(slug)
    assert len(acknowledged) > 20
    assert set(acknowledged) <= set(statuses)
    assert list(statuses.values()).count("confirmed") == 20
    portal.leases_end()
    until(lambda: set(statuses) <= set(octets_by_person(smtp)), PATIENCE)
    assert {len(octets) for octets in octets_by_person(smtp).values()} == {1}
    assert portal.server.errors().count("starting it again") >= 8


def keep_registering(url: str, slug: str, stop: Flag) -> list[Outcome]:
    """Some people at a time register until `stop`; whoever meets a closed door tries later."""
    numbers = itertools.count()

    async def one_after_the_other(door: Door) -> list[Outcome]:
        outcomes = []
        while not stop.is_set():
            try:
                wish = registration(slug, f"under-load{next(numbers)}@example.org")
                (visitor,) = await door.opened([wish])
                outcomes.append(await visitor.send())
            except httpx.TransportError:
                pass
            await asyncio.sleep(PAUSE)
        return outcomes

    async def all_of_them() -> list[Outcome]:
        async with Door(url) as door:
            found = await asyncio.gather(*(one_after_the_other(door) for _ in range(VISITORS)))
        return [outcome for outcomes in found for outcome in outcomes]

    return asyncio.run(all_of_them())


def kill(portal: Running, *, whole_web: bool) -> None:
    """SIGKILL for the worker, and for the web or one of its processes."""
    web, worker = portal.children()
    (web if whole_web else web.children()[0]).kill()
    worker.kill()
    web.wait(0.5) if whole_web else time.sleep(0.1)


def is_up(portal: Running) -> bool:
    """Web and worker run, and the web answers."""
    try:
        return portal.has_children() and httpx.get(f"{portal.url}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def octets_by_person(smtp: MailServer) -> dict[str, set[bytes]]:
    """All different mails that each person got; one of them repeated counts once."""
    found: dict[str, set[bytes]] = defaultdict(set)
    for received in list(smtp.received):
        found[received.recipients[0]].add(received.octets)
    return found
