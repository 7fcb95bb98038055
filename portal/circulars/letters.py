"""A letter to a selection as one person gets it; the only door from here to the outbox."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select, update

from portal import mail, markup
from portal.audit.service import Actor
from portal.circulars import queries, service
from portal.circulars.models import Circular, Recipient
from portal.circulars.rules import CircularState, Outcome, filled, plain_for_markdown
from portal.db import db
from portal.i18n import in_language, translated, when
from portal.outbox import service as outbox
from portal.outbox.mime import defang
from portal.registrations import office_letters
from portal.registrations import queries as registrations
from portal.registrations.models import Registration
from portal.registrations.office_letters import Copy
from portal.registrations.office_links import office_url
from portal.registrations.own_links import manage_url, token
from portal.registrations.told import Told

OCCASION = "circular"


@dataclass(frozen=True, slots=True)
class Words:
    """Subject and text for one person, and the language that they are in."""

    subject: str
    html: Markup
    plain: str
    language: str


def words_to_look_at(circular: Circular, registration: Registration) -> Words:
    """The letter with this person's values, without the link by which one can act for them.

    It is gone before the text is read as Markdown, which could part it so that nobody finds it.
    """
    lang = registration.language
    link = manage_url(registration, lang)
    return _words(circular, registration, link.replace(token(registration), "..."), lang)


def _words(circular: Circular, registration: Registration, link: str, wanted: str) -> Words:
    language = language_for(circular, wanted)
    with in_language(language):
        values = _values(circular, registration, language)
    safe = {name: plain_for_markdown(value) for name, value in values.items()}
    body = filled(circular.body.get(language, ""), safe | {"manage_link": f"<{link}>"})
    subject = filled(circular.subject.get(language, ""), values)
    return Words(subject, markup.rich(body), markup.plain(body), language)


def language_for(circular: Circular, wanted: str) -> str:
    """The reader's language if the letter is written in it, else English, else any that it has."""
    written = [each for each in circular.body if circular.subject.get(each)]
    return next((each for each in (wanted, "en") if each in written), (written or [wanted])[0])


def write(
    circular: Circular, recipient: Recipient, registration: Registration, now: datetime
) -> None:
    """Put this person's copy into the outbox and note it, unless they left meanwhile."""
    recipient.at = now
    if _left_meanwhile(circular, registration):
        recipient.outcome = Outcome.SKIPPED
        return
    copies = office_letters.copies(registration)
    for copy in copies:
        if copy.for_office is None:
            recipient.message_id = _post(circular, registration, copy, now)
        elif len(copies) == 1 or not queries.is_recipient(circular, copy.for_office.address_key):
            recipient.office_message_id = _post(circular, registration, copy, now)
    recipient.outcome, recipient.reason = Outcome.WRITTEN, ""


def _post(circular: Circular, registration: Registration, copy: Copy, now: datetime) -> str:
    """One mailbox's copy, in its language and with its own link."""
    office, language = copy.for_office, copy.language
    link = office_url(office, language) if office else manage_url(registration, language)
    said = _words(circular, registration, link, language)
    with in_language(language):
        written = mail.write(
            "circulars", OCCASION, language=language, said=said, changes=[],
            told=Told(registration, circular.event, language, for_office=office),
        )  # fmt: skip
        return mail.post(
            written,
            to=("", copy.address),
            facts=(OCCASION, circular.id, registration.id),
            occasion=OCCASION,
            thread=office.thread if office else registration.thread,
            event_id=circular.event_id,
            priority=outbox.URGENT if circular.urgent else outbox.BULK,
            now=now,
        )


def stop(circular: Circular, *, by: Actor, now: datetime) -> None:
    """Nobody else is written to, and what surely did not leave is taken out of the outbox."""
    service.stop(circular, by=by, now=now)
    written = Recipient.circular_id == circular.id, Recipient.outcome == Outcome.WRITTEN
    outbox.remove(select(Recipient.office_message_id).where(*written))
    unsent = outbox.remove(select(Recipient.message_id).where(*written))
    for first in range(0, len(unsent), 500):
        taken_back = update(Recipient).where(
            Recipient.circular_id == circular.id,
            Recipient.message_id.in_(unsent[first : first + 500]),
        )
        db.session.execute(taken_back.values(outcome=Outcome.STOPPED, at=now))


def renew(recipient: Recipient) -> None:
    """The address that refused this copy is another now: write it once more."""
    refused = select(Recipient.message_id).where(Recipient.id == recipient.id)
    if outbox.remove(refused, parked=True):
        recipient.outcome, recipient.message_id = Outcome.WAITING, ""
        circular = db.session.get_one(Circular, recipient.circular_id)
        circular.state = CircularState.SENDING


def _left_meanwhile(circular: Circular, registration: Registration) -> bool:
    """Who asked to be forgotten, or whose registration ended since the letter was sent."""
    if registration.erased_at is not None or registration.erase_asked_at is not None:
        return True
    if not registration.email:
        return True
    ended = not registration.status.is_live
    return ended and circular.sent_at is not None and registration.status_at > circular.sent_at


def _values(circular: Circular, registration: Registration, language: str) -> dict[str, str]:
    """What stands for each placeholder, in the language of the text."""
    event = circular.event
    uses_position = "{position}" in circular.body.get(language, "") + circular.subject.get(
        language, ""
    )
    position = registrations.position(registration) if uses_position else None
    return {
        "first_name": defang(registration.first_name),
        "last_name": defang(registration.last_name),
        "title": defang(registration.title),
        "event": translated(event.title, language),
        "when": when(event.starts_at, event.ends_at, event.zone),
        "where": event.place or _("Online"),
        "position": str(position or "–"),
    }
