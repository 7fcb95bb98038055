"""A reminder or a thank-you as one person gets it; the only door from here to the outbox."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from portal import mail, markup
from portal.afterwards import queries as afterwards
from portal.afterwards.letters import date_for_answers
from portal.circulars.rules import Outcome
from portal.events.models import Event
from portal.i18n import Translated, in_language, translated_as
from portal.mail import Written
from portal.materials import shown as materials_shown
from portal.materials.models import Material
from portal.materials.shown import MaterialShown
from portal.outbox import service as outbox
from portal.questions.queries import second_form
from portal.registrations import office_letters
from portal.registrations.acting import Contact
from portal.registrations.models import Registration
from portal.registrations.office_letters import Copy
from portal.registrations.own_links import token
from portal.registrations.rules import Attendance, Status
from portal.registrations.told import Told
from portal.reminders import queries
from portal.reminders.models import Reminder, Run, Telling
from portal.reminders.rules import Kind, RunState


@dataclass(frozen=True)
class Reminded(Told):
    """What the template shows of one registration: the letter that it starts has the link itself.

    `own` is what the organisers wrote, in the reader's language or in another.
    """

    kind: Kind
    words: Translated
    now: datetime
    after: Sequence[MaterialShown] = field(default_factory=list)

    @property
    def own_language(self) -> str:
        return translated_as(self.words, self.language)[1]

    @property
    def own_html(self) -> Markup:
        return markup.rich(self._own)

    @property
    def own_plain(self) -> str:
        return markup.plain(self._own)

    @property
    def _own(self) -> str:
        return translated_as(self.words, self.language)[0]

    @cached_property
    def facts(self) -> list[tuple[str, str]]:
        form = second_form(self.event.id) if self.kind is Kind.ANSWERS else None
        if form is None:
            return super().facts
        return [*super().facts, date_for_answers(form, self.event, self.now)]

    @property
    def answer_url(self) -> str:
        return mail.public_url(
            "registrations.second_form", lang=self.language, token=token(self.registration)
        )

    def _how_to_join(self) -> str:
        """Nothing once it is over: facts without a value are left out."""
        if self.kind.comes_after:
            return ""
        if self.kind is Kind.SOON:
            return _("by the link in this letter")
        return super()._how_to_join()


def written(
    reminder: Reminder,
    words: Translated,
    registration: Registration,
    language: str,
    materials: Sequence[Material],
    now: datetime,
    for_office: Contact | None = None,
) -> Written:
    """The letter in this language, with these words of the organisers.

    Links that are the person's own, as those to files, go to no office.
    """
    with in_language(language):
        own = [] if for_office else materials
        after = materials_shown.in_letter(own, token(registration), language)
        told = Reminded(
            registration, reminder.event, language, reminder.kind, words, now, after,
            for_office=for_office,
        )  # fmt: skip
        values: dict[str, Any] = {"told": told, "changes": []}
        return mail.write("reminders", reminder.kind.value, language=language, **values)


def write(
    telling: Telling, registration: Registration, materials: Sequence[Material], now: datetime
) -> None:
    """Put this person's copy into the outbox and note it, unless it does not concern them now."""
    run, reminder = telling.run, telling.run.reminder
    event = reminder.event
    telling.at, telling.event_revision = now, event.revision
    if not concerns(reminder.kind, registration, event, now):
        telling.outcome = Outcome.SKIPPED
        return
    copies = _copies(reminder, registration)
    for copy in copies:
        if copy.for_office is None:
            telling.message_id = _post(run, registration, copy, materials, now)
        elif len(copies) == 1 or not queries.is_told(run.id, copy.for_office.address_key):
            telling.office_message_id = _post(run, registration, copy, materials, now)
    telling.outcome, telling.reason = Outcome.WRITTEN, ""


def _copies(reminder: Reminder, registration: Registration) -> list[Copy]:
    """The joining link goes to the person alone, but for who has no mailbox of their own.

    So do questions that they alone can answer; whoever gets their letters hears that they are
    asked.
    """
    own = Copy(registration.email, registration.language)
    if reminder.kind is Kind.SOON and not registration.is_seen_to_by_its_office:
        return [own]
    found = office_letters.copies(registration)
    if reminder.kind is Kind.ANSWERS and own not in found:
        return [own, *found]
    return found


def _post(
    run: Run, registration: Registration, copy: Copy, materials: Sequence[Material], now: datetime
) -> str:
    """One mailbox's copy."""
    reminder, office = run.reminder, copy.for_office
    return mail.post(
        written(reminder, run.words, registration, copy.language, materials, now, office),
        to=("", copy.address),
        facts=(reminder.kind, run.id, registration.id, reminder.event.revision),
        occasion=reminder.kind.value,
        thread=office.thread if office else registration.thread,
        event_id=reminder.event_id,
        priority=outbox.URGENT if reminder.kind is Kind.SOON else outbox.BULK,
        now=now,
    )


def concerns(kind: Kind, registration: Registration, event: Event, now: datetime) -> bool:
    """Whoever lost their place or asked to be forgotten is left alone; a room needs no link."""
    if registration.status is not Status.CONFIRMED or registration.erase_asked_at is not None:
        return False
    if kind is Kind.ANSWERS:
        return afterwards.is_to_be_reminded(registration, now)
    in_the_room = event.in_person and registration.attendance is Attendance.IN_PERSON
    return not (kind is Kind.SOON and in_the_room)


def take_back(tellings: Sequence[Telling], *, parked: bool = False) -> int:
    """Remove those of these mails that surely did not leave, to be written as things are now.

    Who is not to be told any more is found out when they are written.
    """
    ids = [each.id for each in tellings]
    mails = select(Telling.message_id).where(Telling.id.in_(ids))
    removed = set(outbox.remove(mails, parked=parked))
    to_offices = select(Telling.office_message_id).where(Telling.id.in_(ids))
    outbox.remove(to_offices, parked=parked)
    for telling in tellings:
        if telling.message_id in removed:
            telling.outcome, telling.message_id = Outcome.WAITING, ""
            telling.run.state, telling.run.ended_at = RunState.WRITING, None
    return len(removed)
