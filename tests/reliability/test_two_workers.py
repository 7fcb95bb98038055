"""Two workers who share one outbox on PostgreSQL."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event as Flag

import pytest

from portal import clock
from portal.db import transaction
from portal.outbox import service as outbox
from portal.registrations.rules import Status
from tests.factories import make_registration
from tests.harness.mails import calendar_of
from tests.harness.servers import Server, until
from tests.harness.smtp import MailServer, Received
from tests.registrations.front_door import method_of, property_of
from tests.reliability.conftest import Open
from tests.reliability.running import Running

pytestmark = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)

PEOPLE, PLACES = 200, 150
PATIENCE = 90.0


def test_200_people_and_two_moves_end_in_the_right_state_for_each(
    open_portal: Open, smtp: MailServer
) -> None:
    portal = open_portal(PORTAL_MAIL_URL=smtp.url)
    slug = portal.event(capacity=PLACES)
    second = second_worker(portal)
    try:
        register_some(portal, slug, PEOPLE // 2)
        move(portal, slug)
        register_some(portal, slug, PEOPLE // 2)
        until(lambda: len(smtp.received) > PEOPLE // 4, PATIENCE)
        move(portal, slug)
        until(portal.is_quiet, PATIENCE)
    finally:
        second.stop()
    assert second.errors() == portal.server.errors() == ""
    people = portal.registrations(slug)
    mails = mails_by_person(smtp)
    begins = f"{portal.starts_at(slug):%Y%m%dT%H%M%SZ}"
    assert all(each.told_status is each.status for each in people)
    for each in people:
        methods = [method_of(received.mail) for received in mails[each.email]]
        if each.status is Status.CONFIRMED:
            assert set(methods) == {"REQUEST"}
            assert held(mails[each.email]) == begins
        else:
            assert set(methods) == {""}
    assert len({received.mail["Message-ID"] for received in smtp.received}) == len(smtp.received)


def test_a_letter_on_its_way_out_is_not_taken_back(open_portal: Open) -> None:
    """The postman has claimed it, and its writer looks before that is committed."""
    portal = open_portal(started=False)
    claimed, written = Flag(), Flag()
    with portal.writing():
        outbox.post(
            message_id="<one@example.org>", recipient="ada@example.org", subject="", octets=b"",
            occasion="confirmed", thread="registration:1", before={}, now=clock.now(),
        )  # fmt: skip

    def take_out() -> list[outbox.Claimed]:
        with portal.writing():
            found = outbox.claim(1, lease=timedelta(minutes=1), now=clock.now())
            claimed.set()
            written.wait(1.0)
            return found

    with ThreadPoolExecutor() as pool:
        taken = pool.submit(take_out)
        claimed.wait(PATIENCE)
        with portal.reading(), transaction():
            before = outbox.take_back("registration:1")
        written.set()
    assert len(taken.result()) == 1
    assert before is None


def second_worker(portal: Running) -> Server:
    """Another `portal worker` on the same database and data directory."""
    directory = portal.directory / "second"
    directory.mkdir()
    environ = portal.server.environ | {"PORTAL_DATA_DIR": str(portal.server.data_dir)}
    return Server(directory, environ, ("worker",), portal.port).start(wait=False)


def register_some(portal: Running, slug: str, count: int) -> None:
    """In short transactions, while the workers write already."""
    event_id = portal.event_id(slug)
    for _ in range(count // 20):
        with portal.writing():
            event = portal.held_event(event_id)
            for _ in range(20):
                make_registration(event)


def move(portal: Running, slug: str) -> None:
    moved = portal.starts_at(slug) + timedelta(hours=1)
    portal.change_event(slug, starts_at=moved, ends_at=moved + timedelta(hours=2), tell=True)


def mails_by_person(smtp: MailServer) -> dict[str, list[Received]]:
    found: dict[str, list[Received]] = defaultdict(list)
    for received in smtp.received:
        found[received.recipients[0]].append(received)
    return found


def held(mails: list[Received]) -> str:
    """When the entry begins in a calendar that obeyed these mails as they came."""
    begins, sequence = "", -1
    for received in mails:
        octets = calendar_of(received.mail) or b""
        number = int(property_of(octets, "SEQUENCE"))
        assert number > sequence
        begins, sequence = property_of(octets, "DTSTART"), number
    return begins
