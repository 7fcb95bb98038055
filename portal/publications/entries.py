"""What every reader and writer of bibliographies shares: one entry, its places, its words.

Whatever a file holds, a reader answers with entries: a record, or why there is none. None of them
works by recursion, and each stops at the limits below, so that no file takes long or much.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from babel import Locale
from babel.core import get_global

from portal.publications import checks
from portal.publications.rules import Name, Record, Type
from portal.text import clean, clean_lines

MOST_CHARACTERS = 20_000_000
MOST_ENTRIES = 5_000
LONGEST_VALUE = 20_000
LONGEST_DATE = 200
MOST_OF_A_KIND = 200  # authors, subjects or notes of one record

GENRES = {
    Type.RESEARCH_PAPER: "Research paper",
    Type.BRIEFING_NOTE: "Briefing note",
    Type.REPORT: "Report",
    Type.REFERENCE: "Reference publication",
    Type.WORKING_PAPER: "Working paper",
    Type.BOOK: "Book",
    Type.OTHER: "Other",
}
_TYPES = {genre.casefold(): kind for kind, genre in GENRES.items()}
_NOTED = {
    "publication_number": "Publication number",
    "catalogue_number": "Catalogue number",
    "isbn": "ISBN",
    "issn": "ISSN",
    "licence": "Licence",
}
_OF_THE_UNION = (
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt", "lv",
    "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv",
)  # fmt: skip
_NOTE_ENDS = re.compile(rf";\s*(?=(?:{'|'.join(_NOTED.values())})[ :])|\n")


class Trouble(StrEnum):
    """Why there is no record."""

    NOT_THIS_FORMAT = "not_this_format"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    TOO_DEEP = "too_deep"
    NOT_CLOSED = "not_closed"
    NOT_UNDERSTOOD = "not_understood"
    OUTSIDE = "outside"
    NO_TITLE = "no_title"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a file: its `record`, or the `trouble` with it.

    `nth` counts from 1. `line` is where it begins, 0 where the format has no lines. The record's
    number is what the file calls the entry.
    """

    nth: int
    line: int = 0
    record: Record | None = None
    trouble: Trouble | None = None


def in_language(texts: Mapping[str, str], lang: str, own: str) -> str:
    """The text in the reader's language, else in that of the content, else in English, else any."""
    for each in (lang, own, "en", *texts):
        if texts.get(each):
            return texts[each]
    return ""


def notes(record: Record, *fields: str) -> list[str]:
    """What a format has no place for, as notes that can be read back: 'ISBN 978-92-896-3577-6'."""
    others = [clean(f"{scheme} {number}") for scheme, number in record.other_numbers]
    return others + [
        f"{_NOTED[each]} {getattr(record, each)}" for each in fields if getattr(record, each)
    ]


def from_notes(texts: Iterable[str]) -> dict[str, str]:
    """What such notes say, by the record's fields."""
    found = {}
    for note in [part for text in texts for part in _NOTE_ENDS.split(text)][:MOST_OF_A_KIND]:
        for name, words in _NOTED.items():
            if note.strip().casefold().startswith(words.casefold()):
                found[name] = note.strip()[len(words) :].lstrip(" :")
    return found


def record_of(
    *,
    number: str,
    kind: Type,
    genre: str,
    title: str,
    language: str,
    published: str,
    authors: Iterable[Name],
    subjects: Iterable[str],
    abstract: str,
    pages: str,
    values: Mapping[str, str],
    is_part: bool = False,
) -> Record | None:
    """The record of an entry, its numbers in the form that is kept; None without a title.

    A number that is none stays as it came, for the one who imports to see. What a part says of
    ISBN, number and pages is its whole's.
    """
    if not clean(title):
        return None
    bare = {name: clean(value[:LONGEST_VALUE]) for name, value in values.items()}
    if is_part:
        bare |= {"isbn": "", "publication_number": ""}
    spoken = language_code(language)
    shown_in = spoken or "en"
    numbers: dict[str, Any] = {
        **bare,
        "doi": checks.doi(bare.get("doi", "")) or bare.get("doi", ""),
        "isbn": _first_valid(bare.get("isbn", ""), checks.isbn),
        "issn": _first_valid(bare.get("issn", ""), checks.issn),
    }
    known = checks.day(published)
    said = clean(published[:LONGEST_DATE])
    return Record(
        number=clean(number[:LONGEST_VALUE]),
        type=_TYPES.get(_singular(genre), kind),
        title={shown_in: clean(title[:LONGEST_VALUE])},
        language=spoken,
        published=known or _year_in(said),
        authors=tuple(authors)[:MOST_OF_A_KIND],
        subjects=tuple(dict.fromkeys(clean(each) for each in subjects if clean(each)))[
            :MOST_OF_A_KIND
        ],
        abstract={shown_in: text} if (text := clean_lines(abstract[:LONGEST_VALUE])) else {},
        pages=None if is_part else page_count(pages),
        is_part=is_part,
        date_said="" if known else said,
        **numbers,
    )


def _first_valid(text: str, check: Callable[[str], str | None]) -> str:
    """Of several numbers in one field the first that is one; else what stands there."""
    parts = [text, *re.split(r"[,;/|()]+", text), *re.split(r"[\s,;/|()]+", text)]
    return next((found for part in parts if (found := check(part))), text)


def _year_in(text: str) -> str:
    """The first year that stands in a date in words or from one day to another."""
    years = re.findall(r"(?<![0-9])[0-9]{4}(?![0-9])", text)
    return next((year for year in years if checks.day(year)), "")


def person(text: str) -> Name | None:
    """'Family, Given' as a person, anything without a comma as a body."""
    family, _comma, given = (part.strip() for part in clean(text[:LONGEST_VALUE]).partition(","))
    return name_of(family, given)


def name_of(family: str, given: str) -> Name | None:
    """A person with given names; without any, however many commas follow, a body."""
    if not given:
        return Name(literal=family) if family else None
    return Name(family=family, given=given)


def reversed_name(name: Name) -> str:
    """'Family, Given', or a body's name alone: with a comma after it, it would be a person."""
    return clean(name.literal) or ", ".join(
        part for part in (clean(name.family), clean(name.given)) if part
    )


def page_count(text: str) -> int | None:
    """The 118 of '118', '118p.' and '118 pages'; a range of pages is no count."""
    found = re.fullmatch(r"\s*([0-9]{1,5})\s*(?:p|pp|pages?|σ)?\.?\s*", text[:100], re.IGNORECASE)
    return int(found[1]) or None if found else None


def language_code(text: str) -> str:
    """'el' of 'el', 'el-GR', 'ell' and 'Greek'; empty where it is no language."""
    bare = clean(text[:100]).casefold()
    code = re.split(r"[-_]", bare)[0]
    code = str(get_global("language_aliases").get(code, code))
    if re.fullmatch(r"[a-z]{2,3}", code) and code in _languages():
        return code
    return _languages_by_name().get(bare, "")


@cache
def _languages() -> frozenset[str]:
    return frozenset(str(code) for code in Locale("en").languages)


@cache
def _languages_by_name() -> dict[str, str]:
    """Names in English, and those of the Union's languages in themselves, as catalogues write."""
    names = {str(name).casefold(): str(code) for code, name in Locale("en").languages.items()}
    own = {str(Locale(code).languages[code]).casefold(): code for code in _OF_THE_UNION}
    return own | names


def _singular(genre: str) -> str:
    return clean(genre[:200]).casefold().removesuffix("s")
