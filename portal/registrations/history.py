"""What happened with one person's registration: letters, acts and notes as one story."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import String, bindparam, func, or_, select
from sqlalchemy.orm import defer

from portal import labels
from portal.accounts import queries as accounts
from portal.audit.models import Entry
from portal.db import db
from portal.i18n import moment_words, page_language, translated
from portal.outbox.models import Message
from portal.questions import queries as questions
from portal.questions.shown import plain
from portal.registrations.models import Note, Registration
from portal.registrations.rules import Occasion

MOST = 300
UNTOLD_ACTS = {"registration.noted", "registration.reached"}
"""Their note stands in the story itself."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the story: when, what, by whom, and more about it."""

    at: datetime
    kind: str
    title: str
    who: str = ""
    lines: list[str] = field(default_factory=list)
    text: str = ""
    state: str = ""
    note_id: int | None = None
    until: datetime | None = None


def of(registration: Registration) -> list[Happening]:
    """The newest first; of what happened at one moment, what came last."""
    entries, letters, notes = _entries(registration), _letters(registration), _notes(registration)
    organisers = [each.actor_id for each in entries if each.actor == "organiser"]
    names = accounts.names_of({*organisers, *(each.author_id for each in notes)} - {None})
    titles, sessions = _titles(registration, entries), _sessions(registration, entries)
    zone = registration.event.zone
    story = [
        *(
            _act(each, names, titles, sessions, zone)
            for each in entries
            if each.act not in UNTOLD_ACTS
        ),
        *(_note(each, names) for each in notes),
        *(_letter(each) for each in letters),
    ]
    return sorted(story, key=lambda each: each.at)[::-1]


def _entries(registration: Registration) -> list[Entry]:
    question = (
        select(Entry)
        .where(Entry.subject == Registration.__tablename__, Entry.subject_id == registration.id)
        .order_by(Entry.id.desc())
        .limit(MOST)
    )
    return list(reversed(db.session.scalars(question).all()))


def _letters(registration: Registration) -> list[Message]:
    """Those of their thread, and the links that their mailbox asked for."""
    own_links = (Message.occasion == Occasion.LINKS) & (
        func.lower(Message.recipient)
        == func.lower(bindparam("address", registration.email, type_=String()))
    )
    question = (
        select(Message)
        .where(or_(Message.thread.in_(registration.threads), own_links))
        .options(defer(Message.octets), defer(Message.before))
        .order_by(Message.id.desc())
        .limit(MOST)
    )
    return list(reversed(db.session.scalars(question).all()))


def _notes(registration: Registration) -> list[Note]:
    question = select(Note).where(Note.registration_id == registration.id).order_by(Note.id)
    return list(db.session.scalars(question))


def _titles(registration: Registration, entries: Iterable[Entry]) -> dict[int, str]:
    """What the questions are called of which a consent was taken back."""
    if not any(each.details.get("questions") for each in entries):
        return {}
    found = questions.columns(registration.event_id)
    return {each.number: plain(each.label, page_language()) for each in found}


def _sessions(registration: Registration, entries: Iterable[Entry]) -> dict[int, str]:
    """What the sessions are called in which somebody moved; also one that is not chosen now."""
    if not any(each.details.get("moved") or each.details.get("sessions") for each in entries):
        return {}
    return {each.id: translated(each.title) for each in registration.event.sessions}


def _act(
    entry: Entry,
    names: Mapping[int, str],
    titles: Mapping[int, str],
    sessions: Mapping[int, str],
    zone: str,
) -> Happening:
    return Happening(
        entry.at, "act", str(labels.ACTS.get(entry.act, entry.act)), _who(entry, names),
        [
            *_details(entry),
            *_until(entry.details, zone),
            *(titles[n] for n in entry.details.get("questions", ()) if n in titles),
            *_moves(entry.details, sessions),
        ],
    )  # fmt: skip


def _until(details: Mapping[str, Any], zone: str) -> Iterable[str]:
    """The end of an offer, as it was when it was made."""
    if until := details.get("until"):
        moment = moment_words(datetime.fromisoformat(until), zone)
        yield _("until %(moment)s", moment=moment)


def _moves(details: Mapping[str, Any], sessions: Mapping[int, str]) -> Iterable[str]:
    """Each session with what was and what is; older entries know only which they were."""
    for number in details.get("sessions", ()):
        if number in sessions:
            yield sessions[number]
    for key, (then, now) in details.get("moved", {}).items():
        if int(key) in sessions:
            before, after = (_in_session(state) for state in (then, now))
            words = _("%(before)s → %(after)s", before=before, after=after)
            yield _("%(label)s: %(value)s", label=sessions[int(key)], value=words)


def _in_session(state: str) -> str:
    return _("not chosen") if state == "gone" else str(labels.IN_SESSION[state])


def _details(entry: Entry) -> Iterable[str]:
    """The codes of the entry in words."""
    found: Mapping[str, Any] = entry.details
    if fields := found.get("fields"):
        words = [str(labels.PERSON_FIELDS.get(name, name)) for name in fields]
        yield ", ".join(words)
    if consents := found.get("consents"):
        yield ", ".join(str(labels.CONSENTS.get(name, name)) for name in consents)
    if status := found.get("status"):
        yield str(labels.STATUSES.get(status, status))
    if partstat := found.get("partstat"):
        yield str(labels.PARTSTATS.get(partstat, partstat))
    if code := found.get("code"):
        yield str(code)
    if "before" in found:
        words = [str(labels.STATUSES.get(found[name], found[name])) for name in ("before", "after")]
        yield _("%(before)s → %(after)s", before=words[0], after=words[1])
    if found.get("late"):
        yield _("after the deadline")
    if found.get("via") == "calendar":
        yield _("by an answer of their calendar")


def _note(note: Note, names: Mapping[int, str]) -> Happening:
    who = names.get(note.author_id or 0) or _("a removed colleague")
    return Happening(
        note.written_at, "note", str(labels.NOTE_KINDS[note.kind]), who, text=note.text,
        note_id=note.id, until=note.expires_at,
    )  # fmt: skip


def _letter(message: Message) -> Happening:
    state = "sent" if message.sent_at else "parked" if message.parked_at else "waiting"
    lines = [message.subject]
    if message.method:
        lines.append(_METHODS[message.method]())
    if message.parked_at:
        lines.append(_("Refused for good: %(reason)s", reason=message.reason))
    elif message.reason:
        lines.append(_("Put off: %(reason)s", reason=message.reason))
    title = str(labels.OCCASIONS.get(message.occasion, message.occasion))
    done = message.sent_at or message.parked_at
    return Happening(message.created_at, "letter", title, message.recipient, lines, state=state,
                     until=done)  # fmt: skip


_METHODS = {
    "REQUEST": lambda: _("with an invite for the calendar"),
    "CANCEL": lambda: _("takes the entry out of the calendar"),
    "DECLINECOUNTER": lambda: _("says no to another time"),
}


def _who(entry: Entry, names: Mapping[int, str]) -> str:
    if entry.actor == "organiser":
        return names.get(entry.actor_id or 0) or _("a removed colleague")
    return {
        "registrant": _("the person"),
        "office": _("the office"),
        "worker": _("the portal"),
        "command": _("whoever runs the portal"),
    }.get(entry.actor, entry.actor)
