"""What we write to registrants; the only door from here to the outbox."""

from datetime import datetime
from typing import Any

from flask import current_app

from portal import mail, tokens
from portal.audit.service import Actor
from portal.config import Settings
from portal.events import queries as event_queries
from portal.events import service as event_service
from portal.events.models import Event
from portal.i18n import in_language, translated
from portal.invites import service as invites
from portal.invites.models import Invite, OfficeInvite, OneCalendar
from portal.invites.service import Calendar
from portal.outbox import service as outbox
from portal.outbox.mime import defang
from portal.registrations import offices, person, queries, service, unreached
from portal.registrations.acting import Contact
from portal.registrations.changes import Change, changes
from portal.registrations.entries import Reader, entry, return_path
from portal.registrations.models import Recall, Registration
from portal.registrations.office_links import page_url
from portal.registrations.readers import is_written_to
from portal.registrations.rules import (
    OF_A_MAILBOX,
    Heard,
    Occasion,
    Status,
    occasion,
    standing,
)
from portal.registrations.service import contacts
from portal.registrations.told import Standing
from portal.sessions import news as sessions_news
from portal.sessions import queries as sessions

LAST_DETAILS = "last-details"

# Letters that show what was beside what is.
SHOW_CHANGES = {
    Occasion.PROGRAMME_CHANGED, Occasion.DETAILS_CHANGED, Occasion.PLACE_FOUND,
    Occasion.CONFIRMED, Occasion.WAITLISTED, Occasion.OFFERED,
}  # fmt: skip
# Letters that one change of an event sends to everybody: confirmations overtake these.
BULK = {Occasion.PROGRAMME_CHANGED, Occasion.EVENT_POSTPONED, Occasion.EVENT_CANCELLED}


def write(registration: Registration, invite: Invite, *, now: datetime) -> None:
    """Bring what the person has heard up to what is so, with the letter that does it, if any."""
    if mail.reads_replies():
        invites.take_replies(invite)
    _write(registration, registration, invite, now)
    if registration.contact is not None and registration.contact.email:
        registration.contact.is_due = True


def write_to_office(contact: Contact, invite: OfficeInvite, *, now: datetime) -> None:
    """The same for whoever acts for the person, after the person; who acted hears of the end."""
    contact.is_due = False
    if contact.acts and mail.reads_replies():
        invites.take_replies(invite)
    if contact.acts:
        _write(contact.registration, contact, invite, now)
    else:
        _write_the_end(contact, invite, now)


def _write(registration: Registration, reader: Reader, invite: OneCalendar, now: datetime) -> None:
    event = registration.event
    _take_back(reader, invite)
    before = _state(reader, invite)
    heard, truth = _heard(reader), _truth(registration, reader)
    what = occasion(heard, truth)
    with in_language(reader.language):
        differences = _differences(event, heard) if what in SHOW_CHANGES else []
        if what is Occasion.PROGRAMME_CHANGED and not differences:
            what = None
        is_new_here = person.address_key(heard.address) != reader.address_key
        if heard.address and is_new_here:
            _tell_old_address(registration, reader, invite, heard.address, before, now)
            before = _state(reader, invite)
            what = what or Occasion.DETAILS_CHANGED
        if registration.erase_asked_at is not None:
            what = None if registration.is_merged else Occasion.ERASED
        if what is not None:
            calendar = _calendar(registration, reader, invite, now)
            if _is_told(registration, reader, what, heard, calendar):
                to = reader.email
                _post(registration, reader, invite, what, to, calendar, before, differences, now)
                reader.told_address = to
            elif reader.told_address:
                reader.told_address = reader.email
    _note(registration, reader, truth)


def _is_told(
    registration: Registration,
    reader: Reader,
    what: Occasion,
    heard: Heard,
    calendar: Calendar | None,
) -> bool:
    """Not the person whose only mailbox is that of whoever acts for them: all goes there once."""
    acting = registration.acting
    if what is Occasion.ERASED:
        return True
    if reader is registration and acting is not None and acting.is_the_mailbox:
        return False
    return is_written_to(
        chosen=reader.gets_letters,
        is_new=_is_new(registration, reader, heard),
        has_calendar=calendar is not None,
    )


def _is_new(registration: Registration, reader: Reader, heard: Heard) -> bool:
    """Whether it begins or ends for this mailbox: that they are registered, also once more, that
    somebody acts for them, or that somebody else has their place."""
    acting, is_live = registration.acting, registration.status.is_live
    return (
        person.address_key(heard.address) != reader.address_key
        or (is_live and heard.status is not None and not heard.status.is_live)
        or (registration.handed_to is not None and not is_live)
        or (
            reader is registration
            and acting is not None
            and person.address_key(acting.told_address) != acting.address_key
        )
    )


