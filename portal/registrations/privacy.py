"""What registrations hold about a person, and how they forget."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, String, cast, delete, func, or_, select

from portal import wiping
from portal.audit.service import REGISTRANT, WORKER, Actor, deleted, record
from portal.db import Columns, db, for_update
from portal.events.models import Event
from portal.invites.models import Invite
from portal.keeping import Impersonal, Keeping, Rules, Whose
from portal.protection.rules import Kept
from portal.questions import privacy as answers
from portal.questions.service import answers as questions
from portal.registrations import queries
from portal.registrations.acting import Contact, Office
from portal.registrations.models import (
    HELD_BY,
    STILL_HELD,
    Answer,
    AttendanceReport,
    Note,
    Recall,
    Registration,
)
from portal.registrations.person import FIELDS, search_text, without_needs
from portal.registrations.rules import HOLDS
from portal.registrations.service import contacts
from portal.sessions import privacy as sessions_held
from portal.sessions import service as sessions

# Every column that says something about the person; the rest are counts, order and proof.
PERSONAL = (
    "title", "first_name", "last_name", "badge_name", "email", "phone", "organisation", "role",
    "access_needs", "diet", "answered", "address_key", "name_key", "sort_name", "search_text",
    "told_address", "source",
)  # fmt: skip
# What organisers wrote about the person, in a table of its own.
PERSONAL_NOTES = ("text",)
# Codes that are kept for statistics: they name nobody.
STATISTICAL = ("stakeholder_group", "country", "attendance", "language")

KEEPING: Rules = {
    Registration: Keeping(
        Whose.REGISTRANTS,
        what=_l("Registration: names, mail address, telephone, organisation, needs, consents"),
        end=_l("each field so many days after the event as the event’s record says"),
        personal=(*PERSONAL, "consents", "link_code", "told_sessions"),
        statistical=STATISTICAL,
        of_the_record=(
            "status",
            "told_status",
            "notice_version",
            "stuck_reason",
            "withdrawn_late",
            "entitled",
            "failing_code",
        ),
    ),
    Contact: Keeping(
        Whose.REGISTRANTS,
        what=_l("Who acts for somebody: name and mail address, and who gets letters and invite"),
        end=_l("with the mail address of the person, by the record of the event"),
        personal=("name", "email", "address_key", "told_address", "told_sessions", "form_code"),
        statistical=("language",),
        of_the_record=("letters", "invites", "told_status", "failing_code"),
    ),
    Office: Keeping(
        Whose.REGISTRANTS,
        what=_l("A mailbox that registered others, and the code of its link"),
        end=_l("as soon as it acts for nobody who is kept"),
        personal=("address_key", "email", "link_code"),
        statistical=("language",),
    ),
    Note: Keeping(
        Whose.REGISTRANTS,
        what=_l("Notes of the organisers"),
        end=_l("at the end that each of them says, a year at most, or with the person"),
        personal=PERSONAL_NOTES,
        of_the_record=("kind",),
    ),
    Recall: Keeping(
        Whose.VISITORS,
        what=_l("That somebody asked to have a form filled in with their last details"),
        end=_l("when the letter is written, seconds later"),
        personal=("address_key",),
        of_the_record=("language",),
    ),
    AttendanceReport: Keeping(
        Whose.REGISTRANTS,
        what=_l("Report of an online meeting that is looked at: names, addresses, minutes"),
        end=_l("as soon as it is taken over, after a day at most"),
        personal=("people",),
    ),
    Answer: Impersonal(
        "What a page answered to a form, under a digest, for two days.",
        texts=("form_key", "answer"),
    ),
}

A_FEW = 200


def somebody_has(kept: Kept) -> ColumnElement[bool]:
    """Whether this is still there of anybody at the event of the question around it."""
    held = select(Registration.id).where(Registration.event_id == Event.id, STILL_HELD[kept])
    return _by_its_index(held, kept).correlate(Event).exists()


def _by_its_index(question: Select[*Columns], kept: Kept) -> Select[*Columns]:
    """SQLite counts no rows, and of two indexes that fit may take the larger one."""
    index = f"INDEXED BY ix_registrations_{HELD_BY[kept]}"
    return question.with_hint(Registration, index, "sqlite")


def next_to_empty(kept: Kept, event_ids: Collection[int]) -> Sequence[Registration]:
    """Some people of these events of whom this is still there.

    Who is still to get a letter waits for it: the mail that waits has an address in it as well.
    """
    question = (
        select(Registration)
        .where(Registration.event_id.in_(event_ids), STILL_HELD[kept])
        .order_by(Registration.id)
        .limit(A_FEW)
    )
    if kept in (Kept.NAME, Kept.CONTACT):
        question = question.where(queries.HAS_HEARD)
    question = _by_its_index(question, kept)
    return db.session.scalars(for_update(question, skip_locked=True)).all()


def empty(registration: Registration, kept: Kept, *, now: datetime) -> bool:
    """Forget this of the person; whether they have neither name nor address any more by it.

    They count as erased then: lists end, links die, and organisation and needs stay to their day.
    """
    if kept is Kept.NEEDS and registration.answered:
        questions.forget(registration.id)
    if kept is Kept.CONTACT:
        questions.begin_anew(registration.id)
    if kept is Kept.NAME:
        _forget_sessions(registration)
    for name in HOLDS[kept]:
        setattr(registration, name, "")
    if kept is Kept.NAME:
        registration.name_key, registration.sort_name = _nobody(registration), ""
    elif kept is Kept.CONTACT:
        registration.address_key = _nobody(registration)
        _forget_contact(registration)
    elif kept is Kept.NEEDS:
        registration.consents = without_needs(registration.consents)
    registration.search_text = search_text(_written(registration))
    if registration.erased_at is not None or not _is_nobody(registration):
        return False
    _end(registration, now)
    registration.link_code = ""
    registration.told_revision = registration.revision
    return True


def _forget_sessions(registration: Registration) -> None:
    """What they chose, and what they, and whoever acts for them, were told of it."""
    sessions.forget(registration.id)
    registration.told_sessions = None
    if registration.contact is not None:
        registration.contact.told_sessions = None


def _forget_contact(registration: Registration) -> None:
    """Who acted for the person is kept no longer than the person's own address."""
    if registration.contact is not None:
        contacts.forget(registration.contact)


