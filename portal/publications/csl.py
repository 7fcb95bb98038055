"""CSL-JSON: records as processors of citations take them (schema csl-data.json 1.0.2)."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from html import unescape
from typing import Any

from portal.publications.entries import (
    GENRES,
    LONGEST_VALUE,
    MOST_CHARACTERS,
    MOST_ENTRIES,
    MOST_OF_A_KIND,
    Entry,
    Trouble,
    from_notes,
    in_language,
    notes,
    record_of,
)
from portal.publications.rules import Name, Record, Type
from portal.text import clean, clean_lines

_KINDS = {Type.BOOK: "book", Type.OTHER: "document"}
_TYPES = {
    **dict.fromkeys(("report", "manuscript", "standard"), Type.REPORT),
    **dict.fromkeys(("book", "collection"), Type.BOOK),
    **dict.fromkeys(("entry", "entry-dictionary", "entry-encyclopedia"), Type.REFERENCE),
}
_PARTS = {
    "article-journal", "article-magazine", "article-newspaper", "chapter", "entry",
    "entry-dictionary", "entry-encyclopedia", "paper-conference", "review", "review-book",
}  # fmt: skip
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#[0-9]{1,6}|#x[0-9A-Fa-f]{1,5});")
_MARKUP = re.compile(r"</?(?:i|b|em|sub|sup|span|scp|nc|p|jats:[a-z]{1,20})(?: [^<>]{0,200})?>")


def write(records: Sequence[Record], lang: str = "en") -> str:
    """The records as a JSON array, texts in `lang` where there are such."""
    return json.dumps([item(record, lang) for record in records], ensure_ascii=False, indent=1)


def item(record: Record, lang: str = "en") -> dict[str, Any]:
    """One record as a citation processor takes it; what is a number is one."""
    noted = notes(record, "catalogue_number", "licence")
    values = {
        "id": record.number,
        "type": _KINDS.get(record.type, "report"),
        "title": clean(in_language(record.title, lang, record.language)),
        "genre": "" if record.type in _KINDS else GENRES[record.type],
        "author": [_author(name) for name in record.authors],
        "issued": _issued(record.published),
        "publisher": clean(record.publisher if record.type in _KINDS else record.institution),
        "publisher-place": clean(record.place),
        "collection-title": clean(record.series),
        "collection-number": clean(record.series_number),
        "number": clean(record.publication_number),
        "number-of-pages": record.pages,
        "DOI": record.doi,
        "ISBN": record.isbn,
        "ISSN": record.issn,
        "URL": record.url,
        "language": record.language,
        "keyword": _keyword([clean(subject) for subject in record.subjects]),
        "abstract": clean_lines(in_language(record.abstract, lang, record.language)),
        "note": "; ".join(noted),
    }
    return {name: value for name, value in values.items() if value}


def read(text: str) -> list[Entry]:
    """Each item of an array (or a single one) as a record, or why not."""
    if len(text) > MOST_CHARACTERS:
        return [Entry(1, trouble=Trouble.TOO_LARGE)]
    try:
        found = json.loads(text.lstrip("\ufeff"))
    except RecursionError:
        return [Entry(1, trouble=Trouble.TOO_DEEP)]
    except ValueError as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        return [Entry(1, line, trouble=Trouble.NOT_THIS_FORMAT)]
    items = found if isinstance(found, list) else [found]
    entries = [_entry(nth, each) for nth, each in enumerate(items[:MOST_ENTRIES], 1)]
    if len(items) > MOST_ENTRIES:
        entries.append(Entry(MOST_ENTRIES + 1, trouble=Trouble.TOO_MANY))
    return entries or [Entry(1, trouble=Trouble.NOT_THIS_FORMAT)]


def _author(name: Name) -> dict[str, str]:
    if name.literal:
        return {"literal": clean(name.literal)}
    parts = {"family": clean(name.family), "given": clean(name.given)}
    return {part: value for part, value in parts.items() if value}


def _issued(published: str) -> dict[str, Any]:
    parts = [int(part) for part in published.split("-") if part.isdigit()]
    return {"date-parts": [parts]} if parts else {}


def _keyword(subjects: list[str]) -> str:
    """Parted by semicolons, as subjects have commas; one alone that has some ends with one."""
    end = ";" if len(subjects) == 1 and "," in subjects[0] else ""
    return "; ".join(subjects) + end


def _entry(nth: int, raw: object) -> Entry:
    if not isinstance(raw, dict):
        return Entry(nth, trouble=Trouble.NOT_UNDERSTOOD)
    record = _record(raw)
    return Entry(nth, record=record, trouble=None if record else Trouble.NO_TITLE)


def _record(raw: dict[str, Any]) -> Record | None:
    def plain(*names: str) -> str:
        return next((text for name in names if (text := _text(raw.get(name)))), "")

    noted = from_notes([plain("note")])
    keywords = raw.get("keyword")
    keyword = ";".join(map(_text, keywords)) if isinstance(keywords, list) else plain("keyword")
    is_part = plain("type") in _PARTS
    return record_of(
        number=plain("id", "citation-key"),
        kind=_TYPES.get(plain("type"), Type.OTHER),
        genre=plain("genre"),
        title=_bare(plain("title")),
        language=plain("language"),
        published=_published(raw.get("issued")),
        authors=_names(raw.get("author") or raw.get("editor")),
        subjects=keyword.split(";" if ";" in keyword else ","),
        abstract=_bare(plain("abstract")),
        pages=plain("number-of-pages", "page"),
        values={
            **noted,
            "series": _bare(plain("collection-title", "container-title")),
            "series_number": plain("collection-number"),
            "publication_number": plain("number") or noted.get("publication_number", ""),
            "doi": plain("DOI"),
            "isbn": plain("ISBN") or noted.get("isbn", ""),
            "issn": plain("ISSN") or noted.get("issn", ""),
            "publisher": _bare(plain("publisher")),
            "place": plain("publisher-place"),
            "url": plain("URL"),
        },
        is_part=is_part,
    )


def _bare(text: str) -> str:
    """Without markup, and each sign that HTML has to write as a word as itself, once."""
    return _ENTITY.sub(lambda found: unescape(found[0]), _MARKUP.sub("", text))


def _text(value: object) -> str:
    """A text or a number as text; of a list (as registries give ISBNs) the first."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return str(value)[:LONGEST_VALUE] if isinstance(value, (str, float)) else _digits(value)


