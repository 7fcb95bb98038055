"""The verbs of access lists. What was given is in no audit line, only that it was."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, update

from portal import wiping
from portal.access import queries
from portal.access.models import AccessList, Visitor
from portal.access.rules import Erased
from portal.audit.service import WORKER, Actor, deleted, record
from portal.db import db
from portal.errors import Refused
from portal.events import service as events
from portal.events.models import Event
from portal.events.rules import State
from portal.protection import queries as records
from portal.protection.rules import ACCESS_LIST
from portal.registrations.models import Registration
from portal.sealing import seal

PROMISED = ("asks", "receiver", "basis")
"""What people were told; it stays so while anybody's data are kept under it."""


def keep(event: Event, facts: Mapping[str, Any], *, by: Actor, now: datetime) -> AccessList:
    """Switch the list on, or change it; the event, which is held, says so in its notice.

    People were told what is asked, who gets it and how long it is kept: for those who were asked
    already, none of it changes, and the days only become fewer.
    """
    _refuse_without_a_door(event, now)
    found = queries.of_event(event.id)
    is_new = found is None or found.switched_off_at is not None
    if found is None:
        found = AccessList(event_id=event.id, event=event, revision=0, **facts, **_for(event))
        db.session.add(found)
    changed = sorted(name for name in facts if is_new or getattr(found, name) != facts[name])
    _refuse_to_break_a_promise(found, facts)
    for name, value in {**facts, **_for(event)}.items():
        setattr(found, name, value)
    found.switched_off_at = None
    found.revision += 1
    db.session.flush()
    _say_in_the_notice(event, found, by=by, now=now)
    act = "access_list.switched_on" if is_new else "access_list.changed"
    record(act, found, by=by, now=now, event_id=event.id, fields=changed)
    return found


def is_possible(event: Event, now: datetime) -> bool:
    """Whether there is a door, and a day to come on which people go through it."""
    is_on = event.state in (State.DRAFT, State.PUBLISHED)
    return event.in_person and is_on and now < event.starts_at


def switch_off(found: AccessList, *, by: Actor, now: datetime) -> int:
    """Ask nobody any more, and erase at once what was given; of how many people."""
    if found.switched_off_at is not None:
        raise Refused(_("The access list is switched off already."))
    event = found.event
    found.switched_off_at = now
    found.revision += 1
    people = erase_all(found, Erased.SWITCHED_OFF, by=by, now=now)
    last = records.current(event.id)
    if last is not None:
        events.keep_record(event, {**last.facts, ACCESS_LIST: None}, by=by, now=now)
    record("access_list.switched_off", found, by=by, now=now, event_id=event.id)
    return people


def ask(found: AccessList, registration: Registration, *, now: datetime) -> Visitor:
    """The person is told of the list by the letter that is being written."""
    visitor = queries.visitor(found.id, registration.id) or _enter(found, registration)
    visitor.told_link = registration.link_code
    visitor.asked_at = now
    visitor.reminded_at = visitor.reminder_due_at = None
    return visitor


def give(
    registration: Registration,
    facts: Mapping[str, str],
    *,
    notice_version: str,
    by: Actor,
    now: datetime,
) -> None:
    """What the person gives, in place of what they gave before; nobody can read it from a row."""
    found = _held_for(registration, now)
    visitor = queries.visitor(found.id, registration.id) or ask(found, registration, now=now)
    visitor.sealed = seal(about(registration), facts)
    visitor.given_at = now
    visitor.notice_version = notice_version
    visitor.reminder_due_at = None
    _note("access.given", registration, by=by, now=now)


def remove(registration: Registration, *, by: Actor, now: datetime) -> None:
    """The person takes back what they gave, as long as it is kept; twice is once."""
    found = queries.list_of(registration, now)
    if found is None:
        raise Refused(_("Nothing of you is kept for the building any more."))
    found = queries.held(found.id) or found
    visitor = queries.visitor(found.id, registration.id)
    if visitor is not None and visitor.sealed:
        _empty(visitor)
        _note("access.removed", registration, by=by, now=now)


def remind(found: AccessList, *, by: Actor, now: datetime) -> None:
    """Have everybody written to once more who has given nothing."""
    if not found.is_open(now):
        raise Refused(_("Nobody can give anything any more."))
    ids = queries.to_remind(found)
    due = update(Visitor).where(Visitor.id.in_(ids)).values(reminder_due_at=now)
    db.session.execute(due.execution_options(synchronize_session=False))
    record("access_list.reminded", found, by=by, now=now, event_id=found.event_id)


def note_reminded(visitor: Visitor, *, now: datetime) -> None:
    """The reminder is written."""
    visitor.reminded_at, visitor.reminder_due_at = now, None


