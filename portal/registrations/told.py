"""What letters say of one registration."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from flask_babel import gettext as _

from portal import mail
from portal.accounts import queries as accounts
from portal.events.models import Event
from portal.i18n import moment_words, translated, when
from portal.invites import queries as calendars
from portal.invites.rules import Partstat
from portal.labels import ATTENDANCE, STATUSES
from portal.outbox.mime import defang
from portal.registrations import needed, queries, waiting
from portal.registrations.acting import Contact
from portal.registrations.changes import Change
from portal.registrations.models import Registration
from portal.registrations.office_links import office_url
from portal.registrations.own_links import manage_url, token
from portal.registrations.papers import entitled_words
from portal.registrations.rules import (
    Reply,
    Status,
    joining_opens_at,
    standing,
)
from portal.sessions import news
from portal.sessions import queries as sessions
from portal.sessions import shown as sessions_shown
from portal.sessions.queries import Mine
from portal.sessions.rules import State


@dataclass(frozen=True)
class Told:
    """What a letter's template shows of one registration."""

    registration: Registration
    event: Event
    language: str
    for_office: Contact | None = field(default=None, kw_only=True)

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
        facts.append((_("How you take part"), self._how()))
        facts.append((_("For"), defang(self.registration.full_name)))
        if self.registration.entitled and self.status is Status.CONFIRMED:
            facts.append((_("Reimbursement"), entitled_words(self.registration)))
        return facts + self._sessions()

    def _how(self) -> str:
        is_hybrid = self.event.in_person and self.event.online
        return str(ATTENDANCE[self.registration.attendance]) if is_hybrid else ""

    def _sessions(self) -> list[tuple[str, str]]:
        """What they chose, and what clashes since it was moved, of somebody who may come."""
        if not self.status.is_live:
            return []
        mine = [each for each in self._mine if each.state is not State.GONE]
        return sessions_shown.told(mine, self.event.zone if self.event.is_dated else None)

    @cached_property
    def _mine(self) -> list[Mine]:
        """All that they chose, also what they gave up."""
        if not self.event.chooses:
            return []
        number = self.registration.id
        return sessions.of_all([number], with_gone=True).get(number, [])

    @cached_property
    def moves(self) -> list[Change]:
        """In which sessions they stand otherwise than their last letter said."""
        if not self.status.is_live:
            return []
        return [Change(*each) for each in news.differences(self._sessions_heard, self._mine)]

    @cached_property
    def sessions_found(self) -> list[str]:
        """The sessions in which a place became free for them."""
        return news.found(self._sessions_heard, self._mine) if self.status.is_live else []

    @property
    def _sessions_heard(self) -> dict[str, str] | None:
        return (self.for_office or self.registration).told_sessions

    @property
    def status(self) -> Status:
        return standing(self.registration.status, self.event.state.value)

    @property
    def state_words(self) -> str:
        return str(STATUSES[self.status])

    @property
    def position(self) -> int | None:
        """None where a number would not say how soon their turn comes."""
        if not self.event.line_is_plain:
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

    @property
    def given_by(self) -> str:
        """The same where we have the person's data from there; who waited gave them before."""
        is_new = self.registration.registered_at == self.registration.status_at
        return self.handed_by if is_new else ""

    @cached_property
    def handed_to(self) -> str:
        """To whom this person handed their place over."""
        return self._colleague(self.registration.handed_to)

    @cached_property
    def left_the_line(self) -> bool:
        """Whether their last letter said that they wait, or that a place is offered to them."""
        reader = self.for_office or self.registration
        return reader.told_status in (Status.OFFERED, Status.WAITLISTED)

    @cached_property
    def by_calendar(self) -> bool:
        """Whether it was a proven No of their calendar that gave the place back."""
        invite = calendars.of(self.registration.id)
        if invite is None or invite.partstat is not Partstat.DECLINED:
            return False
        return invite.replied_at == self.registration.status_at

    def _colleague(self, registration_id: int | None) -> str:
        if registration_id is None:
            return ""
        return defang(queries.name_of(registration_id)) or _("A colleague")

    @property
    def needed(self) -> list[str]:
        """What this person still has to answer, in letters about how they stand."""
        return []

    @property
    def has_questions(self) -> bool:
        """Whether who was entered by somebody else is asked something, which they answer later."""
        by_another = (
            self.registration.entered_by is not None
            or self.registration.handed_by is not None
            or self.registration.acting is not None
        )
        is_theirs = self.for_office is None and self.status.is_live
        return is_theirs and bool(by_another) and needed.is_anything_asked(self.event)

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
        if self.for_office is not None:
            return office_url(self.for_office, self.language)
        return manage_url(self.registration, self.language)

    @cached_property
    def registered_by(self) -> str:
        """Who registered the person and acts for them, with their mailbox; else nothing."""
        acting = self.registration.acting
        return self._acts if acting is not None and acting.registered_them else ""

    @cached_property
    def acted_by(self) -> str:
        """The same of whom organisers entered later."""
        return "" if self.registered_by else self._acts

    @property
    def _acts(self) -> str:
        acting = None if self.for_office else self.registration.acting
        return "" if acting is None else f"{defang(acting.name)} ({acting.email})"

    @cached_property
    def person_name(self) -> str:
        """Whom the letter is about; a word for them once the name is forgotten."""
        return defang(self.registration.full_name) or _("A colleague")

    @cached_property
    def asks(self) -> str:
        """Where one answers “Will you still come?”; empty for who is not asked or has answered."""
        if self.registration.reply is not Reply.NONE or self.for_office is not None:
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

    @property
    def status(self) -> Status:
        return waiting.standing_now(self.registration, self.now)

    @cached_property
    def facts(self) -> list[tuple[str, str]]:
        return super().facts + self._deadlines()

    @cached_property
    def needed(self) -> list[str]:
        """Also what they chose without getting it; nothing that they could not answer now.

        What somebody answers is between them and the organisers: an office reads none of it.
        """
        if self.for_office is not None:
            return []
        found = needed.of(self.registration, self.status, self.now)
        return [defang(each) for each in found]

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
