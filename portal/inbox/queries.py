"""Questions of whoever reads the portal's mailbox."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from portal.db import db, for_update
from portal.inbox.models import Reading
from portal.inbox.rules import HAD_THEIR_EFFECT, Occasion, Outcome
from portal.invites.models import Invite
from portal.outbox.models import Message
from portal.registrations.acting import Contact
from portal.registrations.models import Registration

A_DAY = timedelta(days=1)
_THREAD, _OF_OFFICE = "registration:", "contact:"


def invite_by_codes(codes: Collection[str]) -> Invite | None:
    """The invite to whose address a mail came, held while its answer is noted."""
    if not codes:
        return None
    question = select(Invite).where(Invite.reply_code.in_(codes)).order_by(Invite.id).limit(1)
    return db.session.scalar(for_update(question))


def of_invite(invite: Invite) -> Registration | None:
    """Whom it invites; None once they are forgotten, or have asked to be."""
    return _kept(db.session.get(Registration, invite.registration_id))


def of_mails(message_ids: Sequence[str]) -> Registration | None:
    """About whom a mail of ours was, by its Message-ID: nobody can guess one."""
    return _kept(_of_thread(message_ids, _THREAD))


def office_of_mails(message_ids: Sequence[str]) -> Contact | None:
    """The same of a mail to who acts for them, while they do."""
    registration = _kept(_of_thread(message_ids, _OF_OFFICE))
    return registration.acting if registration is not None else None


def _of_thread(message_ids: Sequence[str], begins: str) -> Registration | None:
    question = select(Message.thread).where(
        Message.message_id.in_(message_ids[:5]), Message.thread.startswith(begins)
    )
    thread = db.session.scalar(question.limit(1)) if message_ids else None
    number = (thread or "").removeprefix(begins)
    return db.session.get(Registration, int(number)) if number.isdigit() else None


def answers_written(registration: Registration, now: datetime) -> int:
    """How many letters answered this person's calendar within a day."""
    question = select(func.count()).where(
        Message.thread == registration.thread,
        Message.occasion.in_(list(Occasion)),
        Message.created_at > now - A_DAY,
    )
    return db.session.scalar(question) or 0


def passed_on(registration: Registration, now: datetime) -> int:
    """How many letters with this person's words the organisers got within a day."""
    question = select(func.count()).where(
        Message.thread == written_thread(registration.id), Message.created_at > now - A_DAY
    )
    return db.session.scalar(question) or 0


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


def _kept(registration: Registration | None) -> Registration | None:
    if registration is None or registration.erased_at or registration.erase_asked_at:
        return None
    return registration
