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
from portal.registrations.offices import ACTS
from portal.registrations.person import address_key
from portal.registrations.rules import Occasion as About

A_DAY = timedelta(days=1)
_THREAD, _OFFICE_THREAD, _RECEIPT = "registration:", "contact:", "receipt:"
_TO_MAILBOXES = (About.OFFICE_REGISTERED, About.OFFICE_LINK)


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


def of_mails(message_ids: Sequence[str]) -> list[Reader]:
    """To whom a mail of ours went, by its Message-ID: nobody can guess one.

    Several are one mailbox that acts for several people: the first stands for it.
    """
    if not message_ids:
        return []
    question = select(Message.thread, Message.recipient).where(
        Message.message_id.in_(message_ids[:5]),
        or_(
            Message.thread.startswith(_THREAD),
            Message.thread.startswith(_OFFICE_THREAD),
            Message.occasion.in_(_TO_MAILBOXES),
        ),
    )
    found = db.session.execute(question.limit(1)).first()
    if found is None:
        return []
    thread, recipient = found
    kind, _colon, number = thread.partition(":")
    if f"{kind}:" in (_THREAD, _OFFICE_THREAD) and number.isdigit():
        reader = _reader(int(number), is_of_office=f"{kind}:" == _OFFICE_THREAD)
        return [reader] if reader is not None else []
    return _offices(recipient, thread.removeprefix(_RECEIPT))


def _offices(recipient: str, form_code: str) -> list[Reader]:
    """Who acts, of a mail about all of one form, or with the link to all whom they registered."""
    question = select(Contact).where(Contact.address_key == address_key(recipient), ACTS)
    if form_code:
        question = question.where(Contact.form_code == form_code)
    found = db.session.scalars(question.order_by(Contact.id)).all()
    return [each for each in found if _is_kept(each.registration)]


def _reader(registration_id: int, *, is_of_office: bool) -> Reader | None:
    registration = db.session.get(Registration, registration_id)
    if registration is None or not _is_kept(registration):
        return None
    return registration.acting if is_of_office else registration


def _is_kept(registration: Registration) -> bool:
    return registration.erased_at is None and registration.erase_asked_at is None


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
