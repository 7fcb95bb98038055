"""After a restore: what was erased since the backup is erased again, and nobody is mailed anew."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from portal import wiping
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events import speaker_service
from portal.events.models import Speaker
from portal.invitations import letters as invitations
from portal.invitations.models import Invitation
from portal.ledger import Digest, Erased, Row
from portal.outbox import kept_mails
from portal.outbox.models import Message
from portal.registrations import letters as registration_letters
from portal.registrations import privacy as registrations
from portal.registrations.acting import Contact
from portal.registrations.models import Registration
from portal.registrations.rules import Status
from portal.registrations.service import contacts, settle
from portal.subjects import parts, service
from portal.subjects.models import Erasure, Inquiry, Request


def again(entries: Sequence[Erased], digests: Collection[Digest], *, now: datetime) -> int:
    """Make these erasures again where the database knows the people; how many of them it were."""
    with transaction():
        known = _Known(digests)
        made = sum([_again(entry, known, now) for entry in entries])
    if made:
        wiping.wipe()
    return made


@dataclass
class _Known:
    """Who is in the database, found by row and by the digest of their address."""

    digests: Collection[Digest]

    def __post_init__(self) -> None:
        found = db.session.scalars(select(Registration).where(Registration.erased_at.is_(None)))
        self.registrations = {each.id: each for each in found}
        self.speakers = {each.id: each for each in db.session.scalars(select(Speaker))}
        acting = db.session.scalars(select(Contact).where(Contact.email != ""))
        self.contacts = {each.id: each for each in acting}
        columns = (
            Message.recipient, Inquiry.address_key, Request.address_key, Erasure.address_key,
            Registration.address_key, Speaker.email, Contact.address_key,
            Invitation.address_key,
        )  # fmt: skip
        self.addresses = {
            address.casefold()
            for column in columns
            for address in db.session.scalars(select(func.distinct(column)))
            if address
        }

    def is_of(self, digest: str, word: str) -> bool:
        return self.is_one_of((digest,), word)

    def is_one_of(self, digests: Collection[str], word: str) -> bool:
        return any(each(word) in digests for each in self.digests)


def _again(entry: Erased, known: _Known, now: datetime) -> bool:
    addresses = [each for each in known.addresses if known.is_of(entry.digest, each)]
    people = _registrations(entry, known)
    speakers = _speakers(entry, known)
    written_to = {*(addresses if entry.whole else ()), *(each.email for each in people)}
    written_to |= {each.email for each in speakers if each.email}
    for registration in people:
        _forget(registration, now)
        del known.registrations[registration.id]
    for speaker in speakers:
        speaker_service.remove_speaker(speaker, by=COMMAND, now=now)
        del known.speakers[speaker.id]
    acted = _contacts(entry, known)
    for contact in acted:
        contacts.forget(contact)
        del known.contacts[contact.id]
    mails = _forget_address(addresses, entry.at, now) if entry.whole else 0
    objecting = _objecting(entry, known)
    written_to |= {each.email for each in objecting}
    for invitation in objecting:
        invitations.object_again(invitation, by=COMMAND, now=now)
    kept_mails.drop_about(written_to)
    return bool(people or speakers or acted or mails or objecting)


def _objecting(entry: Erased, known: _Known) -> list[Invitation]:
    """Who does not want to be invited to an event, by number and address."""
    found = db.session.scalars(select(Invitation).where(Invitation.id.in_(entry.invitations)))
    return [each for each in found if known.is_of(entry.digest, each.address_key)]


def _contacts(entry: Erased, known: _Known) -> list[Contact]:
    """Who acted for others under this address, by nothing but the address."""
    return [
        each
        for each in list(known.contacts.values())
        if entry.whole and each.since <= entry.at and known.is_of(entry.digest, each.address_key)
    ]


def _registrations(entry: Erased, known: _Known) -> list[Registration]:
    """By id, if it is the same row still: an older copy of the database gave the id to nobody yet.

    The same row was registered at the same moment, or has the same address; whoever registered
    after the erasure is meant by none of it.
    """
    named = {row.id: row for row in entry.registrations}
    return [
        each
        for each in list(known.registrations.values())
        if _is_named(each, entry, named.get(each.id), known)
        or (
            entry.whole
            and each.registered_at <= entry.at
            and known.is_of(entry.digest, each.address_key)
        )
    ]


def _is_named(registration: Registration, entry: Erased, row: Row | None, known: _Known) -> bool:
    if row is None or row.event_id != registration.event_id:
        return False
    same_moment = row.registered_at == registration.registered_at
    return registration.registered_at <= entry.at and (
        same_moment or known.is_of(entry.digest, registration.address_key)
    )


def _speakers(entry: Erased, known: _Known) -> list[Speaker]:
    """By their code, whatever their address was then; else by their address.

    An id is no proof: SQLite gives it to the next speaker.
    """
    return [
        each
        for each in list(known.speakers.values())
        if known.is_one_of(entry.speakers_codes, each.link_code)
        or (
            entry.whole
            and each.email
            and known.is_of(entry.digest, each.email)
            and (each.id in entry.speakers or each.asked_at is None or each.asked_at <= entry.at)
        )
    ]


def _forget(registration: Registration, now: datetime) -> None:
    """Without a letter: the person had theirs, and their calendar its CANCEL."""
    if registration.status.is_live and registration.may_withdraw(now):
        act = "registration.erasure_asked"
        settle(registration, Status.WITHDRAWN, act, by=COMMAND, now=now)
    registration_letters.drop_waiting(registration)
    registration_letters.forget(registration)
    parts.forget(registration)
    registrations.erase(registration, now=now)


def _forget_address(addresses: Collection[str], until: datetime, now: datetime) -> int:
    mails = 0
    for address in addresses:
        service.forget_asked(address)
        invitations.erase(address, by=COMMAND, now=now)
        written = delete(Message).where(
            func.lower(Message.recipient) == address, Message.created_at <= until
        )
        mails += len(db.session.scalars(written.returning(Message.id)).all())
        under_way = Erasure.address_key == address, Erasure.done_at.is_(None)
        db.session.execute(delete(Erasure).where(*under_way))
    return mails
