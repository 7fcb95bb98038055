"""Answers to the event's own questions, given or changed later by the person."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _

from portal.audit.service import Actor, record
from portal.db import db
from portal.errors import Refused
from portal.events import service as events
from portal.questions import queries
from portal.questions.rules import Asked, Kind, Said, relevant
from portal.questions.service import answers as questions
from portal.registrations.models import Registration


def change(
    registration: Registration,
    answers: Sequence[Said],
    *,
    by: Actor,
    now: datetime,
) -> bool:
    """All of the person's answers anew; nothing changed means no write, and there is no letter.

    Whoever holds a place of an answer keeps it, also where it is full for all others.
    """
    event = events.locked(registration.event_id)
    db.session.refresh(registration)
    if not registration.may_answer(now):
        raise Refused(_("Your answers cannot be changed any more."))
    before, asked = queries.given(registration.id), queries.asked(event.id)
    typed = {each.number for each in asked if each.kind is not Kind.FILE}
    was = {each.question.id: each.values for each in before if each.question.number in typed}
    said = {each.question.id: each.values for each in answers}
    if was == said:
        return False
    unchanged = {number for number, values in said.items() if was.get(number) == values}
    questions.ensure_free(event.id, answers, queries.held_by(before))
    questions.keep_changed(event.id, registration.id, answers, unchanged, now=now)
    _drop_files(registration, asked, answers)
    is_left = len(was) < len(before)
    registration.answered = "yes" if answers or is_left else ""
    record("registration.answered", registration, by=by, now=now, event_id=event.id)
    return True


def hand_in(
    registration: Registration, question: Asked, said: Said | None, *, by: Actor, now: datetime
) -> None:
    """A file in the place of the one before, or none any more; it was kept by who calls."""
    events.locked(registration.event_id)
    db.session.refresh(registration)
    if not registration.may_answer(now):
        raise Refused(_("Your answers cannot be changed any more."))
    if queries.unchanged([question.id]) != {question.id: question.version}:
        raise questions.Outdated
    if said is None:
        questions.forget_file(registration.id, question)
    else:
        questions.keep_file(registration.id, said, now=now)
        registration.answered = "yes"
    record("registration.answered", registration, by=by, now=now, event_id=registration.event_id)


def _drop_files(
    registration: Registration, asked: Sequence[Asked], answers: Sequence[Said]
) -> None:
    """A file that is not asked of this person any more goes."""
    for_them = relevant(asked, {each.question.number: each.values for each in answers})
    for each in asked:
        if each.kind is Kind.FILE and each.number not in for_them:
            questions.forget_file(registration.id, each)
