"""The worker's duties for the second form."""

from datetime import datetime
from functools import partial

from portal.afterwards import letters, queries
from portal.batches import AT_ONCE, Attempt, together_or_one_by_one
from portal.db import transaction
from portal.events.service import locked
from portal.registrations.models import Registration


def ask_next(now: datetime) -> bool:
    """Write to the next who have a place and were not asked."""
    if queries.form_to_ask(now) is None:
        return False

    def write_some(attempt: Attempt) -> bool:
        found = queries.form_to_ask(now)
        if found is None:
            return False
        form, revision = found
        locked(form.event_id)
        people = queries.next_to_ask(form.event_id, AT_ONCE)
        for registration in people:
            attempt(
                partial(letters.ask, form, registration, now=now),
                partial(_set_aside, registration, now),
            )
        if not people and not queries.someone_to_ask(form.event_id):
            form.asked_at_revision = revision
            return True
        return bool(people)

    return together_or_one_by_one(write_some)


def remind_next(now: datetime) -> bool:
    """Write to the next who have not answered, where an organiser wants it."""
    if queries.form_to_remind() is None:
        return False

    def write_some(attempt: Attempt) -> bool:
        form = queries.form_to_remind()
        if form is None:
            return False
        event = locked(form.event_id)
        is_on = event.state.value == "published" and now < event.starts_at
        people = queries.next_to_remind(form, now, AT_ONCE) if is_on else []
        for registration in people:
            attempt(
                partial(letters.remind, form, registration, now=now),
                partial(_set_aside, registration, now),
            )
        if not people:
            form.reminded_at = form.remind_asked_at
        return True

    return together_or_one_by_one(write_some)


def take_back_outdated(now: datetime) -> bool:
    """What has not left and is not for its person any more is taken out of the outbox."""
    if not queries.outdated(now, 1):
        return False
    with transaction():
        return letters.take_back(queries.outdated(now, AT_ONCE)) > 0


def _set_aside(registration: Registration, now: datetime, reason: str) -> None:
    """The desk shows whose letter cannot be written, and why."""
    registration.stuck_at, registration.stuck_reason = now, reason


CHORES = (ask_next, remind_next, take_back_outdated)
