"""What is asked, and what was answered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    bindparam,
    column,
    distinct,
    exists,
    func,
    select,
    table,
)

from portal.db import db
from portal.questions import rules
from portal.questions.models import Given, Question, SecondForm, Turn
from portal.questions.rules import Asked, Kind, Stage

_REGISTRATIONS = table(
    "registrations", column("id", Integer), column("event_id", Integer), column("status", String)
)
"""The part above by name: an answer holds a place only while its person has one."""

_COUNTS = Question.ended_at.is_(None) | exists().where(Given.question_id == Question.id)
"""What is asked, or was answered."""

# Asked at every registration of an event with questions: put together once.
_PRESENT = (
    select(Question)
    .where(Question.event_id == bindparam("event_id"), Question.ended_at.is_(None))
    .order_by(Question.stage, Question.position, Question.id)
)
_TAKEN = (
    select(Question.number, Given.value, func.count())
    .join(Given, Given.question_id == Question.id)
    .join(_REGISTRATIONS, _REGISTRATIONS.c.id == Given.registration_id)
    .where(
        Question.event_id == bindparam("event_id"),
        Question.kind.in_((Kind.ONE_OF, Kind.SEVERAL)),
        Given.wish.is_(False),
        _REGISTRATIONS.c.status == "confirmed",
    )
    .group_by(Question.number, Given.value)
)
_UNCHANGED = select(Question.id, Question.version).where(
    Question.id.in_(bindparam("ids", expanding=True)), Question.ended_at.is_(None)
)
Full = frozenset[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Answered:
    """What somebody answered, with the question as they read it."""

    question: Asked
    values: tuple[str, ...]
    language: str
    at: datetime
    wishes: tuple[str, ...] = ()
    """Those of the values that hold no place, since they were full when the person got theirs."""

    @property
    def agrees(self) -> bool:
        """Whether it is a consent that can be taken back."""
        return self.question.kind is Kind.CONSENT and rules.YES in self.values

    @property
    def was_taken_back(self) -> bool:
        """A consent that was needed: that there is none any more is kept, so that nobody is asked
        for it again and again."""
        return self.question.kind is Kind.CONSENT and rules.NO in self.values

    def settles(self, question: Asked) -> bool:
        """Whether the question is answered by it: nobody agrees to words that are new to them."""
        is_of_its_words = question.kind is not Kind.CONSENT or self.question.id == question.id
        return is_of_its_words and not self.wishes


def present(event_id: int) -> Sequence[Question]:
    """What the event asks now, in its order: the first form, then the second."""
    return db.session.scalars(_PRESENT, {"event_id": event_id}).all()


def every(event_id: int) -> list[Asked]:
    """The same as plain values."""
    return [each.asked for each in present(event_id)]


def asked(event_id: int, stage: Stage = Stage.FIRST) -> list[Asked]:
    """What one of its forms asks: usually the one by which people register."""
    return [each for each in every(event_id) if each.stage is stage]


def second_form(event_id: int) -> SecondForm | None:
    """Since when the event asks a second time; None while it does not."""
    return db.session.scalar(select(SecondForm).where(SecondForm.event_id == event_id))


def turn(registration_id: int) -> Turn | None:
    """How far this person is with the second form."""
    return db.session.scalar(select(Turn).where(Turn.registration_id == registration_id))


def one(event_id: int, number: int) -> Question | None:
    """The question of this number, in its present version."""
    return db.session.scalar(
        select(Question).where(
            Question.event_id == event_id, Question.number == number, Question.ended_at.is_(None)
        )
    )


def last_number(event_id: int) -> int:
    """The highest number that a question of the event ever had."""
    question = select(func.max(Question.number)).where(Question.event_id == event_id)
    return db.session.scalar(question) or 0


def versions(event_id: int, number: int) -> Sequence[Question]:
    """All versions of a question, the first first."""
    return db.session.scalars(
        select(Question)
        .where(Question.event_id == event_id, Question.number == number)
        .order_by(Question.version)
    ).all()


def ids_by_number(event_id: int) -> dict[int, list[int]]:
    """All versions of each question of the event."""
    rows = db.session.execute(
        select(Question.number, Question.id).where(Question.event_id == event_id)
    ).all()
    found: dict[int, list[int]] = {}
    for number, question_id in rows:
        found.setdefault(number, []).append(question_id)
    return found


def is_answered(question_id: int) -> bool:
    """Whether anybody answered this version."""
    question = select(Given.id).where(Given.question_id == question_id).limit(1)
    return db.session.execute(question).first() is not None


def any_of(event_id: int) -> bool:
    """Whether the event asks anything, or anybody answered what it asked."""
    question = select(Question.id).where(Question.event_id == event_id, _COUNTS).limit(1)
    return db.session.execute(question).first() is not None


def answered_numbers(event_id: int) -> dict[int, int]:
    """By question, how many people have answered it in any version."""
    rows = db.session.execute(
        select(Question.number, func.count(distinct(Given.registration_id)))
        .join(Given, Given.question_id == Question.id)
        .where(Question.event_id == event_id)
        .group_by(Question.number)
    ).all()
    return {row[0]: row[1] for row in rows}


def taken(event_id: int) -> dict[tuple[int, str], int]:
    """By question and code, how many who have a place hold it by their answer, in any version."""
    rows = db.session.execute(_TAKEN, {"event_id": event_id}).all()
    return {(row[0], row[1]): row[2] for row in rows}


def full(event_id: int, asked: Sequence[Asked]) -> Full:
    """The answers whose last place is taken; nothing is counted where none has a limit."""
    if all(option.places is None for each in asked for option in each.options):
        return frozenset()
    return frozenset(rules.full(asked, taken(event_id)))


def held_by(answers: Sequence[Answered]) -> Full:
    """The answers that a person has already, which are not full for them."""
    return frozenset(
        (each.question.number, value)
        for each in answers
        for value in each.values
        if value not in each.wishes
    )


def given(registration_id: int) -> list[Answered]:
    """What this person answered, in the order of the questions."""
    return _of(Given.registration_id == registration_id).get(registration_id, [])


def given_by(registration_ids: Collection[int]) -> dict[int, list[Answered]]:
    """The same of several people, by registration."""
    return _of(Given.registration_id.in_(registration_ids))


def given_at(event_id: int) -> dict[int, list[Answered]]:
    """What everybody at an event answered, by registration."""
    return _of(Question.event_id == event_id)


def columns(event_id: int) -> list[Asked]:
    """Each question that is asked or was answered, in its last words: the present ones first."""
    rows = db.session.scalars(
        select(Question)
        .where(Question.event_id == event_id, _COUNTS)
        .order_by(
            Question.ended_at.is_not(None),
            Question.stage,
            Question.position,
            Question.version.desc(),
        )
    )
    found: dict[int, Asked] = {}
    for each in rows:
        found.setdefault(each.number, each.asked)
    return list(found.values())


def in_last_words(event_id: int, numbers: Collection[int]) -> list[Asked]:
    """These questions in their order, also those that are asked no more."""
    rows = db.session.scalars(
        select(Question)
        .where(Question.event_id == event_id, Question.number.in_(numbers))
        .order_by(Question.stage, Question.position, Question.number, Question.version.desc())
    )
    found: dict[int, Asked] = {}
    for each in rows:
        found.setdefault(each.number, each.asked)
    return list(found.values())


def files() -> set[str]:
    """Under which names files of people are kept."""
    return set(db.session.scalars(_files()))


def files_of(registration_ids: Collection[int]) -> Sequence[str]:
    """The files that these people handed in."""
    return db.session.scalars(_files().where(Given.registration_id.in_(registration_ids))).all()


def _files() -> Select[str]:
    joined = select(Given.value).join(Question, Question.id == Given.question_id)
    return joined.where(Question.kind == Kind.FILE)


def unchanged(ids: Collection[int]) -> dict[int, int]:
    """Those of these questions that are asked still, with their version."""
    rows = db.session.execute(_UNCHANGED, {"ids": list(ids)}).all()
    return {row[0]: row[1] for row in rows}


def _of(where: ColumnElement[bool]) -> dict[int, list[Answered]]:
    question = (
        select(Given, Question)
        .join(Question, Question.id == Given.question_id)
        .where(where)
        .order_by(Question.stage, Question.position, Question.number, Given.id)
    )
    words: dict[int, Asked] = {}
    rows: dict[tuple[int, int], list[Given]] = {}
    for row, version in db.session.execute(question):
        words.setdefault(version.id, version.asked)
        rows.setdefault((row.registration_id, version.id), []).append(row)
    found: dict[int, list[Answered]] = {}
    for (registration_id, question_id), given_rows in rows.items():
        values = tuple(each.value for each in given_rows)
        first = given_rows[0]
        wishes = tuple(each.value for each in given_rows if each.wish)
        answered = Answered(words[question_id], values, first.language, first.at, wishes)
        found.setdefault(registration_id, []).append(answered)
    return found
