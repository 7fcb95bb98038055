"""The worker's duties for invitations."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from portal import clock
from portal.audit.service import WORKER, Actor
from portal.batches import AT_ONCE, Attempt, together_or_one_by_one
from portal.db import transaction
from portal.events.models import Event
from portal.events.service import locked
from portal.invitations import due, letters, privacy, queries, service
from portal.invitations.files import read_back
from portal.invitations.models import Invitation
from portal.invitations.service import lists
from portal.protection import queries as records
from portal.protection.rules import Kept
from portal.retention.queries import terms_of

Find = Callable[[datetime, int], Sequence[int]]
Write = Callable[..., None]


def import_next(now: datetime) -> bool:
    """Take over the next rows of a file, few at a time, so that nobody waits long for the lock."""
    portion = queries.next_portion()
    if portion is None:
        return False
    people = read_back(portion.rows)
    with transaction():
        kept = queries.held_import(portion)
        if kept is None:
            return False
        lists.take_some(kept, people, by=Actor("organiser", kept.created_by), now=clock.now())
    return True


def write_next_invitations(now: datetime) -> bool:
    """Write the next first letters."""
    return _write(due.to_invite, letters.invite, now)


def write_next_reminders(now: datetime) -> bool:
    """Remind the next people who have not answered."""
    return _write(due.due_for_reminding, letters.remind, now)


def write_next_news(now: datetime) -> bool:
    """Tell the next people who have not answered that the event is off, or on again."""
    return _write(due.untold, letters.tell_state, now)


def take_back_next_void(now: datetime) -> bool:
    """A letter that waits longer than it can be answered does not leave."""
    if not due.next_void(now, 1):
        return False
    with transaction():
        found = due.hold(due.next_void(now, AT_ONCE))
        for invitation in found:
            letters.take_back(invitation)
    return bool(found)


def _write(find: Find, write: Write, now: datetime) -> bool:
    if not find(now, 1):
        return False
    return together_or_one_by_one(partial(_write_some, find=find, write=write, now=now))


def _write_some(attempt: Attempt, *, find: Find, write: Write, now: datetime) -> bool:
    """Who answered between the look and the lock is left alone."""
    wanted = set(find(now, AT_ONCE))
    held = due.hold(sorted(wanted))
    still = set(find(now, AT_ONCE)) & wanted
    for invitation in held:
        if invitation.id in still:
            attempt(partial(write, invitation, now=now), partial(_set_aside, invitation, now))
    return bool(held)


def _set_aside(invitation: Invitation, now: datetime, reason: str) -> None:
    invitation.stuck_at, invitation.stuck_reason = now, reason


def tell_next_handed_on(now: datetime) -> bool:
    """Tell who was invited that somebody else comes in their place."""
    if not due.somebody_is_to_hear_of_another():
        return False
    with transaction():
        invitation = due.next_handed_on()
        if invitation is not None:
            letters.tell_handed_on(invitation, now=now)
    return invitation is not None


def recognise_next(now: datetime) -> bool:
    """Who registered with an invited address at the front door has answered."""
    found = due.next_registered_otherwise(1)
    if not found:
        return False
    with transaction():
        locked(found[0][0])
        service.catch_up(queries.held(found[0][1]), now=now)
    return True


def follow_next(now: datetime) -> bool:
    """An invitation goes along where registrations become one, or a place another's or nobody's."""
    found = due.next_to_follow(now)
    if found is None:
        return False
    with transaction():
        locked(found[0])
        service.follow(queries.held(found[1]), now=now)
    return True


def note_refused(now: datetime) -> bool:
    """What a mail server refused for good has not reached the person."""
    if not due.next_refused(1):
        return False
    with transaction():
        found = due.next_refused(AT_ONCE)
        for invitation, reason in found:
            service.note_bounce(invitation, reason.partition(" ")[0], is_proven=True, now=now)
    return bool(found)


def forget_files(now: datetime) -> bool:
    """Files that nobody imports are kept for a day."""
    if not privacy.a_file_is_old(now):
        return False
    with transaction():
        privacy.forget_old_files(now)
    return True


def forget_over(now: datetime) -> bool:
    """People of an event are forgotten when its record says so of mail addresses."""
    over = next((event for event in privacy.events_with_people(now) if _is_due(event, now)), None)
    if over is None:
        return False
    with transaction():
        privacy.forget_some(over.id, by=WORKER, now=now)
    return True


def _is_due(event: Event, now: datetime) -> bool:
    record = records.current(event.id)
    terms = terms_of(event, record.facts if record else None)
    return any(term.kept is Kept.CONTACT and term.is_due(now) for term in terms)


CHORES = (
    import_next,
    follow_next,
    recognise_next,
    take_back_next_void,
    write_next_invitations,
    write_next_reminders,
    write_next_news,
    tell_next_handed_on,
    note_refused,
    forget_files,
    forget_over,
)
