"""What the outbox notes of its mails: doubt, order, patience, and how it forgets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from portal import clock
from portal.audit.service import COMMAND, WORKER
from portal.db import db, transaction
from portal.errors import Refused
from portal.outbox import privacy, queries, service
from portal.outbox.models import Message
from portal.outbox.service import Claimed
from tests.outbox.front_door import all_mails, post

LEASE = timedelta(minutes=2)
Clock = time_machine.Traveller


@pytest.fixture(autouse=True)
def _inside(app: Flask, clock: Clock) -> Iterator[None]:
    with app.app_context():
        yield


def claim() -> list[Claimed]:
    with transaction():
        return service.claim(20, lease=LEASE, now=clock.now())


def claim_one() -> Claimed:
    (claimed,) = claim()
    return claimed


def postpone(claimed: Claimed, reason: str = "451 Later", *, certain: bool = True) -> None:
    with transaction():
        service.note_postponed(claimed, reason, certain=certain, now=clock.now())


def park(claimed: Claimed, reason: str = "550 No such mailbox") -> None:
    with transaction():
        service.note_parked(claimed, reason, now=clock.now())


def put_back(*claimed: Claimed, reason: str = "") -> None:
    with transaction():
        service.put_back(list(claimed), reason)


def try_again(message: Message) -> None:
    with transaction() as session:
        service.try_again(session.get_one(Message, message.id), by=COMMAND, now=clock.now())


def test_only_the_first_of_a_thread_is_due(clock: Clock) -> None:
    first = post(thread="registration:1")
    post(thread="registration:1")
    postpone(claim_one())
    assert not service.something_is_due(first.created_at)
    assert claim() == []
    clock.shift(60)
    assert service.something_is_due(first.created_at + timedelta(minutes=1))
    assert claim_one().id == first.id


def test_a_mail_that_was_refused_for_certain_and_put_back_is_not_in_doubt(clock: Clock) -> None:
    post()
    postpone(claim_one(), "451 4.7.1 Greylisted")
    clock.shift(60)
    put_back(claim_one())
    (mail,) = all_mails()
    assert (mail.in_doubt, mail.attempts, mail.leased_until) == (False, 1, None)
    assert mail.reason == "451 4.7.1 Greylisted"
    put_back(claim_one(), reason="The mail server is not ready")
    assert all_mails()[0].reason == "The mail server is not ready"


def test_of_two_that_are_put_back_each_keeps_its_own_doubt(clock: Clock) -> None:
    post()
    postpone(claim_one(), certain=False)
    clock.shift(60)
    post()
    put_back(*claim())
    assert [mail.in_doubt for mail in all_mails()] == [True, False]


@pytest.mark.parametrize("ending", [postpone, park, put_back])
def test_a_mail_that_may_have_left_stays_in_doubt_whatever_is_said_of_the_next_try(
    clock: Clock, ending: object
) -> None:
    post()
    claim()  # and its worker dies
    clock.shift(LEASE.total_seconds() + 1)
    ending(claim_one())  # type: ignore[operator]
    assert all_mails()[0].in_doubt


def test_a_mail_that_is_put_off_for_five_days_is_parked(clock: Clock) -> None:
    post()
    began = clock_now()
    while (mail := all_mails()[0]).parked_at is None:
        clock.move_to(mail.due_at)
        postpone(claim_one(), "452 4.2.2 The mailbox is full")
    assert timedelta(days=5) <= clock_now() - began < timedelta(days=5, hours=2)
    assert mail.reason == "5.4.7 452 4.2.2 The mailbox is full"
    assert claim() == []


def test_a_mail_that_waited_for_a_server_for_days_is_tried_some_times(clock: Clock) -> None:
    post()
    clock.shift(timedelta(days=6))
    postpone(claim_one())
    assert all_mails()[0].parked_at is None


def test_a_parked_mail_that_is_tried_again_is_tried_for_some_time(clock: Clock) -> None:
    mail = post()
    for _ in range(service.FEWEST_TRIES):
        clock.shift(timedelta(days=1))
        postpone(claim_one())
    try_again(mail)
    postpone(claim_one())
    (again,) = all_mails()
    assert (again.parked_at, again.attempts) == (None, 1)


def test_a_parked_mail_is_not_sent_after_a_later_one_of_its_thread() -> None:
    parked = post(thread="registration:1")
    park(claim_one())
    post(thread="registration:1")
    with transaction():
        service.note_sent(service.claim(1, lease=LEASE, now=clock_now())[0].id, now=clock_now())
    with pytest.raises(Refused, match="later message"):
        try_again(parked)
    assert all_mails()[0].parked_at is not None


def test_nor_after_one_that_may_be_on_its_way(clock: Clock) -> None:
    parked = post(thread="registration:1")
    park(claim_one())
    post(thread="registration:1")
    claim()
    with pytest.raises(Refused, match="later message"):
        try_again(parked)


def test_a_parked_mail_goes_before_a_later_one_that_waits() -> None:
    parked = post(thread="registration:1")
    park(claim_one())
    post(thread="registration:1")
    post()
    try_again(parked)
    assert claim()[0].id == parked.id


def test_a_parked_mail_without_a_thread_is_in_nobodys_order() -> None:
    parked = post()
    park(claim_one())
    post()
    with transaction():
        service.note_sent(service.claim(1, lease=LEASE, now=clock_now())[0].id, now=clock_now())
    try_again(parked)
    assert claim_one().id == parked.id


def test_sent_and_parked_mails_are_forgotten_after_ninety_days(clock: Clock) -> None:
    for _ in range(3):
        post()
    sent, parked, waits = claim()
    park(parked)
    postpone(waits)
    with transaction():
        service.note_sent(sent.id, now=clock_now())
    clock.shift(timedelta(days=90))
    assert not privacy.something_is_old(clock_now())
    clock.shift(1)
    assert privacy.something_is_old(clock_now())
    with transaction():
        privacy.forget_old(WORKER, clock_now())
    assert [mail.id for mail in all_mails()] == [waits.id]
    assert not privacy.something_is_old(clock_now())


def test_with_a_thread_go_the_links_that_its_reader_asked_for(clock: Clock) -> None:
    post(thread="registration:1", recipient="Ada@example.org")
    post(occasion="links", recipient="ADA@example.org")
    kept = [
        post(thread="registration:2"),
        post(occasion="links", recipient="bob@example.org"),
        post(occasion="sign_in"),
    ]
    assert not forget("registration:1", "Ada@example.org")
    for claimed in claim():
        with transaction():
            service.note_sent(claimed.id, now=clock_now())
    assert forget("registration:1", "Ada@example.org")
    assert [mail.id for mail in all_mails()] == [mail.id for mail in kept]


def test_links_that_are_still_to_be_sent_are_waited_for() -> None:
    post(occasion="links")
    assert not forget("registration:1", "ada@example.org")
    park(claim_one())
    assert forget("registration:1", "ada@example.org")
    assert all_mails() == []


def test_a_mailbox_is_one_however_its_name_is_typed(clock: Clock) -> None:
    post(recipient="Ada@Example.org")
    clock.shift(60)
    post(recipient="ada@example.org")
    post(recipient="bob@example.org")
    since = clock_now() - timedelta(hours=1)
    assert queries.written_to("ADA@example.org", since) == 2
    assert queries.written_to("ADA@example.org", clock_now()) == 1


def test_its_mails_are_counted_by_an_index(app: Flask) -> None:
    if db.engine.dialect.name == "postgresql":
        explain = "EXPLAIN"
        db.session.execute(db.text("SET enable_seqscan = off"))
    else:
        explain = "EXPLAIN QUERY PLAN"
    question = (
        "SELECT count(*) FROM outbox_messages"
        " WHERE lower(recipient) = lower('Ada@example.org') AND created_at >= '2026-11-02'"
    )
    plan = db.session.execute(db.text(f"{explain} {question}")).all()
    assert "ix_outbox_messages_recipient" in str(plan)


def forget(thread: str, recipient: str) -> bool:
    with transaction():
        return service.forget_thread(thread, recipient, "links")


clock_now = clock.now
