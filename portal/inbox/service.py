"""The verbs of reading: to take a mail up, to note what it says, and what became of it."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.audit.service import REGISTRANT, WORKER, record
from portal.db import db, for_update
from portal.inbox import rules
from portal.inbox.models import Reading
from portal.inbox.queries import registration_of
from portal.inbox.rules import Act, Bounce, Occasion, Outcome, Said
from portal.invites import service as invites
from portal.invites.models import Invite, OfficeInvite
from portal.invites.rules import Partstat
from portal.registrations import service as registrations
from portal.registrations.acting import Contact
from portal.registrations.entries import Reader
from portal.registrations.models import Registration
from portal.registrations.person import address_key
from portal.registrations.service import contacts

LEASE = timedelta(minutes=5)


def take_up(digest: str, *, now: datetime) -> Reading | None:
    """The mail, for this worker alone; None where another reads it, or it is to rest.

    Whoever gets one that is done, or was tried often enough, only has to put it away.
    """
    question = select(Reading).where(Reading.digest == digest)
    reading = db.session.scalar(for_update(question, skip_locked=True))
    if reading is None:
        return _taken_anew(digest, now)
    if reading.outcome is not Outcome.TAKEN:
        return reading
    if reading.leased_until is not None and reading.leased_until > now:
        return None
    if reading.attempts >= rules.TRIES:
        finish(reading, Outcome.ASIDE, now=now)
    else:
        _lease(reading, now)
    return reading


def _taken_anew(digest: str, now: datetime) -> Reading | None:
    reading = Reading(digest=digest, outcome=Outcome.TAKEN, attempts=0, at=now)
    _lease(reading, now)
    try:
        with db.session.begin_nested():
            db.session.add(reading)
    except IntegrityError:  # another worker was faster
        return None
    return reading


def _lease(reading: Reading, now: datetime) -> None:
    reading.attempts += 1
    reading.leased_until = now + LEASE


def held(reading_id: int) -> Reading:
    """The mail that was taken up, held until its effect is committed."""
    question = select(Reading).where(Reading.id == reading_id)
    return db.session.scalars(for_update(question)).one()


def finish(reading: Reading, outcome: Outcome, *, now: datetime) -> None:
    """It had its effect, or is to have none."""
    reading.outcome, reading.leased_until, reading.at = outcome, None, now


def note_answer(
    said: Said,
    invite: Invite | OfficeInvite,
    reader: Reader,
    *,
    proven: str,
    written_today: int,
    now: datetime,
) -> tuple[Outcome, Occasion | None]:
    """What the calendar answered is noted; what became of it, and which letter is to answer.

    UID and ATTENDEE have to be those of the invite that the calendar holds. An office's calendar
    gives no place back: it may be that only the office does not come.
    """
    registration, is_of_office = registration_of(reader), isinstance(reader, Contact)
    if invite.held is None:
        return Outcome.OUTDATED, None
    attendee = str(invite.held["attendee_address"]).lower()
    if said.uid != invite.uid or attendee not in said.partstats:
        return Outcome.LEFT, None
    stamped_at = rules.stamp(said, now)
    is_news = rules.is_news(
        said, stamped_at, sequence=invite.sequence, last=invite.reply_stamped_at
    )
    if not is_news or not registration.holds_place or registration.event.is_over(now):
        return Outcome.OUTDATED, None
    partstat = rules.answer(said, attendee)
    what = rules.occasion(said, partstat)
    if partstat is None and what is None:
        return Outcome.LEFT, None
    invites.note_reply(invite, partstat, stamped_at=stamped_at, now=now)
    if partstat is not None:
        _record(registration, partstat, now, is_of_office=is_of_office)
    act = rules.act(
        what,
        is_proven=bool(proven) and address_key(proven) == registration.address_key,
        no_withdraws=(
            not is_of_office and registration.event.no_withdraws and registration.may_withdraw(now)
        ),
        written_today=written_today,
    )
    if act is Act.WITHDRAW:
        registrations.withdraw(registration, by=REGISTRANT, now=now, via="calendar")
        return Outcome.WITHDRAWN, None
    return (Outcome.ANSWERED, what) if act is Act.LETTER else (Outcome.NOTED, None)


def _record(
    registration: Registration, partstat: Partstat, now: datetime, *, is_of_office: bool
) -> None:
    record(
        "registration.office_replied" if is_of_office else "registration.calendar_replied",
        registration, by=WORKER, now=now,
        event_id=registration.event_id, partstat=partstat.value,
    )  # fmt: skip


def note_bounce(bounce: Bounce, reader: Reader, *, now: datetime) -> Outcome:
    """The address fails, if it is still the one that the mail went to.

    It is the person's also where the only mailbox is that of whoever acts for them.
    """
    failed = {address_key(address) for address in bounce.addresses}
    if isinstance(reader, Contact) and not reader.is_the_mailbox:
        if reader.address_key not in failed:
            return Outcome.OUTDATED
        if reader.failing_at is None:
            contacts.note_failing(reader, bounce.code, by=WORKER, now=now)
        return Outcome.FAILING
    registration = registration_of(reader)
    if registration.address_key not in failed:
        return Outcome.OUTDATED
    if registration.failing_at is None:
        registrations.note_failing(registration, bounce.code, by=WORKER, now=now)
    return Outcome.FAILING
