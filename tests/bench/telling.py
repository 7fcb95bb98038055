"""A change that everybody is told, and what one of them meets at the front door meanwhile."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from flask import Flask

from tests.bench.portals import SLUG, Portal

LOOKS_EVERY = 0.2


@dataclass(frozen=True)
class Letters:
    """Seconds from the change until the last was written and delivered; CPU of each; page times."""

    written: float
    delivered: float
    cpu: float
    database_cpu: float
    page: list[float]


def everybody(portal: Portal) -> float:
    """Change the venue and tell at once; the moment at which the last letter was written."""
    moments: list[float] = []

    def work(app: Flask) -> None:
        _change_the_venue()
        while not _all_are_told():
            time.sleep(LOOKS_EVERY)
        moments.append(time.monotonic())

    portal.in_app(work)
    return moments[0]


class OwnPage:
    """Opens one registrant's own page again and again; `seconds` is how long each took."""

    def __init__(self, portal: Portal) -> None:
        self.seconds: list[float] = []
        self._portal = portal
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._open)

    def __enter__(self) -> OwnPage:
        self._path = _own_path(self._portal)
        self._thread.start()
        return self

    def __exit__(self, *_what: object) -> None:
        self._done.set()
        self._thread.join()

    def _open(self) -> None:
        http = self._portal.server.http()
        while not self._done.wait(LOOKS_EVERY):
            started = time.monotonic()
            answer = http.get(self._path)
            self.seconds.append(time.monotonic() - started)
            assert answer.status_code == 200, answer.status_code


def _own_path(portal: Portal) -> str:
    from sqlalchemy import select

    from portal.db import db
    from portal.events.models import Event
    from portal.registrations import own_links
    from portal.registrations.models import Registration

    paths: list[str] = []

    def find(app: Flask) -> None:
        question = select(Registration).join(Registration.event).where(Event.slug == SLUG).limit(1)
        own = own_links.manage_url(db.session.scalars(question).one(), "en")
        paths.append(own.removeprefix(portal.server.url))

    portal.in_app(find)
    return paths[0]


def _change_the_venue() -> None:
    from portal import clock
    from portal.audit.service import COMMAND
    from portal.db import transaction
    from portal.events import queries, service

    now = clock.now()
    with transaction():
        event = queries.public_event_bare(SLUG)
        assert event is not None
        service.change(event, {"venue": "Another Conference Centre"}, by=COMMAND, now=now)
        service.tell_now(event, by=COMMAND, now=now)


def _all_are_told() -> bool:
    from sqlalchemy import select

    from portal.db import db
    from portal.events.models import Event

    db.session.rollback()
    question = select(Event.told_revision, Event.announced_revision).where(Event.slug == SLUG)
    told, announced = db.session.execute(question).one()
    return bool(told == announced)
