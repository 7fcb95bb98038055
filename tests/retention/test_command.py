"""`portal retention`: a dry run, a look ahead, and at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask

from portal.db import transaction
from portal.retention.cli import retention
from tests.factories import make_event, make_registration
from tests.retention.house import ADA, CONSENTS, END, deletions, keep_days, left

Deliver = Callable[[], list[EmailMessage]]


@pytest.fixture
def run(app: Flask, clock: Any, deliver: Deliver) -> Callable[..., str]:
    """Ada is registered and was told; the command's words."""
    with app.app_context(), transaction():
        event = make_event(slug="trust")
        keep_days(event)
        make_registration(event, **ADA, consents=CONSENTS)
    deliver()

    def run(*arguments: str) -> str:
        done = app.test_cli_runner().invoke(retention, arguments)
        assert done.exit_code in (0, 2), done.output
        return done.output

    return run


def test_it_says_what_is_due_and_changes_nothing(
    app: Flask, run: Callable[..., str], clock: Any
) -> None:
    assert run() == "Nothing is to be deleted.\n"
    assert run("--at", "2027-02-16") == "letters: 1\n"
    assert run("--at", "2027-03-19") == (
        "trust: name of 1, over 2027-03-19\ntrust: needs of 1, over 2027-02-17\nletters: 1\n"
    )
    clock.move_to(END + timedelta(days=30))
    assert run() == "trust: needs of 1, over 2027-02-17\nletters: 1\n"
    assert set(left(app)) == set(ADA)
    assert deletions(app) == []


def test_it_deletes_at_once_on_request(app: Flask, run: Callable[..., str], clock: Any) -> None:
    clock.move_to(END + timedelta(days=365))
    assert "Deleted: 4 fields of people" in run("--now")
    assert left(app) == {}
    assert {(kind, by) for kind, _count, _number, by in deletions(app)} == {
        (kind, "command") for kind in ("needs", "name", "contact", "organisation", "letters")
    }
    assert run() == "Nothing is to be deleted.\n"


@pytest.mark.parametrize(
    "wrong", [("--at", "soon"), ("--at", "9999-12-31"), ("--at", "2027-03-01", "--now")]
)
def test_it_refuses_what_makes_no_sense(run: Callable[..., str], wrong: tuple[str, ...]) -> None:
    assert "Usage" in run(*wrong)
