"""Questions for tests, made by the portal's own verb."""

from __future__ import annotations

from typing import Any

from portal import clock
from portal.audit.service import COMMAND
from portal.events.models import Event
from portal.questions import service
from portal.questions.models import Question
from portal.questions.rules import Condition, Kind, Stage


def make_question(
    event: Event, kind: Kind = Kind.TEXT, label: str | dict[str, str] = "Why?", **facts: Any
) -> Question:
    """Optional and for everybody.

    `options` are labels, or (label, places); `only` is (question, code); `stage` says which form.
    """
    options = [
        {"code": "", "label": {"en": each}, "places": None}
        if isinstance(each, str)
        else {"code": "", "label": {"en": each[0]}, "places": each[1]}
        for each in facts.pop("options", ())
    ]
    only, stage = facts.pop("only", None), facts.pop("stage", Stage.FIRST)
    usual = {
        "label": {"en": label} if isinstance(label, str) else label,
        "help": {},
        "required": False,
        "options": options,
        "condition": Condition(only[0].number, only[1]) if only else None,
    }
    return service.add(event, kind, usual | facts, stage=stage, by=COMMAND, now=clock.now())
