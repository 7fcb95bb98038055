"""Letters as tagged PDFs (PDF/UA-1, ISO 14289-1), the same octets for the same words."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

import typst
from flask_babel import gettext as _

from portal.errors import Refused

SOURCE = Path(__file__).with_name("letter.typ")


@dataclass(frozen=True, slots=True)
class Words:
    """A text and its language, which may be another than the letter's."""

    text: str
    lang: str


@dataclass(frozen=True, slots=True)
class Fact:
    """What something is, after its name."""

    term: str
    text: str
    lang: str


@dataclass(frozen=True, slots=True)
class Link:
    """A sentence, and the address that it ends with."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What stands in a letter, in the order in which it is read."""

    lang: str
    title: str
    author: str
    sender: Sequence[str]
    date: str
    before: Sequence[Words]
    facts: Sequence[Fact]
    after: Sequence[Words]
    links: Sequence[Link]
    signer: Sequence[str]
    small: Sequence[str] = ()
    checks: Sequence[Link] = field(default=())


class Unwritable(Refused):
    """The typeface does not know these characters; PDF/UA allows no empty box in their place."""

    def __init__(self, characters: Sequence[str]) -> None:
        super().__init__(
            _("Letters cannot show these characters: %(characters)s. Write this with other ones, "
              "best with Latin, Greek or Cyrillic letters.", characters=named(characters))
        )  # fmt: skip
        self.characters = characters


def letter(said: Letter) -> bytes:
    """The finished file, or which of its characters cannot be written."""
    try:
        return _compiled(said)
    except typst.TypstError as error:
        raise Unwritable(unwritable(*_texts(said))) from error


def unwritable(*texts: str) -> list[str]:
    """The characters in these texts that a letter cannot show, in their order.

    Nobody has a list of them: the typeface has others beside it for scripts that it lacks. So they
    are found by trying.
    """
    if _can_write("\n".join(texts)):
        return []
    characters = [each for each in dict.fromkeys("".join(texts)) if not each.isspace()]
    return _found_in(characters) or [each for each in characters if not each.isascii()]


def named(characters: Sequence[str]) -> str:
    """The first of them, for a sentence."""
    shown = " ".join(characters[:_NAMED])
    return f"{shown} …" if len(characters) > _NAMED else shown


_NAMED = 8


def _found_in(characters: Sequence[str]) -> list[str]:
    if not characters or _can_write("\n".join(characters)):
        return []
    if len(characters) == 1:
        return list(characters)
    middle = len(characters) // 2
    return _found_in(characters[:middle]) + _found_in(characters[middle:])


def _can_write(text: str) -> bool:
    nothing = Letter("en", "?", "", [], "", [Words(text, "en")], [], [], [], [])
    try:
        _compiled(nothing)
    except typst.TypstError:
        return False
    return True


def _texts(said: Any) -> Iterator[str]:
    """All that is written in a letter."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, Letter | Words | Fact | Link):
        for each in fields(said):
            yield from _texts(getattr(said, each.name))
    else:
        for each in said:
            yield from _texts(each)


def _compiled(said: Letter) -> bytes:
    octets: bytes = typst.compile(
        _source(),
        sys_inputs={"said": json.dumps(asdict(said))},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
    )
    return octets


@cache
def _source() -> bytes:
    return SOURCE.read_bytes()
