"""What answers hold about a person; they are forgotten with the registration that they are of.

A record of processing keeps them for as long as what people need: the shortest of its times.
"""

from typing import Any

from flask_babel import lazy_gettext as _l

from portal.keeping import Impersonal, Keeping, Rules, Whose
from portal.questions import queries
from portal.questions.models import Given, Question
from portal.questions.rules import Kind

PERSONAL = ("value",)

KEEPING: Rules = {
    Question: Impersonal(
        "What an event asks, in the organisers' words.",
        texts=("kind", "label", "help", "options", "condition_code"),
    ),
    Given: Keeping(
        Whose.REGISTRANTS,
        what=_l("Answers to the questions of an event"),
        end=_l("with what people need, days after the event as the event’s record says"),
        personal=PERSONAL,
        of_the_record=("language",),
    ),
}


def held(registration_id: int) -> dict[str, Any]:
    """Each answer with the question as the person read it, and when."""
    return {
        "answers": [
            {
                "question": dict(each.question.label),
                "version_of_question": each.question.version,
                "answer": _said(each),
                "language": each.language,
                "at": each.at.isoformat(),
            }
            for each in queries.given(registration_id)
        ]
    }


def _said(answered: queries.Answered) -> list[Any]:
    """The words that were chosen, or what was written."""
    if answered.question.kind is Kind.FILE:
        return [value.rpartition(".")[2].upper() for value in answered.values]
    labels = {option.code: dict(option.label) for option in answered.question.options}
    return [
        labels.get(value, {}).get(answered.language) or _any(labels.get(value)) or value
        for value in answered.values
    ]


def _any(label: dict[str, str] | None) -> str:
    return next(iter(label.values()), "") if label else ""
