"""Answers to the event's own questions, given or changed later by the person."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _

from portal.audit.service import Actor, record
from portal.db import db
from portal.errors import Refused
from portal.events import service as events
from portal.questions import queries
from portal.questions import service as questions
from portal.questions.rules import Said
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
    if not registration.may_change(now):
        raise Refused(_("Your answers cannot be changed any more."))
    before = queries.given(registration.id)
    asked = {each.number for each in queries.asked(event.id)}
    was = {each.question.id: each.values for each in before if each.question.number in asked}
    if was == {each.question.id: each.values for each in answers}:
        return False
    questions.ensure_free(event.id, answers, queries.held_by(before))
    questions.keep_changed(event.id, registration.id, answers, now=now)
    is_left = len(was) < len(before)
    registration.answered = "yes" if answers or is_left else ""
    record("registration.answered", registration, by=by, now=now, event_id=event.id)
    return True
