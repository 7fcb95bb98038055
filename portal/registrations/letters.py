"""What we write to registrants; the only door from here to the outbox."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from portal import mail, tokens
from portal.accounts import queries as accounts
from portal.audit.service import Actor
from portal.config import Settings
from portal.events import queries as event_queries
from portal.events import service as event_service
from portal.events.models import Event
from portal.i18n import in_language, moment_words, translated, when
from portal.invites import service as invites
from portal.invites.models import Invite
from portal.invites.rules import Entry
from portal.invites.service import Calendar
from portal.labels import STATUSES
from portal.outbox import service as outbox
from portal.outbox.mime import defang
from portal.registrations import person, queries, service, unreached
from portal.registrations.changes import Change, changes
from portal.registrations.models import Recall, Registration
from portal.registrations.rules import (
    OF_A_MAILBOX,
    Heard,
    Occasion,
    Reply,
    Status,
    joining_opens_at,
    occasion,
    standing,
)

LAST_DETAILS = "last-details"

# Letters that show what was beside what is.
SHOW_CHANGES = {
    Occasion.PROGRAMME_CHANGED, Occasion.DETAILS_CHANGED, Occasion.PLACE_FOUND,
    Occasion.CONFIRMED, Occasion.WAITLISTED,
}  # fmt: skip
# Letters that one change of an event sends to everybody: confirmations overtake these.
BULK = {Occasion.PROGRAMME_CHANGED, Occasion.EVENT_POSTPONED, Occasion.EVENT_CANCELLED}


def write(registration: Registration, invite: Invite, *, now: datetime) -> None:
    """Bring what the person has heard up to what is so, with the letter that does it, if any."""
    event = registration.event
    if mail.reads_replies():
        invites.take_replies(invite)
    _take_back(registration, invite)
    before = _state(registration, invite)
    heard, truth = _heard(registration), _truth(registration, event)
    what = occasion(heard, truth)
    with in_language(registration.language):
        differences = _differences(event, heard) if what in SHOW_CHANGES else []
        if what is Occasion.PROGRAMME_CHANGED and not differences:
            what = None
        if heard.address and person.address_key(heard.address) != registration.address_key:
            _tell_old_address(registration, invite, heard.address, before, now)
            before = _state(registration, invite)
            what = what or Occasion.DETAILS_CHANGED
        if registration.erase_asked_at is not None:
            what = None if registration.is_merged else Occasion.ERASED
        if what is not None:
            calendar = _calendar(registration, invite, now)
            to = registration.email
            _post(registration, invite, what, to, calendar, before, differences, now)
    _note(registration, truth)


def write_links(registration: Registration, *, now: datetime) -> None:
    """One letter with the links of all registrations of this mailbox that were asked for."""
    asked = [r for r in queries.of_address(registration.address_key) if r.links_asked_at]
    for each in asked or [registration]:
        each.links_asked_at = None
    told = [each for each in asked if each.erase_asked_at is None]
    if not told:
        return
    with in_language(registration.language):
        written = mail.write(
            "registrations", Occasion.LINKS, language=registration.language,
            entries=[Standing(each, each.event, registration.language, now) for each in told],
        )  # fmt: skip
        mail.post(
            written,
            to=("", registration.email),
            facts=(Occasion.LINKS, registration.id, now.isoformat()),
            occasion=Occasion.LINKS,
            event_id=registration.event_id,
            now=now,
        )


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
    if registration.failing_at is not None:
        service.write_once_more(registration, by=by, now=now)


def forget(registration: Registration) -> bool:
    """Remove every mail about them; not while one is still to be sent."""
    invites.forget(invites.of(registration.id, domain=mail.domain(), now=registration.status_at))
    return outbox.forget_thread(registration.thread, registration.email, *OF_A_MAILBOX)


def drop_waiting(registration: Registration) -> None:
    """What an older copy of the database still has to tell was told: it is not told again."""
    outbox.drop_waiting(registration.thread)


def entry(registration: Registration, invite: Invite) -> Entry:
    """What the person's calendar should hold while they have a place, in their language."""
    event = registration.event
    own_language = registration.language
    page = mail.public_url("events.show", lang=own_language, slug=event.slug)
    name, address = mail.sender()
    if invite.reply_code:
        address = mail.address_of(invite.reply_code)
    return Entry(
        uid=invite.uid,
        summary=translated(event.title, own_language),
        description=description(event, page, own_language),
        location=event.place or _("Online"),
        url=page,
        conference="",
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        organizer_name=name,
        organizer_address=address,
        attendee_name=registration.full_name or registration.email,
        attendee_address=registration.email,
        created_at=invite.created_at,
        asks=bool(invite.reply_code) and mail.reads_replies(),
    )


