"""What a publication's record says, as values: the page, every export and every import agree."""

import re
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from portal.text import fold


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


class RelationKind(StrEnum):
    """What a publication is to another (DataCite 4.6, relationType)."""

    CONTINUES = "Continues"
    IS_PART_OF = "IsPartOf"
    IS_VERSION_OF = "IsVersionOf"
    IS_TRANSLATION_OF = "IsTranslationOf"
    IS_SUPPLEMENT_TO = "IsSupplementTo"
    REFERENCES = "References"

    @property
    def inverse(self) -> str:
        """The same said by the other one, in the same vocabulary."""
        return _INVERSES[self]


_INVERSES = {
    RelationKind.CONTINUES: "IsContinuedBy",
    RelationKind.IS_PART_OF: "HasPart",
    RelationKind.IS_VERSION_OF: "HasVersion",
    RelationKind.IS_TRANSLATION_OF: "HasTranslation",
    RelationKind.IS_SUPPLEMENT_TO: "IsSupplementedBy",
    RelationKind.REFERENCES: "IsReferencedBy",
}


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
    `other_numbers` are pairs of a scheme ('ERIC') and a number. Of what others wrote, `is_part`
    says that it is a part of a whole (a chapter, an article) and has no ISBN of its own, and
    `date_said` is a date that could not be read as it stood.
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
    other_numbers: tuple[tuple[str, str], ...] = ()
    is_part: bool = False
    date_said: str = ""

    @property
    def institution(self) -> str:
        """Who stands for it: its publisher, else the body among its authors."""
        return self.publisher or next((each.literal for each in self.authors if each.literal), "")


def year_of(published: str) -> int | None:
    """The year of a date that is known as precisely as it is."""
    return int(published[:4]) if published else None


def has_begun(moment: datetime | None, now: datetime) -> bool:
    """What begins at no moment in particular has begun."""
    return moment is None or moment <= now


def first_free(base: str, taken: Container[str]) -> str:
    """'5603', else '5603-2' and so on: one that nobody has and that is no page's own name."""
    count, number = 1, base
    while number in taken or number in RESERVED:
        count += 1
        number = f"{base}-{count}"
    return number


RESERVED = frozenset({"new", "import", "subjects", "feed"})


def words_of(*texts: str) -> list[str]:
    """The words by which something is found, each once: no case, no accents, nothing but letters
    and figures, so that no database splits them otherwise."""
    found = (word[:LONGEST_WORD] for text in texts for word in _WORD.findall(fold(text or "")))
    return list(dict.fromkeys(found))


LONGEST_WORD = 60
_WORD = re.compile(r"[^\W_]+")
