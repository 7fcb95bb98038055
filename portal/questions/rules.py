"""Decisions about questions and answers: values in, a value out."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

Text = Mapping[str, str]
Values = Mapping[int, tuple[str, ...]]
"""What somebody answered, by the number of the question; several only to “several of”."""

YES, NO = "yes", "no"
LONGEST = {"text": 200, "long_text": 2000}
_NUMBER = re.compile(r"[-−]?[0-9]{1,12}(?:[.,][0-9]{1,4})?")


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


def checked(question: Asked, typed: str) -> str | None:
    """One answer as it is kept; None where it is none to this question."""
    if question.codes:
        return typed if typed in question.codes else None
    if question.kind is Kind.NUMBER:
        is_number = _NUMBER.fullmatch(typed)
        return typed.replace(",", ".").replace("−", "-") if is_number else None
    if question.kind is Kind.DATE:
        return _day(typed)
    return typed if len(typed) <= LONGEST.get(question.kind, 2) else None


def _day(typed: str) -> str | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day.isoformat() if len(typed) == 10 and 1900 <= day.year <= 2200 else None


def gaps(asked: Sequence[Asked], languages: Sequence[str]) -> dict[str, int]:
    """By language, how many texts of the questions it lacks."""
    texts = [text for each in asked for text in each.texts]
    return {lang: sum(not text.get(lang) for text in texts) for lang in languages}


def spoken(asked: Sequence[Asked], wanted: str, languages: Sequence[str]) -> str:
    """In which language the questions are asked of a reader of `wanted`.

    All of them in one: theirs where nothing is missing in it, else English, else the first that is
    whole; theirs where none is, and each text then in whatever language it has.
    """
    lacks = gaps(asked, languages)
    order = (wanted, "en", *languages)
    return next((lang for lang in order if lacks.get(lang) == 0), wanted)


def full(asked: Sequence[Asked], taken: Mapping[tuple[int, str], int]) -> set[tuple[int, str]]:
    """The answers (number of the question, code) whose last place is taken."""
    return {
        (each.number, option.code)
        for each in asked
        for option in each.options
        if option.places is not None and taken.get((each.number, option.code), 0) >= option.places
    }


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