def note_export(
    found: AccessList, marks: Mapping[int, str], counts: Mapping[str, int], kind: str, *,
    by: Actor, now: datetime,
) -> None:  # fmt: skip
    """Who took the list out, and what it said of each visitor; see `give_on`."""
    for visitor in queries.visitors(found.id):
        visitor.taken_out = marks.get(visitor.id, "") if visitor.sealed else ""
    _drop_who_is_on_no_list(found)
    found.exports += 1
    found.exported_at = now
    record(
        "access_list.exported", found, by=by, now=now, event_id=found.event_id,
        kind=kind, number=found.exports, **counts,
    )  # fmt: skip


def give_on(found: AccessList, number: int, *, by: Actor, now: datetime) -> None:
    """The building has the last file: from now on lists tell what changed since that one.

    A file that is lost, or taken out in both kinds, loses nothing of what it would have told.
    """
    if number != found.exports:
        raise Refused(_("The list was taken out once more since. Look at the access list again."))
    if number == found.given_on:
        raise Refused(_("That this list was given on is noted already."))
    for visitor in queries.visitors(found.id):
        visitor.exported = visitor.taken_out
    _drop_who_is_on_no_list(found)
    found.given_on = number
    record(
        "access_list.given_on", found, by=by, now=now, event_id=found.event_id, number=number
    )  # fmt: skip


def leave(visitor: Visitor, *, now: datetime) -> None:
    """The person does not come: what they gave is erased; the next list says that they are gone."""
    registration = db.session.get_one(Registration, visitor.registration_id)
    if visitor.sealed:
        _note("access.erased", registration, by=WORKER, now=now)
        deleted("visitors", {registration.event_id: 1}, by=WORKER, now=now)
        wiping.ask()
    _empty(visitor)
    visitor.told_link = ""
    if not visitor.was_told_of:
        db.session.delete(visitor)


def erase_all(found: AccessList, why: Erased, *, by: Actor, now: datetime) -> int:
    """Everybody's data go, and the list itself; how many people's they were."""
    people = queries.given_number(found.id)
    if people:
        deleted("visitors", {found.event_id: people}, by=by, now=now)
        wiping.ask()
    db.session.execute(delete(Visitor).where(Visitor.list_id == found.id))
    found.given_on = 0  # a list of other people differs from no file
    if people or found.erased_at is None:  # what was certified before stays so
        found.erased_at, found.erased_people, found.erased_why = now, people, why.value
    record(
        "access_list.erased", found, by=by, now=now, event_id=found.event_id,
        people=people, why=why.value,
    )  # fmt: skip
    return people


def about(registration: Registration) -> str:
    """What sealed data belong to: moved to another row, nobody can open them."""
    return f"access:{registration.id}"


def _refuse_without_a_door(event: Event, now: datetime) -> None:
    if not event.in_person:
        raise Refused(_("An event that is only online has no door."))
    if not is_possible(event, now):
        raise Refused(_("An access list is for an event that is still to come, at a known time."))
    if records.current(event.id) is None:
        raise Refused(_("Write the data protection record of this event first."))


def _refuse_to_break_a_promise(found: AccessList, facts: Mapping[str, Any]) -> None:
    if found.id is None or not queries.somebody_was_asked(found.id):
        return
    is_other = any(getattr(found, name) != facts[name] for name in PROMISED)
    if is_other or facts["days_kept"] > found.days_kept:
        raise Refused(
            _("People were told already what is asked, who gets it and for how long. To change "
              "that, switch the list off, which erases what they gave, and on again.")
        )  # fmt: skip


def _for(event: Event) -> dict[str, Any]:
    return {"closes_for": event.starts_at}


def _say_in_the_notice(event: Event, found: AccessList, *, by: Actor, now: datetime) -> None:
    said = {
        "asks": [each.value for each in found.asked],
        "receiver": found.receiver,
        "days": found.days_kept,
        "basis": found.basis,
    }
    last = records.current(event.id)
    if last is not None:
        events.keep_record(event, {**last.facts, ACCESS_LIST: said}, by=by, now=now)


def _held_for(registration: Registration, now: datetime) -> AccessList:
    """The open list that asks this person, held."""
    found = queries.open_list(registration, now)
    if found is None:
        raise Refused(_("Nobody can give anything any more."))
    return queries.held(found.id) or found


def _enter(found: AccessList, registration: Registration) -> Visitor:
    visitor = Visitor(
        list_id=found.id, registration_id=registration.id, number=queries.next_number(found.id)
    )
    db.session.add(visitor)
    db.session.flush()
    return visitor


def _empty(visitor: Visitor) -> None:
    visitor.sealed, visitor.notice_version = "", ""
    visitor.given_at = visitor.reminder_due_at = None


def _drop_who_is_on_no_list(found: AccessList) -> None:
    """Who does not come any more and is named by no list that the building has or may get."""
    db.session.flush()
    unknown = (Visitor.sealed == "", Visitor.exported == "", Visitor.taken_out == "")
    gone = delete(Visitor).where(Visitor.list_id == found.id, *unknown, Visitor.told_link == "")
    db.session.execute(gone.execution_options(synchronize_session=False))


def _note(act: str, registration: Registration, *, by: Actor, now: datetime) -> None:
    record(act, registration, by=by, now=now, event_id=registration.event_id)
