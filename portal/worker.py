"""The loop over all chores: threads that write letters, take them out, and read what comes back."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from time import monotonic

from flask import Flask
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as WaitedTooLong

from portal import clock, maintenance
from portal.access import chores as access
from portal.accounts import chores as accounts
from portal.afterwards import chores as afterwards
from portal.calendars import chores as calendars
from portal.circulars import chores as circulars
from portal.db import db
from portal.events import chores as events
from portal.heartbeat import beat
from portal.inbox import chores as inbox
from portal.invitations import chores as invitations
from portal.materials import chores as materials
from portal.news import chores as news
from portal.outbox import chores as outbox
from portal.pulse import Pulse
from portal.registrations import chores as registrations
from portal.reminders import chores as reminders
from portal.retention import chores as retention
from portal.subjects import chores as subjects

log = logging.getLogger("portal.worker")

Chore = Callable[[datetime], bool]
WRITING: Sequence[Chore] = (
    *registrations.CHORES,
    *calendars.CHORES,
    *afterwards.CHORES,
    *circulars.CHORES,
    *reminders.CHORES,
    *invitations.CHORES,
    *access.CHORES,
    outbox.forget_old,
    *inbox.CHORES,
    accounts.forget_sign_ins,
    *events.CHORES,
    *materials.CHORES,
    *news.CHORES,
    *subjects.CHORES,
    *retention.CHORES,
)
POSTING: Sequence[Chore] = (outbox.deliver_some,)
READING: Sequence[Chore] = (inbox.read_next,)
IDLE_SECONDS, GATHERING_SECONDS = 0.3, 0.06
"""Between rounds that found nothing, or something: what comes meanwhile costs less together."""

RESTS: Mapping[Chore, float] = {
    registrations.move_lines_up: 1.0,
    registrations.end_offers: 1.0,
    registrations.move_session_lines_up: 5.0,
    registrations.announce_rested_changes: 1.0,
    registrations.write_next_news: 1.0,
    registrations.erase_next: 1.0,
    registrations.answer_next_recall: 0.5,
    events.publish_next: 1.0,
    registrations.forget_answers: 60.0,
    registrations.forget_notes: 60.0,
    calendars.write_next_address: 1.0,
    calendars.forget_those_of_nobody: 600.0,
    registrations.forget_reports: 60.0,
    circulars.renew_refused_circulars: 5.0,
    circulars.forget_the_erased: 600.0,
    reminders.begin_next_reminder: 5.0,
    reminders.take_back_outdated_reminders: 1.0,
    reminders.renew_refused_reminders: 5.0,
    afterwards.ask_next: 2.0,
    afterwards.remind_next: 2.0,
    afterwards.take_back_outdated: 1.0,
    invitations.import_next: 0.5,
    invitations.recognise_next: 5.0,
    invitations.follow_next: 5.0,
    invitations.take_back_next_void: 2.0,
    invitations.write_next_invitations: 1.0,
    invitations.write_next_reminders: 5.0,
    invitations.write_next_news: 5.0,
    invitations.tell_next_handed_on: 2.0,
    invitations.note_refused: 5.0,
    invitations.forget_files: 60.0,
    invitations.forget_over: 60.0,
    access.write_next_asked: 2.0,
    access.write_next_reminders: 10.0,
    access.erase_who_left: 1.0,
    access.erase_over: 30.0,
    outbox.forget_old: 60.0,
    inbox.forget_read: 600.0,
    inbox.read_next: 5.0,
    accounts.forget_sign_ins: 600.0,
    events.forget_speakers_addresses: 600.0,
    materials.sweep_files: 3600.0,
    news.publish_next: 1.0,
    subjects.finish_next_erasure: 1.0,
    subjects.forget_old: 600.0,
    subjects.forget_ledger: 3600.0,
    subjects.wipe: 30.0,
    retention.forget_what_is_over: 60.0,
    retention.end_copies_of_erased_lists: 30.0,
    retention.ask_about_copies: 60.0,
    retention.forget_counts: 600.0,
}
"""Seconds after which a chore that found nothing looks again; the others always look."""

CLOCK_SECONDS = 5.0
"""While nobody writes only the clock can make something due, and so often it is looked at."""

AWAY_SECONDS = 3.0
HEARTBEAT = timedelta(seconds=10)


def run(app: Flask, stop: threading.Event) -> None:
    """Do chores until `stop` is set; the one under way is finished first.

    When any thread dies the others end too, so that the whole worker is started again.
    """
    with ExitStack() as threads:
        others = [
            threads.enter_context(ThreadPoolExecutor(1, thread_name_prefix=name)).submit(
                work, app, stop
            )
            for name, work in (("posting", _post), ("reading", _read))
        ]
        try:
            _loop(app, stop, WRITING, beats=True)
        finally:
            stop.set()
        for each in others:
            each.result()


def run_all(now: datetime) -> None:
    """Do every chore until none finds anything to do, in the application's context."""
    while run_each(now):
        pass