def _digits(number: int) -> str:
    return str(number) if abs(number) < 10**30 else ""


def _published(value: object) -> str:
    """From date-parts, else from the text that stands for them."""
    if isinstance(value, str):
        return value[:40]
    if not isinstance(value, dict):
        return ""
    rows = value.get("date-parts")
    if isinstance(rows, list) and rows and all(isinstance(row, list) for row in rows):
        days = [[_text(part) for part in row[:3]] for row in rows[:2]]
        return "/".join("-".join(part.zfill(2) for part in day if part) for day in days)
    return _text(value.get("raw")) or _text(value.get("literal"))


def _names(value: object) -> Iterator[Name]:
    for each in (value if isinstance(value, list) else [])[:MOST_OF_A_KIND]:
        name = _name(each) if isinstance(each, dict) else None
        if name is not None:
            yield name


def _name(raw: dict[str, Any]) -> Name | None:
    part: Callable[[str], str] = lambda name: clean(_text(raw.get(name)))  # noqa: E731
    if part("literal"):
        return Name(literal=part("literal"))
    family = " ".join(
        each for each in (part("non-dropping-particle"), part("family"), part("suffix")) if each
    )
    given = " ".join(each for each in (part("given"), part("dropping-particle")) if each)
    return Name(family=family, given=given) if family or given else None
