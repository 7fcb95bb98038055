"""Whoever acts for a person: begins, chooses who is told, and stops."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, update

from portal import wiping
from portal.audit.service import Actor, record
from portal.db import db
from portal.errors import Refused
from portal.events import service as events
from portal.registrations import offices
from portal.registrations.acting import Contact, Office
from portal.registrations.models import Registration
from portal.registrations.person import address_key
from portal.registrations.readers import Readers

OFFICE = Actor("office")
"""Who acts for somebody else: the line says so, and never who it was."""


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts, with their mailbox and language, and who gets letters and who the invite."""

    name: str
    email: str
    language: str
    letters: Readers
    invites: Readers

    @classmethod
    def of(cls, contact: Contact) -> "Acting":
        """Who acts for somebody already."""
        return cls(contact.name, contact.email, contact.language, contact.letters, contact.invites)


def act_for(
    registration: Registration,
    acting: Acting,
    *,
    form_code: str = "",
    by: Actor,
    now: datetime,
) -> None:
    """From now on they act for this person; whoever did before hears that they do no more."""
    contact = registration.contact or offices.of_registration(registration.id)
    if contact is None:
        contact = Contact(registration_id=registration.id)
        contact.told_address, contact.told_revision, contact.told_event_revision = "", 0, 0
        registration.contact = contact
    contact.name, contact.email = acting.name, acting.email
    contact.address_key, contact.language = address_key(acting.email), acting.language
    contact.letters, contact.invites = acting.letters, acting.invites
    contact.form_code, contact.since, contact.ended_at = form_code, now, None
    contact.is_due, contact.letter_due_at = True, None
    contact.failing_at, contact.failing_code = None, ""
    _have_a_page(acting, now)
    db.session.flush()
    event_id = registration.event_id
    record("registration.acted_for", registration, by=by, now=now, event_id=event_id)


def appoint(registration: Registration, acting: Acting, *, by: Actor, now: datetime) -> None:
    """An organiser enters who acts for the person; both hear of it."""
    events.locked(registration.event_id)
    contact = registration.contact
    if contact is not None and contact.acts and Acting.of(contact) == acting:
        return
    before = contact.address_key if contact is not None else ""
    act_for(registration, acting, by=by, now=now)
    registration.revision += 1
    _forget_page(before)


def _forget_page(key: str) -> None:
    """A mailbox that acts for nobody is not kept."""
    if key and not offices.acts_for_another(key):
        db.session.execute(delete(Office).where(Office.address_key == key))
        wiping.ask()


def _have_a_page(acting: Acting, now: datetime) -> None:
    """The mailbox has one page for all whom it registered; its link is made once."""
    key = address_key(acting.email)
    office = offices.of_mailbox(key)
    if office is None:
        db.session.add(
            Office(
                address_key=key,
                email=acting.email,
                language=acting.language,
                link_code=secrets.token_urlsafe(9),
            )
        )
    else:
        office.language = acting.language


def choose(
    registration: Registration, letters: Readers, invites: Readers, *, by: Actor, now: datetime
) -> bool:
    """Who gets letters and who the invite; nothing changed means no write and no letter.

    A calendar that is to hold the entry no more gets its CANCEL with the letter that says so.
    """
    events.locked(registration.event_id)
    contact = offices.of_registration(registration.id)
    if contact is None or not contact.acts:
        raise Refused(_("Nobody acts for this person any more."))
    if (contact.letters, contact.invites) == (letters, invites):
        return False
    contact.letters, contact.invites = letters, invites
    registration.revision += 1
    event_id = registration.event_id
    record(
        "registration.readers_chosen", registration, by=by, now=now, event_id=event_id,
        letters=letters.value, invites=invites.value,
    )  # fmt: skip
    return True


def stop(registration: Registration, *, by: Actor, now: datetime) -> None:
    """The person takes over, or the office is asked no more: it is told, and then forgotten."""
    events.locked(registration.event_id)
    contact = offices.of_registration(registration.id)
    if contact is None or not contact.acts:
        return
    if contact.is_the_mailbox:
        raise Refused(_("This person has no mailbox of their own: somebody has to act for them."))
    end(registration, contact, now=now)
    event_id = registration.event_id
    record("registration.taken_back", registration, by=by, now=now, event_id=event_id)


def give_up(registration: Registration, *, by: Actor, now: datetime) -> None:
    """Whoever acts asked to be forgotten: told once more, and then nothing of them is kept.

    A person without a mailbox of their own cannot be written to then, and is seen by organisers.
    """
    events.locked(registration.event_id)
    contact = offices.of_registration(registration.id)
    if contact is not None and contact.acts:
        end(registration, contact, now=now)
        event_id = registration.event_id
        record("registration.taken_back", registration, by=by, now=now, event_id=event_id)


def end(registration: Registration, contact: Contact | None, *, now: datetime) -> None:
    """Nobody acts for the person from now on; whoever heard of them hears that, too.

    The person's own letters, and their invite, come to them again.
    """
    if contact is not None and contact.acts:
        contact.ended_at, contact.is_due, contact.letter_due_at = now, True, None
        registration.revision += 1


def forget(contact: Contact) -> None:
    """Nothing is kept of who acted; the row stays, so that a later one's letters are in order."""
    key = contact.address_key
    contact.name = contact.email = contact.address_key = contact.told_address = ""
    contact.form_code = contact.failing_code = ""
    contact.failing_at = contact.told_sessions = None
    contact.told_status = contact.told_status_at = contact.letter_due_at = contact.ended_at = None
    contact.told_revision = contact.told_event_revision = 0
    contact.is_due = False
    db.session.flush()
    _forget_page(key)


def note_failing(contact: Contact, code: str, *, by: Actor, now: datetime) -> None:
    """A mail to whoever acts came back for good: `code` is why (RFC 3463)."""
    contact.failing_at, contact.failing_code = now, code
    of_them, event_id = contact.registration, contact.registration.event_id
    record("registration.office_came_back", of_them, by=by, now=now, event_id=event_id, code=code)


def write_once_more(contact: Contact, *, now: datetime) -> None:
    """A letter with the link to their page shows whether their address works now."""
    contact.failing_at, contact.failing_code = None, ""
    ask_for_link(contact.address_key, now=now)


def ask_for_link(mailbox: str, *, now: datetime) -> None:
    """Have the link to everybody whom this mailbox registered sent to it, if it did."""
    db.session.execute(
        update(Office).where(Office.address_key == mailbox).values(links_asked_at=now)
    )


def renew_link(office: Office, *, now: datetime) -> None:
    """The links in earlier letters open nothing any more; a new one goes to the mailbox."""
    office.link_code = secrets.token_urlsafe(9)
    office.links_asked_at = now
