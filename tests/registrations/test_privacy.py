"""What was promised to be forgotten is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.db import db, transaction
from portal.registrations.models import Registration
from tests.factories import JANUARY, make_event, make_registration

Deliver = Callable[[], list[EmailMessage]]


def test_what_people_needed_is_forgotten_thirty_days_after_the_event(
    app: Flask, clock: Any, deliver: Deliver
) -> None:
    proof = {"version": "2026-11", "at": "2026-11-02T09:00:00+00:00"}
    with app.app_context(), transaction():
        make_registration(
            make_event(),
            access_needs="step-free access",
            diet="no nuts",
            consents=dict.fromkeys(("access_consent", "diet_consent", "list_consent"), proof),
        )
    deliver()

    def kept() -> tuple[str, str, set[str]]:
        deliver()
        with app.app_context():
            person = db.session.scalars(select(Registration)).one()
            return person.access_needs, person.diet, set(person.consents)

    clock.move_to(JANUARY + timedelta(days=29))
    assert kept() == (
        "step-free access", "no nuts", {"access_consent", "diet_consent", "list_consent"},
    )  # fmt: skip
    clock.move_to(JANUARY + timedelta(days=31))
    assert kept() == ("", "", {"list_consent"})
