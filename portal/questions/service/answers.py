"""The verbs by which people answer, under the event's lock, and by which that is forgotten."""

from collections.abc import Collection, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select, update

from portal import uploads
from portal.db import db
from portal.errors import Refused
from portal.questions import queries
from portal.questions.models import Given, Question, Turn
from portal.questions.rules import Asked, Kind, Said, Stage


class Full(Refused):
    """The last place of an answer was taken meanwhile: which, as (number, code)."""

    def __init__(self, choices: set[tuple[int, str]]) -> None:
        super().__init__(_("What you chose is full now. Choose another answer."))
        self.choices = choices


class Outdated(Refused):
    """The question was changed while it was being answered."""

    def __init__(self) -> None:
        super().__init__(
            _("The questions have just been changed. Check your answers, and send them again.")
        )


def ensure_free(event_id: int, answers: Sequence[Said], held: queries.Full = frozenset()) -> None:
    """Under the event's lock: what is chosen has a place, and was not changed since it was read.

    Who holds a place already (`held`) keeps it, whatever else they change.
    """
    asked = [each.question for each in answers]
    as_read = {each.id: each.version for each in asked}
    if asked and queries.unchanged(as_read) != as_read:
        raise Outdated
    chosen = {(each.question.number, value) for each in answers for value in each.values}
    gone = (chosen - held) & queries.full(event_id, asked)
    if gone:
        raise Full(gone)


def give(registration_id: int, answers: Sequence[Said], *, now: datetime) -> None:
    """The first answers of somebody."""
    rows = [
        {
            "registration_id": registration_id,
            "question_id": each.question.id,
            "value": value,
            "language": each.language,
            "at": now,
        }
        for each in answers
        for value in each.values
    ]
    if rows:
        db.session.execute(insert(Given.metadata.tables["question_answers"]), rows)


def keep(registration_id: int, answers: Sequence[Said], *, now: datetime) -> None:
    """These answers in the place of all that the person answered before."""
    forget(registration_id)
    give(registration_id, answers, now=now)


def keep_changed(
    event_id: int,
    registration_id: int,
    answers: Sequence[Said],
    unchanged: Collection[int],
    *,
    stage: Stage,
    now: datetime,
) -> None:
    """The same for one of the forms, but files stay, and so do answers to what is asked no more.

    Of the questions that are `unchanged` (by id) the answers stay as they are, with their moment
    and the language in which they were read.
    """
    present = select(Question.number).where(
        Question.event_id == event_id,
        Question.ended_at.is_(None),
        Question.kind != Kind.FILE,
        Question.stage == stage,
    )
    versions = select(Question.id).where(
        Question.event_id == event_id, Question.number.in_(present)
    )
    db.session.execute(
        delete(Given).where(
            Given.registration_id == registration_id,
            Given.question_id.in_(versions),
            Given.question_id.not_in(unchanged),
        )
    )
    fresh = [each for each in answers if each.question.id not in unchanged]
    give(registration_id, fresh, now=now)


def keep_file(registration_id: int, said: Said, *, now: datetime) -> None:
    """A file in the place of the one that this person handed in before."""
    forget_file(registration_id, said.question)
    give(registration_id, [said], now=now)


def forget_file(registration_id: int, question: Asked) -> None:
    """The file that this person handed in, whatever the words were then, goes."""
    for each in queries.given(registration_id):
        if each.question.number == question.number and question.kind is Kind.FILE:
            uploads.drop(each.values[0])
            db.session.execute(
                delete(Given).where(
                    Given.registration_id == registration_id,
                    Given.question_id == each.question.id,
                )
            )


def take_back(registration_id: int, event_id: int, numbers: Collection[int]) -> None:
    """What this person answered to these questions goes, in whatever version, and its files."""
    for each in queries.given(registration_id):
        if each.question.number in numbers and each.question.kind is Kind.FILE:
            uploads.drop(each.values[0])
    of_them = select(Question.id).where(Question.event_id == event_id, Question.number.in_(numbers))
    db.session.execute(
        delete(Given).where(
            Given.registration_id == registration_id, Given.question_id.in_(of_them)
        )
    )


def take_places(event_id: int, registration_id: int) -> None:
    """Under the event's lock, before somebody gets their place: what they chose is theirs now.

    What is full by then stays as a wish, so that nobody holds a place that is not there.
    """
    of_them = update(Given).where(Given.registration_id == registration_id)
    db.session.execute(of_them.where(Given.wish).values(wish=False))
    full = queries.full(event_id, queries.every(event_id))
    for each in queries.given(registration_id) if full else ():
        gone = [value for value in each.values if (each.question.number, value) in full]
        if gone:
            rows = of_them.where(Given.question_id == each.question.id, Given.value.in_(gone))
            db.session.execute(rows.values(wish=True))


def hand_over(registration_id: int, to_id: int) -> None:
    """What one registration of a person answered becomes the other's, in the place of its own."""
    forget(to_id)
    for table in (Given, Turn):
        of_them = update(table).where(table.registration_id == registration_id)
        db.session.execute(of_them.values(registration_id=to_id))


def forget(*registration_ids: int) -> None:
    """Nothing that these people answered stays, nor any file."""
    for file in queries.files_of(registration_ids):
        uploads.drop(file)
    db.session.execute(delete(Given).where(Given.registration_id.in_(registration_ids)))
    begin_anew(*registration_ids)


def begin_anew(*registration_ids: int) -> None:
    """Whoever comes anew is asked the second form anew."""
    db.session.execute(delete(Turn).where(Turn.registration_id.in_(registration_ids)))
