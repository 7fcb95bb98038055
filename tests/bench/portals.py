"""A portal that runs as it would in production, with its database and its mail server."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from flask import Flask

from portal.config import Settings
from tests.bench import events
from tests.bench.mailbox import MailSink
from tests.bench.processes import cpu
from tests.harness.applications import close
from tests.harness.databases import (
    Cluster,
    Database,
    Databases,
    PostgresDatabases,
    SqliteDatabases,
)
from tests.harness.servers import Server

Given = TypeVar("Given")
SLUG = events.PLAIN
PAGE = f"/en/events/{SLUG}/"
LIMITS = (
    "register=100000000/hour;link=100000000/hour;form=100000000/hour;"
    "sign_in=100000000/hour;reset=100000000/hour"
)
SAFE = """
fsync = on
synchronous_commit = on
full_page_writes = on
"""


class Portal:
    """`portal serve` with the demonstration and the bench's two events in its database."""

    def __init__(self, directory: Path, database: Database, sink: MailSink, postgres: int) -> None:
        self.database, self.sink, self.postgres = database, sink, postgres
        self.server = Server(directory, {})
        self.server.environ = {
            "PORTAL_ENV": "production",
            "PORTAL_PUBLIC_URL": self.server.url,
            "PORTAL_MAIL_FROM": "Portal <portal@example.org>",
            "PORTAL_MAIL_URL": sink.url,
            "PORTAL_DATABASE_URL": database.url,
            "PORTAL_LIMITS": LIMITS,
            "PORTAL_WORKERS": "2",
        }
        self.command("demo")
        self.in_app(lambda _app: events.make())

    @property
    def port(self) -> int:
        return self.server.port

    def start(self) -> Portal:
        self.server.start()
        return self

    def stop(self) -> None:
        if not self.server.ended():
            self.server.stop()

    def command(self, *arguments: str) -> None:
        done = self.server.command(*arguments)
        if done.returncode:
            raise RuntimeError(done.stderr)

    def cpu(self) -> float:
        """Seconds that web and worker have used."""
        return cpu(self.server.pid)

    def database_cpu(self) -> float:
        """Seconds that the database's own processes have used; SQLite has none."""
        return cpu(self.postgres) if self.postgres else 0.0

    def in_app(self, work: Callable[[Flask], Given]) -> Given:
        """Do something with the same database, in this process."""
        from portal.app import create_app

        app = create_app(Settings.from_environ(self.server.environment()))
        with app.app_context():
            given = work(app)
        close(app)
        return given


@contextmanager
def portals(directory: Path, sink: MailSink) -> Iterator[Callable[[str], Portal]]:
    """Makes portals on 'sqlite' and 'postgresql'; what was started is stopped at the end."""
    made: list[Portal] = []
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    home = Path(tempfile.mkdtemp(prefix="portal-bench-pg-"))
    cluster = _SafeCluster(home, cleanup_mode="delete")
    kinds: dict[str, tuple[Databases, int]] = {
        "sqlite": (SqliteDatabases(_below(directory, "sqlite")), 0),
        "postgresql": (
            PostgresDatabases(cluster, _below(directory, "postgresql")),
            cluster.get_pid() or 0,
        ),
    }

    def make(kind: str) -> Portal:
        databases, postgres = kinds[kind]
        own = _below(directory, f"portal-{len(made) + 1}")
        portal = Portal(own, databases.fresh(own), sink, postgres)
        made.append(portal)
        return portal

    try:
        yield make
    finally:
        for portal in made:
            portal.stop()
        cluster.cleanup()


class _SafeCluster(Cluster):
    """A PostgreSQL that keeps what it said it keeps."""

    def ensure_pgdata_inited(self) -> None:
        super().ensure_pgdata_inited()
        with (self.pgdata / "postgresql.conf").open("a", encoding="ascii") as file:
            file.write(SAFE)


def _below(directory: Path, name: str) -> Path:
    made = directory / name
    made.mkdir()
    return made
