"""What somebody still has to answer, as letters say it."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import partial

from flask_babel import gettext as _

from portal.events.models import Event
from portal.i18n import languages, page_language
from portal.questions import queries, rules, shown
from portal.questions.queries import Answered, Full
from portal.questions.rules import Asked, Stage
from portal.registrations.answers import missing_of
from portal.registrations.models import Registration
from portal.registrations.rules import Status
from portal.registrations.service.answers import may_answer, values_of


def of(registration: Registration, status: Status, now: datetime) -> list[str]:
    """Questions, files and choices that were full; those of the second form once it is open."""
    event = registration.event
    if not event.asks or not status.is_live:
        return []
    stages = [each for each in Stage if may_answer(registration, each, now)]
    every, given = queries.every(event.id), queries.given(registration.id)
    return words(every, given, stages, partial(queries.full, event.id))


def words(
    every: Sequence[Asked],
    given: Sequence[Answered],
    stages: Collection[Stage],
    full_among: Callable[[Sequence[Asked]], Full],
    *,
    for_office: bool = False,
) -> list[str]:
    """The same of what is at hand.

    An office reads which question it is, and no answer: none that only an answer leads to either.
    """
    asked = [each for each in every if each.stage in stages]
    missing = missing_of(asked, given, rules.relevant(every, values_of(given)))
    if for_office:
        missing = [each for each in missing if each.condition is None]
    lang = rules.spoken(asked, page_language(), languages())
    full = [each for each in given if each.wishes and each.question.stage in stages]
    chosen = {each.question.number for each in full}
    closed = full_among(missing)
    return [
        *(
            shown.plain(each.question.label, each.language) if for_office else _full(each)
            for each in full
        ),
        *(
            shown.plain(each.label, lang)
            for each in missing
            if each.required and each.number not in chosen and not rules.is_closed(each, closed)
        ),
    ]


def is_anything_asked(event: Event) -> bool:
    """Whether the form by which people register has questions."""
    return event.asks and bool(queries.asked(event.id))


def _full(answered: Answered) -> str:
    lang = answered.language
    return _(
        "%(question)s: “%(answer)s” is full, choose another answer",
        question=shown.plain(answered.question.label, lang),
        answer=shown.answer_plain(answered.question, answered.wishes, lang),
    )
