"""Visits on their way into the database: the redirect does not wait for them, and none is lost.

One thread of a process writes for all others. What finds the database busy for longer than a
moment is written behind the visitors' backs, as soon as it can be.
"""

from collections import Counter
from datetime import date
from threading import Lock, Thread
from time import monotonic, sleep

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from portal.campaigns import service
from portal.db import PATIENCE, brief_transaction

A_MOMENT = 0.3
"""Seconds for which a visitor waits at most, until others write for them."""

TRIES = 20
"""How often it is tried behind their backs, half a minute each, before the next visit does."""


class Waiting:
    """The visits of one process that are not written yet."""

    def __init__(self) -> None:
        self._visits: Counter[tuple[int, date]] = Counter()
        self._lock = Lock()
        self._writing = Lock()
        self._later: Thread | None = None

    def add(self, app: Flask, link_id: int, day: date) -> None:
        """One more; whoever writes just now takes it along."""
        with self._lock:
            self._visits[link_id, day] += 1
        until = monotonic() + A_MOMENT
        while self._visits and self._writing.acquire(blocking=False):
            try:
                is_written = self._write(A_MOMENT)
            finally:
                self._writing.release()
            if not is_written or monotonic() >= until:
                break
        if self._visits and not self._writing.locked():
            self._hand_over(app)

    def _write(self, patience: float) -> bool:
        """All that wait, in one transaction; what cannot be written waits on."""
        with self._lock:
            visits, self._visits = self._visits, Counter()
        try:
            with brief_transaction(patience) as connection:
                service.count(connection, visits)
        except SQLAlchemyError:
            with self._lock:
                self._visits += visits
            return False
        return True

    def _hand_over(self, app: Flask) -> None:
        with self._lock:
            if self._later is None:
                self._later = Thread(target=self._write_later, args=(app,), daemon=True)
                self._later.start()

    def _write_later(self, app: Flask) -> None:
        """Until none waits any more, also of those who came meanwhile."""
        tries = TRIES
        while tries:
            with self._writing, app.app_context():
                tries -= not self._write(PATIENCE)
            with self._lock:
                if not self._visits or not tries:
                    self._later = None
                    return
            sleep(A_MOMENT)
