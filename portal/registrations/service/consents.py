"""Consents are taken back as easily as they are given, at any time (Regulation (EU) 2018/1725,
Article 7(3))."""

from collections.abc import Collection, Sequence
from datetime import datetime

from portal.audit.service import Actor, record
from portal.db import db
from portal.events import service as events
from portal.questions import queries, rules
from portal.questions.queries import Answered
from portal.questions.rules import Asked, Said
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
    given, every = queries.given(registration.id), queries.every(event.id)
    agreed = [each for each in given if each.agrees and each.question.number in numbers]
    if not gone and not agreed:
        return
    write_values(registration, {"consents": left, **about})
    if agreed:
        fallen = _fallen(agreed, given, every)
        questions.take_back(registration.id, event.id, _numbers(agreed) | fallen)
        questions.give(registration.id, _noted(agreed, every), now=now)
        registration.answered = "yes" if queries.given(registration.id) else ""
        events.places_changed(event.id)  # an answer that fell away may have held one
    record(
        "registration.consent_taken_back", registration, by=by, now=now, event_id=event.id,
        consents=gone, questions=sorted(_numbers(agreed)),
    )  # fmt: skip


def _fallen(
    agreed: Sequence[Answered], given: Sequence[Answered], every: Sequence[Asked]
) -> set[int]:
    """What else was only asked since they had agreed, also where it is asked no more."""
    values, read = values_of(given), [each.question for each in given]
    left = values_of([each for each in given if each not in agreed])
    return rules.unasked(every, read, left) - rules.unasked(every, read, values)


def _noted(agreed: Sequence[Answered], every: Sequence[Asked]) -> list[Said]:
    """A consent that is needed still is noted as taken back, so that it is not asked for again."""
    needed = {each.number: each for each in every if each.required}
    return [
        Said(needed[each.question.number], (rules.NO,), each.language)
        for each in agreed
        if each.question.number in needed
    ]


def _numbers(answers: Sequence[Answered]) -> set[int]:
    return {each.question.number for each in answers}