def _write_the_end(contact: Contact, invite: OfficeInvite, now: datetime) -> None:
    """Nobody acts for the person any more: said to who has heard of them, and then forgotten."""
    registration, to = contact.registration, contact.told_address or contact.email
    _take_back(contact, invite)
    if contact.told_revision or invite.held:
        before = _state(contact, invite)
        with in_language(contact.language):
            calendar = invites.cancel(invite, now=now)
            what = Occasion.OFFICE_ENDED
            _post(registration, contact, invite, what, to, calendar, before, [], now)
    contacts.forget(contact)


def write_links(registration: Registration, *, now: datetime) -> None:
    """One letter with the links of all registrations of this mailbox that were asked for."""
    asked = [r for r in queries.of_address(registration.address_key) if r.links_asked_at]
    for each in asked or [registration]:
        each.links_asked_at = None
    told = [each for each in asked if each.erase_asked_at is None]
    told = [each for each in told if not each.is_seen_to_by_its_office]
    if not told:
        return
    office = offices.of_mailbox(registration.address_key)
    others = offices.registered_by(office.address_key) if office and office.links_asked_at else []
    with in_language(registration.language):
        lang = registration.language
        written = mail.write(
            "registrations", Occasion.LINKS, language=lang,
            entries=[Standing(each, each.event, lang, now) for each in told],
            office_entries=[Standing(each, each.event, lang, now) for each in others],
            page_url=page_url(office, lang) if office else "",
        )  # fmt: skip
        mail.post(
            written,
            to=("", registration.email),
            facts=(Occasion.LINKS, registration.id, now.isoformat()),
            occasion=Occasion.LINKS,
            event_id=registration.event_id,
            now=now,
        )
    if office is not None:
        office.links_asked_at = None


def write_last_details(recall: Recall, *, now: datetime) -> None:
    """One letter with a link for each person who is named under this address, if there is any.

    It belongs to no event's people: the desks of those events do not see where else they go.
    """
    people = queries.last_of_each(recall.address_key)
    if not people:
        return
    event, lang = recall.event, recall.language
    with in_language(lang):
        links = [
            (
                defang(each.full_name),
                mail.public_url(
                    "registrations.filled_form", lang=lang, slug=event.slug,
                    token=details_token(event, each),
                ),
            )
            for each in people
        ]  # fmt: skip
        mail.post(
            mail.write(
                "registrations", Occasion.LAST_DETAILS, language=lang,
                title=translated(event.title, lang), links=links,
            ),
            to=("", people[0].email),
            facts=(Occasion.LAST_DETAILS, recall.id, tokens.code()),
            occasion=Occasion.LAST_DETAILS,
            now=now,
        )  # fmt: skip


def details_token(event: Event, registration: Registration) -> str:
    """For the form of this event alone, and for a while; ends with the link to the registration."""
    code = registration.link_code
    return tokens.sign_for_a_while(LAST_DETAILS, event.id, registration.id, code)


def try_again(registration: Registration, *, by: Actor, now: datetime) -> None:
    """Everything that did not reach the person is tried once more, in its order."""
    for message in unreached.parked_of(registration):
        outbox.try_again(message, by=by, now=now)
    if registration.stuck_at is not None:
        service.try_again(registration, by=by, now=now)
        if registration.acting is not None:
            registration.acting.is_due = True
    if registration.failing_at is not None:
        service.write_once_more(registration, by=by, now=now)
    if registration.acting is not None and registration.acting.failing_at is not None:
        contacts.write_once_more(registration.acting, now=now)


def forget(registration: Registration) -> bool:
    """Remove every mail about them; not while one is still to be sent."""
    invites.forget(invites.of(registration.id, domain=mail.domain(), now=registration.status_at))
    if registration.contact is not None:
        invites.forget_of_office(registration.id)
        outbox.forget_thread(registration.contact.thread, "")
    return outbox.forget_thread(registration.thread, registration.email, *OF_A_MAILBOX)


def drop_waiting(registration: Registration) -> None:
    """What an older copy of the database still has to tell was told: it is not told again."""
    outbox.drop_waiting(registration.thread)
    if registration.contact is not None:
        outbox.drop_waiting(registration.contact.thread)


def _take_back(reader: Reader, invite: OneCalendar) -> None:
    if not reader.told_revision:
        return
    before = outbox.take_back(reader.thread)
    if before is None:
        return
    reader.told_status = Status(before["status"]) if before["status"] else None
    reader.told_status_at = _moment(before["status_at"])
    reader.told_address = before["address"]
    reader.told_sessions = before.get("sessions")
    reader.told_revision = before["revision"]
    reader.told_event_revision = before["event_revision"]
    invites.restore(invite, before["invite"])


