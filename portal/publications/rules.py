"""What a publication's record says, as values: the page, every export and every import agree."""

from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Type(StrEnum):
    RESEARCH_PAPER = "research_paper"
    BRIEFING_NOTE = "briefing_note"
    REPORT = "report"
    REFERENCE = "reference"
    WORKING_PAPER = "working_paper"
    BOOK = "book"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Name:
    """An author: a person by `family` and `given` name, or a body by `literal` alone."""

    family: str = ""
    given: str = ""
    literal: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A publication's metadata, ready to be written in any format.

    `number` is the last part of its address. `published` is as precise as it is known: '2022',
    '2022-10' or '2022-10-03'. `title` and `abstract` are by language; `language` is that of the
    content (BCP 47). `doi` is bare ('10.2801/351271'), `isbn` and `issn` have their hyphens.
    `subjects` are in English, `licence` is an address. `url` is the permanent address of ours.
    """

    number: str
    type: Type
    title: dict[str, str]
    language: str
    published: str = ""
    authors: tuple[Name, ...] = ()
    series: str = ""
    series_number: str = ""
    publication_number: str = ""
    catalogue_number: str = ""
    doi: str = ""
    isbn: str = ""
    issn: str = ""
    publisher: str = ""
    place: str = ""
    pages: int | None = None
    subjects: tuple[str, ...] = ()
    abstract: dict[str, str] = field(default_factory=dict)
    licence: str = ""
    url: str = ""
