"""Mail servers that are away, slow, cut lines or refuse: pages answer, and no letter is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.harness.databases import Databases
from tests.harness.mails import calendar_of
from tests.harness.servers import until
from tests.harness.smtp import MailServer, Received, mail_server
from tests.registrations.front_door import method_of, property_of
from tests.reliability.conftest import running
from tests.reliability.crowd import Outcome, Wish, people, rush
from tests.reliability.running import Running

PATIENCE = 60.0


@pytest.fixture(scope="module")
def server(kind: str) -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def _portal(
    _databases: Databases, server: MailServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    directory = tmp_path_factory.mktemp("portal")
    with running(_databases, directory, PORTAL_MAIL_URL=f"{server.url}?timeout=10") as portal:
        yield portal


@pytest.fixture
def portal(_portal: Running, server: MailServer) -> Iterator[Running]:
    """The portal of this file; the mail server is well again after each test."""
    yield _portal
    server.answers.clear()
    server.slow = 0.0
    settle(_portal)


def test_a_server_that_is_down_at_first(portal: Running, server: MailServer) -> None:
    server.stop()
    slug = portal.event(capacity=2)
    outcomes = rush(portal.url, people(slug, 4, "down"))
    assert [o.code for o in outcomes] == [303] * 4
    until(lambda: len(portal.messages(event_id=portal.event_id(slug))) == 4, PATIENCE)
    assert mails_to(server, outcomes) == []
    server.start()
    settle(portal)
    assert sorted(to(mails_to(server, outcomes))) == sorted(o.email for o in outcomes)


def test_people_register_while_the_server_hangs(portal: Running, server: MailServer) -> None:
    """No transaction is open meanwhile: on SQLite it would keep everybody else from writing."""
    slug = portal.event()
    server.slow = 6.0
    tried = server.attempts
    first = rush(portal.url, people(slug, 1, "first"))
    until(lambda: server.attempts > tried, PATIENCE)
    outcomes = rush(portal.url, people(slug, 8, "others"))
    assert [o.code for o in outcomes] == [303] * 8
    assert mails_to(server, [*first, *outcomes]) == []
    server.slow = 0.0
    settle(portal)
    assert len(mails_to(server, [*first, *outcomes])) == 9


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("RCPT", "451 4.7.1 Greylisted, come back later"),
        ("DATA", "452 4.2.2 The mailbox is full"),
        ("MAIL", "421 4.3.2 Going down"),
        ("DATA", "cut before"),
    ],
)
def test_what_is_put_off_comes_once_and_once_only(
    portal: Running, server: MailServer, stage: str, words: str
) -> None:
    slug = portal.event(capacity=2)
    server.say(stage, words, times=3)
    outcomes = rush(portal.url, people(slug, 3, f"{stage}{words[:3]}".lower().replace(" ", "")))
    until(lambda: server.answers[0].times == 0, PATIENCE, meanwhile=portal.time_passes_for_mails)
    settle(portal)
    assert sorted(to(mails_to(server, outcomes))) == sorted(o.email for o in outcomes)


def test_a_line_cut_after_the_mail_was_taken_repeats_the_same_octets(
    portal: Running, server: MailServer
) -> None:
    slug = portal.event()
    server.say("DATA", "cut after", times=1)
    outcomes = rush(portal.url, people(slug, 1, "repeated"))
    until(lambda: len(mails_to(server, outcomes)) == 1, PATIENCE)
    settle(portal)
    first, second = mails_to(server, outcomes)
    assert first.octets == second.octets
    assert first.mail["Message-ID"]


def test_a_refused_address_is_parked_at_once_and_blocks_nobody(
    portal: Running, server: MailServer
) -> None:
    slug = portal.event()
    server.say("RCPT", "550 5.1.1 No such mailbox", to="refused1@example.org")
    outcomes = rush(portal.url, people(slug, 3, "refused"))
    until(lambda: len(mails_to(server, outcomes)) == 2, PATIENCE)
    until(lambda: all(m.sent_at or m.parked_at for m in portal.messages()), PATIENCE)
    (parked,) = portal.messages(recipient="refused1@example.org")
    assert parked.parked_at and parked.attempts == 1
    assert parked.reason == "550 5.1.1 No such mailbox"
    assert sorted(to(mails_to(server, outcomes))) == [
        "refused0@example.org",
        "refused2@example.org",
    ]


def test_an_unsent_invite_is_replaced_and_needs_no_cancelling(
    portal: Running, server: MailServer
) -> None:
    slug = portal.event()
    server.say("RCPT", "451 4.7.1 Later", to="stays0@example.org")
    server.say("RCPT", "451 4.7.1 Later", to="leaves0@example.org")
    outcomes = rush(portal.url, [*people(slug, 1, "stays"), *people(slug, 1, "leaves")])
    event_id = portal.event_id(slug)
    until(lambda: [m.attempts for m in portal.messages(event_id=event_id)] == [1, 1], PATIENCE)
    until(lambda: not any(m.leased_until for m in portal.messages(event_id=event_id)), PATIENCE)
    moved = portal.starts_at(slug) + timedelta(hours=1)
    portal.change_event(slug, starts_at=moved, ends_at=moved + timedelta(hours=2), tell=True)
    leave = Wish(f"{portal.own_pages(slug)['leaves0@example.org']}/withdrawal")
    assert rush(portal.url, [leave])[0].status == "withdrawn"
    until(lambda: portal.everybody_is_told(slug), PATIENCE)
    server.answers.clear()
    settle(portal)
    letters = {r.recipients[0]: r.mail for r in mails_to(server, outcomes)}
    assert len(mails_to(server, outcomes)) == 2
    assert method_of(letters["leaves0@example.org"]) == ""
    request = calendar_of(letters["stays0@example.org"])
    assert request is not None
    assert property_of(request, "SEQUENCE") == "0"
    assert property_of(request, "DTSTART") == f"{moved:%Y%m%dT%H%M%SZ}"


def test_a_cancel_never_overtakes_a_request_that_may_have_left(
    portal: Running, server: MailServer
) -> None:
    slug = portal.event()
    server.say("DATA", "cut after", times=1)
    outcomes = rush(portal.url, people(slug, 1, "doubtful"))
    until(lambda: len(mails_to(server, outcomes)) == 1, PATIENCE)
    rush(portal.url, [Wish(f"{page}/withdrawal") for page in portal.own_pages(slug).values()])
    settle(portal)
    methods = [method_of(received.mail) for received in mails_to(server, outcomes)]
    assert methods == ["REQUEST", "REQUEST", "CANCEL"]


def settle(portal: Running) -> None:
    """Pauses pass, until everybody is told and every mail is sent or parked."""
    until(portal.is_quiet, PATIENCE, meanwhile=portal.time_passes_for_mails)


def mails_to(server: MailServer, outcomes: list[Outcome]) -> list[Received]:
    people = {outcome.email for outcome in outcomes}
    return [received for received in list(server.received) if set(received.recipients) <= people]


def to(mails: list[Received]) -> list[str]:
    return [received.recipients[0] for received in mails]