def _state(reader: Reader, invite: OneCalendar) -> dict[str, Any]:
    return {
        "status": reader.told_status.value if reader.told_status else None,
        "status_at": reader.told_status_at and reader.told_status_at.isoformat(),
        "address": reader.told_address,
        "sessions": reader.told_sessions,
        "revision": reader.told_revision,
        "event_revision": reader.told_event_revision,
        "invite": invites.state(invite),
    }


def _heard(reader: Reader) -> Heard:
    return Heard(
        status=reader.told_status,
        address=reader.told_address,
        revision=reader.told_revision,
        event_revision=reader.told_event_revision,
        event_state=_state_heard(reader),
        status_at=reader.told_status_at,
    )


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _state_heard(reader: Reader) -> str:
    """The event's state at the revision that the reader has heard of."""
    event, heard = reader.event, reader.told_event_revision
    if heard == event.revision:
        return event.state.value
    facts = event_queries.revision_facts(event.id, heard) if heard else {}
    return str(facts.get("state", ""))


def _truth(registration: Registration, reader: Reader) -> Heard:
    event = registration.event
    return Heard(
        status=standing(registration.status, event.state.value),
        address=reader.email,
        revision=registration.revision,
        event_revision=event.revision,
        event_state=event.state.value,
        status_at=registration.status_at,
        has_let_pass=registration.has_let_pass,
    )


def _note(registration: Registration, reader: Reader, truth: Heard) -> None:
    """The revisions that were read, not those that may have come since."""
    reader.told_status = truth.status
    reader.told_status_at = truth.status_at
    reader.letter_due_at = None
    reader.told_revision = truth.revision
    reader.told_event_revision = truth.event_revision
    if registration.event.chooses:
        reader.told_sessions = sessions_news.heard(sessions.of(registration.id))


def _differences(event: Event, heard: Heard) -> list[Change]:
    """What the event's own letter would say to this person, if it were not for this one."""
    if heard.event_revision in (0, event.revision):
        return []
    old = event_queries.revision_facts(event.id, heard.event_revision)
    joins = heard.status is Status.CONFIRMED
    return changes(old, event_service.snapshot(event), joins=joins)


def _tell_old_address(
    registration: Registration,
    reader: Reader,
    invite: OneCalendar,
    address: str,
    before: dict[str, Any],
    now: datetime,
) -> None:
    calendar = invites.cancel(invite, now=now)
    what = Occasion.ADDRESS_CHANGED if reader is registration else Occasion.OFFICE_ENDED
    _post(registration, reader, invite, what, address, calendar, before, [], now)
    reader.told_address = ""


def _calendar(
    registration: Registration, reader: Reader, invite: OneCalendar, now: datetime
) -> Calendar | None:
    """REQUEST while the person has a place at a known time, else CANCEL of what is held.

    Only where the invite goes to this reader.
    """
    takes_place = registration.holds_place and registration.event.state.value == "published"
    if takes_place and reader.gets_invite:
        return invites.renew(invite, entry(registration, invite, reader), now=now)
    return invites.cancel(invite, now=now)


def _post(
    registration: Registration,
    reader: Reader,
    invite: OneCalendar,
    what: Occasion,
    address: str,
    calendar: Calendar | None,
    before: dict[str, Any],
    differences: list[Change],
    now: datetime,
) -> None:
    for_office = reader if isinstance(reader, Contact) else None
    told = Standing(registration, registration.event, reader.language, now, for_office=for_office)
    written = mail.write(
        "registrations", _template(what, for_office), language=reader.language,
        told=told, calendar=calendar,
        changes=[*told.moves, *differences] if for_office else differences,
        why=what.value if reader.told_address else "",
    )  # fmt: skip
    back_to = return_path(invite)
    message_id = mail.post(
        written,
        to=("", address),
        facts=(what, registration.id, registration.revision, registration.event.revision, now),
        occasion=what,
        thread=reader.thread,
        event_id=registration.event_id,
        calendar=calendar,
        in_reply_to=invite.first_message_id or None,
        reply_to=back_to if calendar is not None and back_to else None,
        return_path=back_to,
        before=before,
        priority=outbox.BULK if what in BULK else outbox.PERSONAL,
        now=now,
    )
    if calendar is not None and not invite.first_message_id:
        invite.first_message_id = message_id


def _template(what: Occasion, for_office: Contact | None) -> str:
    """Whoever acts for somebody reads how that person stands, in words about them."""
    has_its_own = what is Occasion.OFFICE_ENDED
    return what.value if for_office is None or has_its_own else OFFICE


OFFICE = "office"


def _settings() -> Settings:
    settings: Settings = current_app.extensions["portal"]
    return settings
