"""Answers to the event's own questions, given or changed later by the person."""

from collections.abc import Collection, Sequence
from datetime import datetime

from flask_babel import gettext as _

from portal.audit.service import Actor, record
from portal.db import db
from portal.errors import Refused
from portal.events import service as events
from portal.questions import queries, rules
from portal.questions.queries import Answered
from portal.questions.rules import Asked, Kind, Said, Stage, Values
from portal.questions.service import answers as questions
from portal.questions.service import second
from portal.registrations import second_form
from portal.registrations.models import Registration
from portal.registrations.rules import may_change

ACTS = {
    Stage.FIRST: "registration.answered",
    Stage.SECOND: "registration.answered_second",
}


def change(
    registration: Registration,
    answers: Sequence[Said],
    *,
    stage: Stage = Stage.FIRST,
    by: Actor,
    now: datetime,
) -> list[int]:
    """All of the person's answers to one form anew; there is no letter.

    Nothing changed means no write. Whoever holds a place of an answer keeps it, also where it is
    full for all others. Answers with the numbers of the questions of which nothing is kept, since
    what they depended on was answered otherwise.
    """
    event = events.locked(registration.event_id)
    db.session.refresh(registration)
    _refuse_when_late(registration, stage, now)
    before, every = queries.given(registration.id), queries.every(event.id)
    sent = {each.question.number for each in answers}
    if stage is Stage.SECOND:
        answers = _of_this_person(answers, every, before)
    dropped = sent - {each.question.number for each in answers}
    typed = {each.number for each in every if each.stage is stage and each.kind is not Kind.FILE}
    said = {each.question.id: each.values for each in answers}
    stays = _taken_back(before, answers)
    was = {
        each.question.id: each
        for each in before
        if each.question.number in typed and each.question.id not in stays
    }
    unchanged = {
        number
        for number, values in said.items()
        if number in was and was[number].values == values and not was[number].wishes
    }
    if unchanged == set(was) == set(said) and not _is_first_sent(registration, stage):
        return sorted(dropped)
    questions.ensure_free(event.id, answers, queries.held_by(before))
    questions.keep_changed(
        event.id, registration.id, answers, unchanged | stays, stage=stage, now=now
    )
    fallen = _fallen_away(every, before, answers, typed)
    _note(registration, stage, every, fallen, now)
    record(ACTS[stage], registration, by=by, now=now, event_id=event.id)
    events.places_changed(event.id)
    return sorted(dropped.union(fallen))


def hand_in(
    registration: Registration, question: Asked, said: Said | None, *, by: Actor, now: datetime
) -> None:
    """A file in the place of the one before, or none any more; it was kept by who calls."""
    event = events.locked(registration.event_id)
    db.session.refresh(registration)
    _refuse_when_late(registration, question.stage, now)
    if queries.unchanged([question.id]) != {question.id: question.version}:
        raise questions.Outdated
    if said is None:
        questions.forget_file(registration.id, question)
    else:
        questions.keep_file(registration.id, said, now=now)
        registration.answered = "yes"
        _note_only_files(registration, question, now)
    record(ACTS[question.stage], registration, by=by, now=now, event_id=event.id)


def _refuse_when_late(registration: Registration, stage: Stage, now: datetime) -> None:
    if not may_answer(registration, stage, now):
        raise Refused(_("Your answers cannot be changed any more."))


def may_answer(
    registration: Registration,
    stage: Stage,
    now: datetime,
    given: Sequence[Answered] | None = None,
) -> bool:
    """Whether this person can answer that form now; `given` is what they did, where it is known."""
    if stage is Stage.FIRST:
        return registration.may_change(now) or _may_answer_late(registration, now, given)
    form, turn = queries.second_form(registration.event_id), queries.turn(registration.id)
    return second_form.may_answer(registration, form, turn, now)


def _may_answer_late(
    registration: Registration, now: datetime, given: Sequence[Answered] | None
) -> bool:
    """After the date for changes, until the event starts: whoever has answered none of the
    questions by which people register, and who got their place when what they chose was full."""
    until_start = may_change(
        status=registration.standing,
        event_state=registration.event.state.value,
        starts_at=registration.event.starts_at,
        changes_until=None,
        now=now,
    )
    if not until_start or not registration.answered:
        return until_start
    said = [
        each
        for each in (queries.given(registration.id) if given is None else given)
        if each.question.stage is Stage.FIRST and each.question.kind is not Kind.FILE
    ]
    return not said or any(each.wishes for each in said)


def _taken_back(before: Sequence[Answered], answers: Sequence[Said]) -> set[int]:
    """Consents that stay taken back, since nobody has agreed anew."""
    agreed = {each.question.number for each in answers}
    return {
        each.question.id
        for each in before
        if each.was_taken_back and each.question.number not in agreed
    }


def _of_this_person(
    answers: Sequence[Said], every: Sequence[Asked], before: Sequence[Answered]
) -> list[Said]:
    """What hangs on the first form is decided by what stands there now."""
    for_them = rules.relevant(every, {**values_of(before), **_values(answers)})
    return [each for each in answers if each.question.number in for_them]


def _is_first_sent(registration: Registration, stage: Stage) -> bool:
    """A second form that is sent empty is an answer as well: nobody is reminded of it."""
    if stage is Stage.FIRST:
        return False
    turn = queries.turn(registration.id)
    return turn is None or turn.answered_at is None


def _fallen_away(
    every: Sequence[Asked],
    before: Sequence[Answered],
    answers: Sequence[Said],
    typed: Collection[int],
) -> list[int]:
    """Files, answers to the other form, and answers to questions that were removed, that hung on
    what this person answers otherwise now."""
    left = {number: values for number, values in values_of(before).items() if number not in typed}
    asked = {each.number for each in every}
    read = [each.question for each in before if each.question.number not in asked]
    return sorted(set(left) & rules.unasked(every, read, {**left, **_values(answers)}))


def _note(
    registration: Registration,
    stage: Stage,
    every: Sequence[Asked],
    fallen: Collection[int],
    now: datetime,
) -> None:
    if fallen:
        questions.take_back(registration.id, registration.event_id, fallen)
    registration.answered = "yes" if queries.given(registration.id) else ""
    if stage is Stage.SECOND:
        second.note_answered(registration.id, now=now)
    elif any(each.stage is Stage.SECOND for each in every):
        second.look_again(registration.event_id)


def _note_only_files(registration: Registration, question: Asked, now: datetime) -> None:
    """Where the second form is nothing but files, whoever hands one in has answered."""
    asked = queries.asked(registration.event_id, Stage.SECOND)
    if question.stage is Stage.SECOND and all(each.kind is Kind.FILE for each in asked):
        second.note_answered(registration.id, now=now)


def values_of(answers: Sequence[Answered]) -> Values:
    """What somebody answered, by the number of the question."""
    return {each.question.number: each.values for each in answers}


def _values(answers: Sequence[Said]) -> Values:
    return {each.question.number: each.values for each in answers}
