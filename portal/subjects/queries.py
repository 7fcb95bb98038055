"""Questions about what people asked for, and where an address is found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, bindparam, func, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import User
from portal.db import LARGEST_ID, db, for_update
from portal.events.models import Event, Speaker
from portal.invitations import privacy as invitations
from portal.invitations.models import Invitation
from portal.outbox.models import Message
from portal.registrations.acting import Contact
from portal.registrations.models import Registration
from portal.subjects.models import Erasure, Inquiry, Request
from portal.subjects.rules import LINK_HOLDS, REQUESTS_ARE_KEPT


@dataclass(frozen=True, slots=True)
class Found:
    """Where an address stands: registrations in the order of their events, and who speaks."""

    registrations: Sequence[Registration]
    speakers: Sequence[Speaker]
    account: User | None
    contacts: Sequence[Contact] = ()
    invitations: Sequence[Invitation] = ()

    @property
    def own(self) -> Sequence[Registration]:
        """Those of the mailbox's reader: of whom they act for they see no more than as an office,
        also where theirs is the only mailbox."""
        return [each for each in self.registrations if not each.is_seen_to_by_its_office]

    @property
    def to_erase(self) -> bool:
        return bool(self.registrations or self.speakers or self.contacts or self.invitations)


def of_address(address_key: str) -> Found:
    """All registrations, whatever became of them and of their events, speakers, and an account."""
    registrations = db.session.scalars(
        select(Registration)
        .where(Registration.address_key == address_key, Registration.erased_at.is_(None))
        .options(joinedload(Registration.event), joinedload(Registration.contact))
        .order_by(Registration.event_id, Registration.id)
    ).all()
    speakers = db.session.scalars(
        select(Speaker)
        .where(_is(Speaker.email, address_key), Speaker.email != "")
        .options(joinedload(Speaker.event))
        .order_by(Speaker.event_id, Speaker.id)
    ).all()
    account = db.session.scalar(select(User).where(User.email_key == address_key, User.active))
    contacts = db.session.scalars(
        select(Contact)
        .where(Contact.address_key == address_key)
        .options(joinedload(Contact.registration).joinedload(Registration.event))
        .order_by(Contact.registration_id)
    ).all()
    invited = invitations.of_address(address_key)
    return Found(registrations, speakers, account, contacts, invited)


def is_known(address_key: str) -> bool:
    """Whether anything is kept about this address, a letter in the list of those sent included."""
    found = of_address(address_key)
    if found.to_erase or found.account is not None:
        return True
    return any(
        db.session.execute(question.limit(1)).first() is not None
        for question in (
            select(Message.id).where(_is(Message.recipient, address_key)),
            select(Request.id).where(Request.address_key == address_key),
        )
    )


def next_inquiry() -> Inquiry | None:
    """The next address that somebody asked about."""
    question = select(Inquiry).where(Inquiry.told_at.is_(None)).order_by(Inquiry.id).limit(1)
    return db.session.scalar(for_update(question, skip_locked=True))


def inquiry_of_link(values: Sequence[Any], now: datetime) -> Inquiry | None:
    """What a signed link names, while it holds."""
    if len(values) != 2 or not isinstance(values[0], int) or not 0 < values[0] <= LARGEST_ID:
        return None
    inquiry = db.session.get(Inquiry, values[0])
    if inquiry is None or inquiry.code != values[1] or inquiry.told_at is None:
        return None
    return inquiry if now < inquiry.told_at + LINK_HOLDS else None


def old_inquiries(now: datetime) -> Select[int]:
    return select(Inquiry.id).where(Inquiry.asked_at < now - 2 * LINK_HOLDS)


def old_requests(now: datetime) -> Select[int]:
    return select(Request.id).where(Request.answered_at < now - REQUESTS_ARE_KEPT)


def requests_of(address_key: str) -> Sequence[Request]:
    """What the person asked for, with its event, the latest last."""
    return db.session.scalars(
        select(Request)
        .where(Request.address_key == address_key)
        .options(joinedload(Request.event))
        .order_by(Request.id)
    ).all()


def request_by_id(request_id: int) -> Request | None:
    if request_id > LARGEST_ID:
        return None
    question = select(Request).where(Request.id == request_id).options(joinedload(Request.event))
    return db.session.scalar(question)


def listed(answered: bool, event_ids: list[int] | None) -> Select[Request]:
    """Open requests, the most urgent first, or answered ones, the latest first."""
    question = select(Request).options(joinedload(Request.event))
    if answered:
        question = question.where(Request.answered_at.is_not(None))
        question = question.order_by(Request.answered_at.desc(), Request.id.desc())
    else:
        question = question.where(Request.answered_at.is_(None)).order_by(
            Request.due_at, Request.id
        )
    return question if event_ids is None else question.where(Request.event_id.in_(event_ids))


def overdue_number(event_ids: list[int] | None, now: datetime) -> int:
    """How many requests of these events should have been answered."""
    question = select(func.count()).where(Request.answered_at.is_(None), Request.due_at < now)
    if event_ids is not None:
        question = question.where(Request.event_id.in_(event_ids))
    return db.session.scalar(question) or 0


def erasures() -> Select[Erasure]:
    """All of them, the latest first."""
    return select(Erasure).order_by(Erasure.asked_at.desc(), Erasure.id.desc())


def undone_erasure(address_key: str) -> Erasure | None:
    """The erasure of this address that is under way."""
    question = select(Erasure).where(Erasure.done_at.is_(None), Erasure.address_key == address_key)
    return db.session.scalar(question.limit(1))


def next_to_finish() -> Erasure | None:
    """An erasure of whose registrations none is left to be told or forgotten."""
    waits = (
        select(Registration.id)
        .where(
            Registration.address_key == Erasure.address_key,
            Registration.erase_asked_at.is_not(None),
        )
        .exists()
    )
    acts = select(Contact.id).where(Contact.address_key == Erasure.address_key).exists()
    letters = (
        select(Message.id)
        .where(
            func.lower(Message.recipient) == func.lower(Erasure.address),
            Message.sent_at.is_(None),
            Message.parked_at.is_(None),
        )
        .exists()
    )
    question = select(Erasure).where(Erasure.done_at.is_(None), ~waits, ~acts, ~letters)
    return db.session.scalar(for_update(question.order_by(Erasure.id).limit(1), skip_locked=True))


def oldest_undone() -> datetime | None:
    """Since when the erasure waits that waits longest."""
    return db.session.scalar(select(func.min(Erasure.asked_at)).where(Erasure.done_at.is_(None)))


def events_of(found: Found) -> list[Event]:
    """The events of somebody's registrations and appearances, each once."""
    events = [each.event for each in found.registrations]
    events += [each.event for each in found.speakers]
    events += [each.event for each in found.invitations]
    return list({event.id: event for event in events}.values())


def _is(column: Any, address_key: str) -> ColumnElement[bool]:
    """The same mailbox, however it was typed; as the index on recipients asks it."""
    return func.lower(column) == func.lower(bindparam("address", address_key, type_=String()))