def run_each(now: datetime) -> bool:
    """Do every chore once; whether any found something to do."""
    return any([do(chore, now) for chore in (*WRITING, *POSTING, *READING)])


def _post(app: Flask, stop: threading.Event) -> None:
    def deliver_some(now: datetime) -> bool:
        return outbox.deliver_some(now, stop=lambda: stop.is_set() or _rests(app))

    try:
        _loop(app, stop, (deliver_some,), idle=_until_the_next_may_leave)
    finally:
        stop.set()
        outbox.hang_up()


def _read(app: Flask, stop: threading.Event) -> None:
    """A mailbox may be slow to answer: nobody's letter waits for it."""
    if not app.extensions["portal"].inbox_url:
        return
    try:
        _loop(app, stop, READING)
    finally:
        stop.set()
        inbox.hang_up()


def _until_the_next_may_leave() -> float:
    return min(IDLE_SECONDS, outbox.seconds_to_wait() or IDLE_SECONDS)


def _loop(
    app: Flask,
    stop: threading.Event,
    chores: Sequence[Chore],
    *,
    beats: bool = False,
    idle: Callable[[], float] = lambda: IDLE_SECONDS,
) -> None:
    last_beat: datetime | None = None
    with closing(Rota(chores, by_pulse=beats)) as rota:
        while not stop.is_set():
            with app.app_context():
                now = clock.now()
                try:
                    if beats and (last_beat is None or now - last_beat >= HEARTBEAT):
                        beat(now)
                        last_beat = now
                    due = [] if _rests(app) else rota.due()
                    busy = any([rota.do(chore, now) for chore in due if not stop.is_set()])
                    pause = GATHERING_SECONDS if busy else idle()
                except SQLAlchemyError as error:
                    log.error("database away", exc_info=error)
                    pause = AWAY_SECONDS
            if pause:
                stop.wait(pause)


def _rests(app: Flask) -> bool:
    """Whether the portal is closed: what waits is done when it opens."""
    return maintenance.current(app.extensions["portal"].data_dir) is not None


class Rota:
    """Whose turn it is: a chore that found nothing rests, so that an idle portal is a quiet one.

    `by_pulse` are those that look at nothing but the database and the clock: each looks again when
    somebody wrote something since, or after a while.
    """

    def __init__(self, chores: Sequence[Chore], *, by_pulse: bool) -> None:
        self._pulse = Pulse() if by_pulse else None
        self._beat: object = None
        self._found_nothing: dict[Chore, tuple[float, object]] = {}
        self._chores = chores

    def due(self) -> list[Chore]:
        """The pulse is felt before they look: what is committed meanwhile is a new one."""
        self._beat = object() if self._pulse is None else self._pulse.beat()
        now = monotonic()
        return [chore for chore in self._chores if self._is_due(chore, now)]

    def do(self, chore: Chore, now: datetime) -> bool:
        busy = do(chore, now)
        if busy:
            self._found_nothing.pop(chore, None)
        else:
            self._found_nothing[chore] = monotonic(), self._beat
        return busy

    def close(self) -> None:
        if self._pulse is not None:
            self._pulse.close()

    def _is_due(self, chore: Chore, now: float) -> bool:
        if chore not in self._found_nothing:
            return True
        looked_at, beat = self._found_nothing[chore]
        rested = now - looked_at
        somebody_wrote = beat != self._beat
        return rested >= RESTS.get(chore, 0.0) and (somebody_wrote or rested >= CLOCK_SECONDS)


def do(chore: Chore, now: datetime) -> bool:
    """One duty; a fault of its own is logged and does not stop the others."""
    try:
        return chore(now)
    except (DBAPIError, WaitedTooLong):
        raise
    except Exception as error:
        log.error("a chore failed: %s", chore.__name__, exc_info=error)
        return False
    finally:
        db.session.remove()
