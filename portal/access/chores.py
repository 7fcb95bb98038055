"""The worker's duties for access lists."""

from datetime import datetime
from functools import partial

from portal.access import due, letters, queries, service
from portal.access.rules import erased_because
from portal.audit.service import WORKER
from portal.batches import AT_ONCE, on_its_own
from portal.db import transaction
from portal.registrations.models import Registration


def write_next_asked(now: datetime) -> bool:
    """Ask the next people who have a place; also who came later, or has a new link."""
    list_id = due.list_to_ask_on(now)
    if list_id is None:
        return False
    with transaction():
        found = queries.held(list_id, skip_locked=True)
        if found is None:
            return False
        people = due.next_to_ask(found, now, AT_ONCE)
        for registration in people:
            on_its_own(
                partial(letters.ask, found, registration, now=now),
                partial(_set_aside, registration, now),
            )
    return bool(people)


def write_next_reminders(now: datetime) -> bool:
    """Remind the next people who have given nothing."""
    waiting = due.next_to_remind(now, 1)
    if not waiting:
        return False
    with transaction():
        found = queries.held(waiting[0][1].list_id, skip_locked=True)
        if found is None:
            return False
        people = due.next_to_remind(now, AT_ONCE, found.id)
        for registration, visitor in people:
            on_its_own(
                partial(letters.remind, found, registration, visitor, now=now),
                partial(_set_aside, registration, now),
            )
    return bool(people)


def erase_who_left(now: datetime) -> bool:
    """Who withdrew, was declined or comes online now: what they gave is erased."""
    if not due.who_left(1):
        return False
    with transaction():
        for visitor in due.who_left(AT_ONCE, hold=True):
            service.leave(visitor, now=now)
    return True


def erase_over(now: datetime) -> bool:
    """Some days after the event, or when it is cancelled, all of it goes."""
    if due.list_to_erase(now) is None:
        return False
    with transaction():
        over = due.list_to_erase(now)
        found = queries.held(over.id) if over else None
        if found is not None:
            service.erase_all(found, erased_because(found.event.state.value), by=WORKER, now=now)
    return True


def _set_aside(registration: Registration, now: datetime, reason: str) -> None:
    """The desk shows whose letter cannot be written, and why."""
    registration.stuck_at, registration.stuck_reason = now, reason


CHORES = (write_next_asked, write_next_reminders, erase_who_left, erase_over)
