"""What the demonstration's next edition asks: how people work together depends on it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from portal.audit.service import COMMAND
from portal.events.models import Event
from portal.i18n import Translated, everywhere
from portal.questions import service
from portal.questions.models import Question
from portal.questions.rules import Condition, Kind


def load(event: Event, now: datetime) -> None:
    """Four questions, one of which is for those only who said yes to the one before."""

    def ask(
        kind: Kind,
        label: Translated,
        explanation: Translated | None = None,
        *,
        options: Sequence[Translated] = (),
        required: bool = False,
        only: Condition | None = None,
    ) -> Question:
        facts: dict[str, Any] = {
            "label": label,
            "help": explanation or {},
            "required": required,
            "options": [{"code": "", "label": each, "places": None} for each in options],
            "condition": only,
        }
        return service.add(event, kind, facts, by=COMMAND, now=now)

    ask(
        Kind.ONE_OF,
        everywhere("Which of the two sectors do you know better?"),
        everywhere("So that both sides sit at each table."),
        options=[
            everywhere("Manufacturing"),
            everywhere("Retail"),
            everywhere("Neither, or both alike"),
        ],
        required=True,
    )
    issued = ask(Kind.YES_NO, everywhere("Have you issued or earned a microcredential?"))
    ask(
        Kind.TEXT,
        everywhere("Which one?"),
        everywhere("Its name, or what it is about."),
        only=Condition(issued.number, "yes"),
    )
    ask(Kind.CONSENT, everywhere("You may send me the notes of both tables."))
