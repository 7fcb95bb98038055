"""The worker's duties for reminders and thanks."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.exc import InterfaceError, OperationalError

from portal.circulars.rules import Outcome
from portal.db import db, transaction
from portal.events.rules import State
from portal.events.service import locked
from portal.materials import queries as materials
from portal.materials.models import Material
from portal.registrations.models import Registration
from portal.reminders import letters, queries, service
from portal.reminders.models import Reminder, Run, Telling
from portal.reminders.rules import Kind

log = logging.getLogger("portal.reminders")

AT_ONCE = 10
"""As few as of other letters, since on SQLite whoever registers waits for the transaction's end."""

Write = Callable[[Telling, Registration, Sequence[Material]], None]


def begin_next_reminder(now: datetime) -> bool:
    """A rule whose moment has come: whom it is to tell is fixed, once for this date."""
    if queries.due(now) is None:
        return False
    with transaction():
        due = queries.due(now)
        if due is not None:
            locked(due.event_id)
            held = queries.held_if_due(due.id, now)
            if held is not None:
                service.begin(held, now=now)
    return True


def write_next_reminders(now: datetime) -> bool:
    """Write the next copies; when all are written, or say what is no longer so, that is noted.

    A copy and its note are one commit, so that a worker that is killed writes none twice.
    """
    if queries.writing() is None:
        return False

    def with_the_others(
        telling: Telling, registration: Registration, found: Sequence[Material]
    ) -> None:
        letters.write(telling, registration, found, now)

    def on_its_own(telling: Telling, registration: Registration, found: Sequence[Material]) -> None:
        _on_its_own(telling, registration, found, now)

    try:
        with transaction() as session, session.no_autoflush:
            return _write_some(with_the_others, now)
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # whose fault it was is found out, and logged, one by one
        with transaction():
            return _write_some(on_its_own, now)


def take_back_outdated_reminders(now: datetime) -> bool:
    """What has not left and is not true any more is taken out of the outbox and written anew."""
    if not queries.outdated(now, 1):
        return False
    with transaction():
        return letters.take_back(queries.outdated(now, AT_ONCE)) > 0


def renew_refused_reminders(now: datetime) -> bool:
    """A copy that a mistyped address refused goes to the address that was corrected."""
    if not queries.refused_at_an_old_address(1):
        return False
    with transaction():
        return letters.take_back(queries.refused_at_an_old_address(AT_ONCE), parked=True) > 0


def _write_some(write: Write, now: datetime) -> bool:
    run = queries.writing()
    if run is None:
        return False
    tellings = queries.next_waiting(run.id, AT_ONCE) if _still_says_so(run, now) else []
    people = queries.registrations_of(tellings)
    found = materials.of_event(run.reminder.event) if _lists_materials(run.reminder) else []
    for telling in tellings:
        write(telling, people[telling.registration_id], found)
    if not tellings:
        queries.hold(run.reminder)
        if _still_says_so(run, now) and queries.someone_waits(run.id):
            return False
        service.end(run, now=now)
    return True


def _still_says_so(run: Run, now: datetime) -> bool:
    """Whether the event takes place on the date that this is about, and the rule is in force."""
    reminder, event = run.reminder, run.reminder.event
    return (
        reminder.is_on
        and reminder.removed_at is None
        and event.state is State.PUBLISHED
        and run.date == reminder.date_told
        and not reminder.lacks_link
        and (now >= event.ends_at if reminder.kind.comes_after else now < event.starts_at)
    )


def _lists_materials(reminder: Reminder) -> bool:
    return reminder.kind is Kind.THANKS


def _on_its_own(
    telling: Telling, registration: Registration, found: Sequence[Material], now: datetime
) -> None:
    """A copy that cannot be written is set aside and does not hold up the others."""
    try:
        with db.session.begin_nested(), db.session.no_autoflush:
            letters.write(telling, registration, found, now)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.error("a letter could not be written", exc_info=error)
        telling.outcome, telling.reason = Outcome.FAILED, type(error).__name__
        telling.at, telling.message_id = now, ""


CHORES = (
    begin_next_reminder,
    write_next_reminders,
    take_back_outdated_reminders,
    renew_refused_reminders,
)
