"""What we write to a mailbox that acts for several, and who gets a copy of what others write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from portal import mail
from portal.db import db
from portal.events.models import Event
from portal.i18n import in_language, translated, when
from portal.labels import READERS, STATUSES
from portal.outbox import queries as outbox
from portal.outbox.mime import defang
from portal.registrations import listing, office_links, offices
from portal.registrations.acting import Contact, Office
from portal.registrations.models import Registration
from portal.registrations.person import address_key
from portal.registrations.rules import Occasion
from portal.registrations.service.behalf import Registered
from portal.registrations.service.contacts import Acting
from portal.registrations.told import Standing
from portal.sessions import news
from portal.sessions import queries as sessions
from portal.tokens import digest


@dataclass(frozen=True, slots=True)
class Copy:
    """One mailbox that a letter about somebody goes to, in its language."""

    address: str
    language: str
    for_office: Contact | None = None


def copies(registration: Registration) -> list[Copy]:
    """Who gets what organisers write to this person, as whoever acts for them chose; each once."""
    found = []
    if registration.gets_letters:
        found.append(Copy(registration.email, registration.language))
    acting = registration.acting
    if acting is not None and acting.gets_letters:
        found.append(Copy(acting.email, acting.language, acting))
    return found


def receipt_is_due(found: Sequence[Registered]) -> bool:
    """Whether one letter says of all what they got; of a single one their own letter says it."""
    return len(found) > 1 or any(each.registration is None for each in found)


def write_receipt(
    event: Event, found: Sequence[Registered], acting: Acting, *, now: datetime
) -> None:
    """One letter to who sent a form, with what everybody got; the same form has no second one.

    Whom the form did not register, since they are registered, hear from us themselves: of them it
    says no more. Everybody else is noted as told, but for whom an invite is to come along.
    """
    form = digest(found[0].sent.form_key)[:48]
    if outbox.has_thread(f"receipt:{form}"):
        return
    contacts = [each.registration.contact for each in found if each.registration is not None]
    with in_language(acting.language):
        office = offices.of_mailbox(address_key(acting.email))
        positions = {} if event.is_divided else listing.positions(event)
        written = mail.write(
            "registrations", Occasion.OFFICE_REGISTERED, language=acting.language,
            title=translated(event.title, acting.language), facts=_facts(event, acting),
            lines=[_line(each, positions) for each in found],
            page_url=office_links.page_url(office, acting.language) if office else "",
        )  # fmt: skip
        mail.post(
            written,
            to=("", acting.email),
            facts=(Occasion.OFFICE_REGISTERED, event.id, form),
            occasion=Occasion.OFFICE_REGISTERED,
            thread=f"receipt:{form}",
            event_id=event.id,
            now=now,
        )
    for contact in contacts:
        if contact is not None:
            _note_as_told(contact, event)
    db.session.flush()


def _note_as_told(contact: Contact, event: Event) -> None:
    registration = contact.registration
    if contact.gets_invite and registration.holds_place and event.state.value == "published":
        return
    contact.told_status, contact.told_status_at = registration.status, registration.status_at
    contact.told_address = contact.email
    contact.told_revision, contact.told_event_revision = registration.revision, event.revision
    if event.chooses:
        contact.told_sessions = news.heard(sessions.of(registration.id))


@dataclass(frozen=True, slots=True)
class Line:
    """One person of a form, and what they got."""

    name: str
    words: str


def _line(each: Registered, positions: Mapping[int, int]) -> Line:
    person = each.sent.person
    name = defang(f"{person['first_name']} {person['last_name']}".strip())
    if each.registration is None:
        return Line(name, _("nothing was changed; this person hears from us"))
    position = positions.get(each.registration.id)
    if position is not None:
        return Line(name, _("On the waitlist, position %(position)s", position=position))
    return Line(name, str(STATUSES[each.registration.status]))


def _facts(event: Event, acting: Acting) -> list[tuple[str, str]]:
    return [
        (_("Event"), translated(event.title, acting.language)),
        (_("When"), when(event.starts_at, event.ends_at, event.zone)),
        (_("Where"), event.place or _("Online")),
        (_("Letters go to"), str(READERS[acting.letters])),
        (_("The invite goes to"), str(READERS[acting.invites])),
    ]


def write_link(office: Office, *, now: datetime) -> None:
    """The link to everybody whom this mailbox registered, and how they stand."""
    office.links_asked_at = None
    people = offices.registered_by(office.address_key)
    with in_language(office.language):
        mail.post(
            mail.write(
                "registrations", Occasion.OFFICE_LINK, language=office.language,
                office_entries=standings(people, office.language, now),
                page_url=office_links.page_url(office, office.language),
            ),
            to=("", office.email),
            facts=(Occasion.OFFICE_LINK, office.id, now.isoformat()),
            occasion=Occasion.OFFICE_LINK,
            now=now,
        )  # fmt: skip


def standings(people: Sequence[Registration], lang: str, now: datetime) -> list[Standing]:
    """How each of them stands."""
    return [Standing(each, each.event, lang, now, for_office=each.contact) for each in people]
