"""Questions of whoever reads the portal's mailbox."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from portal.db import db, for_update
from portal.inbox.models import Reading
from portal.inbox.rules import HAD_THEIR_EFFECT, Occasion, Outcome
from portal.invites.models import Invite, OfficeInvite
from portal.outbox.models import Message
from portal.registrations.acting import Contact
from portal.registrations.entries import Reader
from portal.registrations.models import Registration

A_DAY = timedelta(days=1)
_THREAD, _OFFICE_THREAD = "registration:", "contact:"


def invite_by_codes(codes: Collection[str]) -> Invite | OfficeInvite | None:
    """The invite to whose address a mail came, held while its answer is noted."""
    if not codes:
        return None
    question = select(Invite).where(Invite.reply_code.in_(codes)).order_by(Invite.id).limit(1)
    return db.session.scalar(for_update(question)) or db.session.scalar(
        for_update(
            select(OfficeInvite)
            .where(OfficeInvite.reply_code.in_(codes))
            .order_by(OfficeInvite.id)
            .limit(1)
        )
    )


def of_invite(invite: Invite | OfficeInvite) -> Reader | None:
    """Whom it invites, the person or whoever acts for them; None once they are forgotten, or have
    asked to be, or nobody acts for them any more."""
    is_of_office = isinstance(invite, OfficeInvite)
    return _reader(invite.registration_id, is_of_office=is_of_office)


def of_mails(message_ids: Sequence[str]) -> Reader | None:
    """To whom a mail of ours went, by its Message-ID: nobody can guess one."""
    threads = [Message.thread.startswith(each) for each in (_THREAD, _OFFICE_THREAD)]
    question = select(Message.thread).where(Message.message_id.in_(message_ids[:5]), or_(*threads))
    thread = db.session.scalar(question.limit(1)) if message_ids else None
    kind, _colon, number = (thread or "").partition(":")
    if not number.isdigit():
        return None
    return _reader(int(number), is_of_office=_OFFICE_THREAD.startswith(kind))


def _reader(registration_id: int, *, is_of_office: bool) -> Reader | None:
    registration = db.session.get(Registration, registration_id)
    if registration is None or registration.erased_at or registration.erase_asked_at:
        return None
    return registration.acting if is_of_office else registration


def answers_written(reader: Reader, now: datetime) -> int:
    """How many letters answered this reader's calendar within a day."""
    question = select(func.count()).where(
        Message.thread == reader.thread,
        Message.occasion.in_(list(Occasion)),
        Message.created_at > now - A_DAY,
    )
    return db.session.scalar(question) or 0


def passed_on(reader: Reader, now: datetime) -> int:
    """How many letters about this person with words that came back the organisers got in a day."""
    question = select(func.count()).where(
        Message.thread == written_thread(registration_of(reader).id),
        Message.created_at > now - A_DAY,
    )
    return db.session.scalar(question) or 0


def registration_of(reader: Reader) -> Registration:
    """Whom it is about, their own letters or those to whoever acts for them."""
    return reader.registration if isinstance(reader, Contact) else reader


def written_thread(registration_id: int) -> str:
    """Of the letters to organisers with a person's words: not of the person's own letters."""
    return f"written:{registration_id}"


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of the mails of the last thirty days."""

    read: int
    left: int
    aside: int


def figures() -> Figures:
    """How many mails had their effect, were left for a person, or could not be read."""
    question = select(Reading.outcome, func.count()).group_by(Reading.outcome)
    counts = {row[0]: row[1] for row in db.session.execute(question).all()}
    read = sum(counts.get(each, 0) for each in (*HAD_THEIR_EFFECT, Outcome.PASSED_ON))
    return Figures(read, counts.get(Outcome.LEFT, 0), counts.get(Outcome.ASIDE, 0))
