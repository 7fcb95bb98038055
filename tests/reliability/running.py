"""A portal that runs, and its database seen from beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import psutil
from flask import Flask
from sqlalchemy import select, update

from portal import clock
from portal.config import Settings
from portal.db import db, transaction
from portal.events.models import Event
from portal.outbox.models import Message
from portal.registrations import letters
from portal.registrations.models import Registration
from tests.factories import make_event
from tests.harness.databases import Database
from tests.harness.servers import Server

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
                each.email: letters.manage_url(each).removeprefix(self.url)
                for each in db.session.scalars(question)
            }

    def messages(self, **by: Any) -> list[Message]:
        with self.reading():
            found = db.session.scalars(
                select(Message).filter_by(**by).order_by(Message.id)
            ).all()
            db.session.expunge_all()
            return list(found)

    def change_event(self, slug: str, **facts: Any) -> None:
        """An organiser changes facts that nobody needs to be told."""
        with self.writing():
            db.session.execute(update(Event).where(Event.slug == slug).values(**facts))

    def time_passes_for_mails(self) -> None:
        """Pauses between tries and the leases of dead workers are over."""
        with self.writing():
            db.session.execute(
                update(Message)
                .where(Message.sent_at.is_(None), Message.parked_at.is_(None))
                .values(due_at=clock.now(), leased_until=None)
            )

    def children(self) -> tuple[psutil.Process, psutil.Process]:
        """The web and the worker, as the supervisor started them."""
        both = psutil.Process(self.server.pid).children()
        web = next(child for child in both if child.children())
        return web, next(child for child in both if child != web)

    def close(self) -> None:
        self.server.close()
        if "app" in self.__dict__:
            with self.app.app_context():
                db.session.remove()
                db.engine.dispose()
