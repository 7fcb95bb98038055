"""What answers hold about a person; they are forgotten with the registration that they are of.

A record of processing keeps them for as long as what people need: the shortest of its times.
"""

from typing import Any

from flask_babel import lazy_gettext as _l

from portal.keeping import Impersonal, Keeping, Rules, Whose
from portal.questions import queries
from portal.questions.models import Given, Question, SecondForm, Turn
from portal.questions.rules import Kind

PERSONAL = ("value",)
PERSONAL_TURN = ("message_id",)

KEEPING: Rules = {
    Question: Impersonal(
        "What an event asks, in the organisers' words.",
        texts=("stage", "kind", "label", "help", "options", "condition_code"),
    ),
    SecondForm: Impersonal("Since when an event asks a second time, and until when.", texts=()),
    Turn: Keeping(
        Whose.REGISTRANTS,
        what=_l("When they were asked the second form, reminded of it, and answered it"),
        end=_l("with the mail address, or with what people need"),
        personal=PERSONAL_TURN,
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
    turn = queries.turn(registration_id)
    return {
        "second_form": {
            name: moment.isoformat()
            for name in ("asked_at", "reminded_at", "answered_at")
            if turn is not None and (moment := getattr(turn, name)) is not None
        },
        "answers": [
            {
                "question": dict(each.question.label),
                "version_of_question": each.question.version,
                "answer": _said(each),
                "language": each.language,
                "at": each.at.isoformat(),
                "full": list(each.wishes),
            }
            for each in queries.given(registration_id)
        ],
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
