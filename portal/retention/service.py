"""The verbs of retention: empty what is over, and keep an eye on what was taken out."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from flask_babel import gettext as _

from portal.access import privacy as access
from portal.accounts import privacy as accounts
from portal.audit.service import Actor, deleted, record
from portal.calendars import privacy as calendars
from portal.circulars import privacy as circulars
from portal.db import db
from portal.errors import Refused
from portal.events import privacy as events
from portal.events import speaker_service as speakers
from portal.events.models import Event
from portal.inbox import privacy as inbox
from portal.invites import privacy as invites
from portal.outbox import privacy as outbox
from portal.protection.rules import Kept
from portal.registrations import privacy as registrations
from portal.registrations.models import Registration
from portal.registrations.rules import OF_A_MAILBOX
from portal.reminders import privacy as reminders
from portal.retention.models import Export
from portal.retention.queries import Term
from portal.subjects import privacy as subjects

WITH_THE_ADDRESS = (
    invites.forget_all, calendars.forget_all, circulars.forget_all, reminders.forget_all,
    access.forget_all, inbox.forget_all,
)  # fmt: skip
"""What parts hold about people beside their registration, and nobody needs without an address."""


def empty_some(terms: Sequence[Term], *, by: Actor, now: datetime) -> int:
    """Empty what is due, of some people; how many. Every field in turn, so that none is held up."""
    for kept in Kept:
        due = {term.event.id: term for term in terms if term.kept is kept and _may_go(term)}
        people = registrations.next_to_empty(kept, due) if due else []
        if people:
            _empty(people, kept, due, by=by, now=now)
            return len(people)
    return 0


def _may_go(term: Term) -> bool:
    """Who still has to hear the event's news keeps name and address until then."""
    return not term.waits or term.kept not in (Kept.NAME, Kept.CONTACT)


def _empty(
    people: Sequence[Registration], kept: Kept, due: dict[int, Term], *, by: Actor, now: datetime
) -> None:
    ids = [each.id for each in people]
    if kept is Kept.CONTACT:
        outbox.forget_mailboxes([each.email for each in people if each.email], *OF_A_MAILBOX)
        for forget_all in WITH_THE_ADDRESS:
            forget_all(ids)
    gone = [each for each in people if registrations.empty(each, kept, now=now)]
    db.session.flush()
    if gone:
        letters = outbox.forget_threads([thread for each in gone for thread in each.threads])
        notes = registrations.forget_notes_of([each.id for each in gone])
        deleted("letters", letters, by=by, now=now)
        deleted("notes", notes, by=by, now=now)
    numbers = {event_id: term.event.notice_number for event_id, term in due.items()}
    for number in set(numbers.values()):
        counts = Counter[int | None](
            each.event_id for each in people if numbers[each.event_id] == number
        )
        deleted(kept.value, counts, number=number, by=by, now=now)


def forget_some_by_own_time(*, by: Actor, now: datetime) -> bool:
    """Some of what is over by a time of its own, whatever a record says; whether there was any."""
    over = [forget_some for _kind, how_many, forget_some in OWN_TIMES if how_many(now)]
    for forget_some in over:
        forget_some(by, now)
    return bool(over)


def _forget_an_address(by: Actor, now: datetime) -> None:
    speaker = events.next_forgotten(now)
    if speaker is not None:
        speakers.forget_address(speaker, by=by, now=now)


OwnTime = tuple[
    str, Callable[[datetime], Mapping[int | None, int]], Callable[[Actor, datetime], None]
]
OWN_TIMES: tuple[OwnTime, ...] = (
    ("notes", registrations.old_notes_by_event, registrations.forget_notes),
    ("letters", outbox.old_by_event, outbox.forget_old),
    ("addresses", events.old_addresses_by_event, _forget_an_address),
    ("sign_ins", accounts.old_sign_ins, accounts.forget_sign_ins),
)
"""What ends by itself: its name, how many are over by event, and what forgets some of them."""


def over_by_own_time(now: datetime) -> dict[str, int]:
    """How much of what ends by itself is over by then, also where its part alone forgets it."""
    counts = {kind: how_many(now) for kind, how_many, _forget in OWN_TIMES}
    counts |= {
        "visitors": access.over_by_event(now), "requests": subjects.old_requests_by_event(now),
    }  # fmt: skip
    return {kind: sum(count.values()) for kind, count in counts.items() if count}


def take_out(
    event: Event, kind: str, count: int, expires_at: datetime, *, by: Actor, now: datetime
) -> Export:
    """Somebody takes a list of people out of the portal."""
    export = Export(
        event_id=event.id, user_id=by.id, kind=kind, count=count, taken_at=now,
        expires_at=expires_at,
    )  # fmt: skip
    db.session.add(export)
    db.session.flush()
    return export


def is_gone(export: Export, *, by: Actor, now: datetime) -> None:
    """Who took it says that their copy is deleted."""
    if export.gone_at is not None:
        raise Refused(_("You said so already."))
    export.gone_at = now
    record("export.deleted", export, by=by, now=now, event_id=export.event_id)