def return_path(invite: Invite) -> str:
    """Where a letter comes back to that nobody takes; empty where the portal reads no mail."""
    is_read = invite.reply_code and mail.reads_replies()
    return mail.address_of(invite.reply_code) if is_read and invite.reply_code else ""


def manage_url(registration: Registration, lang: str) -> str:
    """The link in the letters: one's own registration, in the language of the letter."""
    return mail.public_url("registrations.own", lang=lang, token=token(registration))


def token(registration: Registration) -> str:
    """Good until the registration's `link_code` changes."""
    return tokens.sign("registration", registration.id, registration.link_code)


@dataclass(frozen=True)
class Told:
    """What a letter's template shows of one registration."""

    registration: Registration
    event: Event
    language: str

    @cached_property
    def title(self) -> str:
        return translated(self.event.title, self.language)

    @cached_property
    def facts(self) -> list[tuple[str, str]]:
        """Event, when, where, how to join, and for whom, in the language in force."""
        event = self.event
        facts = [
            (_("Event"), self.title),
            (_("When"), self._when()),
            (_("Where"), event.place or _("Online")),
        ]
        if event.online and self.status is Status.CONFIRMED:
            facts.append((_("How to join"), self._how_to_join()))
        facts.append((_("For"), defang(self.registration.full_name)))
        return facts

    @property
    def status(self) -> Status:
        return standing(self.registration.status, self.event.state.value)

    @property
    def state_words(self) -> str:
        return str(STATUSES[self.status])

    @property
    def position(self) -> int | None:
        """None where others in line may have places that this person may not."""
        if self.event.is_divided:
            return None
        return queries.position(self.registration)

    @property
    def details_too(self) -> bool:
        """Whether a letter about the event comes first that is also the one about their details."""
        return self.registration.told_revision < self.registration.revision

    @cached_property
    def entered_by(self) -> str:
        """The organiser who entered the person; nothing where they registered themselves."""
        organiser = self.registration.entered_by
        if organiser is None:
            return ""
        return defang(accounts.names_of({organiser}).get(organiser) or _("A colleague"))

    @cached_property
    def handed_by(self) -> str:
        """Who handed their place over to this person; nothing where nobody did."""
        return self._colleague(self.registration.handed_by)

    @cached_property
    def handed_to(self) -> str:
        """To whom this person handed their place over."""
        return self._colleague(self.registration.handed_to)

    def _colleague(self, registration_id: int | None) -> str:
        if registration_id is None:
            return ""
        return defang(queries.name_of(registration_id)) or _("A colleague")

    @property
    def has_questions(self) -> bool:
        """Whether who was entered by somebody else is asked something, which they answer later."""
        is_asked = self.event.asks and self.status.is_live
        return is_asked and self.registration.entered_by is not None

    @property
    def source(self) -> str:
        return defang(self.registration.source)

    @cached_property
    def privacy_url(self) -> str:
        """The event's own notice, or the site's where it has none."""
        if self.event.notice_number:
            return mail.public_url("protection.notice", lang=self.language, slug=self.event.slug)
        return mail.public_url("pages.privacy", lang=self.language)

    @cached_property
    def manage_url(self) -> str:
        return manage_url(self.registration, self.language)

    @cached_property
    def asks(self) -> str:
        """Where one answers “Will you still come?”; empty for who is not asked or has answered."""
        if self.registration.reply is not Reply.NONE:
            return ""
        return mail.public_url(
            "registrations.reply", lang=self.language, token=token(self.registration)
        )

    @cached_property
    def reason(self) -> str:
        """What the organisers added, in the language of the letter or in another."""
        return translated(self.event.reason, self.language)

    @cached_property
    def event_url(self) -> str:
        return mail.public_url("events.show", lang=self.language, slug=self.event.slug)

    def _when(self) -> str:
        planned = when(self.event.starts_at, self.event.ends_at, self.event.zone)
        if self.event.state.value == "postponed":
            return _("not known yet; it was planned for %(when)s", when=planned)
        return planned

    def _how_to_join(self) -> str:
        opens = joining_opens_at(self.event.starts_at, self.event.joining_minutes)
        return _(
            "by the button on the page of your registration, from %(moment)s",
            moment=moment_words(opens, self.event.zone),
        )


