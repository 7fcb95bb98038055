"""Decisions about questions and answers: values in, a value out."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from portal.questions import register

Text = Mapping[str, str]
Values = Mapping[int, tuple[str, ...]]
"""What somebody answered, by the number of the question; several only to “several of”."""

YES, NO = "yes", "no"
LONGEST = {"text": 200, "long_text": 2000}
_NUMBER = re.compile(r"[-−]?[0-9]{1,12}(?:[.,][0-9]{1,4})?")


class Stage(StrEnum):
    """To which of an event's two forms a question belongs: answered while registering, or after."""

    FIRST = "first"
    SECOND = "second"


class Kind(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    ONE_OF = "one_of"
    SEVERAL = "several"
    YES_NO = "yes_no"
    NUMBER = "number"
    DATE = "date"
    COUNTRY = "country"
    CONSENT = "consent"
    FILE = "file"
    REGISTER_NUMBER = "register_number"

    @property
    def has_options(self) -> bool:
        return self in (Kind.ONE_OF, Kind.SEVERAL)


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers to choose from; its code stays the same in all versions."""

    code: str
    label: Text
    places: int | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """The question is only for who gave this answer to that earlier one."""

    number: int
    code: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as one version of it words it."""

    id: int
    number: int
    version: int
    kind: Kind
    label: Text
    help: Text
    required: bool
    options: tuple[Option, ...] = ()
    condition: Condition | None = None
    stage: Stage = Stage.FIRST

    @property
    def codes(self) -> tuple[str, ...]:
        """What can be chosen; nothing where people write."""
        if self.kind is Kind.YES_NO:
            return YES, NO
        if self.kind is Kind.CONSENT:
            return (YES,)
        return tuple(option.code for option in self.options)

    @property
    def texts(self) -> Iterator[Text]:
        """What has to be there in each language that is offered."""
        yield self.label
        if any(self.help.values()):
            yield self.help
        yield from (option.label for option in self.options)

    @property
    def fields(self) -> Iterator[str]:
        """In which field of the form each of the texts is written, in the same order."""
        yield "label"
        if any(self.help.values()):
            yield "help"
        yield from (f"options-{place}-label" for place in range(len(self.options)))


@dataclass(frozen=True, slots=True)
class Gap:
    """A text that a language lacks: of which question, and the field in which it is written."""

    number: int
    field: str

    @property
    def option(self) -> int:
        """Of an answer to choose from, which one; 0 for the other texts."""
        return int(self.field.split("-")[1]) + 1 if self.field.startswith("options") else 0


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody answers to a question, as they read it in that version and language."""

    question: Asked
    values: tuple[str, ...]
    language: str


def relevant(asked: Sequence[Asked], values: Values) -> set[int]:
    """The numbers of the questions that are for somebody who answered this.

    Whoever is not asked a question has not answered it: what hangs on it is not for them either.
    """
    found: set[int] = set()
    for each in asked:
        on = each.condition
        if on is None or (on.number in found and on.code in values.get(on.number, ())):
            found.add(each.number)
    return found


def unasked(asked: Sequence[Asked], read: Sequence[Asked], values: Values) -> set[int]:
    """The numbers of the answers that hang on what was answered otherwise.

    Of what is asked the present words decide. Of what is in `read` those words do in which somebody
    read it, so that an answer does not outlive a consent because its question was removed.
    """
    found = {each.number for each in asked} & set(values) - relevant(asked, values)
    while more := {
        each.number
        for each in read
        if each.number not in found
        and (on := each.condition) is not None
        and (on.number in found or on.code not in values.get(on.number, ()))
    }:
        found |= more
    return found


def for_person(second: Sequence[Asked], first: Sequence[Asked], values: Values) -> list[Asked]:
    """The second form as one person gets it, who answered this to the first.

    What hangs on their first answers is decided by then: it is asked of them, or not at all.
    """
    decided, of_first = relevant(first, values), {each.number for each in first}
    found: list[Asked] = []
    shown: set[int] = set()
    for each in second:
        on = each.condition
        if on is not None and on.number in of_first:
            if on.number not in decided or on.code not in values.get(on.number, ()):
                continue
            each = replace(each, condition=None)
        elif on is not None and on.number not in shown:
            continue
        shown.add(each.number)
        found.append(each)
    return found


def checked(question: Asked, typed: str) -> str | None:
    """One answer as it is kept; None where it is none to this question."""
    if question.codes:
        return typed if typed in question.codes else None
    if question.kind is Kind.NUMBER:
        is_number = _NUMBER.fullmatch(typed)
        return typed.replace(",", ".").replace("−", "-") if is_number else None
    if question.kind is Kind.DATE:
        return _day(typed)
    if question.kind is Kind.REGISTER_NUMBER:
        return register.register_number(typed)
    return typed if len(typed) <= LONGEST.get(question.kind, 2) else None


def _day(typed: str) -> str | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day.isoformat() if len(typed) == 10 and 1900 <= day.year <= 2200 else None


def gaps(asked: Sequence[Asked], languages: Sequence[str]) -> dict[str, list[Gap]]:
    """By language, which texts of the questions it lacks."""
    texts = [
        (Gap(each.number, field), text)
        for each in asked
        for field, text in zip(each.fields, each.texts, strict=True)
    ]
    return {lang: [gap for gap, text in texts if not text.get(lang)] for lang in languages}


def spoken(asked: Sequence[Asked], wanted: str, languages: Sequence[str]) -> str:
    """In which language the questions are asked of a reader of `wanted`.

    All of them in one: theirs where nothing is missing in it, else English, else the first that is
    whole; theirs where none is, and each text then in whatever language it has.
    """
    lacks = gaps(asked, languages)
    order = (wanted, "en", *languages)
    return next((lang for lang in order if lacks.get(lang) == []), wanted)


def full(asked: Sequence[Asked], taken: Mapping[tuple[int, str], int]) -> set[tuple[int, str]]:
    """The answers (number of the question, code) whose last place is taken."""
    return {
        (each.number, option.code)
        for each in asked
        for option in each.options
        if option.places is not None and taken.get((each.number, option.code), 0) >= option.places
    }


def is_closed(question: Asked, full: Collection[tuple[int, str]]) -> bool:
    """Whether all there is to choose from is full: nobody can answer then, and nobody has to."""
    return bool(question.options) and all(
        (question.number, option.code) in full for option in question.options
    )


def ordered(asked: Sequence[Asked]) -> bool:
    """Whether each question stands after the one that it depends on."""
    seen: set[int] = set()
    for each in asked:
        if each.condition is not None and each.condition.number not in seen:
            return False
        seen.add(each.number)
    return True


def depending(asked: Sequence[Asked], number: int, codes: Collection[str]) -> list[Asked]:
    """The questions that are only for who gave one of these answers to this one."""
    return [
        each
        for each in asked
        if each.condition and each.condition.number == number and each.condition.code in codes
    ]
