"""The postman's rounds: what one mail's fault does to the others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from portal import clock
from portal.outbox import chores
from portal.outbox.models import Message
from tests.outbox.front_door import all_mails, post

Clock = time_machine.Traveller

# The standard library cannot even ask for the address of this one: it raises a UnicodeError.
UNFORESEEN = f"smtp://{'a' * 64}.example"


@pytest.fixture(autouse=True)
def _inside(app: Flask, clock: Clock) -> Iterator[None]:
    with app.app_context():
        yield
        chores.hang_up()


def round_() -> bool:
    return chores.deliver_some(clock.now())


def state(mail: Message) -> tuple[bool, bool, int]:
    return mail.sent_at is not None, mail.leased_until is not None, mail.attempts


def test_a_round_with_nothing_to_claim_is_no_work() -> None:
    assert not round_()
    post()
    assert round_()
    assert not round_()


@pytest.mark.settings(PORTAL_MAIL_URL=UNFORESEEN)
def test_a_fault_that_nobody_foresaw_lets_a_mail_wait_and_the_others_be_tried(
    clock: Clock,
) -> None:
    post()
    post()
    round_()
    mails = all_mails()
    assert [state(mail) for mail in mails] == [(False, False, 1)] * 2
    assert all(mail.due_at > mail.created_at and mail.in_doubt for mail in mails)
    assert mails[0].reason.startswith("Unicode")


def test_what_breaks_off_a_round_leaves_nothing_claimed() -> None:
    for _ in range(3):
        post()
    asked: list[None] = []

    def stop() -> bool:
        asked.append(None)
        if len(asked) > 1:
            raise RuntimeError("broken off")
        return False

    with pytest.raises(RuntimeError):
        chores.deliver_some(clock.now(), stop=stop)
    assert [state(mail) for mail in all_mails()] == [
        (True, False, 1),
        (False, False, 0),
        (False, False, 0),
    ]
