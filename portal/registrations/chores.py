"""The worker's duties towards registrants: each does one thing and says if there was one."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import InterfaceError, OperationalError

from portal.db import db, transaction
from portal.events import queries as event_queries
from portal.events import service as events
from portal.outbox import queries as outbox_queries
from portal.registrations import letters, privacy, queries, service
from portal.registrations.models import Answer, Registration

log = logging.getLogger("portal.registrations")

ANSWERS_ARE_KEPT = timedelta(days=2)
AT_ONCE = 5
"""Letters of one transaction: few, since on SQLite whoever registers waits for its end."""

FLOOD = 20
FLOOD_RESTS = timedelta(hours=1)


def announce_rested_changes(now: datetime) -> bool:
    """An event that was not edited for ten minutes has its changes told."""
    if event_queries.due_to_announce(now) is None:
        return False
    with transaction():
        event = event_queries.due_to_announce(now)
        if event is not None:
            events.announce(events.locked(event.id), now=now)
    return True


def move_lines_up(now: datetime) -> bool:
    """Places that an event gained go to the first in line."""
    event_id = queries.event_with_a_line_that_may_move(now)
    if event_id is None:
        return False
    with transaction():
        return service.fill_places(events.locked(event_id), now=now) > 0


def write_next_letters(now: datetime) -> bool:
    """Tell the next people whose own registration changed."""
    if not queries.someone_untold(now):
        return False
    with transaction():
        untold = queries.next_untold(now, AT_ONCE)
        for registration in untold:
            if _is_flooded(registration, now):
                registration.letter_due_at = now + FLOOD_RESTS
            else:
                _write(registration, now, letters.write)
    return bool(untold)


def write_next_news(now: datetime) -> bool:
    """Tell the next people what their event announced; when all know it, that is noted."""
    if queries.event_with_news() is None:
        return False
    with transaction():
        event = queries.event_with_news()
        if event is None:
            return False
        untold = queries.next_untold_of(event, AT_ONCE)
        for registration in untold:
            _write(registration, now, letters.write)
        if not untold:
            if queries.someone_untold_of(event):
                return False
            event.told_revision = event.announced_revision
    return True


def write_next_links(now: datetime) -> bool:
    """Send links to the next person who asked for them."""
    if queries.next_asked_for_links() is None:
        return False
    with transaction():
        registration = queries.next_asked_for_links()
        if registration is not None:
            _write(registration, now, letters.write_links)
    return True


def erase_next(now: datetime) -> bool:
    """Forget the next person who asked for it, with every mail about them that was sent."""
    if queries.next_to_erase() is None:
        return False
    with transaction():
        registration = queries.next_to_erase()
        if registration is None or not letters.forget(registration):
            return False
        privacy.erase(registration, now=now)
    return True


def forget_answers(now: datetime) -> bool:
    """What a page answered is kept only while the same form may be sent again."""
    old = select(Answer.id).where(Answer.at < now - ANSWERS_ARE_KEPT).limit(500)
    if db.session.execute(old.limit(1)).first() is None:
        return False
    with transaction() as session:
        session.execute(delete(Answer).where(Answer.id.in_(old)))
    return True


def forget_old_needs(now: datetime) -> bool:
    """What people needed on the spot is forgotten some time after the event."""
    if not privacy.somebodys_needs_are_old(now):
        return False
    with transaction():
        privacy.forget_needs(now)
    return True


def _is_flooded(registration: Registration, now: datetime) -> bool:
    """Somebody fills a stranger's mailbox by registering names: first letters come slower then."""
    if registration.told_status is not None:
        return False
    return outbox_queries.written_to(registration.email, now - FLOOD_RESTS) >= FLOOD


def _write(registration: Registration, now: datetime, write: Callable[..., None]) -> None:
    """A letter that cannot be written is set aside, visible at the desk, and blocks nobody."""
    try:
        with db.session.begin_nested(), db.session.no_autoflush:
            write(registration, now=now)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.error("a letter could not be written", exc_info=error)
        registration.stuck_at = now
        registration.stuck_reason = type(error).__name__
        registration.links_asked_at = None


CHORES = (
    write_next_letters,
    write_next_links,
    move_lines_up,
    announce_rested_changes,
    write_next_news,
    erase_next,
    forget_answers,
    forget_old_needs,
)
