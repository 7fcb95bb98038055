"""The verbs: ask what is kept, ask for an answer, answer, and have somebody forgotten."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete

from portal import ledger
from portal.audit.service import REGISTRANT, Actor, record
from portal.db import db
from portal.errors import Refused
from portal.events import speaker_service as speakers
from portal.invitations import letters as invitations
from portal.ledger import Erased
from portal.registrations import privacy as registrations_privacy
from portal.registrations import service as registrations
from portal.registrations.models import Registration
from portal.registrations.service import contacts
from portal.subjects import parts, queries
from portal.subjects.models import Erasure, Inquiry, Request
from portal.subjects.queries import Found
from portal.subjects.rules import RequestKind, due_at


def inquire(address: str, address_key: str, language: str, *, now: datetime) -> None:
    """Somebody asks what is kept about an address; nothing here says whether it is known."""
    db.session.add(
        Inquiry(address=address, address_key=address_key, language=language, asked_at=now)
    )


def ask(inquiry: Inquiry, event_id: int, kind: RequestKind, text: str, *, now: datetime) -> Request:
    """Something that the event's organisers have to answer, within a month."""
    request = Request(
        event_id=event_id, kind=kind, text=text, asked_at=now, due_at=due_at(now),
        address=inquiry.address, address_key=inquiry.address_key, language=inquiry.language,
    )  # fmt: skip
    db.session.add(request)
    db.session.flush()
    record(
        "request.made", request, by=REGISTRANT, now=now, event_id=event_id, kind=kind.value
    )  # fmt: skip
    return request


def answer(request: Request, text: str, *, by: Actor, now: datetime) -> None:
    """What was done, or why not (Article 14(4), in the GDPR 12(4)); a letter carries it."""
    if request.answered_at is not None:
        raise Refused(_("This request is answered already."))
    request.answer, request.answered_at, request.answered_by = text, now, by.id
    record("request.answered", request, by=by, now=now, event_id=request.event_id)


def erase(
    found: Found, address: str, address_key: str, language: str, *, by: Actor, now: datetime
) -> Erasure:
    """Everything about this address: places are given up, and nothing is left when that is told.

    What the last letters do not need is forgotten at once. The ledger knows of it before anything
    is changed, so that no restore brings the person back.
    """
    under_way = queries.undone_erasure(address_key)
    if under_way is not None:
        return under_way
    _note_in_ledger(found, address_key, now)
    told = False
    for registration in found.registrations:
        told |= registrations.ask_to_be_erased(registration, by=by, now=now)
        forget_details(registration)
    for contact in found.contacts:
        contacts.give_up(contact.registration, by=by, now=now)
    for speaker in found.speakers:
        speakers.remove_speaker(speaker, by=by, now=now)
    invitations.erase(address_key, by=by, now=now)
    forget_asked(address_key)
    erasure = Erasure(
        address=address, address_key=address_key, language=language, tells=not told,
        registrations=len(found.registrations), asked_at=now,
        asked_by=by.id if by.kind == "organiser" else None,
    )  # fmt: skip
    db.session.add(erasure)
    db.session.flush()
    record("erasure.asked", erasure, by=by, now=now)
    return erasure


def forget_details(registration: Registration) -> None:
    """What every part knows of the person and no last letter needs."""
    registrations_privacy.blank(registration)
    parts.forget(registration)


def forget_asked(address_key: str) -> None:
    """Links to the data end, and requests stay as dates and kinds; an open one is settled."""
    db.session.execute(delete(Inquiry).where(Inquiry.address_key == address_key))
    for request in queries.requests_of(address_key):
        blank(request)


def blank(request: Request) -> None:
    """What was asked and answered, and when, but not by whom nor in which words."""
    request.address = request.address_key = request.text = request.answer = ""


def _note_in_ledger(found: Found, address_key: str, now: datetime) -> None:
    ledger.note(
        Erased(
            at=now,
            digest=ledger.digest(address_key),
            whole=True,
            registrations=tuple(registrations.row(each) for each in found.registrations),
            speakers=tuple(each.id for each in found.speakers),
            speakers_codes=tuple(ledger.digest(each.link_code) for each in found.speakers),
        )
    )
