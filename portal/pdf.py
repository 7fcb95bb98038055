"""Letters as tagged PDFs (PDF/UA-1, ISO 14289-1), the same octets for the same words."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

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


def letter(said: Letter) -> bytes:
    """The finished file; a sentence for the reader where its font lacks a letter that it needs."""
    try:
        octets: bytes = typst.compile(
            _source(),
            sys_inputs={"said": json.dumps(asdict(said))},
            pdf_standards=["ua-1"],
            ignore_system_fonts=True,
        )
    except typst.TypstError as error:
        raise Refused(
            _("The letter cannot be written: a name or a text in it has characters that its "
              "typeface does not know, for example Chinese ones or small pictures. Write them in "
              "Latin, Greek or Cyrillic letters.")
        ) from error  # fmt: skip
    return octets


@cache
def _source() -> bytes:
    return SOURCE.read_bytes()
