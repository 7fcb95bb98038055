"""The worker's duties for reminders and thanks."""

from datetime import datetime
from functools import partial

from portal.batches import AT_ONCE, Attempt, together_or_one_by_one
from portal.circulars.rules import Outcome
from portal.db import transaction
from portal.events.rules import State
from portal.events.service import locked
from portal.materials import queries as materials
from portal.reminders import letters, queries, service
from portal.reminders.models import Reminder, Run, Telling
from portal.reminders.rules import Kind


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
    """Write the next copies; when all are written, or say what is no longer so, that is noted."""
    if queries.writing() is None:
        return False

    return together_or_one_by_one(partial(_write_some, now=now))


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


def _write_some(attempt: Attempt, *, now: datetime) -> bool:
    run = queries.writing()
    if run is None:
        return False
    tellings = queries.next_waiting(run.id, AT_ONCE) if _still_says_so(run, now) else []
    people = queries.registrations_of(tellings)
    found = materials.of_event(run.reminder.event) if _lists_materials(run.reminder) else []
    for telling in tellings:
        person = people[telling.registration_id]
        attempt(
            partial(letters.write, telling, person, found, now), partial(_set_aside, telling, now)
        )
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


def _set_aside(telling: Telling, now: datetime, reason: str) -> None:
    telling.outcome, telling.reason = Outcome.FAILED, reason
    telling.at, telling.message_id = now, ""


CHORES = (
    begin_next_reminder,
    write_next_reminders,
    take_back_outdated_reminders,
    renew_refused_reminders,
)
