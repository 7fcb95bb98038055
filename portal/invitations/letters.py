"""What we write to invited people; the only door from here to the outbox."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from portal import ledger, mail, markup, tokens
from portal.audit.service import Actor
from portal.events.models import Event
from portal.events.rules import State
from portal.i18n import in_language, moment_words, translated, translated_as, when
from portal.invitations import due, privacy, service
from portal.invitations.models import Invitation, InvitationList
from portal.invitations.rules import NEWS, Occasion, Stage
from portal.ledger import Erased
from portal.mail import Written
from portal.outbox import service as outbox
from portal.outbox.mime import defang
from portal.outbox.models import Message
from portal.registrations import queries as registrations

PURPOSE = "invitation"


def token(invitation: Invitation) -> str:
    """Good until the invitation's `link_code` changes."""
    return tokens.sign(PURPOSE, invitation.id, invitation.link_code)


@dataclass(frozen=True)
class Inviting:
    """What a letter's template shows of an invitation; of one to look at there is no link."""

    event: Event
    of_list: InvitationList
    language: str
    name: str
    link: str
    taker: str = ""

    @cached_property
    def title(self) -> str:
        return translated(self.event.title, self.language)

    @cached_property
    def facts(self) -> list[tuple[str, str]]:
        """Event, when, where, and until when to answer, in the language in force."""
        event, until = self.event, self.of_list.answer_until
        facts = [
            (_("Event"), self.title),
            (_("When"), self._when()),
            (_("Where"), event.place or _("Online")),
        ]
        if self.name:
            facts.append((_("For"), defang(self.name)))
        if until is not None and event.state is State.PUBLISHED:
            facts.append((_("Answer until"), moment_words(until, event.zone)))
        return facts

    def _when(self) -> str:
        planned = when(self.event.starts_at, self.event.ends_at, self.event.zone)
        if self.event.state is State.POSTPONED:
            return _("not known yet; it was planned for %(when)s", when=planned)
        return planned

    @property
    def reason(self) -> str:
        """Why the event is off, in the organisers' words."""
        return translated(self.event.reason, self.language)

    @property
    def own_language(self) -> str:
        return translated_as(self.of_list.words, self.language)[1]

    @property
    def own_html(self) -> Markup:
        return markup.rich(self._own)

    @property
    def own_plain(self) -> str:
        return markup.plain(self._own)

    @property
    def _own(self) -> str:
        return translated_as(self.of_list.words, self.language)[0]

    @property
    def source(self) -> str:
        return defang(self.of_list.source)

    @cached_property
    def privacy_url(self) -> str:
        """The event's own notice, or the site's where it has none."""
        if self.event.notice_number:
            return mail.public_url("protection.notice", lang=self.language, slug=self.event.slug)
        return mail.public_url("pages.privacy", lang=self.language)

    @cached_property
    def event_url(self) -> str:
        return mail.public_url("events.show", lang=self.language, slug=self.event.slug)


def to_look_at(of_list: InvitationList, language: str) -> Written:
    """The letter without anybody's name and link."""
    event_url = mail.public_url("events.show", lang=language, slug=of_list.event.slug)
    with in_language(language):
        told = Inviting(of_list.event, of_list, language, "", event_url)
        return mail.write("invitations", Occasion.INVITATION, language=language, told=told)


def invite(invitation: Invitation, *, now: datetime) -> None:
    """The first letter."""
    invitation.message_id = _post(invitation, Occasion.INVITATION, now)
    invitation.stage, invitation.invited_at, invitation.told_state = Stage.INVITED, now, ""


def remind(invitation: Invitation, *, now: datetime) -> None:
    """To who has not answered; of the event's date the rule does not remind them again."""
    invitation.message_id = _post(invitation, Occasion.REMINDER, now)
    invitation.reminded_at, invitation.reminder_due_at = now, None
    invitation.reminded_of = invitation.of_list.date_told


def tell_handed_on(invitation: Invitation, *, now: datetime) -> None:
    """Who was invited hears who comes in their place; that person has a letter of their own."""
    invitation.told_handed_on = True
    if invitation.registration_id is not None:
        name = registrations.name_of(invitation.registration_id)
        _post(invitation, Occasion.HANDED_ON, now, taker=defang(name) or _("A colleague"))


def tell_state(invitation: Invitation, *, now: datetime) -> None:
    """That the event is off, or on again; what it makes void does not leave any more.

    Whose invitation never left has heard of nothing. It is written once the event has a date.
    """
    take_back(invitation)
    state = invitation.of_list.event.state
    invitation.told_state = "" if state is State.PUBLISHED else state.value
    if invitation.invited_at is not None:
        invitation.message_id = _post(invitation, NEWS[state.value], now)


def take_back(invitation: Invitation) -> None:
    """What has not left of this invitation does not leave any more, and counts as unwritten.

    What a postman may have handed over already is not tried again, and counts as written.
    """
    written = due.waiting(invitation)
    of_it = select(Message.message_id).where(Message.thread == invitation.thread)
    gone = outbox.remove(of_it)
    outbox.remove(of_it, parked=True)  # else the outbox's desk could send it all the same
    service.unwrite(invitation, {written[each] for each in gone if each in written})
    outbox.drop_waiting(invitation.thread)


def decline(invitation: Invitation, *, now: datetime) -> None:
    """They cannot come: no reminder leaves either."""
    service.decline(invitation, now=now)
    take_back(invitation)


def withdraw(invitation: Invitation, *, by: Actor, now: datetime) -> None:
    """The organisers take it back, and what has not left."""
    service.withdraw(invitation, by=by, now=now)
    take_back(invitation)


def correct_address(invitation: Invitation, address: str, *, by: Actor, now: datetime) -> None:
    """Nothing more goes to the address before, and its mails do not wait at the outbox's desk."""
    service.correct_address(invitation, address, by=by, now=now)
    take_back(invitation)


def object_to(invitation: Invitation, *, by: Actor, now: datetime) -> None:
    """They are to be asked no more, by nothing, also not by what a restore brings back."""
    known_by = ledger.digest(invitation.address_key)
    ledger.note(Erased(now, known_by, invitations=(invitation.id,)))
    object_again(invitation, by=by, now=now)


def object_again(invitation: Invitation, *, by: Actor, now: datetime) -> None:
    """The same where the ledger knows of it; nothing that was written to them is listed either."""
    take_back(invitation)
    privacy.forget_letters(invitation)
    service.object_to(invitation, by=by, now=now)


def erase(address_key: str, *, by: Actor, now: datetime) -> None:
    """Forgotten on request is an objection, too: no later list asks them again."""
    for invitation in privacy.of_address(address_key):
        object_again(invitation, by=by, now=now)


def _post(invitation: Invitation, what: Occasion, now: datetime, *, taker: str = "") -> str:
    language, event = invitation.language, invitation.of_list.event
    link = mail.public_url("invitations.show", lang=language, token=token(invitation))
    invitation.letters += 1
    with in_language(language):
        told = Inviting(event, invitation.of_list, language, invitation.full_name, link, taker)
        return mail.post(
            mail.write("invitations", what, language=language, told=told),
            to=("", invitation.email),
            facts=(what, invitation.id, invitation.letters),
            occasion=what,
            thread=invitation.thread,
            event_id=event.id,
            return_path=mail.address_of(invitation.reply_code) if mail.reads_replies() else "",
            priority=outbox.BULK,
            now=now,
        )
