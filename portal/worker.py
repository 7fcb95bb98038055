"""The loop over all chores: two threads, one that writes letters, one that takes them out."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy.exc import DBAPIError

from portal import clock
from portal.db import db
from portal.heartbeat import beat
from portal.outbox import chores as outbox
from portal.registrations import chores as registrations

log = logging.getLogger("portal.worker")

Chore = Callable[[datetime], bool]
WRITING: Sequence[Chore] = (*registrations.CHORES, outbox.forget_old)
POSTING: Sequence[Chore] = (outbox.deliver_some,)
IDLE_SECONDS = 0.3
AWAY_SECONDS = 3.0
HEARTBEAT = timedelta(seconds=10)


def run(app: Flask, stop: threading.Event) -> None:
    """Do chores until `stop` is set; the one under way is finished first."""
    posting = threading.Thread(target=_post, args=(app, stop), name="posting")
    posting.start()
    _loop(app, stop, WRITING, beats=True)
    posting.join()


def run_all(now: datetime) -> None:
    """Do every chore until none finds anything to do, in the application's context."""
    while any([_do(chore, now) for chore in (*WRITING, *POSTING)]):
        pass


def _post(app: Flask, stop: threading.Event) -> None:
    def deliver_some(now: datetime) -> bool:
        return outbox.deliver_some(now, stop=stop.is_set)

    _loop(app, stop, (deliver_some,))
    outbox.hang_up()


def _loop(
    app: Flask, stop: threading.Event, chores: Sequence[Chore], *, beats: bool = False
) -> None:
    last_beat: datetime | None = None
    while not stop.is_set():
        with app.app_context():
            now = clock.now()
            try:
                if beats and (last_beat is None or now - last_beat >= HEARTBEAT):
                    beat(now)
                    last_beat = now
                busy = any([_do(chore, now) for chore in chores if not stop.is_set()])
                pause = 0.0 if busy else IDLE_SECONDS
            except DBAPIError as error:
                log.error("database away", exc_info=error)
                pause = AWAY_SECONDS
        if pause:
            stop.wait(pause)


def _do(chore: Chore, now: datetime) -> bool:
    """One duty; a fault of its own is logged and does not stop the others."""
    try:
        return chore(now)
    except DBAPIError:
        raise
    except Exception as error:
        log.error("a chore failed: %s", chore.__name__, exc_info=error)
        return False
    finally:
        db.session.remove()
