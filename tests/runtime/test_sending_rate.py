"""Two workers who share one sending rate, at a real mail server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from tests.harness.servers import Server, until
from tests.harness.smtp import MailServer
from tests.outbox.front_door import all_mails, post
from tests.runtime.restoring import application

LETTERS, GAP, PATIENCE = 12, 0.5, 90
RATE = "120/minute"


def test_two_workers_keep_to_one_rate_and_use_it(
    new_server: Callable[..., Server], smtp: MailServer, tmp_path: Path
) -> None:
    portal = new_server("worker", PORTAL_MAIL_URL=smtp.url, PORTAL_MAIL_RATE=RATE)
    with application(portal) as app, app.app_context():
        for number in range(LETTERS):
            post(recipient=f"person{number}@example.org")
        with running(portal), running(another(portal, tmp_path)):
            until(lambda: len(smtp.received) == LETTERS, PATIENCE)
        left = departures(app)
    threes = [later - before for before, later in zip(left, left[3:], strict=False)]
    assert min(threes) > 2 * GAP  # a letter that waited for its connection came a little late


def another(portal: Server, tmp_path: Path) -> Server:
    """A second worker on the same database and data directory."""
    environ = portal.environ | {"PORTAL_DATA_DIR": str(portal.data_dir)}
    return Server(tmp_path / "another", environ, ("worker",))


@contextmanager
def running(worker: Server) -> Iterator[None]:
    worker.start(wait=False)
    try:
        yield
    finally:
        worker.stop()
        assert worker.errors() == ""


def departures(app: Flask) -> list[float]:
    """When each letter was taken, in seconds."""
    return sorted(mail.sent_at.timestamp() for mail in all_mails() if mail.sent_at is not None)
