"""Whom no letter reaches: refused by the mail server, come back, or not to be written at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    case,
    cast,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased, defer, joinedload

from portal import labels
from portal.db import db
from portal.events.models import Event
from portal.outbox.models import Message
from portal.registrations.acting import Contact
from portal.registrations.models import Registration
from portal.registrations.offices import ACTS

MOST = 500
_THREAD, _OF_OFFICE, _RECEIPT = "registration:", "contact:", "receipt:"
"""How the threads begin of letters to the person, to who acts for them, and of who sent a form."""
_later = aliased(Message)


@dataclass(frozen=True, slots=True)
class Unreached:
    """A person, why nothing reaches them, and what they have therefore not heard."""

    registration: Registration
    reasons: list[str]
    unheard: list[str]
    since: datetime
    is_parked: bool


def ids(event_id: int) -> CompoundSelect[int]:
    """Who was not reached and has not been told otherwise since, within another question."""
    parked = (
        select(Registration.id)
        .join(Message, _of_registration() == Registration.id)
        .where(*_parked(event_id), _not_told_since(Message.parked_at))
    )
    stuck = select(Registration.id).where(
        Registration.event_id == event_id,
        Registration.stuck_at.is_not(None),
        _not_told_since(Registration.stuck_at),
    )
    failing = select(Registration.id).where(
        Registration.event_id == event_id,
        Registration.failing_at.is_not(None),
        _not_told_since(Registration.failing_at),
    )
    acts = (
        select(Contact.registration_id)
        .join(Contact.registration)
        .where(Registration.event_id == event_id, ACTS)
    )
    office_failing = acts.where(
        Contact.failing_at.is_not(None), _not_told_since(Contact.failing_at)
    )
    receipt = acts.join(Message, Message.thread == _RECEIPT + Contact.form_code).where(
        Contact.form_code != "", *_parked(event_id), _not_told_since(Message.parked_at)
    )
    return union(parked, stuck, failing, office_failing, receipt)


def count(event_id: int) -> int:
    """How many people could not be reached."""
    found = select(Registration.id).where(Registration.id.in_(ids(event_id)), *_kept())
    return db.session.scalar(select(func.count()).select_from(found.subquery())) or 0


def of_event(event: Event) -> list[Unreached]:
    """Everybody who could not be reached, by name, with what they have not heard."""
    people = db.session.scalars(
        select(Registration)
        .where(Registration.id.in_(ids(event.id)), *_kept())
        .options(joinedload(Registration.contact))
        .order_by(Registration.sort_name, Registration.id)
        .limit(MOST)
    ).all()
    letters = _letters(event.id)
    return [
        _one(each, [letter for thread in _threads(each) for letter in letters.get(thread, [])])
        for each in people
    ]


def parked_of(registration: Registration) -> Sequence[Message]:
    """The letters about this person that were refused for good, the first one first."""
    return db.session.scalars(
        select(Message)
        .where(*_parked(registration.event_id), Message.thread.in_(_threads(registration)))
        .order_by(Message.id)
    ).all()


def _threads(registration: Registration) -> list[str]:
    """Also of who acts, or acted, for them, and of the one letter about all of their form."""
    acting = registration.acting
    receipt = [acting.receipt_thread] if acting is not None and acting.form_code else []
    return [*registration.threads, *receipt]


def _letters(event_id: int) -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = {}
    question = (
        select(Message)
        .where(*_parked(event_id))
        .order_by(Message.id)
        .options(defer(Message.octets), defer(Message.before))
    )
    for message in db.session.scalars(question):
        found.setdefault(message.thread, []).append(message)
    return found


def _one(registration: Registration, letters: Sequence[Message]) -> Unreached:
    reasons = [_reason(registration, each) for each in letters]
    moments = [each.parked_at for each in letters if each.parked_at]
    if registration.stuck_at:
        reasons.append(registration.stuck_reason)
        moments.append(registration.stuck_at)
    if registration.failing_at:
        reasons.append(_("Mail comes back: %(code)s", code=registration.failing_code))
        moments.append(registration.failing_at)
    unheard = [str(labels.OCCASIONS.get(each.occasion, each.occasion)) for each in letters]
    if registration.failing_at:
        unheard.append(_("what was sent to this address"))
    acting = registration.acting
    if acting is not None and acting.failing_at:
        moments.append(acting.failing_at)
        reasons.append(
            _(
                "Mail to %(address)s, who acts for them, comes back: %(code)s",
                address=acting.email, code=acting.failing_code,
            )
        )  # fmt: skip
        unheard.append(_("what was sent to who acts for them"))
    return Unreached(
        registration,
        list(dict.fromkeys(reasons)),
        list(dict.fromkeys(unheard)),
        min(moments),
        bool(letters),
    )


def _reason(registration: Registration, letter: Message) -> str:
    if letter.thread == registration.thread:
        return letter.reason
    return _("%(label)s: %(value)s", label=letter.recipient, value=letter.reason)


def _parked(event_id: int) -> list[ColumnElement[bool]]:
    """Refused for good, and no later letter of the same person was taken."""
    later_was_taken = (
        select(_later.id)
        .where(
            _later.thread == Message.thread,
            _later.id > Message.id,
            _later.sent_at.is_not(None),
        )
        .exists()
    )
    return [
        Message.event_id == event_id,
        Message.parked_at.is_not(None),
        or_(*(Message.thread.like(f"{each}%") for each in (_THREAD, _OF_OFFICE, _RECEIPT))),
        ~later_was_taken,
    ]


def _of_registration() -> ColumnElement[int]:
    """The registration that a thread is about; whatever else bears a thread is no number."""
    return case(
        *(
            (
                Message.thread.like(f"{each}%"),
                cast(func.substr(Message.thread, len(each) + 1), Integer),
            )
            for each in (_THREAD, _OF_OFFICE)
        ),
        else_=None,
    )


def _not_told_since(moment: InstrumentedAttribute[datetime | None]) -> ColumnElement[bool]:
    return Registration.reached_at.is_(None) | (Registration.reached_at < moment)


def _kept() -> list[ColumnElement[bool]]:
    return [Registration.erased_at.is_(None), Registration.erase_asked_at.is_(None)]
