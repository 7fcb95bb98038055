"""Questions about whoever acts for others: by their mailbox, and by what they have not heard."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, literal, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from portal.db import db, for_update
from portal.events.models import Event
from portal.events.rules import State
from portal.outbox.models import Message
from portal.registrations.acting import Contact, Office
from portal.registrations.models import Registration

MOST = 500

ACTS = and_(Contact.email != "", Contact.ended_at.is_(None))
"""Of contacts: who acts for somebody."""


HAS_NO_OTHER_MAILBOX = (
    exists()
    .where(
        Contact.registration_id == Registration.id,
        Contact.address_key == Registration.address_key,
        ACTS,
    )
    .correlate(Registration)
)
"""Of registrations: the only mailbox is that of whoever acts (`is_seen_to_by_its_office`)."""


def of_link(values: Sequence[Any]) -> Office | None:
    """The office that a signed link names, unless a newer link has replaced it."""
    if len(values) != 2 or not isinstance(values[0], int):
        return None
    office = db.session.get(Office, values[0], populate_existing=True)
    return None if office is None or office.link_code != values[1] else office


def of_mailbox(address_key: str) -> Office | None:
    """The office behind this mailbox, if it ever registered anybody."""
    return db.session.scalar(select(Office).where(Office.address_key == address_key))


def registered_by(address_key: str) -> Sequence[Registration]:
    """Everybody for whom this mailbox acts, of all public events; the latest event first."""
    return db.session.scalars(
        select(Registration)
        .join(Registration.contact)
        .join(Registration.event)
        .where(Contact.address_key == address_key, ACTS, Event.state != State.DRAFT)
        .options(contains_eager(Registration.contact), contains_eager(Registration.event))
        .order_by(Event.starts_at.desc(), Event.id, Registration.sort_name, Registration.id)
        .limit(MOST)
    ).all()


def one_of(office: Office, registration_id: int) -> Registration | None:
    """One of them: what another office made is not found."""
    return db.session.scalar(
        select(Registration)
        .join(Registration.contact)
        .join(Registration.event)
        .where(
            Registration.id == registration_id,
            Contact.address_key == office.address_key,
            ACTS,
            Event.state != State.DRAFT,
        )
        .options(contains_eager(Registration.contact), contains_eager(Registration.event))
        .execution_options(populate_existing=True)
    )


def contacts_of(registration_ids: Collection[int]) -> dict[int, Contact]:
    """Who acts for these people, by registration."""
    found = db.session.scalars(
        select(Contact).where(Contact.registration_id.in_(registration_ids), ACTS)
    )
    return {each.registration_id: each for each in found}


def of_registration(registration_id: int) -> Contact | None:
    """The contact's row, also of who acts no more."""
    question = select(Contact).where(Contact.registration_id == registration_id)
    return db.session.scalar(question.execution_options(populate_existing=True))


def acts_for_another(address_key: str) -> bool:
    """Whether anybody is left for whom this mailbox acts, or is to hear that it does no more."""
    question = select(Contact.id).where(Contact.address_key == address_key).limit(1)
    return db.session.scalar(question) is not None


_THE_FORMS_LETTER_WAITS = exists().where(
    Message.thread == literal("receipt:") + Contact.form_code,
    Message.sent_at.is_(None),
    Message.parked_at.is_(None),
)
_DUE = and_(
    Contact.is_due,
    Contact.email != "",
    Contact.letter_due_at.is_(None) | (Contact.letter_due_at <= bindparam("now")),
    ~_THE_FORMS_LETTER_WAITS,
)


def somebody_is_due(now: datetime) -> bool:
    """Whether any contact may have news: a look before the lock is taken."""
    return (
        db.session.execute(select(Contact.id).where(_DUE).limit(1), {"now": now}).first()
        is not None
    )


def next_due(now: datetime, count: int) -> Sequence[Contact]:
    """The next contacts who may have news, with those whom it is about."""
    question = select(Contact).where(_DUE).order_by(Contact.id).limit(bindparam("count"))
    found = db.session.scalars(for_update(question, skip_locked=True), {"now": now, "count": count})
    contacts = found.all()
    _load_people(contacts)
    return contacts


def _load_people(contacts: Sequence[Contact]) -> None:
    ids = [each.registration_id for each in contacts]
    question = select(Registration).where(Registration.id.in_(ids))
    loaded = question.options(joinedload(Registration.event), joinedload(Registration.contact))
    db.session.scalars(loaded).all()


def someone_asked() -> bool:
    """Whether an office asked for its link, and no registration of its own mailbox did."""
    return db.session.execute(select(Office.id).where(_ASKED).limit(1)).first() is not None


def next_asked() -> Office | None:
    """The next of them."""
    question = select(Office).where(_ASKED).order_by(Office.id).limit(1)
    return db.session.scalar(for_update(question, skip_locked=True))


_its_own = aliased(Registration)
_ASKED: ColumnElement[bool] = and_(
    Office.links_asked_at.is_not(None),
    ~exists().where(
        _its_own.address_key == Office.address_key,
        _its_own.links_asked_at.is_not(None),
        _its_own.stuck_at.is_(None),
    ),
)
