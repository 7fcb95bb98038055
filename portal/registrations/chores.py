"""The worker's duties towards registrants: each does one thing and says if there was one."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import InterfaceError, OperationalError

from portal import mail
from portal.audit.service import WORKER
from portal.db import db, transaction
from portal.events import queries as event_queries
from portal.events import service as events
from portal.invites import service as invites
from portal.invites.models import Invite
from portal.outbox import queries as outbox_queries
from portal.registrations import letters, privacy, queries, service
from portal.registrations.models import Answer, Registration

log = logging.getLogger("portal.registrations")

ANSWERS_ARE_KEPT = timedelta(days=2)
AT_ONCE = 10
"""Letters of one transaction: few, since on SQLite whoever registers waits for its end."""

FLOOD = 20
FLOOD_RESTS = timedelta(hours=1)

Write = Callable[[Registration, Invite], None]


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

    def write_some(write: Write) -> bool:
        untold = queries.next_untold(now, AT_ONCE)
        written: Counter[str] = Counter()
        invited = _invites_of(untold, now)
        for registration in untold:
            mailbox = registration.address_key
            if _is_flooded(registration, now, just_now=written[mailbox]):
                registration.letter_due_at = now + FLOOD_RESTS
            else:
                write(registration, invited[registration.id])
                written[mailbox] += 1
        return bool(untold)

    return _together_or_one_by_one(write_some, now)


def write_next_news(now: datetime) -> bool:
    """Tell the next people what their event announced; when all know it, that is noted."""
    if queries.event_with_news() is None:
        return False

    def write_some(write: Write) -> bool:
        event = queries.event_with_news()
        if event is None:
            return False
        untold = queries.next_untold_of(event, AT_ONCE)
        invited = _invites_of(untold, now)
        for registration in untold:
            write(registration, invited[registration.id])
        if not untold:
            if queries.someone_untold_of(event):
                return False
            event.told_revision = event.announced_revision
        return True

    return _together_or_one_by_one(write_some, now)


def write_next_links(now: datetime) -> bool:
    """Send links to the next person who asked for them."""
    if not queries.someone_asked_for_links():
        return False
    with transaction():
        registration = queries.next_asked_for_links()
        if registration is not None:
            _on_its_own(registration, lambda: letters.write_links(registration, now=now), now)
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


def forget_notes(now: datetime) -> bool:
    """A note about somebody is kept no longer than its author said."""
    if not privacy.a_note_is_over(now):
        return False
    with transaction():
        privacy.forget_notes(WORKER, now)
    return True


def _is_flooded(registration: Registration, now: datetime, *, just_now: int) -> bool:
    """Somebody fills a stranger's mailbox by registering names: first letters come slower then."""
    if registration.told_status is not None:
        return False
    written = outbox_queries.written_to(registration.email, now - FLOOD_RESTS)
    return written + just_now >= FLOOD


def _together_or_one_by_one(write_some: Callable[[Write], bool], now: datetime) -> bool:
    """All of them in few statements; where one cannot be written, each behind a savepoint."""

    def with_the_others(registration: Registration, invite: Invite) -> None:
        letters.write(registration, invite, now=now)

    def on_its_own(registration: Registration, invite: Invite) -> None:
        _on_its_own(registration, lambda: letters.write(registration, invite, now=now), now)

    try:
        with transaction() as session, session.no_autoflush:
            return write_some(with_the_others)
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # whose fault it was is found out, and logged, one by one
        with transaction():
            return write_some(on_its_own)


def _invites_of(registrations: Sequence[Registration], now: datetime) -> dict[int, Invite]:
    return invites.of_all([each.id for each in registrations], domain=mail.domain(), now=now)


def _on_its_own(registration: Registration, write: Callable[[], None], now: datetime) -> None:
    """A letter that cannot be written is set aside, visible at the desk, and blocks nobody."""
    try:
        with db.session.begin_nested(), db.session.no_autoflush:
            write()
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
    forget_notes,
)
