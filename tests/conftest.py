"""Fixtures: an application, a client, a clock, mails, a server and a browser.

The application is imported by the fixtures that need it: tests of rules alone stay quick.
"""

from __future__ import annotations

import gc
import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser, Page

from portal import clock as portal_clock
from portal.config import Settings
from tests.harness.applications import hash_quickly
from tests.harness.browsers import axe as run_axe
from tests.harness.browsers import chromium, watched_page
from tests.harness.client import PortalClient
from tests.harness.databases import (
    KINDS,
    Database,
    Databases,
    SqliteDatabases,
    postgres_databases,
)
from tests.harness.mails import MailBox
from tests.harness.portals import Portal
from tests.harness.servers import Server
from tests.harness.smtp import MailServer, mail_server

SLOW = {"browser", "runtime", "reliability"}
MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def pytest_configure(config: pytest.Config) -> None:
    gc.set_threshold(20_000, 20, 20)  # what is loaded is large, and to look through it lasts
    config.addinivalue_line("markers", "settings(NAME=value, ...): more variables for the portal")
    config.addinivalue_line("markers", "own_imprint: with an imprint in two languages")
    config.addinivalue_line("markers", "own_portal: shares its portal with no test; hashes safely")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes minutes begins first, so that no process has much left when the others end."""
    items.sort(key=lambda item: item.path.parent.name not in SLOW)


@pytest.fixture(scope="session")
def _sqlite(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def _postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    with postgres_databases(tmp_path_factory.mktemp("postgresql")) as databases:
        yield databases


@pytest.fixture(params=KINDS)
def databases(request: pytest.FixtureRequest) -> Databases:
    """Makes databases of the kind under test."""
    found: Databases = request.getfixturevalue(f"_{request.param}")
    return found


@pytest.fixture
def environ(request: pytest.FixtureRequest) -> dict[str, str]:
    """What `@pytest.mark.settings(PORTAL_LIMITS="off")` asks for."""
    marks = reversed(list(request.node.iter_markers("settings")))
    return {name: str(value) for mark in marks for name, value in mark.kwargs.items()}


@pytest.fixture(scope="session")
def _templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session")
def _shared_portals() -> dict[Databases, Portal]:
    """Of each kind of database, the portal of all tests that ask for no settings of their own."""
    return {}


@pytest.fixture
def _portal(
    request: pytest.FixtureRequest,
    databases: Databases,
    environ: dict[str, str],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    _templates: FileSystemBytecodeCache,
    _shared_portals: dict[Databases, Portal],
) -> Iterator[Portal]:
    is_own = bool(environ) or request.node.get_closest_marker("own_portal") is not None
    if is_own:
        portal = Portal(databases, tmp_path, _templates, environ)
    elif databases in _shared_portals:
        portal = _shared_portals[databases]
        portal.renew()
    else:
        portal = Portal(databases, tmp_path_factory.mktemp("portal"), _templates, environ)
        hash_quickly(portal.app)
        _shared_portals[databases] = portal
        gc.freeze()
    yield portal
    portal.release()
    if is_own:
        portal.drop()


@pytest.fixture
def settings(_portal: Portal) -> Settings:
    return _portal.settings


@pytest.fixture
def app(_portal: Portal) -> Flask:
    """With a database without rows, and a data directory with nothing but keys in it."""
    return _portal.app


@pytest.fixture
def client(app: Flask) -> PortalClient:
    client = app.test_client()
    assert isinstance(client, PortalClient)
    return client


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The clock stands still on a Monday; `clock.shift(seconds)`, `clock.move_to(moment)`."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def deliver(_portal: Portal) -> Callable[[], list[EmailMessage]]:
    """Do all chores until nothing is left to do; gives the mails written since the last time."""
    app, box = _portal.app, MailBox(_portal.settings.data_dir / "mail")

    def deliver() -> list[EmailMessage]:
        mails, busy = [], True
        while busy:  # between the rounds, since a mail's file goes with the erasure that it tells
            with app.app_context():
                busy = _portal.peeks.run_each(portal_clock.now())
            mails += box.new()
        return mails

    return deliver


@pytest.fixture
def smtp() -> Iterator[MailServer]:
    """A mail server; a test that uses it names its address in its settings."""
    with mail_server() as server:
        yield server


@pytest.fixture
def new_server(
    databases: Databases, tmp_path: Path, environ: dict[str, str]
) -> Iterator[Callable[..., Server]]:
    """Makes portals with a database and a data directory each; `new_server(PORTAL_WORKERS=1)`."""
    made: list[tuple[Server, Database]] = []
    numbers = itertools.count(1)

    def new_server(*arguments: str, empty: bool = False, **more: object) -> Server:
        directory = tmp_path / f"portal{next(numbers)}"
        directory.mkdir()
        database = (databases.empty if empty else databases.fresh)(directory)
        given = environ | {name: str(value) for name, value in more.items()}
        server = Server(
            directory,
            {"PORTAL_DATABASE_URL": database.url} | given,
            arguments=arguments or ("serve",),
        )
        made.append((server, database))
        return server

    yield new_server
    for server, database in made:
        server.close()
        databases.drop(database)


@pytest.fixture
def server(new_server: Callable[..., Server]) -> Server:
    """A running portal, web and worker."""
    return new_server().start()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A new window; it must not complain or fetch from elsewhere."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    with watched_page(context) as page:
        yield page
    context.close()


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)` fails when the page breaks WCAG 2.2 AA or axe's best practices."""
    return run_axe
