"""What pages show of the answers that one person gave to the event's questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from portal.questions import queries, rules, shown
from portal.questions.rules import Asked, Kind
from portal.questions.shown import Line
from portal.registrations.models import Registration


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered; what is asked of the person, and whether it can be answered still.

    `open` counts the questions for this person that have no answer, `needed` those of them that
    need one. `files` are the files that are asked of them and were not handed in.
    """

    lines: list[Line]
    is_asked: bool
    fields: bool
    files: list[Line]
    open: int
    needed: int
    may_change: bool


def of(registration: Registration, now: datetime) -> Answers | None:
    """Nothing where nothing is asked and nothing was answered."""
    if not registration.event.asks and not registration.answered:
        return None
    given = queries.given(registration.id)
    asked = queries.asked(registration.event_id)
    if not given and not asked:
        return None
    values = {each.question.number: each.values for each in given}
    for_them = rules.relevant(asked, values)
    missing = [each for each in asked if each.number in for_them and each.number not in values]
    lang = shown.language_of(asked)
    return Answers(
        shown.lines(given),
        is_asked=bool(asked),
        fields=any(each.kind is not Kind.FILE for each in asked),
        files=[
            Line(shown.words(each.label, lang), "", each.number)
            for each in missing
            if each.kind is Kind.FILE
        ],
        open=len(missing),
        needed=sum(each.required for each in missing),
        may_change=bool(asked) and registration.may_answer(now),
    )


def file_asked(registration: Registration, number: int) -> Asked | None:
    """The question by which this person is asked for a file."""
    asked = queries.asked(registration.event_id)
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