@dataclass(frozen=True)
class Standing(Told):
    """How a registration stands at one moment, and what its person can still do until when."""

    now: datetime

    @cached_property
    def facts(self) -> list[tuple[str, str]]:
        return super().facts + self._deadlines()

    def _deadlines(self) -> list[tuple[str, str]]:
        """Until when what can be done, to a person who may still come; not what is over."""
        event, dates = self.event, []
        if self.status.is_live:
            dates.append((_("Change details until"), event.changes_deadline))
        if self.status is Status.CONFIRMED:
            dates.append((_("Give the place back until"), event.withdrawal_deadline))
        return [
            (words, moment_words(at, event.zone))
            for words, at in dates
            if at is not None and at > self.now
        ]


def _take_back(registration: Registration, invite: Invite) -> None:
    if not registration.told_revision:
        return
    before = outbox.take_back(registration.thread)
    if before is None:
        return
    registration.told_status = Status(before["status"]) if before["status"] else None
    registration.told_status_at = _moment(before["status_at"])
    registration.told_address = before["address"]
    registration.told_revision = before["revision"]
    registration.told_event_revision = before["event_revision"]
    invites.restore(invite, before["invite"])


def _state(registration: Registration, invite: Invite) -> dict[str, Any]:
    return {
        "status": registration.told_status.value if registration.told_status else None,
        "status_at": registration.told_status_at and registration.told_status_at.isoformat(),
        "address": registration.told_address,
        "revision": registration.told_revision,
        "event_revision": registration.told_event_revision,
        "invite": invites.state(invite),
    }


def _heard(registration: Registration) -> Heard:
    return Heard(
        status=registration.told_status,
        address=registration.told_address,
        revision=registration.told_revision,
        event_revision=registration.told_event_revision,
        event_state=_state_heard(registration),
        status_at=registration.told_status_at,
    )


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _state_heard(registration: Registration) -> str:
    """The event's state at the revision that the person has heard of."""
    event, heard = registration.event, registration.told_event_revision
    if heard == event.revision:
        return event.state.value
    facts = event_queries.revision_facts(event.id, heard) if heard else {}
    return str(facts.get("state", ""))


def _truth(registration: Registration, event: Event) -> Heard:
    return Heard(
        status=standing(registration.status, event.state.value),
        address=registration.email,
        revision=registration.revision,
        event_revision=event.revision,
        event_state=event.state.value,
        status_at=registration.status_at,
    )


def _note(registration: Registration, truth: Heard) -> None:
    """The revisions that were read, not those that may have come since."""
    registration.told_status = truth.status
    registration.told_status_at = truth.status_at
    registration.told_address = truth.address
    registration.letter_due_at = None
    registration.told_revision = truth.revision
    registration.told_event_revision = truth.event_revision


def _differences(event: Event, heard: Heard) -> list[Change]:
    """What the event's own letter would say to this person, if it were not for this one."""
    if heard.event_revision in (0, event.revision):
        return []
    old = event_queries.revision_facts(event.id, heard.event_revision)
    joins = heard.status is Status.CONFIRMED
    return changes(old, event_service.snapshot(event), joins=joins)


def _tell_old_address(
    registration: Registration, invite: Invite, address: str, before: dict[str, Any], now: datetime
) -> None:
    calendar = invites.cancel(invite, now=now)
    _post(registration, invite, Occasion.ADDRESS_CHANGED, address, calendar, before, [], now)
    registration.told_address = registration.email


def _calendar(registration: Registration, invite: Invite, now: datetime) -> Calendar | None:
    """REQUEST while the person has a place at a known time, else CANCEL of what they hold."""
    if registration.holds_place and registration.event.state.value == "published":
        return invites.renew(invite, entry(registration, invite), now=now)
    return invites.cancel(invite, now=now)


def _post(
    registration: Registration,
    invite: Invite,
    what: Occasion,
    address: str,
    calendar: Calendar | None,
    before: dict[str, Any],
    differences: list[Change],
    now: datetime,
) -> None:
    written = mail.write(
        "registrations", what, language=registration.language,
        told=Standing(registration, registration.event, registration.language, now),
        changes=differences, calendar=calendar,
    )  # fmt: skip
    back_to = return_path(invite)
    message_id = mail.post(
        written,
        to=("", address),
        facts=(what, registration.id, registration.revision, registration.event.revision, now),
        occasion=what,
        thread=registration.thread,
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


def description(event: Event, page: str, lang: str | None = None) -> str:
    """No link that is anybody's own: people share their calendars."""
    lines = [translated(event.summary, lang)]
    if event.online:
        lines.append(_("You find the way to join on the page of your registration."))
    return "\n\n".join([line for line in lines if line] + [page])


def _settings() -> Settings:
    settings: Settings = current_app.extensions["portal"]
    return settings
