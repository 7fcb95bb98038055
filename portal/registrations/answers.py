"""What pages show of the answers that one person gave to the event's questions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from portal.questions import queries, rules, shown
from portal.questions.queries import Answered
from portal.questions.rules import Asked, Kind, Stage
from portal.questions.shown import Line
from portal.registrations.models import Registration
from portal.registrations.second_form import date_of
from portal.registrations.service.answers import may_answer, values_of


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered to one form; what is asked of the person, and whether they can answer.

    `open` counts the questions for this person that have no answer, `needed` are those of them
    that need one. `files` are the files that are asked of them and were not handed in, and `full`
    what they chose that had no place left when they got theirs; `limited` says that some answers
    have places.
    """

    lines: list[Line]
    is_asked: bool
    fields: bool
    files: list[Line]
    open: int
    needed: list[Markup]
    full: list[Markup]
    limited: bool
    may_change: bool


def of(registration: Registration, now: datetime, stage: Stage = Stage.FIRST) -> Answers | None:
    """Nothing where nothing is asked and nothing was answered."""
    if not registration.event.asks and not registration.answered:
        return None
    given = queries.given(registration.id)
    every = queries.every(registration.event_id)
    for_them = rules.relevant(every, values_of(given))
    asked = [each for each in every if each.stage is stage]
    if stage is Stage.SECOND:
        asked = [each for each in asked if each.number in for_them]
    said = [each for each in given if each.question.stage is stage]
    if not said and not asked:
        return None
    missing = missing_of(asked, said, for_them)
    lang = shown.language_of(asked)
    closed = queries.full(registration.event_id, missing)
    full = {each.question.number for each in said if each.wishes}
    return Answers(
        shown.lines(said),
        is_asked=bool(asked),
        fields=any(each.kind is not Kind.FILE for each in asked),
        files=[
            Line(shown.words(each.label, lang), "", each.number)
            for each in missing
            if each.kind is Kind.FILE
        ],
        open=len(missing),
        needed=[
            shown.words(each.label, lang)
            for each in missing
            if each.required and each.number not in full and not rules.is_closed(each, closed)
        ],
        full=full_words(said),
        limited=any(option.places is not None for each in asked for option in each.options),
        may_change=bool(asked) and may_answer(registration, stage, now),
    )


@dataclass(frozen=True, slots=True)
class Second:
    """The second form as somebody finds it on their own page."""

    answers: Answers
    until: datetime | None
    is_open: bool
    is_late: bool


def second(registration: Registration, now: datetime) -> Second | None:
    """Nothing for who is not asked, and answered nothing."""
    event = registration.event
    form = queries.second_form(event.id) if event.asks else None
    if form is None or not registration.holds_place:
        return None
    found = of(registration, now, Stage.SECOND)
    if found is None:
        return None
    turn = queries.turn(registration.id)
    is_open = turn is None or turn.answered_at is None or bool(found.needed or found.full)
    until = date_of(form, event)
    return Second(found, until, is_open, is_late=until is not None and until <= now)


def has_agreed(registration: Registration) -> bool:
    """Whether there is a consent of theirs that can be taken back."""
    if registration.consents:
        return True
    given = queries.given(registration.id) if registration.answered else []
    return any(each.agrees for each in given)


def missing_of(
    asked: Sequence[Asked], said: Sequence[Answered], for_them: Collection[int]
) -> list[Asked]:
    """The questions for this person that have no answer, or one that does not hold any more."""
    by_number = {each.question.number: each for each in said}
    return [
        each
        for each in asked
        if each.number in for_them
        and (each.number not in by_number or not by_number[each.number].settles(each))
    ]


def full_words(said: Sequence[Answered]) -> list[Markup]:
    """What somebody chose, with its question, that was full when they got their place."""
    return [
        Markup("{}: {}").format(
            shown.words(each.question.label, each.language),
            shown.answer(each.question, each.wishes, each.language),
        )
        for each in said
        if each.wishes
    ]


def file_asked(registration: Registration, number: int) -> Asked | None:
    """The question by which this person is asked for a file."""
    asked = queries.every(registration.event_id)
    values = {each.question.number: each.values for each in queries.given(registration.id)}
    for_them = rules.relevant(asked, values)
    return next(
        (
            each
            for each in asked
            if each.number == number and each.kind is Kind.FILE and number in for_them
        ),
        None,
    )


def file_given(registration: Registration, number: int) -> str:
    """Under which name the file is kept that was handed in; empty where none was."""
    return next(
        (
            each.values[0]
            for each in queries.given(registration.id)
            if each.question.number == number and each.question.kind is Kind.FILE
        ),
        "",
    )


def ignored(registration: Registration, typed: Sequence[str]) -> list[Markup]:
    """Which of their answers were not kept, by the numbers in the address."""
    numbers = [int(each) for each in typed if each.isascii() and each.isdigit() and len(each) < 9]
    return shown.ignored_words(registration.event_id, numbers)
