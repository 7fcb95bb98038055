"""What pages show of the answers that one person gave to the event's questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from portal.questions import queries, rules, shown
from portal.questions.shown import Line
from portal.registrations.models import Registration


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered; whether more is asked, whether it can be changed, what must be answered.

    `open` counts the questions for this person that have no answer, `needed` those of them that
    need one.
    """

    lines: list[Line]
    is_asked: bool
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
    return Answers(
        shown.lines(given),
        is_asked=bool(asked),
        open=len(missing),
        needed=sum(each.required for each in missing),
        may_change=bool(asked) and registration.may_change(now),
    )


def ignored(registration: Registration, typed: Sequence[str]) -> list[Markup]:
    """Which of their answers were not kept, by the numbers in the address."""
    numbers = [int(each) for each in typed if each.isascii() and each.isdigit() and len(each) < 9]
    return shown.ignored_words(registration.event_id, numbers)
