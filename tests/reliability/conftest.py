"""Fixtures: a portal in processes of its own that is shared by the tests of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.harness.databases import KINDS, Databases
from tests.harness.ports import free_port
from tests.reliability.running import Running

Open = Callable[..., Running]


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def _databases(request: pytest.FixtureRequest, kind: str) -> Databases:
    found: Databases = request.getfixturevalue(f"_{kind}")
    return found


@pytest.fixture(scope="module")
def portal(_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A portal that all tests of the file share, each with events of its own."""
    with running(_databases, tmp_path_factory.mktemp("portal")) as portal:
        yield portal


@pytest.fixture
def open_portal(_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Opens portals for one test: `open_portal(PORTAL_MAIL_URL=…)`."""
    with ExitStack() as stack:

        def open_portal(*, started: bool = True, **environ: str) -> Running:
            directory = tmp_path_factory.mktemp("portal")
            return stack.enter_context(running(_databases, directory, started, **environ))

        yield open_portal


@contextmanager
def running(
    databases: Databases, directory: Path, started: bool = True, **environ: str
) -> Iterator[Running]:
    """A portal with a database of its own, stopped at the end."""
    database = databases.fresh(directory)
    portal = Running(directory, database, free_port(), environ)
    try:
        if started:
            portal.server.start()
        yield portal
    finally:
        portal.close()
        databases.drop(database)