def _written(registration: Registration) -> dict[str, str]:
    """What a person wrote, of what is still there."""
    return {name: getattr(registration, name) for name in PERSONAL}


def _is_nobody(registration: Registration) -> bool:
    return not any(
        getattr(registration, name) for name in (*HOLDS[Kept.NAME], *HOLDS[Kept.CONTACT])
    )


def forget_notes_of(registration_ids: Collection[int]) -> dict[int | None, int]:
    """What organisers wrote about these people goes with them; how much it was, by event."""
    about = _with_event(Registration.event_id).where(Note.registration_id.in_(registration_ids))
    counts: dict[int | None, int] = Counter(db.session.scalars(about))
    db.session.execute(delete(Note).where(Note.registration_id.in_(registration_ids)))
    return counts


def held_by_event(event_ids: Collection[int], kept: Kept) -> dict[int, int]:
    """Of how many people of these events this is still there."""
    question = (
        select(Registration.event_id, func.count())
        .where(Registration.event_id.in_(event_ids), STILL_HELD[kept])
        .group_by(Registration.event_id)
    )
    rows = db.session.execute(_by_its_index(question, kept)).all()
    return {row[0]: row[1] for row in rows}


def a_note_is_over(now: datetime) -> bool:
    """Whether any note was kept long enough."""
    return db.session.execute(select(Note.id).where(_is_over(now)).limit(1)).first() is not None


def forget_notes(by: Actor, now: datetime) -> None:
    """Forget some of the notes that were kept long enough."""
    question = _with_event(Note.id, Registration.event_id).where(_is_over(now)).limit(A_FEW)
    old = db.session.execute(question).all()
    db.session.execute(delete(Note).where(Note.id.in_([row[0] for row in old])))
    deleted("notes", Counter(row[1] for row in old), by=by, now=now)


def old_notes_by_event(now: datetime) -> dict[int | None, int]:
    """How many notes are kept longer than they say, by event."""
    question = _with_event(Registration.event_id, func.count()).where(_is_over(now))
    rows = db.session.execute(question.group_by(Registration.event_id)).all()
    return {row[0]: row[1] for row in rows}


def notes_by_event(event_ids: Collection[int]) -> dict[int, int]:
    """How many notes there are about people of these events."""
    question = _with_event(Registration.event_id, func.count())
    rows = db.session.execute(
        question.where(Registration.event_id.in_(event_ids)).group_by(Registration.event_id)
    ).all()
    return {row[0]: row[1] for row in rows}


def reports_by_event(event_ids: Collection[int]) -> dict[int, int]:
    """How many reports of online meetings of these events somebody looks at."""
    rows = db.session.execute(
        select(AttendanceReport.event_id, func.count())
        .where(AttendanceReport.event_id.in_(event_ids))
        .group_by(AttendanceReport.event_id)
    ).all()
    return {row[0]: row[1] for row in rows}


def calendars_by_event(event_ids: Collection[int]) -> dict[int, int]:
    """How many calendars of these events' people we know the entry of, with name and address."""
    question = (
        select(Registration.event_id, func.count())
        .join(Invite, Invite.registration_id == Registration.id)
        .where(Registration.event_id.in_(event_ids))
        .where(or_(cast(Invite.held, String) != "null", Invite.first_message_id != ""))
        .group_by(Registration.event_id)
    )
    return {row[0]: row[1] for row in db.session.execute(question).all()}


