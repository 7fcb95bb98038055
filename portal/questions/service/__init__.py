"""The verbs of those who ask; each change makes the kept form an old one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import update

from portal.audit.service import Actor, record
from portal.db import db
from portal.errors import Refused
from portal.events.models import Event
from portal.events.rules import State
from portal.events.service import form_changed
from portal.questions import queries, rules
from portal.questions.models import Question, SecondForm
from portal.questions.rules import Asked, Condition, Kind, Stage

MOST = 60
"""Questions of one event; nobody answers more."""


def add(
    event: Event,
    kind: Kind,
    facts: Mapping[str, Any],
    *,
    stage: Stage = Stage.FIRST,
    by: Actor,
    now: datetime,
) -> Question:
    """A new question at the end of its form; those who are registered find it on their page."""
    _refuse_when_over(event)
    present = queries.present(event.id)
    if len(present) >= MOST:
        raise Refused(_("An event can ask 60 questions at most."))
    question = Question(
        event_id=event.id,
        number=queries.last_number(event.id) + 1,
        stage=stage,
        position=max((each.position for each in present if each.stage is stage), default=-1) + 1,
        kind=kind,
        worded_at=now,
        **_columns(facts, used=()),
    )
    db.session.add(question)
    db.session.flush()
    _ensure_in_order(event.id)
    _note("question.added", question, event, by=by, now=now)
    return question


def copy(event: Event, made: Event, *, by: Actor, now: datetime) -> None:
    """What one event asks, asked by another that asks nothing yet, under the same numbers."""
    asked = queries.present(event.id)
    if not asked or queries.last_number(made.id):
        return
    for each in asked:
        words = {name: getattr(each, name) for name in _COPIED}
        db.session.add(Question(event_id=made.id, version=1, worded_at=now, **words))
    db.session.flush()
    form_changed(made, asks=True, now=now)
    record("question.copied", made, by=by, now=now, event_id=made.id, source=event.id)


_COPIED = (
    "number", "stage", "position", "kind", "label", "help", "required", "options",
    "condition_number", "condition_code",
)  # fmt: skip


def change(
    event: Event, question: Question, facts: Mapping[str, Any], *, by: Actor, now: datetime
) -> bool:
    """Other words. What somebody has answered stays as they read it: the new words are a new
    version then. Answers whether anything differed."""
    _refuse_when_over(event)
    used = [
        each["code"]
        for version in queries.versions(event.id, question.number)
        for each in version.options
    ]
    columns = _columns(facts, used=used)
    if all(getattr(question, name) == value for name, value in columns.items()):
        return False
    _refuse_to_strand(event, question.asked, {each["code"] for each in columns["options"]})
    if queries.is_answered(question.id):
        question.ended_at = now
        question = _next_version(question, now)
        db.session.add(question)
    question.version += 1
    question.worded_at = now
    for name, value in columns.items():
        setattr(question, name, value)
    db.session.flush()
    _ensure_in_order(event.id)
    _note("question.changed", question, event, by=by, now=now)
    return True


def remove(event: Event, question: Question, *, by: Actor, now: datetime) -> None:
    """It is asked no more; answers stay readable until they are forgotten.

    The row stays, so that no other question gets its number while a form is open somewhere.
    """
    if rules.depending(queries.every(event.id), question.number, question.asked.codes):
        raise Refused(_("Another question depends on this one. Change or remove that one first."))
    question.ended_at = now
    db.session.flush()
    _note("question.removed", question, event, by=by, now=now)


def place(event: Event, question: Question, *, earlier: bool, by: Actor, now: datetime) -> None:
    """One further up or down."""
    in_order = [each for each in queries.present(event.id) if each.stage is question.stage]
    here = in_order.index(question)
    there = max(here - 1, 0) if earlier else min(here + 1, len(in_order) - 1)
    in_order.insert(there, in_order.pop(here))
    for position, each in enumerate(in_order):
        each.position = position
    db.session.flush()
    _ensure_in_order(event.id)
    _note("question.placed", question, event, by=by, now=now)


def _next_version(question: Question, now: datetime) -> Question:
    return Question(
        event_id=question.event_id,
        number=question.number,
        version=question.version,
        stage=question.stage,
        position=question.position,
        kind=question.kind,
    )


def _columns(facts: Mapping[str, Any], *, used: Sequence[str]) -> dict[str, Any]:
    condition: Condition | None = facts["condition"]
    return {
        "label": facts["label"],
        "help": facts["help"],
        "required": facts["required"],
        "options": _coded(facts["options"], used),
        "condition_number": condition.number if condition else None,
        "condition_code": condition.code if condition else "",
    }


def _coded(options: Sequence[Mapping[str, Any]], used: Sequence[str]) -> list[dict[str, Any]]:
    """A new option gets a code that none had before, so that old answers mean what they meant."""
    last = max((int(code) for code in used), default=0)
    found = []
    for each in options:
        code = each["code"]
        if code not in used:
            last += 1
            code = str(last)
        found.append({"code": code, "label": each["label"], "places": each["places"]})
    return found


def _ensure_in_order(event_id: int) -> None:
    if not rules.ordered(queries.every(event_id)):
        raise Refused(_("A question has to stand after the one that it depends on."))


def _refuse_to_strand(event: Event, question: Asked, codes: set[str]) -> None:
    gone = set(question.codes) - codes if question.kind.has_options else set()
    if rules.depending(queries.every(event.id), question.number, gone):
        raise Refused(
            _("Another question is only for those who chose an answer that you took out. Change "
              "that question first.")
        )  # fmt: skip


def _refuse_when_over(event: Event) -> None:
    if event.state is State.CANCELLED:
        raise Refused(_("A cancelled event stays as it is."))


def look_again(event_id: int) -> None:
    """Somebody with a place may be asked the second form now who was not: the worker looks at all
    of them."""
    of_event = update(SecondForm).where(SecondForm.event_id == event_id)
    db.session.execute(of_event.values(asked_at_revision=-1))


def _note(act: str, question: Question, event: Event, *, by: Actor, now: datetime) -> None:
    form_changed(event, asks=queries.any_of(event.id), now=now)
    look_again(event.id)
    record(act, question, by=by, now=now, event_id=event.id)
