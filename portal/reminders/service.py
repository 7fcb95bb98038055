"""The verbs of reminders and thanks."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, insert, literal, select, update

from portal import labels
from portal.audit.service import WORKER, Actor, record
from portal.circulars.rules import Outcome
from portal.db import db
from portal.errors import Refused
from portal.events.models import Event
from portal.events.service import locked
from portal.reminders import queries, shown
from portal.reminders.models import Reminder, Run, Telling
from portal.reminders.rules import MOST_RULES, Audience, Kind, RunState, Unit

TIMING = ("number", "unit", "at")
SAYS = ("kind", *TIMING, "audience")
"""What makes two rules the same: the words may differ."""
COPIED = ("kind", *TIMING, "audience", "words", "is_on")
MORNING = time(10)


def add(event: Event, facts: Mapping[str, Any], *, by: Actor, now: datetime) -> Reminder:
    """One more rule, in force from now on, unless the event has the very same."""
    locked(event.id)
    _check_is_new(event, facts)
    count = select(func.count()).where(Reminder.event_id == event.id, Reminder.removed_at.is_(None))
    if (db.session.scalar(count) or 0) >= MOST_RULES:
        raise Refused(_("An event has at most %(most)s of these letters.", most=MOST_RULES))
    reminder = Reminder(event=event, since=now, **facts)
    db.session.add(reminder)
    db.session.flush()
    record("reminder.made", reminder, by=by, now=now, event_id=event.id, kind=reminder.kind.value)
    return reminder


def add_usual(event: Event, *, by: Actor, now: datetime) -> None:
    """What most events want: a day before, an hour before where one joins online, a day after.

    Pressed twice it is done once: an event that has letters by then has what it wants.
    """
    if queries.of_event(locked(event.id)):
        return
    for facts in usual(event):
        add(event, facts, by=by, now=now)


def usual(event: Event) -> list[dict[str, Any]]:
    """The rules that are proposed for an event that has none."""
    a_day = {"number": 1, "unit": Unit.DAYS, "at": MORNING}
    an_hour = {"number": 1, "unit": Unit.HOURS, "at": None}
    return [
        {"kind": Kind.REMINDER, **a_day},
        *([{"kind": Kind.SOON, **an_hour}] if event.online else []),
        {"kind": Kind.THANKS, "audience": Audience.CAME, **a_day},
    ]


def change(reminder: Reminder, facts: Mapping[str, Any], *, by: Actor, now: datetime) -> None:
    """Another moment counts from now on; other words are in the letters written from now on."""
    changed = sorted(name for name in facts if getattr(reminder, name) != facts[name])
    if not changed:
        return
    if set(changed) & set(SAYS):
        locked(reminder.event_id)
        held = {name: getattr(reminder, name) for name in SAYS}
        _check_is_new(reminder.event, {**held, **facts})
    for name in changed:
        setattr(reminder, name, facts[name])
    if set(changed) & set(TIMING):
        reminder.since = now
    record("reminder.changed", reminder, by=by, now=now, event_id=reminder.event_id,
           fields=changed)  # fmt: skip


def switch(reminder: Reminder, *, on: bool, by: Actor, now: datetime) -> None:
    """Switched off it ends also what is being written, and takes back what has not left.

    Switched on it counts from now; who was to have it when it was switched off gets it.
    """
    if reminder.is_on == on:
        return
    reminder.is_on = on
    if on:
        reminder.since = now
        _go_on(reminder, now)
    act = "reminder.switched_on" if on else "reminder.switched_off"
    record(act, reminder, by=by, now=now, event_id=reminder.event_id)


def _go_on(reminder: Reminder, now: datetime) -> None:
    """What was taken back is to be written after all, with the words of now, unless too late."""
    run, last_call = queries.told_of_now(reminder), reminder.last_call
    if run is None or last_call is None or last_call <= now:
        return
    left = update(Telling).where(Telling.id.in_(queries.left_out(run)))
    db.session.execute(left.values(outcome=Outcome.WAITING, at=None))
    if queries.someone_waits(run.id):
        run.state, run.ended_at, run.words = RunState.WRITING, None, reminder.words


def remove(reminder: Reminder, *, by: Actor, now: datetime) -> None:
    """Nothing is sent by it any more; what was sent stays listed."""
    reminder.removed_at = now
    record("reminder.removed", reminder, by=by, now=now, event_id=reminder.event_id)


def copy(source: Event, target: Event, *, by: Actor, now: datetime) -> None:
    """The rules of an event for its next edition, without what was sent by them."""
    for reminder in queries.of_event(source):
        facts = {name: getattr(reminder, name) for name in COPIED}
        if not queries.has_same(target, facts):
            add(target, facts, by=by, now=now)


def _check_is_new(event: Event, facts: Mapping[str, Any]) -> None:
    """Two of the same moment and audience would be one letter, sent twice."""
    if not queries.has_same(event, facts):
        return
    same = Reminder(**{name: facts[name] for name in ("kind", *TIMING)})
    letter = _("%(label)s: %(value)s", label=labels.REMINDERS[same.kind], value=shown.timing(same))
    raise Refused(_("This letter is there already – %(letter)s.", letter=letter))


def begin(reminder: Reminder, *, now: datetime) -> None:
    """Its moment has come: everybody who had a place by then is to be told, once for this date."""
    run = Run(
        reminder=reminder, date=reminder.date_told, state=RunState.WRITING,
        words=reminder.words, begun_at=now,
    )  # fmt: skip
    noted = queries.reach(reminder.event, now).noted
    whom = queries.recipients(reminder, until=reminder.moment or now, noted=noted)
    db.session.add(run)
    db.session.flush()
    names = ["run_id", "registration_id", "outcome", "event_revision", "message_id", "reason"]
    rows = whom.with_only_columns(
        literal(run.id), whom.selected_columns.id, literal(Outcome.WAITING.value), literal(0),
        literal(""), literal(""), maintain_column_froms=True,
    )  # fmt: skip
    db.session.execute(insert(Telling).from_select(names, rows, include_defaults=False))
    count = db.session.scalar(select(func.count()).where(Telling.run_id == run.id))
    record("reminder.begun", reminder, by=WORKER, now=now, event_id=reminder.event_id, count=count)


def end(run: Run, *, now: datetime) -> None:
    """Everybody was written to; who was not is not to be any more."""
    waiting = update(Telling).where(Telling.run_id == run.id, Telling.outcome == Outcome.WAITING)
    db.session.execute(waiting.values(outcome=Outcome.SKIPPED, at=now))
    run.state, run.ended_at = RunState.DONE, now


def try_failed_again(run: Run, *, by: Actor, now: datetime) -> None:
    """What could not be written is to be written once more, if it is still true."""
    failed = update(Telling).where(Telling.run_id == run.id, Telling.outcome == Outcome.FAILED)
    db.session.execute(failed.values(outcome=Outcome.WAITING, reason="", at=None))
    run.state = RunState.WRITING
    record("reminder.tried_again", run, by=by, now=now, event_id=run.reminder.event_id)
