"""Lists: made, changed, filled from a file or by hand, and sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, select

from portal import wiping
from portal.audit.service import Actor, record
from portal.db import db
from portal.errors import Refused
from portal.events import service as events
from portal.events.models import Event
from portal.events.rules import State
from portal.invitations import due, files, queries
from portal.invitations.models import Invitation, InvitationImport, InvitationList
from portal.invitations.rules import Fate, ImportState, Person
from portal.invitations.service import refuse_known, row
from portal.invitations.words import SHUT
from portal.registrations.person import address_key
from portal.registrations.service import refuse_when_settled

FILES_HOLD = timedelta(days=1)
MOST_LISTS = 50
REMINDING = ("remind_days", "remind_at")


def make(event: Event, facts: Mapping[str, Any], *, by: Actor, now: datetime) -> InvitationList:
    """A list without anybody yet."""
    event = events.locked(event.id)
    refuse_when_settled(event, now)
    number = select(func.count()).where(InvitationList.event_id == event.id)
    if (db.session.scalar(number) or 0) >= MOST_LISTS:
        raise Refused(_("An event has at most %(most)s lists.", most=MOST_LISTS))
    made = InvitationList(event=event, remind_since=now, made_at=now, made_by=by.id, **facts)
    db.session.add(made)
    db.session.flush()
    record("invitations.listed", made, by=by, now=now, event_id=event.id)
    return made


def change(of_list: InvitationList, facts: Mapping[str, Any], *, by: Actor, now: datetime) -> None:
    """Other terms hold from now on, also for links that are out; another moment counts from now."""
    changed = sorted(name for name in facts if getattr(of_list, name) != facts[name])
    if not changed:
        return
    for name in changed:
        setattr(of_list, name, facts[name])
    if set(changed) & set(REMINDING):
        of_list.remind_since = now
    of_list.revision += 1
    record(
        "invitations.changed", of_list, by=by, now=now, event_id=of_list.event_id, fields=changed
    )  # fmt: skip


def remove(of_list: InvitationList, *, by: Actor, now: datetime) -> None:
    """A list that nobody stands on, not even somebody who was forgotten."""
    which = Invitation.list_id == of_list.id
    if db.session.execute(select(Invitation.id).where(which).limit(1)).first() is not None:
        raise Refused(_("Somebody stands on this list. Withdraw their invitations instead."))
    record("invitations.removed", of_list, by=by, now=now, event_id=of_list.event_id)
    forget_files(of_list)
    db.session.delete(of_list)


def keep_file(
    of_list: InvitationList, people: Sequence[Person], *, by: Actor, now: datetime
) -> InvitationImport:
    """To be looked at before anybody is invited; an earlier one of this list goes."""
    running = queries.last_import(of_list)
    if running is not None and running.state is ImportState.RUNNING:
        raise Refused(_("A file is being imported into this list. Wait until it is done."))
    forget_files(of_list)
    kept = InvitationImport(
        of_list=of_list, people=files.kept(people), total=len(people), created_at=now,
        created_by=by.id, state=ImportState.READ,
    )  # fmt: skip
    db.session.add(kept)
    db.session.flush()
    record(
        "invitations.looked_at", of_list, by=by, now=now, event_id=of_list.event_id,
        count=len(people),
    )  # fmt: skip
    return kept


def forget_files(of_list: InvitationList) -> None:
    """No byte of them stays."""
    db.session.execute(delete(InvitationImport).where(InvitationImport.list_id == of_list.id))
    wiping.ask()


def start(kept: InvitationImport, *, by: Actor, now: datetime) -> None:
    """Have the worker take the rows over; nothing is, while one of them is wrong."""
    refuse_when_settled(kept.of_list.event, now)
    if kept.state is not ImportState.READ:
        return
    if any(each["troubles"] for each in kept.people):
        raise Refused(_("Some rows are wrong. Put them right in the file, and hand it in again."))
    kept.state, kept.created_by = ImportState.RUNNING, by.id


def take_some(kept: InvitationImport, people: Sequence[Person], *, by: Actor, now: datetime) -> int:
    """Invite the next rows, under the event's lock, but for people who are known by now."""
    of_list = kept.of_list
    events.locked(of_list.event_id)
    kept.made += _add(of_list, people, by=by, now=now)
    kept.done += len(people)
    if kept.done >= kept.total:
        kept.state, kept.people = ImportState.DONE, []
        wiping.ask()
        record(
            "invitations.imported", of_list, by=by, now=now, event_id=of_list.event_id,
            count=kept.made,
        )  # fmt: skip
    return len(people)


def add(of_list: InvitationList, person: Person, *, by: Actor, now: datetime) -> int:
    """One person by hand; whoever is known is not asked again."""
    events.locked(of_list.event_id)
    key = address_key(person.address)
    refuse_known(queries.fates(of_list.event_id, [key]), [key])
    _add(of_list, [person], by=by, now=now)
    which = Invitation.event_id == of_list.event_id, Invitation.address_key == key
    made = db.session.scalars(select(Invitation).where(*which)).one()
    record("invitation.made", made, by=by, now=now, event_id=of_list.event_id)
    return made.id


def send(of_list: InvitationList, *, by: Actor, now: datetime) -> None:
    """From now on everybody on the list gets their letter, and who is added later at once."""
    refuse_when_settled(of_list.event, now)
    if of_list.event.state is not State.PUBLISHED:
        raise Refused(_("Letters can be sent once the event is published."))
    if of_list.sent_at is not None:
        return
    if of_list.is_shut(now):
        raise Refused(str(SHUT))
    of_list.sent_at = now
    count = due.to_send(of_list)
    record("invitations.sent", of_list, by=by, now=now, event_id=of_list.event_id, count=count)


def _add(of_list: InvitationList, people: Sequence[Person], *, by: Actor, now: datetime) -> int:
    known = queries.fates(of_list.event_id, [address_key(each.address) for each in people])
    new = [
        row(of_list, each, by=by, now=now)
        for each in people
        if address_key(each.address) not in known
    ]
    if new:
        db.session.execute(insert(Invitation), new)
    return len(new)


def planned(of_list: InvitationList, people: Sequence[Person]) -> list[tuple[Person, Fate]]:
    """What would become of each row now."""
    known = queries.fates(
        of_list.event_id, [address_key(each.address) for each in people if not each.troubles]
    )
    return [
        (each, Fate.WRONG if each.troubles else known.get(address_key(each.address), Fate.NEW))
        for each in people
    ]
