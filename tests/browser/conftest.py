"""One running portal for all tests of this folder, and one way to open windows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.browser.stage import Stage, staged
from tests.harness.browsers import watched_page
from tests.harness.databases import SqliteDatabases
from tests.harness.ports import free_port
from tests.harness.servers import Server


@dataclass(frozen=True)
class Look:
    """A window as somebody has it, and the language they read."""

    width: int = 1280
    scheme: str = "light"
    lang: str = "en"
    thumb: bool = False
    scripts: bool = True


WIDE = Look()
NARROW = Look(width=320, scheme="dark", lang="de", thumb=True)

Window = Callable[[Look], Page]


@pytest.fixture(scope="session")
def stage(_sqlite: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The portal with an event for every state."""
    directory = tmp_path_factory.mktemp("stage")
    database = _sqlite.fresh(directory)
    with staged(Server(directory, {"PORTAL_DATABASE_URL": database.url})) as stage:
        yield stage


@pytest.fixture
def window(browser: Browser) -> Iterator[Window]:
    """`window(look)` is a page of its own, without cookies, closed with the test."""
    with ExitStack() as stack:
        yield lambda look: stack.enter_context(_window(browser, look))


@contextmanager
def _window(browser: Browser, look: Look) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": look.width, "height": 800},
        color_scheme="dark" if look.scheme == "dark" else "light",
        has_touch=look.thumb,
        locale=look.lang,
        java_script_enabled=look.scripts,
    )
    with watched_page(context) as page:
        yield page
    context.close()


@pytest.fixture
def port() -> int:
    return free_port()


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: object = "-", size: object = "-") -> None:
        return None


@pytest.fixture
def served(app: Flask, port: int) -> Iterator[str]:
    """The address of the application, in this process and on its clock."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
    thread.join(10)
    server.server_close()
