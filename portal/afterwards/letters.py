"""What we write to people about the second form."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from portal import mail
from portal.afterwards.queries import OCCASION, REMINDER, events_of
from portal.events.models import Event
from portal.i18n import in_language, moment_words
from portal.outbox import service as outbox
from portal.questions.models import SecondForm, Turn
from portal.questions.service.second import look_again, turn_of
from portal.registrations.models import Registration
from portal.registrations.own_links import token
from portal.registrations.told import Told


@dataclass(frozen=True)
class Asked(Told):
    """What the template shows: beside what every letter does, until when, and where to answer."""

    form: SecondForm
    now: datetime

    @cached_property
    def facts(self) -> list[tuple[str, str]]:
        return [*super().facts, date_for_answers(self.form, self.event, self.now)]

    @property
    def answer_url(self) -> str:
        return mail.public_url(
            "registrations.second_form", lang=self.language, token=token(self.registration)
        )


def date_for_answers(form: SecondForm, event: Event, now: datetime) -> tuple[str, str]:
    """Until when answers are wanted; who gets their place later than that is still asked."""
    until = form.deadline(event.starts_at, event.zone)
    said = moment_words(until, event.zone)
    if until <= now:
        said = _("it was %(moment)s; yours still help, until the event starts", moment=said)
    return _("Date for answers"), said


def ask(form: SecondForm, registration: Registration, *, now: datetime) -> None:
    """Ask this person, once."""
    turn = turn_of(registration.id)
    turn.asked_at = now
    _post(OCCASION, form, registration, turn, now)


def remind(form: SecondForm, registration: Registration, *, now: datetime) -> None:
    """Once more, since an organiser wants it."""
    turn = turn_of(registration.id)
    turn.reminded_at = now
    _post(REMINDER, form, registration, turn, now)


def take_back(turns: Sequence[Turn]) -> int:
    """Remove those of these letters that surely did not leave.

    Who has not answered is asked again, should they have a place again, or the event a date.
    """
    ids = [each.id for each in turns]
    removed = set(outbox.remove(select(Turn.message_id).where(Turn.id.in_(ids))))
    for turn in turns:
        if turn.message_id in removed:
            turn.message_id = ""
            turn.asked_at = None if turn.answered_at is None else turn.asked_at
    for event_id in events_of([each.registration_id for each in turns]):
        look_again(event_id)
    return len(removed)


def _post(
    occasion: str, form: SecondForm, registration: Registration, turn: Turn, now: datetime
) -> None:
    event, language = registration.event, registration.language
    with in_language(language):
        values: dict[str, Any] = {
            "told": Asked(registration, event, language, form, now), "changes": [],
        }  # fmt: skip
        turn.message_id = mail.post(
            mail.write("afterwards", occasion, language=language, **values),
            to=("", registration.email),
            facts=(occasion, form.id, registration.id, now.isoformat()),
            occasion=occasion,
            thread=registration.thread,
            event_id=event.id,
            priority=outbox.BULK,
            now=now,
        )