def _with_event(*columns: Any) -> Any:
    joined = Registration.id == Note.registration_id
    return select(*columns).select_from(Note).join(Registration, joined)


def _is_over(now: datetime) -> ColumnElement[bool]:
    return Note.expires_at <= now


def held(registration: Registration) -> dict[str, Any]:
    """All that the registration says of the person, what they were told, and notes about them."""
    event = registration.event
    return {
        "event": event.title,
        "event_page": event.slug,
        "starts_at": event.starts_at.isoformat(),
        "status": registration.standing.value,
        "registered_at": registration.registered_at.isoformat(),
        "status_since": registration.status_at.isoformat(),
        **{name: _plain(getattr(registration, name)) for name in FIELDS},
        "language": registration.language,
        "number_in_line": registration.queue_number,
        "place_was_kept_for_a_group": registration.quota_id is not None,
        "came_by_an_invitation": registration.invitation_id is not None,
        "entered_at_the_desk": registration.entered_by is not None,
        "source": registration.source,
        "notice_version": registration.notice_version,
        "consents": [
            {"consent": name} | _proof(proof) for name, proof in registration.consents.items()
        ],
        "told_status": registration.told_status.value if registration.told_status else None,
        "told_at_address": registration.told_address,
        "joined_at": _moment(registration.joined_at),
        "checked_in_at": _moment(registration.checked_in_at),
        "attended_by_report_at": _moment(registration.reported_at),
        "still_comes_at": _moment(registration.still_comes_at),
        "place_offered_until": _moment(registration.offered_until),
        "place_handed_over": registration.handed_to is not None,
        "place_taken_over": registration.handed_by is not None,
        "reached_at": _moment(registration.reached_at),
        **answers.held(registration.id),
        **sessions_held.held(registration.id),
        "withdrawn_late": registration.withdrawn_late,
        "entitled_to_reimbursement": registration.entitled,
        "mail_came_back_at": _moment(registration.failing_at),
        "notes": _notes(registration),
        "office": _acting(registration.contact),
    }


def _acting(contact: Contact | None) -> dict[str, Any] | None:
    """Who acts for the person."""
    if contact is None or not contact.email:
        return None
    return {
        "name": contact.name,
        "email": contact.email,
        "since": contact.since.isoformat(),
        "letters_go_to": contact.letters.value,
        "invite_goes_to": contact.invites.value,
    }


def acts_for(contact: Contact) -> dict[str, Any]:
    """What is kept of a mailbox because it acts for somebody: the event, and what was chosen."""
    found = _acting(contact) or {}
    return {"event": contact.registration.event.title, "language": contact.language, **found}


def _notes(registration: Registration) -> list[dict[str, Any]]:
    notes = db.session.scalars(
        select(Note).where(Note.registration_id == registration.id).order_by(Note.id)
    )
    return [
        {
            "kind": note.kind.value,
            "text": note.text,
            "written_at": note.written_at.isoformat(),
            "expires_at": note.expires_at.isoformat(),
        }
        for note in notes
    ]


def _proof(proof: Any) -> dict[str, Any]:
    return dict(proof) if isinstance(proof, dict) else {"given": str(proof)}


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, StrEnum) else value


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def blank(registration: Registration) -> None:
    """Forget at once all that the last letter does not need."""
    for name in ("title", "first_name", "last_name", "badge_name", "phone", "organisation", "role",
                 "access_needs", "diet", "answered", "sort_name", "search_text",
                 "source"):  # fmt: skip
        setattr(registration, name, "")
    questions.forget(registration.id)
    _forget_sessions(registration)
    registration.consents = {}
    db.session.execute(delete(Note).where(Note.registration_id == registration.id))


def erase(registration: Registration, *, now: datetime) -> None:
    """Forget the person; the row stays, so that counts and the order of the line stay true."""
    for name in PERSONAL:
        setattr(registration, name, "")
    questions.forget(registration.id)
    _forget_sessions(registration)
    registration.address_key = registration.name_key = _nobody(registration)
    db.session.execute(delete(Note).where(Note.registration_id == registration.id))
    _forget_contact(registration)
    _end(registration, now)
    deleted("person", {registration.event_id: 1}, by=REGISTRANT, now=now)
    record("registration.erased", registration, by=WORKER, now=now, event_id=registration.event_id)


def _end(registration: Registration, now: datetime) -> None:
    """Nothing is to come of it any more."""
    registration.consents = {}
    registration.still_comes_at = registration.checked_in_by = None
    registration.handed_to = registration.handed_by = registration.offered_until = None
    registration.withdrawn_late = False
    registration.entitled = False
    registration.told_revision = registration.revision
    registration.links_asked_at = registration.erase_asked_at = registration.stuck_at = None
    registration.failing_at, registration.failing_code = None, ""
    registration.erased_at = now
    wiping.ask()


def _nobody(registration: Registration) -> str:
    """What stands for the keys of somebody who was forgotten; it differs from all others."""
    return f"erased-{registration.id}"
