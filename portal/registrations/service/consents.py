"""Consents are taken back as easily as they are given, at any time (Regulation (EU) 2018/1725,
Article 7(3))."""

from collections.abc import Collection
from datetime import datetime

from portal.audit.service import Actor, record
from portal.db import db
from portal.events import service as events
from portal.questions import queries, rules
from portal.questions.rules import Kind
from portal.questions.service import answers as questions
from portal.registrations.models import Registration
from portal.registrations.rules import NEEDED_FOR
from portal.registrations.service import write_values
from portal.registrations.service.answers import values_of


def take_back(
    registration: Registration,
    names: Collection[str],
    numbers: Collection[int],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Of the form (`names`) and of the event's questions (`numbers`), whatever the deadlines say.

    What was kept by a consent alone is forgotten with it, and so is what was only asked of who had
    agreed. Nobody loses a place by it; the desk reads it in the person's history.
    """
    event = events.locked(registration.event_id)
    db.session.refresh(registration)
    gone = sorted(set(names) & set(registration.consents))
    left = {name: proof for name, proof in registration.consents.items() if name not in gone}
    about = {NEEDED_FOR[name]: "" for name in gone if name in NEEDED_FOR}
    agreed, fallen = _of_questions(registration, numbers)
    if not gone and not agreed:
        return
    write_values(registration, {"consents": left, **about})
    if agreed:
        questions.take_back(registration.id, event.id, agreed | fallen)
        registration.answered = "yes" if queries.given(registration.id) else ""
    record(
        "registration.consent_taken_back", registration, by=by, now=now, event_id=event.id,
        consents=gone, questions=sorted(agreed),
    )  # fmt: skip


def _of_questions(
    registration: Registration, numbers: Collection[int]
) -> tuple[set[int], set[int]]:
    """Which of these the person agreed to, and what else was only asked since they had."""
    given, every = queries.given(registration.id), queries.every(registration.event_id)
    agreed = {
        each.question.number
        for each in given
        if each.question.number in numbers and each.question.kind is Kind.CONSENT
    }
    left = {number: said for number, said in values_of(given).items() if number not in agreed}
    for_them = rules.relevant(every, left)
    return agreed, {each.number for each in every} & set(left) - for_them
