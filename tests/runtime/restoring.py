"""People who register by real HTTP while something else goes on, and what a database then holds."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
from flask import Flask
from sqlalchemy import select, text

from portal import clock
from portal.app import create_app
from portal.audit.models import Entry
from portal.config import Settings
from portal.db import db, transaction
from portal.registrations.models import Registration
from tests.factories import make_event
from tests.harness.applications import close
from tests.harness.client import form_in
from tests.harness.servers import Server

PERSON = {
    "first_name": "Ada",
    "organisation": "Analytical Society",
    "role": "adviser",
    "stakeholder_group": "expert",
    "country": "BE",
}
PEOPLE_AT_ONCE = 8
BREATH = 0.05


@contextmanager
def application(portal: Server) -> Iterator[Flask]:
    """A portal's rows, seen from this process."""
    app = create_app(Settings.from_environ(portal.environment()))
    yield app
    close(app)


@contextmanager
def people_register(portal: Server) -> Iterator[list[str]]:
    """Eight at once without end; the list is whom the portal told that they are registered."""
    with application(portal) as app, app.app_context(), transaction():
        slug = make_event(starts_at=clock.now() + timedelta(days=60), capacity=40).slug
    acknowledged: list[str] = []
    faults: list[str] = []
    numbers, stop = itertools.count(1), threading.Event()

    def register() -> None:
        while not stop.wait(BREATH):
            name = f"person{next(numbers)}"
            with httpx.Client(base_url=portal.url, timeout=60) as browser:
                form = form_in(browser.get(f"/en/events/{slug}/register").text)
                person = PERSON | {"last_name": name, "email": f"{name}@example.org"}
                answer = browser.post(form.action or slug, data={**form.values, **person})
            if answer.status_code == 303:
                acknowledged.append(person["email"])
            else:
                faults.append(f"{answer.status_code} {name}")

    threads = [threading.Thread(target=register) for _one in range(PEOPLE_AT_ONCE)]
    for thread in threads:
        thread.start()
    try:
        yield acknowledged
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert faults == []


def registered(portal: Server) -> set[str]:
    """Whom the database knows, each with an audit line; SQLite says that it is whole."""
    with application(portal) as app, app.app_context():
        found = db.session.execute(select(Registration.id, Registration.email)).all()
        noted = set(
            db.session.scalars(select(Entry.subject_id).where(Entry.act == "registration.made"))
        )
        if db.engine.name == "sqlite":
            assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
            assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []
    assert {id_ for id_, _email in found} == noted
    return {email for _id, email in found}
