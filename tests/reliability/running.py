"""A portal that runs, and its database seen from beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import psutil
from flask import Flask
from sqlalchemy import select, update

from portal import clock
from portal.audit.models import Entry
from portal.audit.service import COMMAND
from portal.config import Settings
from portal.db import db, transaction
from portal.events import service as events
from portal.events.models import Event, Quota, Session
from portal.outbox import queries as outbox
from portal.outbox.models import Message
from portal.registrations import own_links, queries
from portal.registrations.models import Registration
from portal.registrations.rules import Status
from portal.registrations.service import choosing, quotas
from portal.sessions.models import Chosen
from tests.factories import make_event
from tests.harness.applications import close
from tests.harness.databases import Database
from tests.harness.servers import Server
from tests.sessions.making import make_chosen

ENVIRON = {"PORTAL_LIMITS": "off", "PORTAL_WORKERS": "2"}


@dataclass
class Running:
    """Web and worker in processes of their own; what they keep is read from here."""

    directory: Path
    database: Database
    port: int
    environ: dict[str, str]

    @cached_property
    def server(self) -> Server:
        environ = {"PORTAL_DATABASE_URL": self.database.url} | ENVIRON | self.environ
        return Server(self.directory, environ, port=self.port)

    @property
    def url(self) -> str:
        return self.server.url

    @cached_property
    def app(self) -> Flask:
        """The same portal in this process, for its database."""
        from portal.app import create_app

        return create_app(Settings.from_environ(self.server.environment()))

    @contextmanager
    def reading(self) -> Iterator[None]:
        with self.app.app_context():
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        with self.app.app_context(), transaction():
            yield

    def event(self, **facts: Any) -> str:
        """A published event two months from now; its slug."""
        with self.writing():
            return make_event(starts_at=clock.now() + timedelta(days=60), **facts).slug

    def keep_places(self, slug: str, **facts: Any) -> None:
        """Places are kept for some people for a month."""
        until = clock.now() + timedelta(days=30)
        usual: dict[str, Any] = {"groups": [], "countries": [], "online": False, "until": until}
        with self.writing():
            event = self.held_event(self.event_id(slug))
            quotas.add(event, usual | facts, by=COMMAND, now=clock.now())

    def session(self, slug: str, **facts: Any) -> int:
        """A session that people choose; its id."""
        with self.writing():
            return make_chosen(self.held_event(self.event_id(slug)), "Table", **facts).id

    def raise_places(self, session_id: int, *, by: int) -> None:
        """An organiser gives a session more places."""
        with self.writing():
            session = db.session.get_one(Session, session_id)
            self.held_event(session.event_id)
            facts = {"places": (session.places or 0) + by}
            choosing.change_session(session, facts, tell=False, by=COMMAND, now=clock.now())

    def in_session(self, session_id: int) -> dict[str, int]:
        """How many stand in which state in a session."""
        with self.reading():
            states = select(Chosen.state).where(Chosen.session_id == session_id)
            return Counter(state.value for state in db.session.scalars(states))

    def places_by_quota(self, slug: str) -> dict[tuple[str, str], int]:
        """How many have a place: how they take part, and for whom it was kept."""
        with self.reading():
            kept = {
                quota.id: "".join(quota.groups + quota.countries)
                for quota in db.session.scalars(select(Quota))
            }
        had = [each for each in self.registrations(slug) if each.status is Status.CONFIRMED]
        return Counter((each.attendance.value, kept.get(each.quota_id or 0, "")) for each in had)

    def registrations(self, slug: str) -> list[Registration]:
        """In order of arrival."""
        with self.reading():
            found = db.session.scalars(
                select(Registration)
                .join(Registration.event)
                .where(Event.slug == slug)
                .order_by(Registration.registered_at, Registration.id)
            ).all()
            db.session.expunge_all()
            return list(found)

    def statuses(self, slug: str) -> dict[str, str]:
        return {each.email: each.status.value for each in self.registrations(slug)}

    def own_pages(self, slug: str) -> dict[str, str]:
        """The path of each person's own registration."""
        with self.reading():
            question = select(Registration).join(Registration.event).where(Event.slug == slug)
            return {
                each.email: own_links.manage_url(each, "en").removeprefix(self.url)
                for each in db.session.scalars(question)
            }

    def messages(self, **by: Any) -> list[Message]:
        with self.reading():
            found = db.session.scalars(select(Message).filter_by(**by).order_by(Message.id)).all()
            db.session.expunge_all()
            return list(found)

    def change_event(self, slug: str, *, tell: bool = False, **facts: Any) -> None:
        """An organiser changes the event, and has it told at once."""
        with self.writing():
            event = self.held_event(self.event_id(slug))
            events.change(event, facts, by=COMMAND, now=clock.now())
            if tell:
                events.tell_now(event, by=COMMAND, now=clock.now())

    def held_event(self, event_id: int) -> Event:
        """The event under its lock, in a writing transaction."""
        return events.locked(event_id)

    def event_id(self, slug: str) -> int:
        with self.app.app_context():
            return db.session.scalars(select(Event.id).where(Event.slug == slug)).one()

    def acts(self, act: str, slug: str) -> list[int]:
        """Whom an act was done to, in its order."""
        with self.reading():
            question = select(Entry.subject_id).where(
                Entry.act == act, Entry.event_id == self.event_id(slug)
            )
            return list(db.session.scalars(question.order_by(Entry.id)))

    def starts_at(self, slug: str) -> datetime:
        with self.reading():
            return db.session.scalars(select(Event.starts_at).where(Event.slug == slug)).one()

    def everybody_is_told(self, slug: str) -> bool:
        """Whether each has heard all that they are to hear."""
        with self.reading():
            event = db.session.scalars(select(Event).where(Event.slug == slug)).one()
            question = select(Registration.id).where(
                Registration.event_id == event.id,
                Registration.told_revision < Registration.revision,
            )
            return (
                event.told_revision == event.announced_revision
                and db.session.scalars(question).first() is None
            )

    def is_quiet(self) -> bool:
        """Whether everybody is told, and every mail is sent or parked."""
        with self.reading():
            untold = select(Registration.id).where(
                Registration.told_revision < Registration.revision
            )
            return (
                db.session.scalars(untold).first() is None
                and queries.event_with_news() is None
                and outbox.figures().waiting == 0
            )

    def time_passes_for_mails(self) -> None:
        """The pauses between two tries are over."""
        self._let_go(leased_until=None)

    def leases_end(self) -> None:
        """The time is over for which killed workers had claimed mails."""
        self._let_go()

    def _let_go(self, **by: None) -> None:
        with self.writing():
            db.session.execute(
                update(Message)
                .where(Message.sent_at.is_(None), Message.parked_at.is_(None))
                .filter_by(**by)
                .values(due_at=clock.now(), leased_until=None)
            )

    def children(self) -> tuple[psutil.Process, psutil.Process]:
        """The web and the worker, as the supervisor started them."""
        both = psutil.Process(self.server.pid).children()
        web = next(child for child in both if child.children())
        return web, next(child for child in both if child != web)

    def has_children(self) -> bool:
        """Whether the web with all its processes and the worker run; one that was killed is a child
        until it is noticed."""
        children = [each for each in _children_of(psutil.Process(self.server.pid)) if _lives(each)]
        workers = int(self.server.environ["PORTAL_WORKERS"])
        return sorted(len(_children_of(child)) for child in children) == [0, workers]

    @contextmanager
    def locked(self, slug: str) -> Iterator[None]:
        """The event is held by somebody else; on SQLite the whole database is."""
        event_id = self.event_id(slug)
        with self.writing():
            events.locked(event_id)
            yield

    def close(self) -> None:
        self.server.close()
        if "app" in self.__dict__:
            close(self.app)


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _children_of(process: psutil.Process) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return list(process.children())
    return []
