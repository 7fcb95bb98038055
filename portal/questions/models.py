"""An event's questions in all their versions, and what people answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Row, coded
from portal.i18n import Translated
from portal.questions.rules import Asked, Condition, Kind, Option, Stage
from portal.wall_clock import distance, moved

_PRESENT = text("ended_at IS NULL")


class Question(Row):
    """One version of a question; what somebody has answered stays as it is.

    `number` tells questions of an event apart and stays the same in all versions. A version that
    another replaced, or that was removed, has `ended_at`. Of `options` each has a `code`, a `label`
    in languages and perhaps `places`. Who did not answer `condition_code` to the question
    `condition_number` is not asked. `stage` says in which form it stands.
    """

    __tablename__ = "questions"
    __table_args__ = (
        UniqueConstraint("event_id", "number", "version"),
        Index("ix_questions_present", "event_id", "position",
              sqlite_where=_PRESENT, postgresql_where=_PRESENT),
    )  # fmt: skip

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    number: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    stage: Mapped[Stage] = mapped_column(
        coded(Stage), default=Stage.FIRST, server_default=Stage.FIRST.value
    )
    position: Mapped[int]
    kind: Mapped[Kind] = mapped_column(coded(Kind))
    label: Mapped[Translated] = mapped_column(JSON)
    help: Mapped[Translated] = mapped_column(JSON, default=dict)
    required: Mapped[bool] = mapped_column(default=False)
    options: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    condition_number: Mapped[int | None]
    condition_code: Mapped[str] = mapped_column(String(10), default="")
    worded_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    @property
    def asked(self) -> Asked:
        """The same as plain values."""
        condition = None
        if self.condition_number is not None:
            condition = Condition(self.condition_number, self.condition_code)
        return Asked(
            id=self.id,
            number=self.number,
            version=self.version,
            kind=self.kind,
            label=self.label,
            help=self.help,
            required=self.required,
            options=tuple(Option(**each) for each in self.options),
            condition=condition,
            stage=self.stage,
        )


class Given(Row):
    """One answer of a person to one version of a question, in the language in which it was read.

    Who chose several has a row for each. A number, a day, a code or a text: all of them as text.
    A `wish` holds no place: the option was full when its person got theirs.
    """

    __tablename__ = "question_answers"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), index=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), index=True)
    value: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime]
    wish: Mapped[bool] = mapped_column(default=False, server_default=false())


class SecondForm(Row):
    """That an event asks a second time, since `opened_at`; answers are wanted `until` then.

    The date was said while the event was to start at `until_for`, and moves with it.
    `asked_at_revision` is which `places_revision` of the event was looked at when everybody with a
    place had been written to; `remind_asked_at` is when an organiser last had those reminded who
    had not answered, and `reminded_at` the same moment once the last of them was written to.
    """

    __tablename__ = "second_forms"
    __table_args__ = (UniqueConstraint("event_id"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    opened_at: Mapped[datetime]
    until: Mapped[datetime]
    until_for: Mapped[datetime]
    asked_at_revision: Mapped[int] = mapped_column(default=-1)
    remind_asked_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]

    def deadline(self, starts_at: datetime, zone: str) -> datetime:
        """Until when answers are wanted, as the event stands now."""
        wanted_before = distance(self.until_for, self.until, zone)
        return min(moved(starts_at, wanted_before, zone), starts_at)


class Turn(Row):
    """How far somebody is with the second form: asked, reminded, answered.

    `message_id` is the last letter about it, which is taken back if it has not left and they have
    answered meanwhile.
    """

    __tablename__ = "second_form_turns"
    __table_args__ = (
        UniqueConstraint("registration_id"),
        Index("ix_second_form_turns_message_id", "message_id"),
    )

    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    asked_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    message_id: Mapped[str] = mapped_column(String(250), default="")
