"""Questions of whoever reads the portal's mailbox."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, true

from portal.db import db, for_update
from portal.inbox.models import Reading
from portal.inbox.rules import HAD_THEIR_EFFECT, Occasion, Outcome
from portal.invites.models import Invite
from portal.outbox.models import Message
from portal.registrations.acting import Contact
from portal.registrations.models import Registration
from portal.registrations.offices import ACTS
from portal.registrations.person import address_key
from portal.registrations.rules import Occasion as About

A_DAY = timedelta(days=1)
_THREAD, _OF_OFFICE, _RECEIPT = "registration:", "contact:", "receipt:"


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


def offices_of_mails(message_ids: Sequence[str]) -> list[Contact]:
    """Who acts, of a mail to them: about one person, all of a form, or with the link to their page.

    The first of several stands for the mailbox, which is the same.
    """
    about_one = _kept(_of_thread(message_ids, _OF_OFFICE))
    if about_one is not None:
        return [about_one.acting] if about_one.acting is not None else []
    found = db.session.execute(
        select(Message.thread, Message.recipient)
        .where(
            Message.message_id.in_(message_ids[:5]),
            Message.occasion.in_((About.OFFICE_REGISTERED, About.OFFICE_LINK)),
        )
        .limit(1)
    ).first()
    if found is None:
        return []
    thread, recipient = found
    whose = Contact.address_key == address_key(recipient)
    of_form = Contact.form_code == thread.removeprefix(_RECEIPT) if thread else true()
    question = select(Contact).where(whose, of_form, ACTS).order_by(Contact.id)
    return [each for each in db.session.scalars(question) if _kept(each.registration)]


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
